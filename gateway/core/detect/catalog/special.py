"""Special categories and biometrics (152-FZ, articles 10 and 11): health, religion, politics, origin, convictions,
intimate life, pictures of people.

A word that can only be said of a person (мусульманин, судимость) counts alone; one that can be said of much else
(православный, операция) needs a word beside it that says it is about somebody.
"""

from __future__ import annotations

from gateway.core.detect.detector import OPEN, Detector
from gateway.model.names import Kind

_HEALTH, _RELIGION, _POLITICS = Kind("special.health"), Kind("special.religion"), Kind("special.politics")
_ORIGIN, _RECORD, _INTIMATE = Kind("special.ethnicity"), Kind("special.criminal_record"), Kind("special.intimate_life")
_TAIL = r"[а-я]{0,6}"
_SOMEBODY = (
    "я |мы |он |она |у меня|у него|у нее|у сына|у дочери|у мужа|у жены|у мамы|у отца|у ребенка|мне |ему |ей |"
    "мой |моя |моего|"
    "моей|сын|дочь|муж|жена|мама|отец|ребен|пациент|клиент|сотрудни|больн|болен|болеет|болею|страда|диагноз|лечи|леча|"
    "инвалид|i am|i'm|i have|he has|she has|my |patient|diagnos|suffer|врач|боле[лю]|лечу|подозрен|переболе|"
    "диагностир|жалоб|жалу|поставили|перенес|анамнез|учет"
)
_DISEASES = (
    "сахарн[а-я]{2,3} диабет|диабет|гипертони|стенокарди|аритми|инфаркт|инсульт|атеросклероз|астм|бронхит|"
    "пневмони|туберкулез|аппендицит|рак (?:груди|легк|желудка|кожи|крови|матки|простаты|печени|горла)|"
    "перелом[а-я]{0,3} (?:рук|ног|ребр|ребер|бедр|позвон|ключиц|шейки|челюст|носа|череп|кост)|"
    "сломал[а-я]? (?:руку|ногу)|"
    "гепатит|цирроз|панкреатит|гастрит|язв[аыуе]|колит|пиелонефрит|цистит|простатит|эпилепси|шизофрени|"
    "депресси|биполярн|"
    "аутизм|деменци|альцгеймер|паркинсон|рассеянн[а-я]{2,3} склероз|мигрен|артрит|артроз|остеохондроз|ревматизм|подагр|"
    "псориаз|экзем|дерматит|аллерги|онкологи|лейкоз|лимфом|меланом|карцином|саркома|опухол|метастаз|анеми|гемофили|"
    "вич-инфекци|вич|спид|сифилис|гоноре|хламиди|герпес|коронавирус|covid-19|covid|ковид|грипп|ангин|"
    "тонзиллит|корь|ветрянк|"
    "краснух|алкоголизм|наркомани|бесплоди|выкидыш|аборт|беременн|инвалидност|протез|глауком|катаракт|дцп|"
    "синдром дауна|"
    "ожирени|анорекси|булими|тиреоидит|гипотиреоз|волчанк|целиаки|diabetes|asthma|cancer|hiv|epilepsy|schizophrenia|"
    "hepatitis|tuberculosis|leukemia|hypertension|depression|arthritis|alzheimer|parkinson|bipolar disorder|"
    "stroke|pregnan"
)
_SURE_DISEASES = (
    "вич-инфекци|вич-положительн|шизофрени|эпилепси|сифилис|гоноре|туберкулез|лейкоз|карцином|"
    "рассеянн[а-я]{2,3} склероз|дцп|"
    "цирроз|гепатит|сахарн[а-я]{2,3} диабет|hiv-positive|schizophrenia|epilepsy|tuberculosis|leukemia|"
    "алкоголизм|наркомани"
)
_BELIEVERS = (
    "мусульман(?:ин|ка|ин[а-я]{1,2}|к[а-я]{1,2})|католи(?:к|чк)[а-я]{0,3}|протестант[а-я]{0,3}|баптист[а-я]{0,3}|"
    "буддист[а-я]{0,3}|атеист[а-я]{0,3}|иуде[йяюе]|иудейк[а-я]|кришнаит[а-я]{0,3}|старовер[а-я]{0,2}|"
    "свидетел[а-я]{1,2} иеговы|"
    "лютеран(?:ин|ка)[а-я]{0,2}|мормон[а-я]{0,2}|адвентист[а-я]{0,2}|сатанист[а-я]{0,2}|язычни[кц][а-я]{0,2}|"
    "muslims?|catholics?|protestants?|buddhists?|atheists?|hindus?|mormons?|baptists?|jehovah's witness"
)
_FAITHS = (
    "православи|православн|ислам|христиан|католици|буддизм|иудаизм|индуизм|протестантизм|атеизм|islam|christian|"
    "judaism|orthodox"
)
_PARTISANS = (
    "коммунист|либерал|монархист|анархист|социалист|националист|фашист|нацист|демократ|консерватор|"
    "либертариан|троцкист|"
    "сталинист|оппозиционер|единоросс|communist|anarchist|socialist|liberal|conservative|republican|democrat|"
    "libertarian"
)
_PEOPLES = (
    "татарин|татарк|украинец|украинк|украинц|белорус[а-я]?|еврей|евре[яюе]|еврейк|чечен[ец]|чеченк|чеченц|"
    "армянин|армянк|азербайджан[еи]|"
    "азербайджанк|грузин|грузинк|узбе[кч]|узбечк|таджи[кч]|таджичк|казах|казашк|киргиз|башкир|чуваш|мордвин|"
    "удмурт|дагестанец|"
    "осетин|ингуш|калмы[кч]|бурят|якут|цыган|цыганк|кабардин|лезгин|аварец|аварк|даргин|кумы[кч]|марий[ец]|"
    "туркмен|молдаванин|"
    "молдаванк|немец|немк|грек|гречанк|поляк|полячк|латыш|литовец|эстонец|кореец|кореянк|китаец|китаянк|"
    "вьетнам[ец]|араб|перс|"
    "турок|турчанк"
)

