"""What the people of a country and things of theirs are called in English and Russian."""

from __future__ import annotations

PEOPLE = """
AE Emirati; Emiratis; эмиратск-
AF Afghan; Afghans; афганец; афганка; афганцы; афганск-
AL Albanian; Albanians; албанец; албанка; албанцы; албанск-
AM Armenian; Armenians; армянин; армянка; армяне; армянск-
AR Argentine; Argentinian; Argentinians; аргентинец; аргентинка; аргентинцы; аргентинск-
AT Austrian; Austrians; австриец; австрийка; австрийцы; австрийск-
AU Australian; Australians; австралиец; австралийка; австралийцы; австралийск-
AZ Azerbaijani; Azerbaijanis; азербайджанец; азербайджанка; азербайджанцы; азербайджанск-
BA Bosnian; Bosnians; босниец; боснийка; боснийцы; боснийск-
BD Bangladeshi; Bangladeshis; бангладешец; бангладешка; бангладешцы; бангладешск-
BE Belgian; Belgians; бельгиец; бельгийка; бельгийцы; бельгийск-
BG Bulgarian; Bulgarians; болгарин; болгарка; болгары; болгарск-
BR Brazilian; Brazilians; бразилец; бразильянка; бразильцы; бразильск-
BY Belarusian; Belarusians; Belorussian; Byelorussian; белорус; белоруска; белорусы; беларус; беларуска
BY белорусск-; беларуск-
CA Canadian; Canadians; канадец; канадка; канадцы; канадск-
CH Swiss; швейцарец; швейцарка; швейцарцы; швейцарск-
CL Chilean; Chileans; чилиец; чилийка; чилийцы; чилийск-
CN Chinese; китаец; китаянка; китайцы; китайск-
CO Colombian; Colombians; колумбиец; колумбийка; колумбийцы; колумбийск-
CU Cuban; Cubans; кубинец; кубинка; кубинцы; кубинск-
CY Cypriot; Cypriots; киприот; киприотка; киприоты; кипрск-
CZ Czech; Czechs; чех; чешка; чехи; чешск-
DE German; Germans; немец; немка; немцы; немецк-; германск-
DK Danish; Dane; Danes; датчанин; датчанка; датчане; датск-
DM Dominican; Dominicans; доминиканец; доминиканка; доминиканск-
DO Dominican; Dominicans; доминиканец; доминиканка; доминиканск-
DZ Algerian; Algerians; алжирец; алжирка; алжирцы; алжирск-
EE Estonian; Estonians; эстонец; эстонка; эстонцы; эстонск-
EG Egyptian; Egyptians; египтянин; египтянка; египтяне; египетск-
ES Spanish; Spaniard; Spaniards; испанец; испанка; испанцы; испанск-
ET Ethiopian; Ethiopians; эфиоп; эфиопка; эфиопы; эфиопск-
FI Finnish; Finn; Finns; финн; финка; финны; финск-; финляндск-
FR French; Frenchman; Frenchwoman; француз; француженка; французы; французск-
GB British; Briton; Brit; Englishman; Englishwoman; Scottish; британец; британка; британцы; британск-
GB англичанин; англичанка; англичане; английск-; великобританск-; шотландец; шотландка
GE Georgian; Georgians; грузин; грузинка; грузины; грузинск-
GR Greek; Greeks; грек; гречанка; греки; греческ-
HR Croatian; Croatians; Croat; Croats; хорват; хорватка; хорваты; хорватск-
HU Hungarian; Hungarians; венгр; венгерка; венгры; венгерск-
ID Indonesian; Indonesians; индонезиец; индонезийка; индонезийцы; индонезийск-
IE Irish; Irishman; Irishwoman; ирландец; ирландка; ирландцы; ирландск-
IL Israeli; Israelis; израильтянин; израильтянка; израильтяне; израильск-
IN Indian; Indians; индиец; индийцы; индийск-
IQ Iraqi; Iraqis; иракец; иракцы; иракск-
IR Iranian; Iranians; иранец; иранка; иранцы; иранск-
IS Icelandic; Icelander; Icelanders; исландец; исландка; исландцы; исландск-
IT Italian; Italians; итальянец; итальянка; итальянцы; итальянск-
JO Jordanian; Jordanians; иорданец; иорданка; иорданцы; иорданск-
JP Japanese; японец; японка; японцы; японск-
KE Kenyan; Kenyans; кениец; кенийка; кенийцы; кенийск-
KG Kyrgyz; Kirghiz; Kyrgyzstani; киргиз; киргизка; киргизы; кыргыз; кыргызы; кыргызстанец; кыргызстанка
KG киргизск-; кыргызск-; кыргызстанск-
KP Korean; Koreans; North Korean; кореец; кореянка; корейцы; корейск-; северокорейск-
KR Korean; Koreans; South Korean; кореец; кореянка; корейцы; корейск-; южнокорейск-
KZ Kazakh; Kazakhs; Kazakhstani; Kazakhstanis; казах; казашка; казахи; казахстанец; казахстанка; казахстанцы
KZ казахск-; казахстанск-
LB Lebanese; ливанец; ливанка; ливанцы; ливанск-
LT Lithuanian; Lithuanians; литовец; литовка; литовцы; литовск-
LU Luxembourgish; Luxembourger; люксембуржец; люксембургск-
LV Latvian; Latvians; латыш; латышка; латыши; латвиец; латвийка; латвийцы; латышск-; латвийск-
MA Moroccan; Moroccans; марокканец; марокканка; марокканцы; марокканск-
MD Moldovan; Moldovans; Moldavian; молдаванин; молдаванка; молдаване; молдавск-; молдовск-
ME Montenegrin; Montenegrins; черногорец; черногорка; черногорцы; черногорск-
MK Macedonian; Macedonians; македонец; македонка; македонцы; македонск-
MN Mongolian; Mongolians; монгол; монголка; монголы; монгольск-
MT Maltese; мальтиец; мальтийка; мальтийцы; мальтийск-
MX Mexican; Mexicans; мексиканец; мексиканка; мексиканцы; мексиканск-
MY Malaysian; Malaysians; малайзиец; малайзийка; малайзийцы; малайзийск-
NG Nigerian; Nigerians; нигериец; нигерийка; нигерийцы; нигерийск-
NL Dutch; Dutchman; Dutchwoman; голландец; голландка; голландцы; нидерландец; голландск-; нидерландск-
NO Norwegian; Norwegians; норвежец; норвежка; норвежцы; норвежск-
NP Nepalese; Nepali; непалец; непалка; непальцы; непальск-
NZ New Zealander; New Zealanders; новозеландец; новозеландка; новозеландцы; новозеландск-
PE Peruvian; Peruvians; перуанец; перуанка; перуанцы; перуанск-
PH Filipino; Filipina; Filipinos; Philippine; филиппинец; филиппинка; филиппинцы; филиппинск-
PK Pakistani; Pakistanis; пакистанец; пакистанка; пакистанцы; пакистанск-
PL Polish; Poles; поляк; полька; поляки; польск-
PS Palestinian; Palestinians; палестинец; палестинка; палестинцы; палестинск-
PT Portuguese; португалец; португалка; португальцы; португальск-
QA Qatari; Qataris; катарец; катарцы; катарск-
RO Romanian; Romanians; румын; румынка; румыны; румынск-
RS Serbian; Serbians; Serb; Serbs; серб; сербка; сербы; сербск-
RU Russian; Russians; россиянин; россиянка; россияне; российск-; русск-
RU Rossiyanin; Rossiyanka; Rossiyskoe; Rossiyskaya; Rossiyskoye; Russkiy; Russkaya
SA Saudi; Saudis; саудовец; саудовцы; саудовск-
SE Swedish; Swede; Swedes; швед; шведка; шведы; шведск-
SG Singaporean; Singaporeans; сингапурец; сингапурка; сингапурцы; сингапурск-
SI Slovenian; Slovenians; Slovene; Slovenes; словенец; словенка; словенцы; словенск-
SK Slovak; Slovaks; Slovakian; словак; словачка; словаки; словацк-
SY Syrian; Syrians; сириец; сирийка; сирийцы; сирийск-
TH Thai; Thais; таец; тайка; тайцы; тайск-; таиландск-
TJ Tajik; Tajiks; Tajikistani; таджик; таджичка; таджики; таджикистанец; таджикск-; таджикистанск-
TM Turkmen; Turkmens; туркмен; туркменка; туркмены; туркменск-; туркменистанск-
TN Tunisian; Tunisians; тунисец; туниска; тунисцы; тунисск-
TR Turkish; Turk; Turks; турок; турчанка; турки; турецк-
TW Taiwanese; тайванец; тайванька; тайваньцы; тайваньск-
UA Ukrainian; Ukrainians; украинец; украинка; украинцы; украинск-
US American; Americans; американец; американка; американцы; американск-
UZ Uzbek; Uzbeks; Uzbekistani; узбек; узбечка; узбеки; узбекистанец; узбекистанка; узбекск-; узбекистанск-
VE Venezuelan; Venezuelans; венесуэлец; венесуэлка; венесуэльцы; венесуэльск-
VN Vietnamese; вьетнамец; вьетнамка; вьетнамцы; вьетнамск-
YE Yemeni; Yemenis; йеменец; йеменка; йеменцы; йеменск-
ZA South African; South Africans; южноафриканец; южноафриканка; южноафриканск-
"""
"""A line is an alpha-2 code and words apart by semicolons. ``польск-`` stands for the adjective in every ending.

A word of two countries names neither: Dominican, кореец.
"""
