"""What the words around a run of capitals say of it: that it is a person, a place, an organisation."""

from __future__ import annotations

import re
from typing import NamedTuple

_REACH = 44
_SURE_PERSON = re.compile(
    r"(?:\bnames?(?:'s| is| was| are|:| -)?(?: is)?|\bnamed|\bnicknamed|\bcall(?:s|ed)? (?:me|him|her|us)|"
    r"\bcalls? (?:me|him|her)|\bknown as|"
    r"\bgoes by|\bhi|\bhello|\bhey|\bdear|\bmorning|\bafternoon|\bevening|\bsincerely|\bregards|\bcheers|"
    r"\bsigned(?: by)?|"
    r"\bfaithfully|\bwishes|\b(?:user|customer|client|patient|employee|contact|attn|author|applicant|tenant|owner|"
    r"student|"
    r"teacher|cc|sender|recipient|payee|cardholder|account holder|insured|borrower|passenger|guest)(?: is|:| -)|"
    r"\bunder the name(?: of)?|\b(?:wife|husband|son|daughter|"
    r"brother|sister|mother|father|mom|mum|dad|friend|colleague|boss|neighbou?r|uncle|aunt|cousin|fiancee?|"
    r"roommate|girlfriend|"
    r"boyfriend|nephew|niece|grandson|granddaughter)(?: is| named| called)?),?\s{0,3}$"
)
_LIKE_PERSON = re.compile(
    r"(?:\bthis is|\bi am|\bi'm|\bit's|\bwe are|\bby|\bwith|\bstarring|\bfeaturing|\bfeat\.?|\bft\.?|\bmeet|\bmet|"
    r"\btold|\bask(?:ed)?|\bthanks?|"
    r"\bthank you|\btribute to|\bon behalf of|\bpresident|\bsenator|\bdirector|\bauthor|\bsinger|\bactors?|"
    r"\bactress|\bplayer|\bcoach|\bfan of|"
    r"\bwriter|\bmanager|\bdoctor|\bnurse|\bdriver|\bagent|\bassistant(?: to)?|\bcandidate|\bdefendant|\bplaintiff|"
    r"\bspeak(?:ing)? (?:to|with)|\btalk(?:ed|ing)? (?:to|with)|"
    r"\bspoke (?:to|with)|\bcontact(?:ed)?|\bcall(?:ed)?|\bemail(?:ed)?|\bwhy (?:is|was|did|does)|\bunder|"
    r"\b(?:says|said)|\badd|\binvite[sd]?|\bmarried(?: to)?|"
    r"\b(?:from|to|cc|bcc|for):|\bgive|\blet|\bthan|\bsend|\bsaw|\bhelp(?:ed)?|\bbehind|\bborn)\s{1,2}$"
)
_PERSON_AFTER = re.compile(
    r"(?:['’]s (?:\w+ )?(?:address|phone|number|email|e-mail|wife|husband|house|home|car|birthday|account|name|"
    r"mother|father|brother|sister|son|"
    r"daughter|family|friend|job|life|voice|concert|album|songs?|novel|book|order|passport|card|room|desk|"
    r"office hours|death|career|age|"
    r"mobile|cell|profile|salary|password|login|details|application|record|file|appointment|diagnosis|condition|"
    r"doctor)\b|"
    r",? (?:says|said|told|asked|replied|added|wrote|writes|lives|lived|works|worked|thinks|thought|wants|wanted|"
    r"likes|loves|"
    r"knows|knew|was born|was diagnosed|died|married|called|emailed|phoned|texted|spent|listed|plays|played|sang|"
    r"sings|starred|directed|studied|"
    r"joined|moved|went|came|sent|has a|had a|is a (?:\w+ )?(?:man|woman|person|doctor|teacher|student|friend|"
    r"patient|nurse|engineer)|"
    r"is (?:\d+|so|very|really|my|her|his|our|their|not|always|married|from|going|coming|on vacation|"
    r"out of office)|who|whose|himself|herself|and i\b|and me\b|"
    r"tried|agreed|admitted|explained|claimed|complained|confirmed|will be|would like|can be reached|speaking|here|"
    r"has been|had been|ate|drove|bought|"
    r"walked|ran|felt|looks|looked|seems|seemed|laughed|smiled|cried|concert|album|song|songs|were)\b)"
)
_ORG_BEFORE = re.compile(
    r"(?:\b(?:works?|worked|working|employed|hired|interned|job|career|position|year|years|months|role|consultant|"
    r"engineer|manager|intern|ceo|cto|cfo|"
    r"analyst|director|president|founder|executive|employee|partner|team|account|customer|shares?|stock|office|"
    r"offices|headquarters|representative|"
    r"address|behalf|acquisition|subsidiary|division|branch)(?: [a-z]{1,10})? (?:at|for|by|with|of|in)|\bat|"
    r"\bjoin(?:s|ed|ing)?|\bacquire[sd]?|"
    r"\b(?:company|firm|startup|brand|bank|retailer|manufacturer|employer|vendor|supplier|agency|corporation|"
    r"organi[sz]ation|business)(?: called| named|,)?|"
    r"\bcompetitors?(?: like)?|\bsued?|\bby|\bbecame|\bowned by|\bfounded)(?: the)?\s$|(?:\b(?:is|was|are|were|"
    r"i'm)) (?:with|from)\s$"
)
_ORG_AFTER = re.compile(
    r"(?: (?:office|offices|headquarters|hq|shares?|stocks?|employees|staff|ceo|cfo|cto|invested|announced|"
    r"acquired|launched|reported|released|unveiled|"
    r"corporation|company|is hiring|products?|customers?|software|subsidiary|executives?|spokes\w+|building|campus|"
    r"account|website|brand|stores?|"
    r"which later|merged|filed|sued|raised|reports|plans to|hired|earnings|revenue)\b|['’]s (?:ceo|cfo|shares|"
    r"stock|headquarters|office|customers|products|employees|board|revenue)\b|"
    r",? (?:is|was) (?:a|an|the) (?:\w+ ){0,3}(?:company|startup|firm|bank|nonprofit|non-profit|organi[sz]ation|"
    r"business|corporation|manufacturer|"
    r"provider|retailer|501)\b)"
)
_PLACE_BEFORE = re.compile(
    r"(?:\bin|\bnear|\baround|\boutside|\bacross|\bthroughout|\binto|\btowards?|\bvisit(?:s|ed|ing)?|"
    r"\bcity(?: of)?|\btown(?: of)?|\bvillage(?: of)?|\bcapital(?: of)?|\bstate of|"
    r"\bmove[ds]? (?:here )?(?:to|from)|\bmoving (?:to|from)|\btravel(?:s|l?ed|l?ing)? (?:to|from|through)|"
    r"\b(?:fly|flew|flying|flights?|train|bus|trip|way|back|go|goes|going|went|gone|been|come|"
    r"comes|coming|came|drive|drove|ship|shipped|relocat\w+|transfer\w*|return\w*|invit\w+|journey|located|"
    r"originally|hail\w*|live[ds]?|arriv\w+|home) (?:in|to|from|at)|\b(?:country|place|location|where|destination|"
    r"city|town):|"
    r"\b(?:north|south|east|west)(?:ern)? of|\bleft|\bleaving|\blive[ds]? in|\bborn in|\bbased in|\bfrom|"
    r"\bto)(?: the)?\s$"
)
_SURE_PLACE = re.compile(
    r"(?:\bin|\bnear|\bvisit(?:s|ed|ing)?|\bcity(?: of)?|\btown of|\bvillage of|\bcapital|\b(?:moved|come|comes|"
    r"coming|came|going|go|went|been|travel\w*|flight|fly|flew|trip|originally|live[ds]?|"
    r"relocat\w+) (?:here )?(?:to|from|in)|\b(?:location|where|city|town|destination|place of birth|"
    r"birthplace):)(?: the)?\s$"
)
_PLACE_AFTER = re.compile(
    r"(?:,? (?:city|town|village|airport|beach|suburbs?|country club|university|residents?|mayor|police|skyline|"
    r"area|region)\b|(?: is| was)(?: \w+){0,3} to visit|"
    r", [A-Z]{2}\b|,? \d{5}\b)"
)