DETECTORS: tuple[Detector, ...] = (
    Detector(
        name="biometric.image",
        kind=Kind("biometric"),
        pattern=r"data:image/[a-z+]{3,10};base64,[a-z0-9+/]{40,}={0,2}",
        gate=r"data:image/[a-z+]{3,10};base64,",
        score=0.1,
        near=(
            "face|selfie|селфи|biometr|биометр|photo|фото|лиц|портрет|portrait|fingerprint|отпечат|iris|паспорт|"
            "passport"
        ),
        yes=(f"selfie: data:image/jpeg;base64,{'A1b2' * 10}", f"фото клиента data:image/png;base64,{'iVBO' * 10}="),
        no=(f"logo data:image/png;base64,{'iVBO' * 10}", "selfie: data:image/jpeg;base64,", "отпечаток пальца"),
        source="152-FZ, article 11; RFC 2397, pictures inside a text, where a word says whose picture it is",
    ),
    Detector(
        name="health.named",
        kind=_HEALTH,
        pattern=rf"{OPEN}((?:{_SURE_DISEASES}){_TAIL})",
        score=0.6,
        yes=("поставили диагноз шизофрения", "болен туберкулёзом", "ребёнок с эпилепсией", "сахарный диабет"),
        no=("диета", "туба", "цирк"),
        source="152-FZ, article 10; ICD-10, names of diseases that are said of people only",
    ),
    Detector(
        name="health.told",
        kind=_HEALTH,
        pattern=rf"{OPEN}((?:{_DISEASES}){_TAIL})",
        score=0.1,
        near=_SOMEBODY,
        yes=("у меня астма", "пациент перенёс инфаркт", "она беременна", "my patient has asthma"),
        no=("мой переломный момент", "лекарство от аллергии", "грипп в продаже", "фонд борьбы с астмой"),
        source="152-FZ, article 10; ICD-10, names of diseases",
    ),
    Detector(
        name="health.icd",
        kind=_HEALTH,
        pattern=r"[a-z]\d{2}(?:\.\d{1,2})?",
        gate=r"(?:мкб|диагноз|icd|ds|diagnos|шифр заболев)[^\pL]",
        score=0.1,
        near="мкб|диагноз|ds|icd|diagnos|шифр заболев",
        yes=("диагноз по МКБ-10: F20.0", "Ds: E11", "ICD code J45.9"),
        no=("F20.0", "секция A12", "модель E11"),
        source="ICD-10: a letter, two digits, a point and one digit",
    ),
    Detector(
        name="health.disability",
        kind=_HEALTH,
        pattern=(
            r"инвалид[а-я]{0,4}(?: с детства)?(?: (?:[123]|i{1,3}|перв[а-я]{2,3}|втор[а-я]{2,3}|треть[а-я]{1,3})[ "
            r"-]?(?:й|ей)? групп[а-я]{1,2})?"
        ),
        score=0.55,
        yes=("инвалид II группы", "я инвалид с детства", "инвалид 2 группы"),
        no=("инвойс", "валидный"),
        source="152-FZ, article 10; 181-FZ on the social protection of the disabled",
    ),
    Detector(
        name="health.blood",
        kind=_HEALTH,
        pattern=(
            r"групп[а-я]{1,2} крови ?[:\-]? ?((?:[1-4]|i{1,3}|iv|перв[а-я]{2,3}|втор[а-я]{2,3}|треть[а-я]{1,3}|"
            r"четверт[а-я]{2,3}|[ab0о]{1,2})(?: ?\(?(?:rh)?[+\-]\)?)?)"
        ),
        score=0.7,
        yes=("группа крови II+", "группа крови: вторая", "группы крови 4"),
        no=("группа крови неизвестна", "группа 2"),
        source="152-FZ, article 10; ABO and rhesus systems",
    ),
    Detector(
        name="religion.believer",
        kind=_RELIGION,
        pattern=rf"{OPEN}({_BELIEVERS})",
        score=0.6,
        yes=("он мусульманин", "сестра католичка", "убеждённый атеист", "свидетели Иеговы", "he is a Buddhist"),
        no=("католический собор", "мусульманский праздник", "будда"),
        source="152-FZ, article 10: religious convictions",
    ),
    Detector(
        name="religion.faith",
        kind=_RELIGION,
        pattern=rf"{OPEN}((?:{_FAITHS})[а-яa-z]{{0,6}})",
        score=0.1,
        near=(
            "исповед|вероисповед|религи|по вере|верующ|принял|приняла|обратил|я |он |она |крещ|faith|religion|"
            "convert|believe|i am|i'm|he is|she is"
        ),
        yes=("исповедует ислам", "религия: православие", "он православный", "she is Christian"),
        no=("православный храм открыт", "история ислама", "Christian Dior"),
        source="152-FZ, article 10: religious convictions",
    ),
    Detector(
        name="politics.partisan",
        kind=_POLITICS,
        pattern=rf"{OPEN}((?:{_PARTISANS})[а-яa-z]{{0,3}})",
        score=0.1,
        near=(
            "я |он |она |убежден|по взглядам|взгляд|идейн|политическ|убеждени|i am|i'm|he is|she is|politic|"
            "views|всегда был"
        ),
        yes=("он убеждённый коммунист", "по взглядам либерал", "I'm a socialist"),
        no=("демократичные цены", "коммунист из фильма", "liberal arts"),
        source="152-FZ, article 10: political views",
    ),
    Detector(
        name="politics.member",
        kind=_POLITICS,
        pattern=(
            r"(?:член[а-я]{0,3}|состо[а-я]{1,3} в|вступил[а-я]? в|сторонни[кц][а-я]{0,2}|активист[а-я]{0,2}|"
            r"голосовал[а-я]? за) "
            r"(?:парти[а-я]{1,2} ?)?(«[^«»\x00]{2,30}»|единой россии|единую россию|кпрф|лдпр|яблок[оаеу]|"
            r"справедливой россии|новых людей|навальн[а-я]{2,3}|путин[а-я]{0,2})"
        ),
        score=0.7,
        yes=("член партии «Яблоко»", "состою в КПРФ", "голосовала за ЛДПР"),
        no=("член комиссии", "состою в браке", "голосовал за проект"),
        source="152-FZ, article 10: political views and membership",
    ),
    Detector(
        name="politics.views",
        kind=_POLITICS,
        pattern=r"политическ[а-я]{2,3} (?:взгляд[а-я]{0,2}|убеждени[а-я]{1,2}) ?[:\-] ?([а-я\-]{4,30})",
        score=0.7,
        yes=("политические взгляды: либеральные",),
        no=("политические взгляды разные",),
        source="152-FZ, article 10: political views",
    ),
    Detector(
        name="origin.people",
        kind=_ORIGIN,
        pattern=rf"{OPEN}((?:{_PEOPLES})[а-я]{{0,3}})",
        score=0.1,
        near=(
            "национальност|по нации|по происхожд|этническ|я |он |она |мой муж|моя жена|мать|отец|родом|"
            "соседи|водитель|сосед|бабушк|дед|"
            "муж |жена "
        ),
        yes=("по национальности татарин", "она армянка", "отец чеченец"),
        no=("грек из мифа", "турок-сельджуков", "поляки победили"),
        source="152-FZ, article 10: race and national origin",
    ),
    Detector(
        name="origin.named",
        kind=_ORIGIN,
        pattern=(
            r"(?:национальност[а-я]{1,2}|этническ[а-я]{2,3} принадлежност[а-я]{1,2}|ethnicity|nationality) "
            r"?[:=\-]? ?([а-яa-z\-]{3,25})"
        ),
        score=0.0,
        confirmed=0.7,
        confirm=lambda text: text.lower() not in {"и", "или", "не", "указана", "граждан", "and", "not", "the", "field"},
        yes=("национальность: русский", "Ethnicity: Latino"),
        no=("национальность не указана", "национальности"),
        source="152-FZ, article 10: race and national origin",
    ),
    Detector(
        name="record.conviction",
        kind=_RECORD,
        pattern=(
            r"(?:не ?судим[а-я]{0,2}|ранее судим[а-я]{0,2}|судим[а-я]{0,2} (?:по|за) [^.,;\x00]{3,40}|"
            r"судимост[а-я]{1,3}|"
            r"осужд[а-я]{2,5} (?:по|за|на|к) [^.,;\x00]{3,40}|отбыва[а-я]{1,4} (?:наказани[а-я]|срок)|"
            r"сидел[а-я]? (?:в (?:тюрьме|колонии)|\d{1,2} (?:лет|год[а-я]?) (?:в|за|по)|"
            r"за (?:краж|разбо|убийств|мошенн|наркот)[а-я]{0,8})|"
            r"(?:стать[яиюе]|ст\.?) ?\d{3}(?:\.\d)?(?: ч\.? ?\d)? ук(?: рф)?|привлекал[а-я]{1,3} к "
            r"уголовной[а-я ]{0,20}|условн[а-я]{2,3} срок[а-я]{0,2}|"
            r"criminal record|convicted of [^.,;\x00]{3,40}|served time|felony conviction)"
        ),
        score=0.65,
        yes=("ранее судим", "осуждён по ст. 228 УК РФ", "имеет непогашенную судимость", "he was convicted of fraud"),
        no=("судите сами", "решение суда", "статья 228"),
        source="152-FZ, article 10, part 3: criminal record",
    ),
    Detector(
        name="intimate.named",
        kind=_INTIMATE,
        pattern=(
            rf"{OPEN}((?:гомосексуал|бисексуал|лесбиян|трансгендер|транссексуал|асексуал|гетеросексуал|"
            rf"homosexual|bisexual|lesbian|"
            r"transgender)[а-яa-z]{0,6}|сексуальн[а-я]{2,3} ориентаци[а-я]{1,2}|половая жизнь|половой "
            r"жизн[а-я]{1,2}|sexual orientation)"
        ),
        score=0.65,
        yes=("он бисексуал", "сменил сексуальную ориентацию", "she is a lesbian"),
        no=("сексизм", "ориентация экрана"),
        source="152-FZ, article 10: intimate life",
    ),
    Detector(
        name="intimate.told",
        kind=_INTIMATE,
        pattern=(
            rf"{OPEN}(геи|гей|геем|геев|любовниц[а-я]|любовник[а-я]{{0,2}}|изменя[а-я]{{1,3}} (?:мне|жене|мужу)|"
            rf"gay)"
        ),
        score=0.2,
        near="я |он |она |мой|моя|муж|жена|у него|у нее|i am|i'm|he is|she is|is ",
        yes=("он гей", "у неё любовник", "I'm gay"),
        no=("гейзер", "гей-парад запрещён", "Marvin Gaye"),
        source="152-FZ, article 10: intimate life",
    ),
)
