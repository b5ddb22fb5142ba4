"""What ideas mean together: ``birth`` and ``date`` are a birth date, ``role`` and ``name`` a person's name.

A row is ``kind | ideas + ideas, …``: the ideas of one alternative must all be there. The alternative with the most
ideas wins, then the earlier row. Strong rows settle a leaf by themselves; weak rows open the door for a look at the
value or at the neighbours. Ideas are the words of ``lexicon``. What names only a person (контактное лицо) gives \
way to
what names a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from gateway.model.names import Kind

_STRONG = """
login                   | user+name, user+nick, nick, account+nick, user+firstname
person.first            | first+name, firstname, firstname+name, first+role+name
person.last             | last+name, lastname, lastname+name, last+role+name
person.middle           | middle+name, patronymic, patronymic+name
person.initials         | initials
person.name             | full+name, fio, role+name, holder+name, holder+card, birth+name, role+full+name, \
card+name, card+holder+name, role+fio, name+first+last, firstname+lastname, lastname+initials, user+full+name, \
user+first+last+name, role+firstname, holder+full+name, bill+name, bill+full+name, holder+policy
email                   | email, pochta, pochta+electronic, pochta+address, pochta+electronic+address, pochta+work, \
pochta+contact+role, email+address, electronic+post, electronic+postal, address+electronic+post, electronic+address, \
electronic+postal+address, email+ident, user+email, email+address+electronic, email+number
phone                   | phone, phone+number, mobile+phone, mobile+number, cell+phone, cell+number, contact+number, \
role+contact+number, messaging, messaging+number, work+phone, home+phone
messenger               | messenger, messenger+nick, messenger+ident, messenger+name, messenger+account, \
messenger+user+ident, messenger+user+name
user_id                 | user+ident, role+number, role+ident, uid, account+ident, anon+ident, anon, uid+ident, \
user+number, user+key, messenger+user, nick+ident, tab+number, tab+role+number
device_id               | device+ident, ads, ads+ident, advertising+ident, imei, imei+number, sim+number, \
sim+card+ident, sim+ident, device+token, device+imei, device+imei+number, subscription+ident, subscription+identity, \
subscription+mobile+ident, device+uid, mobile+ident, device+number, device+key, browser+ident
mac                     | mac+address, device+mac, mac, device+address
birth_date              | birth, birth+date, birth+year, birth+month, birth+date+year, birth+date+month
birth_place             | birth+locate, birth+city, birth+country, birth+region, birth+address
age                     | age
address                 | address, home+address, postal+address, post+address, address+line, home+locate, \
address+home+locate, postal, address+registration, home+registration
organisation.address    | org+address, org+postal+address, org+address+line, work+address, entity+address, \
org+home+address, org+locate
address.city            | city, city+name, home+city, city+address
address.region          | region+name, region+address, region+city
address.street          | street, street+name, street+address, address+line+street, street+house
address.house           | house, house+number, building+number, address+building, address+house
address.flat            | flat+number, house+flat, address+flat
postcode                | postcode, postcode+postal, postcode+post, postcode+pochta, zip, zip+code, postal+code, \
post+code, postal+index, post+index, zip+address, postcode+address, postcode+locate, zip+locate
geo.point               | latitude, longitude, coordinates, geo+point, geo+lat, geo+lon, geo+locate, geo+latitude, \
geo+longitude, lat+lon, geo, locate+lat, locate+lon, locate+latitude, locate+longitude, latitude+longitude
ru.passport             | passport, passport+number, passport+series+number, \
passport+document, passport+ident, \
identity+document+number, identity+document, document+series+number, passport+document+number
ru.passport_series      | passport+series, document+series, identity+series, identity+document+series
ru.passport_issuer      | passport+issue+by, passport+issue, document+issue+by, identity+document+issue+by
ru.passport_issuer_code | division+code, passport+division, passport+division+code, passport+issue+code, passport+code
document.date           | passport+issue+date, passport+date, passport+expiry, passport+expiry+date, \
document+issue+date, identity+document+date, identity+document+issue+date, licence+issue+date, passport+validity
ru.passport_foreign     | foreign+passport, foreign+pass, foreign+pass+number, travelpass, travelpass+number, \
foreign+passport+number, \
foreign+passport+series+number, travelpass+series+number
ru.snils                | snils, snils+number, insurance+number+role, insurance+certificate+number, \
insurance+number+name, insurance+snils, insurance+number+snils
us.driver_licence       | state+driver+licence, state+driver+licence+number
us.ssn                  | ssn, social+security, social+security+number, ssn+number
ru.inn_person           | inn, inn+number, tax+number, tax+ident, tax+ident+number, tax+code, inn+code, inn+role, \
inn+kpp
ru.ogrnip               | ogrnip, ogrnip+number
ru.ogrn                 | ogrn, ogrn+number, ogrn+code
ru.kpp                  | kpp, kpp+code
ru.oms                  | oms, oms+number, oms+policy, medical+policy, insurance+policy+number, \
insurance+medical+number, medical+oms, medical+policy+number, oms+series, oms+series+number, \
medical+insurance+number, oms+policy+number
ru.driver_licence       | driver+licence, driver+licence+number, driver+rights, driver+identity, driver+certificate, \
vu, vu+number, rights+number, driver+identity+number, driver+identity+series, driver+document
ru.birth_certificate    | birth+certificate, birth+certificate+number, birth+certificate+series
ru.military_id          | military+ticket, military+ident, military+ticket+number, military+document
kz.iin                  | iin, iin+number
kz.bin                  | bin, bin+number, bin+org
by.unp                  | unp, unp+number
ua.edrpou               | edrpou, edrpou+code, edrpou+number
ua.rntrc                | rntrc, rntrc+code, rntrc+number
uz.pinfl                | pinfl, pinfl+number
md.idnp                 | idnp, idnp+number
md.idno                 | idno, idno+number
az.fin                  | fincode
am.psn                  | psn, psn+number
ru.residence_permit     | vnzh, vnzh+number, vnzh+series, home+licence, home+licence+number
national_id             | nationalid, social+card, social+card+number, national+ident, identity+number, \
identity+card, identity+ident, \
identity+card+number, national+number, national+ident+number, personal+code, personal+number, nationalid+number
vehicle.plate           | plate, plate+number, vehicle+plate, vehicle+number, gos+number, gos+number+vehicle, \
registration+plate, licence+plate, vehicle+registration+number, licence+plate+number, vehicle+plate+number, \
vehicle+registration+plate
vehicle.certificate     | sts, sts+number, sts+series, sts+series+number, vehicle+passport, vehicle+certificate, \
vehicle+registration+certificate, vehicle+passport+number, vehicle+certificate+number
vehicle.vin             | vin, vin+number, vin+code, chassis, chassis+number, vehicle+ident+number, \
vehicle+identity+number, vehicle+identity, vehicle+ident, vehicle+vin
country                 | country, country+code, country+name, country+ident
citizenship             | citizenship, citizenship+country, citizenship+code
language                | language, language+code
currency                | currency, currency+code
sex                     | sex
special.religion        | religion
special.ethnicity       | ethnicity
special.politics        | politics
special.health          | diagnosis, blood, medical+diagnosis, diagnosis+code, medical+box, medical+box+number, \
medical+card, medical+card+number
special.criminal_record | criminal
special.intimate_life   | sexual+orientation, intimate, intimate+life, sexual+life
biometric               | biometric, fingerprint, biometric+photo, face+photo, role+photo, passport+photo, \
user+photo, \
face+biometric, document+photo, biometric+-template, \
visage+-template, visage+embedding, visage+photo, visage+biometric, -voice+-template, fingerprint+-template, \
face+embedding, -voice+embedding, -voice+biometric, iris, iris+code, iris+-template
card.pan                | card+number, card+first, card+last, card+pan, pan, bank+card+number, bank+card, \
card+account+number
card.cvv                | cvv, card+cvv, card+security+code, cvv+code, card+pin, security+code
card.expiry             | card+expiry, card+expiry+date, card+expiry+month, card+expiry+year, card+validity, \
card+validity+expiry, card+month, card+year, card+expiry+validity, expiry+month, expiry+year
bank.account            | account+number, personal+account, bank+account, bank+account+number, account+settlement_, \
settlement_, \
role+account, account+settlement_+number, account+card
bank.bik                | bik, bik+bank, bik+code
organisation.account    | org+account, org+account+number, org+settlement_+account, org+settlement_
iban                    | iban, iban+number, iban+account
crypto.wallet           | wallet+address, crypto+address, crypto+wallet
credential.password     | password, pin+code, secret+answer, answer+question, password+user, password+account, \
secret+question, pass+code, password+code, pin, password+key, password+nick
credential.bearer       | access+token, jwt, jwt+token, access+jwt, user+token, session+token, ident+token, \
device+access+token, once+token, \
access+token+key, api+token, password+token, access+code
credential.api_key      | api+key, access+key, secret+key, secret, key+private+api, secret+access+key, secret+token, \
role+secret, access+api+key
credential.private_key  | private+key, ssh+key, ssh+private+key
credential.otp          | otp, once+code, once+password, otp+code, phone+code+once, email+code+once, once+pin
ip                      | ip, ip+address, nick+ip, last+nick+ip, nick+ip+address, last+nick+ip+address, \
remote+address, remote+ip, role+remote+address, user+ip, role+ip, mac+ip, \
ip+role+address
user_agent              | agent+user, browser+agent, agent+browser+user
cookie_id               | cookie, cookie+ident, session+ident, session+key, cookie+session
referer                 | referer, referer+-system
organisation.name       | org, org+name, entity+name, org+full+name, bank+name, entity+full+name, \
org+name+role+work, work+locate
"""

_LESS_STRONG = """
person.name             | contact+face, role+face
"""

_WEAK = """
person.name             | name, role, holder, full, face, ship+name
person.first            | first
person.last             | last
person.middle           | middle
phone                   | mobile, cell
login                   | user
email                   | post
ru.passport             | document+number, series+number
ru.passport_series      | series
ru.passport_issuer      | issue+by, issue
document.date           | issue+date
hashed_contact          | hashedcontact
ru.snils                | insurance+number
card.expiry             | expiry, expiry+date, validity
card.pan                | card
bank.account            | account
address                 | locate
address.region          | region, state
address.house           | building
address.flat            | flat
postcode                | index
geo.point               | lat, lon
birth_date              | dr
credential.bearer       | token
credential.password     | pass
user_agent              | ua
user_id                 | cid
organisation.name       | entity
vehicle.plate           | registration
biometric               | photo
"""

_KILLERS = frozenset(
    "date year month index code ident country language currency key answer question expiry orientation policy".split()
)
"""Ideas that turn the rest into something else when the matched alternative has no use for them."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a set of ideas was read as."""

    kind: Kind
    strong: bool
    used: frozenset[str] = frozenset()
    """The ideas that the verdict rests on."""