class Around(NamedTuple):
    """How strongly the words before and behind a run speak for each."""

    person: float
    sure: bool
    """True if a name is announced right before."""
    organisation: float
    place: float


def announced(lower: str, start: int) -> bool:
    """True if a name is announced right before."""
    return _SURE_PERSON.search(lower[max(0, start - _REACH) : start].rpartition("\0")[2]) is not None


def around(cased: str, lower: str, start: int, end: int) -> Around:
    """What stands around a stretch of a text, within its leaf."""
    before = lower[max(0, start - _REACH) : start].rpartition("\0")[2]
    behind = lower[end : end + _REACH].partition("\0")[0]
    sure = _SURE_PERSON.search(before) is not None
    person = 2.0 if sure else 1.4 if _LIKE_PERSON.search(before) else 0.0
    if _PERSON_AFTER.match(behind):
        person += 1.4
    organisation = (0.0 if not _ORG_BEFORE.search(before) else 1.5 if before.endswith("the ") else 1.8) + (
        1.8 if _ORG_AFTER.match(behind) else 0.0
    )
    place = 2.0 if _SURE_PLACE.search(before) else 1.0 if _PLACE_BEFORE.search(before) else 0.0
    if _PLACE_AFTER.match(cased[end : end + _REACH].partition("\0")[0]):
        place += 1.4
    return Around(person, sure, organisation, place)
