"""The words that field names are made of, English, Russian and Russian in Latin letters, and the idea each stands for.

A row is ``idea | English and exact spellings | Russian words``. Russian words are compared by stem (``spelling``), so
any case and any usual transliteration is met; short ones that must be exact stand in the middle. ``user+role`` is two
ideas in one word. Ideas are put together in ``grammar``. An idea beginning with ``-`` speaks against: a *type of* \
phone
is no phone.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gateway.core.detect.spelling import skeleton, stem

_ROWS = """
name         | name nm naam |
full         | full preferred complete display real formal whole | полный
first        | first given christian |
personal     | personal | личный
last         | last family maiden birthname |
middle       | middle mid second |
firstname    | vorna forename firstname givenname fname vorname prenom givennames imya imja imia имя | имени
lastname     | nachn surname lastname familyname lname nachname apellido | фамилия
patronymic   | patronymic patronym middlename mname secondname otch отч | отчество
fio          | fio фио fullname fam |
initials     | initials | инициалы
nick         | nickname nick username usernm login logon signin handle screenname nik ник | логин никнейм
email        | email mail emailaddress emails eml мыло имейл | емейл имэйл
electronic   | electronic electr эл | электронный
post         | post |
pochta       | pochta почта почты почту | почта
postal       | postal mailing | почтовый
phone        | phone telephone tel phonenumber msisdn fax telefax phones cellphone landline tlf telf telnr telnum \
тел тлф факс | \
телефон
mobile       | mobile mob моб сот | мобильный сотовый
cell         | cell |
messaging    | whatsapp viber | ватсап вайбер
messenger    | telegram skype icq discord instagram facebook twitter vkontakte linkedin tg vk вк тг \
odnoklassniki вконтакте инстаграм инстаграмм фейсбук фб | телеграм скайп одноклассники
address      | address addr adr addresses adress adres адр | адрес местожительство местонахождение местопребывание
line         | line |
home         | home residential residence living domicile | домашний проживание жительство регистрация прописка \
пребывание
locate       | location place | место нахождение
city         | ort city town settlement locality village municipality gorod нп г | город населенный пункт поселок \
деревня село
region       | region province oblast rayon raion kray край prefecture | регион область район республика округ
state        | state county district |
street       | stras street str streetaddress ulica ulitsa ул | улица проспект переулок шоссе бульвар набережная
house        | house housenumber streetnumber dom дом doma дома | строение корпус домовладение
building     | building bldg block | здание
flat         | flat apartment apt room suite unit kv кв | квартира комната помещение
zip          | zip plz |
postcode     | pstlz postcode zipcode postalcode postindex индекс indeks | индекс
index        | index |
birth        | brth birth birthday birthdate dob bday born dateofbirth др rozhd rojd | рождение родился
birth+date   | gbdat |
dr           | dr |
date         | date day дата даты дату | дата
month        | month mon mm | месяц
year         | year yr yyyy yy год года | год
age          | age vozrast | возраст
sex          | sex gender пол pol |
citizenship  | citizenship nationality citizen | гражданство
ethnicity    | ethnicity race ethnic nationalnost | национальность этнический
country      | country nation | страна
language     | language lang locale язык yazyk |
currency     | currency ccy валюта | валюта
passport     | passport pasport pasp пасп | паспорт
foreign      | foreign frgn travel international zagran zagr загран | заграничный
travelpass   | zagranpasport | загранпаспорт
identity     | identity identification ident dul дул | удостоверение удостоверяющий личность
document     | document doc docs док | документ
series       | series seriya serija seria серия серии ser | серия
number       | number no num nr nbr nomer numbers numero № номер номера н | номер
issue        | issue issued issuer issuance vydan выдан выдано | выдача выдавший
by           | by кем kem |
division     | division department podrazdelenie | подразделение
snils        | snils снилс pfr пфр сфр | пенсионный
social       | social | социальный
security     | security |
ssn          | ssn |
inn          | inn инн tin taxid taxvat itn stcd |
tax          | tax taxpayer | налоговый налогоплательщик
ogrn         | ogrn огрн |
ogrnip       | ogrnip огрнип |
kpp          | kpp кпп |
oms          | oms омс enp енп polis полиса дмс | полис
policy       | policy |
insurance    | insurance | страховой страхование
medical      | medical health | медицинский
driver       | driver drivers driving | водительский
licence      | license licence lic permit |
rights       | права |
vu           | ву |
certificate  | certificate cert свид svid | свидетельство
military     | military mltry | военный
ticket       | билет bilet |
military+ticket | военник voennik |
iin          | iin иин |
bin          | бин bsn kzbin |
unp          | unp унп |
edrpou       | edrpou едрпоу єдрпоу эдрпоу |
rntrc        | rnokpp rntrc рнокпп іпн ипн |
pinfl        | pinfl пинфл jshshir жшшир |
idnp         | idnp иднп |
idno         | idno |
fincode      | fincode finkod финкод |
psn          | psn нзоу соцкарта soccard |
tab          | tabel tabno | табельный
tab+number   | pernr |
role+number  | kunnr |
ssh          | ssh pgp gpg |
sts          | стс птс эптс |
intimate     | intimate | интимный половой
life         | life | жизнь
-voice       | voice | голос голосовой
iris         | iris |
embedding    | embedding embeddings sample cast | слепок
vnzh         | внж vnzh рвп |
nationalid   | nationalid pesel cpf bsn nric aadhaar nino curp |
national     | national |
card         | card credit debit cc pan_card karta карта карты карте karty karte | карточка
pan          | pan cardnumber ccnumber ccnum cardno |
cvv          | cvv cvc csc cvn цвв |
expiry       | expiry expiration exp expires expire | действия
validity     | valid thru | срок
holder       | holder cardholder | держатель владелец
bank+account | bankn |
bank         | bank banking | банк банковский
account      | account acct acc schet счет счета | счет
settlement_  | checking corresp correspondent settlementaccount рс корсчет расч лиц rasch lic | расчетный лицевой \
корреспондентский
bik          | bik bankl бик |
iban         | iban |
wallet       | wallet | кошелек
crypto       | bitcoin btc ethereum eth crypto |
password     | password passwd pwd passphrase passcode passw parol пароль | пароль
pass         | pass |
pin          | pin пин |
secret       | secret | секрет секретный
api          | api |
key          | key | ключ
private      | private |
access       | access auth oauth refresh authorization authorisation csrf xsrf |
token        | token | токен
jwt          | jwt bearer |
otp          | otp totp mfa tfa |
once         | onetime sms confirmation verification activation | подтверждение смс одноразовый
code         | code codes kod код кода |
answer       | answer | ответ
question     | question | вопрос
ip           | ip ipaddress ipaddr ipv remoteaddr remoteip clientip айпи |
remote       | remote peer |
mac          | mac macaddress |
agent        | agent |
ua           | ua useragent |
browser      | browser |
referer      | referer referrer refer |
cookie       | cookie cookies phpsessid jsessionid sessionid sessid sid ga gid fbp fbc gclid yclid fbclid ymuid |
session      | session sess |
device       | device push hardware equipment handset installation install firebase fcm udid | устройство
ads          | idfa idfv gaid aaid adid advertisingid duid deviceid |
advertising  | advertising ad |
anon         | anonymous anonymousid anonymousuid visitorid distinctid distinct visitor |
imei         | imei imsi iccid meid |
sim          | sim |
subscription | subscriber | абонент
uid          | uid userid useruid guid_user customerid clientid memberid |
cid          | cid vid |
ident        | id ids identifier uuid guid key_id ид айди identifikator | идентификатор
lat          | lat |
lon          | lon lng long |
latitude     | latitude shirota | широта
longitude    | longitude dolgota | долгота
coordinates  | coordinates coords coordinate latlng latlon lonlat geopoint geolocation gps koordinaty | координаты
geo          | geo | геолокация
point        | point |
vin          | vin vincode |
chassis      | chassis | шасси
gos          | гос gos |
plate        | plate numberplate licenseplate grz госномер gosnomer грз | госномер регзнак
vehicle      | vehicle car auto avto авто | автомобиль транспорт
registration | registration reg |
religion     | religion religious faith confession | вероисповедание религия
politics     | political politics | политический партийность
diagnosis    | diagnosis disease illness disability allergy allergies icd anamnesis medcard медкарта pregnancy \
pregnant | диагноз болезнь заболевание инвалидность аллергия анамнез беременность
blood        | blood | кровь
criminal     | criminal conviction | судимость
sexual       | sexual | сексуальный
sexual+orientation | sexuality |
orientation  | orientation preference | ориентация
photo        | photo foto photograph mugshot | фотография фото
fingerprint  | thumbprint dactyloscopy | отпечаток
biometric    | biometric biometrics faceprint voiceprint retina facetemplate selfie | биометрия биометрический
role+contact | contact contacts kontakt | контактный контакт
user+role    | user usr | пользователь
bill         | billing |
ship         | shipping delivery |
hashedcontact | em ph hem |
box          | data info information details detail attributes attrs fields payload params properties props object \
record values items list result form |
role         | addressee pax cashier supervisor children relative kin emp empl cust mgr фл client customer patient \
employee \
person people persons member owner guest passenger visitor student \
teacher parent child mother father husband wife spouse recipient receiver sender payer payee beneficiary applicant \
author manager director buyer purchaser guardian representative staff worker candidate profile traits friend doctor \
resident participant player respondent borrower insured consignee traveler traveller signatory signer responsible \
tenant cardholder me self chief head boss editor reviewer attendee invitee assignee requester reporter follower \
referrer_person accountant deputy human individual | клиент покупатель заказчик пациент сотрудник работник физлицо \
лицо человек участник гость пассажир посетитель студент ученик родитель ребенок мать отец муж жена супруг супруга \
получатель отправитель плательщик заявитель автор менеджер директор руководитель начальник водитель представитель \
подписант ответственный заемщик страхователь застрахованный житель гражданин бухгалтер врач заместитель зам главный \
владельца кандидат учредитель
visage       | face facial faceid |
face         | лицо лица |
org          | юл company organization organisation org legal employer firm supplier vendor merchant enterprise \
institution corporation corporate counterparty contractor business legalentity publisher manufacturer brand agency \
school university hospital clinic shop store seller_org orgname companyname | организация компания фирма учреждение \
предприятие контрагент поставщик юрлицо юридический администрация заведение магазин работодатель ведомство \
министерство школа больница
entity       | entity |
work         | work office working | рабочий служебный
plain        | value text string и main primary secondary current old new raw original my his her your alt \
alternative \
additional extra other default contact1 normalized formatted encrypted hash hashed md5 sha salt the of for and to u \
primary_ actual | основной фактический общий дополнительный новый старый текущий
-type        | strength type kind class category categories group groups tag tags mode scheme schema format fmt \
version ver \
level rank priority position order sort column table row field model brand_ make product item sku goods category_ \
service plan tier | тип вид категория группа формат версия модель товар услуга продукт
-status      | status flag is has can should allow allowed enable enabled disable disabled verified verify confirmed \
valid_ validated validation required optional active hidden visible public deleted blocked consent unsubscribed \
unsubscribe subscribed optin \
optout sent opened clicked bounced delivered failed success error errors warning | статус состояние признак наличие \
согласие
-count       | count counter total totals size length len width height max min avg sum limit quota percent ratio \
points \
score rate amount price cost balance quantity qty weight duration timeout ttl offset page pages | количество число \
сумма размер длина цена
-template    | template templates | шаблон
-text        | subject body title headline label button btn submit placeholder hint message description desc \
comment note notes remark remarks content caption regex pattern mask prefix suffix separator \
delimiter | тема описание \
комментарий примечание
-system      | network host hostname server domain port protocol url uri link href path file filename folder \
directory dir bucket queue topic channel event action method function module package namespace repo repository \
branch commit build cluster node process thread cache memory bus nic dns database db api_ app application site \
website web page_ view layout style theme color colour icon image img logo thumb thumbnail avatar video audio media \
mime charset encoding locale_ timezone tz | сайт файл сервер домен ссылка база приложение страница мероприятие \
событие
-time        | time timestamp created updated modified changed at on_ start end begin finish expired ts last_seen \
seen | время
-place       | airport station terminal port_ gate platform flight train route stop warehouse | аэропорт станция \
маршрут склад
-thing       | purchase tender \
book song movie film album artist track game recipe dish hotel restaurant animal pet breed species \
plant drug medicine disease_ chemical material part spare component project task ticket_ issue_ invoice contract \
agreement deal campaign coupon promo discount promotion act law | книга фильм песня проект задача договор контракт \
закон документация лекарство препарат нормативный
"""


def _rows() -> list[tuple[str, list[str], list[str]]]:
    rows = []
    for row in _ROWS.replace("\\\n", " ").strip().split("\n"):
        idea, exact, russian = (cell.strip() for cell in row.split("|"))
        rows.append((idea, exact.split(), russian.split()))
    return rows


def _ideas(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("+"))


EXACT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {word: _ideas(cell) for cell, words, _ in reversed(_rows()) for word in words}
)
"""A word as it is spelt → its ideas."""

RUSSIAN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {word: _ideas(cell) for cell, _, words in reversed(_rows()) for word in words}
)
"""A Russian word in its dictionary form → its ideas."""

STEMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {stem(skeleton(word)): ideas for word, ideas in RUSSIAN.items()}
)
"""The stem of a Russian word, in either script → its ideas."""
