"""What Presidio's analyser finds with its patterns alone (no NER model); run by a Python that has presidio-analyzer.

Reads texts as JSON strings, a line each; writes the spans of each as a line of JSON, then the seconds that it took.
"""

import importlib
import json
import logging
import sys
import time

TYPES = {
    "PHONE_NUMBER": "PHONE",
    "EMAIL_ADDRESS": "EMAIL",
    "IP_ADDRESS": "IP",
    "CREDIT_CARD": "CARD",
    "IBAN_CODE": "IBAN",
    "DATE_TIME": "DATE",
    "US_DRIVER_LICENSE": "US_DRIVER_LICENSE",
}

if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    analyzer = importlib.import_module("presidio_analyzer")
    nlp = importlib.import_module("presidio_analyzer.nlp_engine")
    spacy = importlib.import_module("spacy")
    engine = nlp.SpacyNlpEngine(models=[{"lang_code": "en", "model_name": "blank"}])
    engine.nlp = {"en": spacy.blank("en")}
    registry = analyzer.RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=engine)
    registry.recognizers = [one for one in registry.recognizers if "mail" not in one.name.lower()] + [
        analyzer.PatternRecognizer(
            supported_entity="EMAIL_ADDRESS",
            patterns=[analyzer.Pattern("mail", r"[\w.+-]+@[\w-]+\.[\w.-]+", 0.8)],
        )
    ]
    whole = analyzer.AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])
    texts = [json.loads(line) for line in sys.stdin]
    begun = time.process_time()
    rows = []
    for text in texts:
        hits = whole.analyze(text, language="en", score_threshold=0.4)
        rows.append([(hit.start, hit.end, TYPES.get(hit.entity_type, hit.entity_type)) for hit in hits])
    spent = time.process_time() - begun
    for row in rows:
        sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.write(json.dumps(spent) + "\n")
