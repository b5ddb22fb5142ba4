"""Names, places and organisations as natasha's NER finds them; run by a Python that has natasha (its own environment).

Reads texts as JSON strings, a line each; writes the spans of each as a line of JSON, then the seconds that it took.
"""

import importlib
import importlib.util
import json
import sys
import time
from pathlib import Path

TYPES = {"PER": "PERSON", "LOC": "LOCATION", "ORG": "ORGANIZATION"}

if __name__ == "__main__":
    found = importlib.util.find_spec("natasha")
    assert found is not None
    assert found.origin is not None
    data = Path(found.origin).parent / "data"
    navec = importlib.import_module("navec").Navec.load(data / "emb" / "navec_news_v1_1B_250K_300d_100q.tar")
    model = importlib.import_module("slovnet").NER.load(data / "model" / "slovnet_ner_news_v1.tar")
    model.navec(navec)
    texts = [json.loads(line) for line in sys.stdin]
    begun = time.process_time()
    rows = [[(span.start, span.stop, TYPES[span.type]) for span in model(text).spans] for text in texts]
    spent = time.process_time() - begun
    for row in rows:
        sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.write(json.dumps(spent) + "\n")
