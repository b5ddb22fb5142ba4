"""The countries there are, and what each is called in English and Russian.

Source: ISO 3166-1, the 249 officially assigned codes; names after its short and full names and common use.
"""

from __future__ import annotations

ISO = """
AD AND 020  AE ARE 784  AF AFG 004  AG ATG 028  AI AIA 660  AL ALB 008  AM ARM 051  AO AGO 024  AQ ATA 010
AR ARG 032  AS ASM 016  AT AUT 040  AU AUS 036  AW ABW 533  AX ALA 248  AZ AZE 031  BA BIH 070  BB BRB 052
BD BGD 050  BE BEL 056  BF BFA 854  BG BGR 100  BH BHR 048  BI BDI 108  BJ BEN 204  BL BLM 652  BM BMU 060
BN BRN 096  BO BOL 068  BQ BES 535  BR BRA 076  BS BHS 044  BT BTN 064  BV BVT 074  BW BWA 072  BY BLR 112
BZ BLZ 084  CA CAN 124  CC CCK 166  CD COD 180  CF CAF 140  CG COG 178  CH CHE 756  CI CIV 384  CK COK 184
CL CHL 152  CM CMR 120  CN CHN 156  CO COL 170  CR CRI 188  CU CUB 192  CV CPV 132  CW CUW 531  CX CXR 162
CY CYP 196  CZ CZE 203  DE DEU 276  DJ DJI 262  DK DNK 208  DM DMA 212  DO DOM 214  DZ DZA 012  EC ECU 218
EE EST 233  EG EGY 818  EH ESH 732  ER ERI 232  ES ESP 724  ET ETH 231  FI FIN 246  FJ FJI 242  FK FLK 238
FM FSM 583  FO FRO 234  FR FRA 250  GA GAB 266  GB GBR 826  GD GRD 308  GE GEO 268  GF GUF 254  GG GGY 831
GH GHA 288  GI GIB 292  GL GRL 304  GM GMB 270  GN GIN 324  GP GLP 312  GQ GNQ 226  GR GRC 300  GS SGS 239
GT GTM 320  GU GUM 316  GW GNB 624  GY GUY 328  HK HKG 344  HM HMD 334  HN HND 340  HR HRV 191  HT HTI 332
HU HUN 348  ID IDN 360  IE IRL 372  IL ISR 376  IM IMN 833  IN IND 356  IO IOT 086  IQ IRQ 368  IR IRN 364
IS ISL 352  IT ITA 380  JE JEY 832  JM JAM 388  JO JOR 400  JP JPN 392  KE KEN 404  KG KGZ 417  KH KHM 116
KI KIR 296  KM COM 174  KN KNA 659  KP PRK 408  KR KOR 410  KW KWT 414  KY CYM 136  KZ KAZ 398  LA LAO 418
LB LBN 422  LC LCA 662  LI LIE 438  LK LKA 144  LR LBR 430  LS LSO 426  LT LTU 440  LU LUX 442  LV LVA 428
LY LBY 434  MA MAR 504  MC MCO 492  MD MDA 498  ME MNE 499  MF MAF 663  MG MDG 450  MH MHL 584  MK MKD 807
ML MLI 466  MM MMR 104  MN MNG 496  MO MAC 446  MP MNP 580  MQ MTQ 474  MR MRT 478  MS MSR 500  MT MLT 470
MU MUS 480  MV MDV 462  MW MWI 454  MX MEX 484  MY MYS 458  MZ MOZ 508  NA NAM 516  NC NCL 540  NE NER 562
NF NFK 574  NG NGA 566  NI NIC 558  NL NLD 528  NO NOR 578  NP NPL 524  NR NRU 520  NU NIU 570  NZ NZL 554
OM OMN 512  PA PAN 591  PE PER 604  PF PYF 258  PG PNG 598  PH PHL 608  PK PAK 586  PL POL 616  PM SPM 666
PN PCN 612  PR PRI 630  PS PSE 275  PT PRT 620  PW PLW 585  PY PRY 600  QA QAT 634  RE REU 638  RO ROU 642
RS SRB 688  RU RUS 643  RW RWA 646  SA SAU 682  SB SLB 090  SC SYC 690  SD SDN 729  SE SWE 752  SG SGP 702
SH SHN 654  SI SVN 705  SJ SJM 744  SK SVK 703  SL SLE 694  SM SMR 674  SN SEN 686  SO SOM 706  SR SUR 740
SS SSD 728  ST STP 678  SV SLV 222  SX SXM 534  SY SYR 760  SZ SWZ 748  TC TCA 796  TD TCD 148  TF ATF 260
TG TGO 768  TH THA 764  TJ TJK 762  TK TKL 772  TL TLS 626  TM TKM 795  TN TUN 788  TO TON 776  TR TUR 792
TT TTO 780  TV TUV 798  TW TWN 158  TZ TZA 834  UA UKR 804  UG UGA 800  UM UMI 581  US USA 840  UY URY 858
UZ UZB 860  VA VAT 336  VC VCT 670  VE VEN 862  VG VGB 092  VI VIR 850  VN VNM 704  VU VUT 548  WF WLF 876
WS WSM 882  YE YEM 887  YT MYT 175  ZA ZAF 710  ZM ZMB 894  ZW ZWE 716
"""
"""Alpha-2, alpha-3 and numeric code of each country."""

