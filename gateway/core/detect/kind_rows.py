"""Every shipped kind, drawn from ``rules/kinds/*.yaml`` by ``make pages``; they are written there, not here.

Two lines a kind: name, category, shape, normal form, ``=`` if equal, check rule, type for outside scorers; then titles
and the law.
"""

ROWS = """
person.name personal letters name - - PERSON
  full name | фамилия, имя, отчество | 152-FZ art. 3(1); Civil Code art. 19
person.first personal letters name - - PERSON
  first name | имя | 152-FZ art. 3(1)
person.last personal letters name - - PERSON
  last name | фамилия | 152-FZ art. 3(1)
person.middle personal letters name - - PERSON
  patronymic or middle name | отчество | 152-FZ art. 3(1); Civil Code art. 19
person.initials personal letters name - - PERSON
  initials | инициалы | 152-FZ art. 3(1)
email personal email email = - EMAIL
  e-mail address | адрес электронной почты | 152-FZ art. 3(1)
phone personal phone phone = - PHONE
  phone number | номер телефона | 152-FZ art. 3(1); 126-FZ art. 53
login personal opaque exact = - USERNAME
  login | логин | 152-FZ art. 3(1)
messenger personal opaque exact - - USERNAME
  messenger or social account | аккаунт в мессенджере | 152-FZ art. 3(1)
user_id personal opaque exact = - USERNAME
  user id | идентификатор пользователя | 152-FZ art. 3(1)
device_id personal opaque exact = - DEVICE_ID
  device id | идентификатор устройства | 152-FZ art. 3(1)
hashed_contact personal opaque alnum = - HASHED_CONTACT
  hash of an e-mail or phone | хеш почты или телефона | 152-FZ art. 3(9): depersonalised data stay personal
mac personal opaque alnum - - MAC
  hardware address | MAC-адрес | 152-FZ art. 3(1)
birth_date personal stand_in exact - - BIRTH_DATE
  birth date | дата рождения | 152-FZ art. 3(1)
birth_place personal opaque exact - - ADDRESS
  birth place | место рождения | 152-FZ art. 3(1)
age personal stand_in exact - - AGE
  age | возраст | 152-FZ art. 3(1)
address personal opaque exact - - ADDRESS
  address | адрес | 152-FZ art. 3(1); 5242-1 art. 2
address.city personal letters name - - LOCATION
  city or settlement | город, населённый пункт | 152-FZ art. 3(1)
address.region personal letters name - - LOCATION
  region or district | регион, район | 152-FZ art. 3(1)
address.street personal opaque exact - - ADDRESS
  street | улица | 152-FZ art. 3(1)
address.house personal stand_in exact - - ADDRESS
  house | дом, корпус, строение | 152-FZ art. 3(1)
address.flat personal stand_in exact - - ADDRESS
  flat | квартира | 152-FZ art. 3(1)
postcode personal stand_in alnum - - ADDRESS
  postcode | почтовый индекс | 152-FZ art. 3(1)
geo.point personal stand_in exact - - GEO
  geographic coordinates | географические координаты | 152-FZ art. 3(1)
ru.passport personal digits digits = - PASSPORT
  Russian passport | паспорт РФ | 152-FZ art. 3(1); Government resolution 2267 of 23.12.2023
ru.passport_series personal stand_in digits - - PASSPORT
  passport series | серия паспорта | 152-FZ art. 3(1)
ru.passport_number personal stand_in digits - - PASSPORT
  passport number alone | номер паспорта без серии | 152-FZ art. 3(1)
ru.passport_issuer personal opaque exact - - PASSPORT
  passport issuer | кем выдан паспорт | 152-FZ art. 3(1)
ru.passport_issuer_code personal stand_in digits - - PASSPORT
  passport issuer code | код подразделения | 152-FZ art. 3(1)
ru.passport_foreign personal digits digits = - PASSPORT
  Russian travel passport | загранпаспорт РФ | 152-FZ art. 3(1); 114-FZ art. 7
document.date personal stand_in exact - - -
  date of issue of a document | дата выдачи документа | 152-FZ art. 3(1)
ru.snils personal digits digits = snils SNILS
  insurance number SNILS | СНИЛС | 152-FZ art. 3(1); 27-FZ art. 6
ru.inn_person personal digits digits = inn12 INN
  taxpayer number of a person | ИНН физического лица | 152-FZ art. 3(1); Tax Code art. 84(7)
ru.ogrnip personal digits digits - ogrnip OGRN
  registration of a sole trader | ОГРНИП | 152-FZ art. 3(1); 129-FZ art. 5(2)
ru.oms personal digits digits = oms OMS
  health insurance policy | полис ОМС | 152-FZ art. 3(1); 326-FZ art. 45
ru.driver_licence personal digits alnum = - DRIVER_LICENSE
  driver licence | водительское удостоверение | 152-FZ art. 3(1); 196-FZ art. 25
ru.birth_certificate personal opaque alnum = - BIRTH_CERTIFICATE
  birth certificate | свидетельство о рождении | 152-FZ art. 3(1); 143-FZ art. 8
ru.residence_permit personal opaque alnum = - RESIDENCE_PERMIT
  residence permit | вид на жительство | 152-FZ art. 3(1); 115-FZ art. 8
ru.military_id personal opaque alnum = - MILITARY_ID
  military ID | военный билет | 152-FZ art. 3(1); 53-FZ art. 8
vehicle.plate personal opaque alnum - - VEHICLE_PLATE
  vehicle plate | государственный номер автомобиля | 152-FZ art. 3(1); 283-FZ of 2018
vehicle.certificate personal opaque alnum - - VEHICLE_CERTIFICATE
  vehicle certificate or passport | СТС, ПТС | 152-FZ art. 3(1); 283-FZ of 2018
vehicle.vin personal opaque alnum - - VIN
  vehicle identification number | VIN | 152-FZ art. 3(1); 283-FZ of 2018
passport personal opaque alnum = - PASSPORT
  passport of any country | паспорт иного государства | 152-FZ art. 3(1)
kz.iin personal digits digits = kz_iin IIN
  Kazakh personal number | ИИН Казахстана | 152-FZ art. 3(1); Kazakhstan, law 223-III of 12.01.2007
by.personal_number personal opaque alnum = - NATIONAL_ID
  Belarusian personal number | личный номер Беларуси | 152-FZ art. 3(1); Belarus, law 418-Z of 21.07.2008
ua.rntrc personal digits digits = ua_rntrc INN
  Ukrainian taxpayer number of a person | РНОКПП Украины | 152-FZ art. 3(1); Ukraine, Tax Code art. 70
uz.pinfl personal digits digits = uz_pinfl NATIONAL_ID
  Uzbek personal number | ПИНФЛ Узбекистана | 152-FZ art. 3(1)
kg.pin personal digits digits = - NATIONAL_ID
  Kyrgyz personal number | ПИН Кыргызстана | 152-FZ art. 3(1)
am.psn personal digits digits = - NATIONAL_ID
  Armenian public services number | НЗОУ Армении | 152-FZ art. 3(1); Armenia, law HO-288-N of 30.11.2011
az.fin personal opaque alnum = - NATIONAL_ID
  Azerbaijani personal code | ФИН-код Азербайджана | 152-FZ art. 3(1)
ge.personal_number personal digits digits = - NATIONAL_ID
  Georgian personal number | личный номер Грузии | 152-FZ art. 3(1)
md.idnp personal digits digits = md_idnp NATIONAL_ID
  Moldovan personal number | IDNP Молдовы | 152-FZ art. 3(1); Moldova, law 273-XIII of 09.11.1994
us.ssn personal digits digits = - US_SSN
  US social security number | SSN США | 152-FZ art. 3(1); 5 U.S.C. 552a
us.driver_licence personal digits alnum = - US_DRIVER_LICENSE
  US driver license | водительское удостоверение США | 152-FZ art. 3(1); 18 U.S.C. 2721
national_id personal opaque alnum = - NATIONAL_ID
  personal number of another state | личный номер иного государства | 152-FZ art. 3(1)
country attribute stand_in name - - -
  country | страна | 152-FZ art. 3(1)
citizenship attribute stand_in name - - NATIONALITY
  citizenship | гражданство | 152-FZ art. 3(1)
language attribute stand_in exact - - -
  language | язык | 152-FZ art. 3(1)
currency attribute stand_in exact - - -
  currency | валюта | 152-FZ art. 3(1)
sex attribute stand_in exact - - -
  sex | пол | 152-FZ art. 3(1)
special.health special opaque exact - - DISEASE
  state of health | состояние здоровья | 152-FZ art. 10(1)
special.religion special opaque exact - - RELIGION
  religion | религиозные убеждения | 152-FZ art. 10(1)
special.politics special opaque exact - - IDEOLOGY
  political views | политические взгляды | 152-FZ art. 10(1)
special.ethnicity special opaque exact - - NATIONALITY
  race or ethnic origin | раса, национальность | 152-FZ art. 10(1)
special.criminal_record special opaque exact - - CRIMINAL_RECORD
  criminal record | судимость | 152-FZ art. 10(3)
special.intimate_life special opaque exact - - INTIMATE_LIFE
  intimate life | интимная жизнь | 152-FZ art. 10(1)
biometric biometric opaque exact - - BIOMETRIC
  biometric template or image | биометрический образец | 152-FZ art. 11(1)
card.pan payment digits digits - luhn CARD
  card number | номер банковской карты | 152-FZ art. 3(1); 161-FZ; PCI DSS requirement 3
card.cvv payment stand_in digits - - CARD
  card security code | код безопасности карты | PCI DSS requirement 3.3: never kept
card.expiry payment stand_in exact - - CARD
  card expiry | срок действия карты | 152-FZ art. 3(1); PCI DSS requirement 3
bank.account payment digits digits - - BANK_ACCOUNT
  bank account | банковский счёт | 152-FZ art. 3(1); 395-1-FZ art. 26 (bank secrecy)
iban payment opaque alnum = iban IBAN
  IBAN | IBAN | 152-FZ art. 3(1); 395-1-FZ art. 26 (bank secrecy)
crypto.wallet payment opaque exact - - CRYPTO
  crypto wallet | криптокошелёк | 152-FZ art. 3(1); 259-FZ of 31.07.2020
credential.password credential opaque exact - - SECRET
  password | пароль | 152-FZ art. 19(2)
credential.bearer credential opaque exact - - SECRET
  access token | токен доступа | 152-FZ art. 19(2)
credential.basic credential opaque exact - - SECRET
  basic credentials | логин и пароль HTTP | 152-FZ art. 19(2)
credential.jwt_personal credential opaque exact - - SECRET
  JWT that tells of a person | JWT с личными данными | 152-FZ art. 19(2)
credential.api_key credential opaque exact - - SECRET
  API key | ключ API | 152-FZ art. 19(2)
credential.private_key credential opaque exact - - SECRET
  private key | закрытый ключ | 152-FZ art. 19(2)
credential.otp credential stand_in exact - - SECRET
  one-time code | одноразовый код | 152-FZ art. 19(2)
ip technical opaque exact - - IP
  IP address | IP-адрес | 152-FZ art. 3(1), as the regulator reads it
user_agent technical opaque exact - - -
  user agent | браузер и система | 152-FZ art. 3(1), as the regulator reads it
client_hint technical opaque exact - - -
  client hint | сведения об устройстве | 152-FZ art. 3(1), as the regulator reads it
cookie_id technical opaque exact - - DEVICE_ID
  cookie or session id | идентификатор cookie, сеанса | 152-FZ art. 3(1), as the regulator reads it
referer technical opaque exact - - -
  referring page | адрес предыдущей страницы | 152-FZ art. 3(1), as the regulator reads it
organisation.name organisation opaque name - - ORGANIZATION
  organisation | название организации | not of a person; Civil Code art. 54
organisation.address organisation opaque exact - - ADDRESS
  address of an organisation | адрес организации | not of a person; Civil Code art. 54(3)
organisation.account organisation digits digits - - BANK_ACCOUNT
  bank account of an organisation | банковский счёт организации | not of a person; Bank of Russia regulation 809-P
ru.inn_org organisation digits digits - inn10 INN
  taxpayer number of an organisation | ИНН организации | not of a person; Tax Code art. 84(7), open in EGRUL
ru.ogrn organisation digits digits - ogrn OGRN
  registration of an organisation | ОГРН | not of a person; 129-FZ art. 5, open in EGRUL
ru.kpp organisation digits digits - - KPP
  tax registration reason code | КПП | not of a person; Tax Code art. 84, open in EGRUL
kz.bin organisation digits digits - kz_iin INN
  Kazakh business number | БИН Казахстана | not of a person; Kazakhstan, law 223-III of 12.01.2007
by.unp organisation digits digits - by_unp INN
  Belarusian taxpayer number | УНП Беларуси | not of a person: 152-FZ art. 3(1)
ua.edrpou organisation digits digits - ua_edrpou INN
  Ukrainian registration of an organisation | ЕДРПОУ Украины | not of a person: 152-FZ art. 3(1)
md.idno organisation digits digits - md_idnp INN
  Moldovan registration of an organisation | IDNO Молдовы | not of a person: 152-FZ art. 3(1)
bank.bik organisation digits digits - - BIK
  bank code BIK | БИК | not of a person; Bank of Russia regulation 732-P
"""
