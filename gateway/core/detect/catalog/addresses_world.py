"""Addresses as other countries write them: what marks a street there, flats, boxes, military posts."""

from __future__ import annotations

from gateway.core.detect.addresses import UNIT, Stretches, grown_capitals, grown_flat, grown_street, trimmed
from gateway.core.detect.catalog.places import EN_STREET, from_a_number
from gateway.core.detect.detector import CLOSE, OPEN, Detector
from gateway.model.names import Kind

_ADDRESS = Kind("address")
_ENDINGS = (
    "strasse|straße|straat|stræde|stræti|gasse|gassen|allee|platz|damm|ufer|steig|graben|promenade|chaussee|laan|gracht|"
    "plein|kade|singel|dreef|steenweg|gatan|gata|gränd|vägen|stigen|torget|backen|liden|gaten|veien|vej|gade|allé|torv|"
    "bakken|parken|katu|kuja|polku|ntie|kaari|raitti|penger|gatunni|vegur|weg"
)
_WORDS = r"\pL[\pL'’.\-]+"
_PREFIXES = (
    "rue|avenue|av|boulevard|bd|quai|chemin|allée|impasse|cours|place|square|cité|sentier|faubourg|villa|route|"
    "via|viale|piazza|piazzale|corso|largo|vicolo|strada|contrada|lungotevere|borgo|"
    "calle|avenida|avda|plaza|paseo|carrer|camino|camiño|ronda|carretera|travesía|travesia|rúa|"
    "rua|travessa|praça|praca|estrada|alameda|rodovia|"
    "ulica|plac|aleja|aleje|náměstí|namesti|nám|třída|trida|bulevardul|calea|jalan"
)
_BEHIND = "utca|út|útja|tér|tere|körút|rakpart|sétány|dűlő|köz|u|caddesi|cad|sokak|sok|sokağı|ulica|ulice|cesta|trg"
_CONFIRMING = (
    "address|lives? (?:at|in|on)|living (?:at|in|on)|deliver|ship|send|sent|office|return|located|"
    "residing|reside|moved|meet"
)


def _street_name(text: str, start: int, end: int) -> Stretches:
    """The match if a name with a capital follows the word for street, or a house stands before it."""
    first, last = trimmed(text, start, end)
    words = text[first:last].split()
    if words[0][0].isdigit() or any(word[0].isupper() for word in words[1:]):
        return grown_street(text, start, end)
    return ()


def _named_street(text: str, start: int, end: int) -> Stretches:
    """The match if it begins with a capital."""
    first, _ = trimmed(text, start, end)
    return grown_capitals(text, start, end) if text[first].isupper() else ()


def _american(text: str, start: int, end: int) -> Stretches:
    """The match from its house on, with flat, town, state and postcode."""
    return [grown for first, last in from_a_number(text, start, end) for grown in grown_street(text, first, last)]