NAMES = """
AD Andorra; Principality of Andorra; Андорра; Княжество Андорра
AE United Arab Emirates; Emirates; UAE; U.A.E.; Объединенные Арабские Эмираты; Эмираты; ОАЭ
AF Afghanistan; Islamic Republic of Afghanistan; Афганистан; Исламская Республика Афганистан
AG Antigua and Barbuda; Антигуа и Барбуда; Антигуа и Барбуды
AI Anguilla; Ангилья
AL Albania; Republic of Albania; Албания; Республика Албания
AM Armenia; Republic of Armenia; Hayastan; Армения; Республика Армения
AO Angola; Republic of Angola; Ангола; Республика Ангола
AQ Antarctica; Антарктида; Антарктика
AR Argentina; Argentine Republic; Аргентина; Аргентинская Республика
AS American Samoa; Американское Самоа
AT Austria; Republic of Austria; Österreich; Австрия; Австрийская Республика
AU Australia; Commonwealth of Australia; Австралия; Австралийский Союз
AW Aruba; Аруба
AX Åland Islands; Aland; Аландские Острова
AZ Azerbaijan; Republic of Azerbaijan; Azərbaycan; Azerbaycan; Азербайджан; Азербайджанская Республика
BA Bosnia and Herzegovina; Bosnia-Herzegovina; Bosnia; Босния и Герцеговина; Боснии и Герцеговины; Босния
BB Barbados; Барбадос
BD Bangladesh; People's Republic of Bangladesh; Бангладеш; Народная Республика Бангладеш
BE Belgium; Kingdom of Belgium; Бельгия; Королевство Бельгия
BF Burkina Faso; Буркина-Фасо
BG Bulgaria; Republic of Bulgaria; Болгария; Республика Болгария
BH Bahrain; Kingdom of Bahrain; Бахрейн; Королевство Бахрейн
BI Burundi; Republic of Burundi; Бурунди; Республика Бурунди
BJ Benin; Republic of Benin; Бенин; Республика Бенин
BL Saint Barthélemy; Сен-Бартелеми
BM Bermuda; Bermuda Islands; Бермуды; Бермудские Острова
BN Brunei; Brunei Darussalam; Бруней; Бруней-Даруссалам
BO Bolivia; Plurinational State of Bolivia; Bolivia, Plurinational State of; Боливия
BO Многонациональное Государство Боливия
BQ Bonaire, Sint Eustatius and Saba; Caribbean Netherlands; Бонэйр, Синт-Эстатиус и Саба
BR Brazil; Federative Republic of Brazil; Brasil; Бразилия; Федеративная Республика Бразилия
BS Bahamas; Commonwealth of the Bahamas; Bahamas, The; Багамы; Багамские Острова
BT Bhutan; Kingdom of Bhutan; Бутан; Королевство Бутан
BV Bouvet Island; Остров Буве
BW Botswana; Republic of Botswana; Ботсвана; Республика Ботсвана
BY Belarus; Republic of Belarus; Byelorussia; Belorussia; Беларусь; Республика Беларусь; Белоруссия
BZ Belize; Белиз
CA Canada; Канада
CC Cocos (Keeling) Islands; Cocos Islands; Кокосовые Острова
CD Democratic Republic of the Congo; Congo, The Democratic Republic of the; DR Congo; DRC; Congo-Kinshasa
CD Congo; Конго; ДР Конго; ДРК; Демократическая Республика Конго; Конго-Киншаса
CF Central African Republic; Центральноафриканская Республика; Центрально-Африканская Республика; ЦАР
CG Republic of the Congo; Congo-Brazzaville; Congo; Конго; Республика Конго; Конго-Браззавиль
CH Switzerland; Swiss Confederation; Schweiz; Швейцария; Швейцарская Конфедерация
CI Côte d'Ivoire; Republic of Côte d'Ivoire; Ivory Coast; Кот-д'Ивуар; Республика Кот-д'Ивуар
CI Берег Слоновой Кости
CK Cook Islands; Острова Кука
CL Chile; Republic of Chile; Чили; Республика Чили
CM Cameroon; Republic of Cameroon; Камерун; Республика Камерун
CN China; People's Republic of China; PRC; P.R.C.; Китай; Китайская Народная Республика; КНР
CO Colombia; Republic of Colombia; Колумбия; Республика Колумбия
CR Costa Rica; Republic of Costa Rica; Коста-Рика; Республика Коста-Рика
CU Cuba; Republic of Cuba; Куба; Республика Куба
CV Cabo Verde; Republic of Cabo Verde; Cape Verde; Кабо-Верде; Республика Кабо-Верде
CW Curaçao; Кюрасао
CX Christmas Island; Остров Рождества
CY Cyprus; Republic of Cyprus; Кипр; Республика Кипр
CZ Czechia; Czech Republic; Чехия; Чешская Республика
DE Germany; Federal Republic of Germany; Deutschland; Bundesrepublik Deutschland; FRG; F.R.G.
DE Германия; Федеративная Республика Германия; Федеративной Республики Германии; ФРГ
DJ Djibouti; Republic of Djibouti; Джибути; Республика Джибути
DK Denmark; Kingdom of Denmark; Danmark; Дания; Королевство Дания
DM Dominica; Commonwealth of Dominica; Доминика; Содружество Доминики
DO Dominican Republic; Доминиканская Республика; Доминикана
DZ Algeria; People's Democratic Republic of Algeria; Алжир; Алжирская Народная Демократическая Республика
EC Ecuador; Republic of Ecuador; Эквадор; Республика Эквадор
EE Estonia; Republic of Estonia; Eesti; Эстония; Эстонская Республика
EG Egypt; Arab Republic of Egypt; Египет; Египта; Арабская Республика Египет
EH Western Sahara; Западная Сахара
ER Eritrea; State of Eritrea; Эритрея; Государство Эритрея
ES Spain; Kingdom of Spain; España; Испания; Королевство Испания
ET Ethiopia; Federal Democratic Republic of Ethiopia; Эфиопия
ET Федеративная Демократическая Республика Эфиопия
FI Finland; Republic of Finland; Suomi; Финляндия; Финляндская Республика
FJ Fiji; Republic of Fiji; Фиджи; Республика Фиджи
FK Falkland Islands; Falkland Islands (Malvinas); Фолклендские Острова
FM Micronesia; Federated States of Micronesia; Micronesia, Federated States of
FM Микронезия; Федеративные Штаты Микронезии
FO Faroe Islands; Фарерские Острова; Фареры
FR France; French Republic; Франция; Французская Республика
GA Gabon; Gabonese Republic; Габон; Габонская Республика
GB United Kingdom; United Kingdom of Great Britain and Northern Ireland; Great Britain; Britain; UK; U.K.
GB England; Scotland; Wales; Northern Ireland; Англия; Шотландия; Уэльс; Северная Ирландия
GB Великобритания; Британия; Соединенное Королевство; Объединенное Королевство
GB Соединенное Королевство Великобритании и Северной Ирландии
GD Grenada; Гренада
GE Georgia; Sakartvelo; Грузия; Республика Грузия
GF French Guiana; Французская Гвиана
GG Guernsey; Гернси
GH Ghana; Republic of Ghana; Гана; Республика Гана
GI Gibraltar; Гибралтар
GL Greenland; Гренландия
GM Gambia; Republic of the Gambia; Gambia, The; Гамбия; Республика Гамбия
GN Guinea; Republic of Guinea; Гвинея; Гвинейская Республика
GP Guadeloupe; Гваделупа
GQ Equatorial Guinea; Republic of Equatorial Guinea; Экваториальная Гвинея; Республика Экваториальная Гвинея
GR Greece; Hellenic Republic; Hellas; Греция; Греческая Республика; Эллинская Республика
GS South Georgia and the South Sandwich Islands; Южная Георгия и Южные Сандвичевы Острова
GT Guatemala; Republic of Guatemala; Гватемала; Республика Гватемала
GU Guam; Гуам
GW Guinea-Bissau; Republic of Guinea-Bissau; Гвинея-Бисау; Гвинеи-Бисау; Республика Гвинея-Бисау
GY Guyana; Republic of Guyana; Гайана; Кооперативная Республика Гайана
HK Hong Kong; Hong Kong SAR; Hong Kong SAR China; Гонконг; Сянган
HM Heard Island and McDonald Islands; Остров Херд и Острова Макдональд
HN Honduras; Republic of Honduras; Гондурас; Республика Гондурас
HR Croatia; Republic of Croatia; Hrvatska; Хорватия; Республика Хорватия
HT Haiti; Republic of Haiti; Гаити; Республика Гаити
HU Hungary; Republic of Hungary; Magyarország; Венгрия; Венгерская Республика
ID Indonesia; Republic of Indonesia; Индонезия; Республика Индонезия
IE Ireland; Republic of Ireland; Eire; Ирландия; Республика Ирландия
IL Israel; State of Israel; Израиль; Государство Израиль
IM Isle of Man; Остров Мэн
IN India; Republic of India; Bharat; Индия; Республика Индия
IO British Indian Ocean Territory; Британская Территория в Индийском Океане
IQ Iraq; Republic of Iraq; Ирак; Республика Ирак
IR Iran; Islamic Republic of Iran; Iran, Islamic Republic of; Иран; Исламская Республика Иран
IS Iceland; Republic of Iceland; Исландия; Республика Исландия
IT Italy; Italian Republic; Italia; Италия; Итальянская Республика
JE Jersey; Джерси
JM Jamaica; Ямайка
JO Jordan; Hashemite Kingdom of Jordan; Иордания; Иорданское Хашимитское Королевство
JP Japan; Nippon; Япония
KE Kenya; Republic of Kenya; Кения; Республика Кения
KG Kyrgyzstan; Kyrgyz Republic; Kirghizia; Kirgizstan; Киргизия; Кыргызстан; Киргизстан
KG Кыргызская Республика; Киргизская Республика
KH Cambodia; Kingdom of Cambodia; Камбоджа; Королевство Камбоджа
KI Kiribati; Republic of Kiribati; Кирибати; Республика Кирибати
KM Comoros; Union of the Comoros; Коморы; Коморские Острова; Союз Коморских Островов
KN Saint Kitts and Nevis; Сент-Китс и Невис
KP North Korea; Democratic People's Republic of Korea; Korea, Democratic People's Republic of; DPRK
KP Korea; Корея; Северная Корея; Корейская Народно-Демократическая Республика; КНДР
KR South Korea; Republic of Korea; Korea, Republic of; Korea, South; Korea; Корея; Южная Корея
KR Республика Корея
KW Kuwait; State of Kuwait; Кувейт; Государство Кувейт
KY Cayman Islands; Каймановы Острова; Острова Кайман
KZ Kazakhstan; Republic of Kazakhstan; Qazaqstan; Kazakstan; Казахстан; Республика Казахстан; Қазақстан
LA Laos; Lao People's Democratic Republic; Lao PDR; Лаос; Лаосская Народно-Демократическая Республика
LB Lebanon; Lebanese Republic; Ливан; Ливанская Республика
LC Saint Lucia; Сент-Люсия
LI Liechtenstein; Principality of Liechtenstein; Лихтенштейн; Княжество Лихтенштейн
LK Sri Lanka; Democratic Socialist Republic of Sri Lanka; Шри-Ланка
LK Демократическая Социалистическая Республика Шри-Ланка
LR Liberia; Republic of Liberia; Либерия; Республика Либерия
LS Lesotho; Kingdom of Lesotho; Лесото; Королевство Лесото
LT Lithuania; Republic of Lithuania; Lietuva; Литва; Литовская Республика
LU Luxembourg; Grand Duchy of Luxembourg; Luxemburg; Люксембург; Великое Герцогство Люксембург
LV Latvia; Republic of Latvia; Latvija; Латвия; Латвийская Республика
LY Libya; State of Libya; Ливия; Государство Ливия
MA Morocco; Kingdom of Morocco; Марокко; Королевство Марокко
MC Monaco; Principality of Monaco; Монако; Княжество Монако
MD Moldova; Republic of Moldova; Moldova, Republic of; Молдова; Молдавия; Республика Молдова
ME Montenegro; Crna Gora; Черногория
MF Saint Martin (French part); Saint Martin; Сен-Мартен
MG Madagascar; Republic of Madagascar; Мадагаскар; Республика Мадагаскар
MH Marshall Islands; Republic of the Marshall Islands; Маршалловы Острова; Республика Маршалловы Острова
MK North Macedonia; Republic of North Macedonia; Macedonia; Северная Македония; Македония
MK Республика Северная Македония
ML Mali; Republic of Mali; Мали; Республика Мали
MM Myanmar; Republic of the Union of Myanmar; Republic of Myanmar; Burma; Мьянма; Бирма
MM Республика Союз Мьянма
MN Mongolia; Монголия
MO Macao; Macau; Macao SAR; Макао; Аомынь
MP Northern Mariana Islands; Северные Марианские Острова
MQ Martinique; Мартиника
MR Mauritania; Islamic Republic of Mauritania; Мавритания; Исламская Республика Мавритания
MS Montserrat; Монтсеррат
MT Malta; Republic of Malta; Мальта; Республика Мальта
MU Mauritius; Republic of Mauritius; Маврикий; Республика Маврикий
MV Maldives; Republic of Maldives; Мальдивы; Мальдивская Республика
MW Malawi; Republic of Malawi; Малави; Республика Малави
MX Mexico; United Mexican States; México; Мексика; Мексиканские Соединенные Штаты
MY Malaysia; Малайзия
MZ Mozambique; Republic of Mozambique; Мозамбик; Республика Мозамбик
NA Namibia; Republic of Namibia; Намибия; Республика Намибия
NC New Caledonia; Новая Каледония
NE Niger; Republic of the Niger; Нигер; Республика Нигер
NF Norfolk Island; Остров Норфолк
NG Nigeria; Federal Republic of Nigeria; Нигерия; Федеративная Республика Нигерия
NI Nicaragua; Republic of Nicaragua; Никарагуа; Республика Никарагуа
NL Netherlands; Kingdom of the Netherlands; Holland; Nederland; Нидерланды; Голландия; Королевство Нидерландов
NO Norway; Kingdom of Norway; Norge; Норвегия; Королевство Норвегия
NP Nepal; Federal Democratic Republic of Nepal; Непал; Федеративная Демократическая Республика Непал
NR Nauru; Republic of Nauru; Науру; Республика Науру
NU Niue; Ниуэ
NZ New Zealand; Новая Зеландия
OM Oman; Sultanate of Oman; Оман; Султанат Оман
PA Panama; Republic of Panama; Панама; Республика Панама
PE Peru; Republic of Peru; Перу; Республика Перу
PF French Polynesia; Французская Полинезия
PG Papua New Guinea; Independent State of Papua New Guinea; Папуа-Новая Гвинея
PG Независимое Государство Папуа-Новая Гвинея
PH Philippines; Republic of the Philippines; Филиппины; Республика Филиппины
PK Pakistan; Islamic Republic of Pakistan; Пакистан; Исламская Республика Пакистан
PL Poland; Republic of Poland; Polska; Польша; Республика Польша
PM Saint Pierre and Miquelon; Сен-Пьер и Микелон
PN Pitcairn; Pitcairn Islands; Питкэрн; Острова Питкэрн
PR Puerto Rico; Пуэрто-Рико
PS Palestine; State of Palestine; Palestine, State of; Палестина; Государство Палестина
PT Portugal; Portuguese Republic; Португалия; Португальская Республика
PW Palau; Republic of Palau; Палау; Республика Палау
PY Paraguay; Republic of Paraguay; Парагвай; Республика Парагвай
QA Qatar; State of Qatar; Катар; Государство Катар
RE Réunion; Реюньон
RO Romania; România; Румыния
RS Serbia; Republic of Serbia; Srbija; Сербия; Республика Сербия
RU Russia; Russian Federation; RF; R.F.; Rossiya; Rossija; Rossia; Rossiia; Rossiyskaya Federatsiya
RU Россия; Российская Федерация; РФ; Р.Ф.
RW Rwanda; Republic of Rwanda; Rwandese Republic; Руанда; Республика Руанда
SA Saudi Arabia; Kingdom of Saudi Arabia; KSA; Саудовская Аравия; Королевство Саудовская Аравия
SB Solomon Islands; Соломоновы Острова
SC Seychelles; Republic of Seychelles; Сейшелы; Сейшельские Острова; Республика Сейшельские Острова
SD Sudan; Republic of the Sudan; Судан; Республика Судан
SE Sweden; Kingdom of Sweden; Sverige; Швеция; Королевство Швеция
SG Singapore; Republic of Singapore; Сингапур; Республика Сингапур
SH Saint Helena, Ascension and Tristan da Cunha; Saint Helena; Остров Святой Елены
SI Slovenia; Republic of Slovenia; Slovenija; Словения; Республика Словения
SJ Svalbard and Jan Mayen; Шпицберген и Ян-Майен
SK Slovakia; Slovak Republic; Slovensko; Словакия; Словацкая Республика
SL Sierra Leone; Republic of Sierra Leone; Сьерра-Леоне; Республика Сьерра-Леоне
SM San Marino; Republic of San Marino; Сан-Марино; Республика Сан-Марино
SN Senegal; Republic of Senegal; Сенегал; Республика Сенегал
SO Somalia; Federal Republic of Somalia; Сомали; Федеративная Республика Сомали
SR Suriname; Republic of Suriname; Surinam; Суринам; Республика Суринам
SS South Sudan; Republic of South Sudan; Южный Судан; Республика Южный Судан
ST Sao Tome and Principe; Democratic Republic of Sao Tome and Principe; Сан-Томе и Принсипи
SV El Salvador; Republic of El Salvador; Сальвадор; Эль-Сальвадор; Республика Эль-Сальвадор
SX Sint Maarten (Dutch part); Sint Maarten; Saint Martin; Синт-Мартен
SY Syria; Syrian Arab Republic; Сирия; Сирийская Арабская Республика
SZ Eswatini; Kingdom of Eswatini; Swaziland; Эсватини; Королевство Эсватини; Свазиленд
TC Turks and Caicos Islands; Теркс и Кайкос; Острова Теркс и Кайкос
TD Chad; Republic of Chad; Чад; Республика Чад
TF French Southern Territories; Французские Южные Территории
TG Togo; Togolese Republic; Того; Тоголезская Республика
TH Thailand; Kingdom of Thailand; Таиланд; Тайланд; Королевство Таиланд
TJ Tajikistan; Republic of Tajikistan; Tadjikistan; Tadzhikistan; Таджикистан; Республика Таджикистан
TK Tokelau; Токелау
TL Timor-Leste; Democratic Republic of Timor-Leste; East Timor; Восточный Тимор; Тимор-Лешти
TL Демократическая Республика Тимор-Лешти
TM Turkmenistan; Туркменистан; Туркмения; Республика Туркменистан
TN Tunisia; Republic of Tunisia; Тунис; Тунисская Республика
TO Tonga; Kingdom of Tonga; Тонга; Королевство Тонга
TR Türkiye; Republic of Türkiye; Turkey; Republic of Turkey; Турция; Турецкая Республика
TT Trinidad and Tobago; Republic of Trinidad and Tobago; Тринидад и Тобаго; Республика Тринидад и Тобаго
TV Tuvalu; Тувалу
TW Taiwan; Taiwan, Province of China; Тайвань
TZ Tanzania; United Republic of Tanzania; Tanzania, United Republic of; Танзания
TZ Объединенная Республика Танзания
UA Ukraine; Ukraina; Украина; Україна
UG Uganda; Republic of Uganda; Уганда; Республика Уганда
UM United States Minor Outlying Islands; Внешние Малые Острова США
US United States; United States of America; U.S.; U.S.A.; США; С.Ш.А.
US Соединенные Штаты; Соединенные Штаты Америки
UY Uruguay; Eastern Republic of Uruguay; Уругвай; Восточная Республика Уругвай
UZ Uzbekistan; Republic of Uzbekistan; Ozbekiston; O'zbekiston; Узбекистан; Республика Узбекистан; Ўзбекистон
VA Holy See; Vatican; Vatican City; Vatican City State; Holy See (Vatican City State); Ватикан; Святой Престол
VA Государство-Город Ватикан
VC Saint Vincent and the Grenadines; Сент-Винсент и Гренадины
VE Venezuela; Bolivarian Republic of Venezuela; Venezuela, Bolivarian Republic of; Венесуэла
VE Боливарианская Республика Венесуэла
VG British Virgin Islands; Virgin Islands, British; Virgin Islands; Британские Виргинские Острова; Виргинские Острова
VI United States Virgin Islands; U.S. Virgin Islands; Virgin Islands, U.S.; Virgin Islands
VI Американские Виргинские Острова; Виргинские Острова
VN Viet Nam; Vietnam; Socialist Republic of Viet Nam; Socialist Republic of Vietnam; Вьетнам
VN Социалистическая Республика Вьетнам
VU Vanuatu; Republic of Vanuatu; Вануату; Республика Вануату
WF Wallis and Futuna; Уоллис и Футуна
WS Samoa; Independent State of Samoa; Western Samoa; Самоа; Независимое Государство Самоа
YE Yemen; Republic of Yemen; Йемен; Йеменская Республика
YT Mayotte; Майотта
ZA South Africa; Republic of South Africa; RSA; Южная Африка; Южно-Африканская Республика; ЮАР
ZA Южноафриканская Республика
ZM Zambia; Republic of Zambia; Замбия; Республика Замбия
ZW Zimbabwe; Republic of Zimbabwe; Зимбабве; Республика Зимбабве
"""
"""A line is an alpha-2 code and names apart by semicolons. A name of two countries names neither: Congo, Корея."""

COUNTRIES = frozenset(ISO.split()[::3])
