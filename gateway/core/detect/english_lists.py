"""Words that tell what a capital in an English text begins: titles, legal forms, offices, days, places without a city.

Source: own knowledge of usage; ISO 3166-1 names of countries (``country_names``), USPS publication 28 for the states.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from gateway.core.country_names import NAMES
from gateway.core.country_people import PEOPLE
from gateway.core.detect.plain import plain_latin

HONORIFICS = frozenset(
    """
    mr mrs ms miss mx dr prof professor sir madam madame mme mlle lord lady dame rev reverend fr father sr sra srta
    senor senora herr frau monsieur signor signora capt captain lt lieutenant sgt sergeant col colonel gen general maj
    major cpl corporal cdr commander adm admiral judge justice hon sheikh imam rabbi president senator governor
    congressman congresswoman chancellor minister officer detective inspector constable uncle aunt auntie grandma
    grandpa
    """.split()
)
FORMAL = frozenset("mr mrs ms miss mx dr prof professor sir madam madame mme mlle rev reverend herr frau".split())
"""Titles of address, that a letter opens with."""

GENERATIONS = frozenset("jr sr ii iii iv phd md dvm dds esq mba cpa jd msc bsc ma ba rn".split())
"""What follows a name: generation, degree."""

PARTICLES = frozenset(
    "de del della di da do dos das du van von der den ter ten zu la le el al bin ibn bint ben abu af av y e".split()
)
LEGAL = frozenset(
    """
    inc incorporated ltd limited llc llp lp plc corp corporation company co gmbh ag kg ohg ug se sa sas sarl srl spa
    nv bv oy oyj ab as asa aps kft zrt sro doo dd ood eood jsc ooo oao zao pao pty pvt bhd sdn kk lda ltda sl slu
    """.split()
)
"""Legal forms, that end the name of a company."""

SURE_LEGAL = frozenset("inc incorporated ltd llc llp plc corp corporation gmbh oyj pty kft ltda sarl srl".split())
"""Those that are so written small too."""

BODIES = frozenset(
    """
    group bank university college institute school academy hospital clinic foundation association society union
    federation council committee commission ministry department agency authority bureau office court parliament senate
    congress church museum library theatre theater orchestra press news times post journal magazine media network
    networks broadcasting television radio pictures studios records entertainment games software systems solutions
    technologies technology tech labs laboratories research consulting consultants advisors partners associates
    holdings holding capital ventures investments securities insurance assurance financial finance credit trust fund
    airlines airways motors automotive energy oil gas petroleum electric power steel mining chemicals pharmaceuticals
    pharma health healthcare medical foods beverages brewing brewery stores store supermarket market markets mart
    outlet retail fashion industries manufacturing enterprises international global worldwide services service
    logistics transport shipping railways telecom communications mobile wireless digital data analytics interactive
    robotics biotech sciences exchange club fc united athletic team league institution centre center company
    """.split()
)
"""What bodies and firms are, as the last word of their name or the first (University of …)."""

OFFICES = """
administrator analyst architect artist assistant attendant auditor baker barber broker buyer captain carpenter cashier
chef chemist clerk coach collector conductor consultant controller cook coordinator counselor counsellor dentist
designer developer director dispatcher drafter driver economist editor electrician engineer estimator examiner
executive expert fabricator farmer fighter fitter foreman guard guide handler hostess hygienist inspector installer
instructor interpreter investigator janitor judge laborer labourer lawyer librarian lineman loader locksmith machinist
manager mechanic messenger midwife musician nurse officer operator optician painter paralegal pharmacist photographer
physician pilot planner plumber porter president principal producer programmer psychologist receptionist recruiter
repairer reporter representative researcher sailor salesperson scientist secretary servicer sheriff specialist
statistician steward superintendent supervisor surgeon surveyor tailor teacher technician technologist teller tender
therapist trainer translator tutor typist usher veterinarian waiter waitress weaver welder worker writer accountant
actor actuary adviser advisor agent ceo cfo cto coo
"""
"""What people are at work, as the last word of it."""

NEVER = frozenset(
    """
    a an the this that these those here there where when why who whom whose what which how if then than so but and or
    nor not no yes ok okay please thanks thank cheers hi hello hey dear greetings good welcome congratulations sorry
    sure well now today tomorrow yesterday soon later again also just only even still yet i you he she it we they me him
    us them my your his its our their mine yours ours theirs am is are was were be been being do does did done have has
    had can could will would shall should may might must let get got give go going come make take see look say tell ask
    try use find want need know think like send call to of in on at by for from with without about into onto over under
    between through during before after since until while because although though as up down out off all any some each
    every both either neither few many much more most other another such same own very too one two three four five six
    seven eight nine ten first second third last next re fwd cc bcc ps fyi asap faq etc eg ie vs note subject
    date time name phone email address regards sincerely kind yours faithfully cordially warmly truly attn january
    february march april june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur fri sat
    sun christmas easter god internet web online user customer client account order invoice card credit debit payment
    bot agent support team page chapter section figure table number id error warning info debug null none true false
    could did does let's it's that's there's what's here's i'm i've i'll i'd you're we're they're he's she's who's
    don't can't won't didn't isn't doesn't couldn't wouldn't everybody everyone somebody someone nobody anybody anyone
    nothing something everything mobile fax tel office home work cell passport visa license licence driver ssn dob
    street avenue road apt suite unit floor box iban bic swift pin atm ssn sim url api pdf usb gps vat cvv cvc otp sms
    html nan null bot bots json xml http https wifi bluetooth app
    """.split()
)
"""Words that begin sentences and stand in headings, never a name."""

ROADS = frozenset(
    """
    street st avenue ave road rd lane ln drive dr boulevard blvd court ct place pl square sq terrace parkway pkwy
    highway hwy way close crescent alley bridge circle trail path walk row route
    """.split()
)
"""What the name of a street ends in."""

STREETS_BEFORE = frozenset(
    "via viale piazza piazzale corso largo vicolo rua rue calle avenida avda plaza paseo carrer quai chemin boulevard "
    "estrada travessa praca strada ulica ul ulitsa jalan postfach".split()
)
"""What the name of a street begins with."""

SPOTS = frozenset(
    """
    beach bay island islands mountain mountains lake river valley hill hills park forest airport harbor harbour port
    falls springs creek canyon desert coast peninsula gulf ocean sea strait county district province state city town
    village region republic
    """.split()
)
"""What the name of a place ends in."""

STATES = """
alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois indiana
iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska
nevada new_hampshire new_jersey new_mexico new_york north_carolina north_dakota ohio oklahoma oregon pennsylvania
rhode_island south_carolina south_dakota tennessee texas utah vermont virginia washington west_virginia wisconsin
wyoming ontario quebec nova_scotia new_brunswick manitoba british_columbia prince_edward_island saskatchewan alberta
newfoundland new_south_wales queensland south_australia tasmania victoria western_australia bavaria saxony tuscany
lombardy sicily catalonia andalusia normandy brittany provence flanders europe asia africa america north_america
south_america latin_america central_america middle_east far_east antarctica oceania scandinavia balkans caribbean
siberia crimea kashmir tibet hong_kong macau taiwan kosovo palestine west_bank gaza holland ussr soviet_union usa uk
u_k swaziland burma macedonia turkiye turkey east_timor cape_verde ivory_coast yugoslavia czechoslovakia persia
republic_of_ireland south_korea north_korea vatican_city virgin_islands netherlands_antilles west_indies
"""
CODES = frozenset(
    """
    AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI
    SC SD TN TX UT VT VA WA WV WI WY DC PR GU VI AE AP AA ON QC BC AB MB SK NS NB NL PE NSW VIC QLD TAS
    """.split()
)
"""Abbreviations of states and provinces."""

_PEOPLES = """
scottish welsh english african asian european latin hispanic arab arabian kurdish jewish indigenous caribbean american
americans afghan burmese nigerian ghanaian ethiopian somali sudanese tunisian moroccan libyan algerian kenyan ugandan
zimbabwean rwandan congolese angolan senegalese malian ivorian cameroonian jamaican haitian bahamian barbadian guyanese
surinamese panamanian nicaraguan honduran salvadoran guatemalan ecuadorian paraguayan uruguayan bolivian venezuelan
nepalese nepali bhutanese laotian cambodian malaysian singaporean mongolian taiwanese yemeni omani qatari bahraini
kuwaiti saudi lebanese syrian maltese luxembourgish icelandic basque catalan flemish walloon
"""


def _peoples() -> Iterator[str]:
    for line in PEOPLE.strip().splitlines():
        yield from (
            word.strip().lower() for word in line[3:].split(";") if word.strip().isascii() and " " not in word.strip()
        )


PEOPLES = frozenset(_peoples()) | frozenset(_PEOPLES.split())
"""What the people of countries are called."""


def _countries() -> Iterator[tuple[str, ...]]:
    for line in NAMES.strip().splitlines():
        for name in line[3:].split(";"):
            plain = plain_latin(name.strip())
            if (
                plain.isascii()
                and "(" not in plain
                and "," not in plain
                and "." not in plain
                and len(plain) > len("drc")
            ):
                yield tuple(plain.replace("'", " ").replace("-", " ").split())
    for name in STATES.split():
        yield tuple(name.split("_"))


def _by_first() -> dict[str, tuple[tuple[str, ...], ...]]:
    found: dict[str, set[tuple[str, ...]]] = {}
    for words in _countries():
        found.setdefault(words[0], set()).add(words[1:])
    return {first: tuple(sorted(rests, key=len, reverse=True)) for first, rests in found.items()}


COUNTRIES: Mapping[str, tuple[tuple[str, ...], ...]] = MappingProxyType(_by_first())
"""The first word of a country, state or continent → what may follow it, the longest first."""