DETECTORS: tuple[Detector, ...] = (
    Detector(
        name="address.street_ending",
        kind=_ADDRESS,
        pattern=rf"{OPEN}\pL\pL[\pL\-]+(?:{_ENDINGS})\.? \d{{1,4}}[a-z]?",
        gate=rf"[\pL\-](?:{_ENDINGS})\.? \d",
        score=0.86,
        cut=grown_capitals,
        yes=(
            "Hauptstraße 5, 10115 Berlin",
            "16 Blæsenborgvej 5",
            "Västra Storgatan 12B",
            "Keizersgracht 123, Amsterdam",
        ),
        no=("strasse 5", "Hauptstraße", "a string 5", "in spring 2020"),
        source="own observation of German, Dutch and Nordic addresses; Universal Postal Union, S42",
    ),
    Detector(
        name="address.street_before",
        kind=_ADDRESS,
        pattern=(
            rf"{OPEN}(?:\d{{1,5}}(?: ?(?:bis|ter|[a-d]))?,? (?:{_PREFIXES})\.? (?:{_WORDS} ){{0,4}}{_WORDS}"
            rf"(?: \d{{1,4}}[a-z]?)?|"
            rf"(?:{_PREFIXES})\.? (?:{_WORDS},? ){{1,5}}\d{{1,4}}[a-z]?)"
        ),
        gate=rf"{OPEN}(?:{_PREFIXES})\.? \pL",
        score=0.85,
        cut=_street_name,
        yes=(
            "Via Roma 12, 00184 Roma",
            "12 rue de la Paix, 75002 Paris",
            "Calle Mayor 5",
            "ulica Marszałkowska 10",
            "Rua Augusta 200",
        ),
        no=("via email 5", "place 5 orders", "en route 66", "rue"),
        source="own observation of Romance and Slavic addresses; Universal Postal Union, S42",
    ),
    Detector(
        name="address.street_behind",
        kind=_ADDRESS,
        pattern=rf"{OPEN}(?:{_WORDS} ){{1,2}}(?:{_BEHIND})\.? \d{{1,4}}(?:[/\-]\d{{1,3}})?[a-z]?",
        gate=rf" (?:{_BEHIND})\.? \d",
        score=0.85,
        cut=_named_street,
        yes=("Kossuth Lajos utca 12.", "Atatürk Caddesi 5", "Slovenska cesta 56"),
        no=("see u 5", "utca 5"),
        source="own observation of Hungarian, Turkish and South Slavic addresses",
    ),
    Detector(
        name="address.flat",
        kind=_ADDRESS,
        pattern=rf"{OPEN}{UNIT}".replace(r"(?!\w)", ""),
        gate=rf"{OPEN}(?:apt|apartment|suite|ste|appt|lgh|whg)\.? ?#?\d",
        score=0.84,
        cut=grown_flat,
        yes=("93 Kungsvik 44\n Suite 574\n KALMAR", "10 Long Row Apt. 430, Springfield, OR 97403"),
        no=("apt", "suite", "office suite"),
        source="USPS publication 28, appendix C2: secondary units",
    ),
    Detector(
        name="address.english_lines",
        kind=_ADDRESS,
        pattern=rf"{OPEN}\d{{1,5}}[a-z]?,? (?:[\pL0-9][\pL0-9'’.\-]* ){{1,5}}(?:{EN_STREET})(?:\.|{CLOSE})",
        gate=rf"{OPEN}\d{{1,5}}[a-z]?,? (?:[\pL0-9][\pL0-9'’.\-]* ){{1,5}}(?:{EN_STREET})(?:\.|{CLOSE})",
        score=0.86,
        cut=_american,
        yes=(
            "221B Baker Street\nLondon",
            "742 Evergreen Terrace\n Suite 5\n Springfield, OR 97403",
            "12 rue de Évian Rd",
        ),
        no=("5 people on the street", "Baker Street", "24 hours"),
        source="USPS publication 28, appendix C1: street suffixes",
    ),
    Detector(
        name="address.military",
        kind=_ADDRESS,
        pattern=(
            rf"{OPEN}(?:psc \d{{1,5}},? box \d{{1,5}}|unit \d{{1,6}},? box \d{{1,5}}|uss|"
            rf"us[a-z]{{1,3}} \pL[\pL\-]{{1,24}})[ ,\n>?]{{1,8}}"
            r"(?:apo|fpo|dpo),? a[aep],? \d{5}(?:-\d{4})?"
        ),
        gate=rf"{OPEN}(?:apo|fpo|dpo),? a[aep]",
        score=0.85,
        cut=lambda text, start, end: (trimmed(text, start, end),),
        yes=("PSC 7004, Box 8380\nAPO AP 11949", "USNS Harlan\nFPO AE 94560", "Unit 6204 Box 9180\nDPO AA 32754"),
        no=("APO AP", "unit 5"),
        source="USPS publication 28, section 238: military addresses",
    ),
    Detector(
        name="address.box",
        kind=_ADDRESS,
        pattern=(
            rf"{OPEN}(?:(?:p\.? ?o\.? )?box|postfach|postboks|postbus|casilla|apartado|bp|boîte postale|"
            rf"caixa postal|skrytka|pobox) ?#?\d{{1,6}}"
        ),
        gate=(
            rf"{OPEN}(?:box|postfach|postboks|postbus|casilla|apartado|bp|boîte postale|caixa postal|skrytka|"
            rf"pobox) ?#?\d"
        ),
        score=0.2,
        confirmed=0.62,
        confirm=lambda text: text[:3].lower() != "box",
        near=_CONFIRMING,
        cut=grown_street,
        yes=("Postfach 71, Bern", "P.O. Box 1234, Springfield, IL 62701", "our address: Box 51, Uppsala"),
        no=("box 12", "bp high"),
        source="Universal Postal Union, S42: delivery service",
    ),
    Detector(
        name="postcode.spoken",
        kind=Kind("postcode"),
        pattern=r"\d{5}(?:-\d{4})?|[a-z]{1,2}\d[a-z\d]? \d[a-z]{2}|\d{4} [a-z]{2}",
        gate=r"(?:zip|post ?code|postal code)",
        score=0.05,
        near="zip|post ?code|postal code",
        yes=("what is your zip code? it's 29687", "My postcode has changed to SW1A 2AA"),
        no=("29687", "zip archive of 12 files"),
        source="Universal Postal Union, postal addressing systems",
    ),
)