def read(ideas: frozenset[str]) -> Verdict | None:
    """The kind that the ideas name, if none of those left over speaks against it."""
    for table, strong in ((STRONG, True), (PEOPLE, True), (WEAK, False)):
        for row in table.rows(ideas):
            if not any(idea[0] == "-" or idea in _KILLERS for idea in ideas - row.ideas):
                return Verdict(row.kind, strong, row.ideas)
    return None


class _Row(NamedTuple):
    ideas: frozenset[str]
    kind: Kind
    rank: tuple[int, int]
    """More ideas first, then earlier rows."""


class _Table:
    """Alternatives, found by one of their ideas."""

    def __init__(self, rows: str) -> None:
        self._by_idea: dict[str, list[_Row]] = {}
        alternatives = [
            (frozenset(alternative.strip().split("+")), Kind(kind.strip()))
            for kind, cell in (row.split("|") for row in rows.replace("\\\n", " ").strip().split("\n"))
            for alternative in cell.split(",")
        ]
        for number, (ideas, kind) in enumerate(alternatives):
            self._by_idea.setdefault(min(ideas), []).append(_Row(ideas, kind, (len(ideas), -number)))
        self.kinds = frozenset(kind for _, kind in alternatives)
        self.ideas = frozenset(idea for ideas, _ in alternatives for idea in ideas)

    def rows(self, ideas: frozenset[str]) -> list[_Row]:
        """The alternatives whose ideas are all there, those with the most ideas first."""
        rows = [row for idea in ideas for row in self._by_idea.get(idea, ()) if row.ideas <= ideas]
        return sorted(rows, key=lambda row: row.rank, reverse=True)


STRONG = _Table(_STRONG)
PEOPLE = _Table(_LESS_STRONG)
WEAK = _Table(_WEAK)
