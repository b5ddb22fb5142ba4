"""Given names, Russian and English, in every case a text may use them; which of them are ordinary words too.

A list for recognition, not a census: about six hundred common names and short forms. Source: own knowledge of usual
names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from gateway.core.detect.spelling import romanise

_RU_MEN = """
александр алексей анатолий андрей антон аркадий арсений арсен артем артемий артур афанасий ахмед айдар айрат азат
алан альберт альфред ашот богдан борис булат вадим валентин валерий василий вениамин виктор виталий владимир
владислав владлен всеволод вячеслав гавриил геннадий георгий герман глеб гордей григорий давид дамир даниил данил
данила демид демьян денис дмитрий евгений егор ефим заур захар иван игнат игорь илья ильдар ильнур иннокентий иосиф
ислам камиль карим кирилл клим кондрат константин кузьма лаврентий лев леонид леонтий лука магомед макар макарий максим
марат марк марсель матвей мирон михаил мурат муса назар никита николай олег оскар павел петр платон прохор равиль
радик рамазан рамиль расул рашид ренат ринат родион роберт роман ростислав руслан рустам рустем савва савелий самуил
святослав семен сергей спартак станислав степан тарас тигран тимофей тимур тихон трофим фарид федор феликс филипп
хасан эдуард эльдар эмиль эрик юлиан юрий юсуф яков ян яромир ярослав
"""
_RU_WOMEN = """
агата аделина аида айгуль алевтина александра алена алина алиса алла алсу альбина альфия амина анастасия ангелина
анжела анжелика анна антонина анфиса ариадна арина ася валентина валерия варвара василиса вера вероника виктория
виолетта галина гузель гульнара дарья диана диляра дина динара ева евгения евдокия екатерина елена елизавета жанна
залина зарина зинаида злата зоя зульфия илона инга инесса инна ираида ирина камила капитолина карина каролина кира
клавдия клара кристина ксения лариса лейла лиана лидия лилия любовь людмила мадина майя маргарита марианна марина
мария марья марьям милана милена мирослава надежда наталия наталья нелли ника нина нонна оксана олеся ольга патимат
пелагея полина раиса регина рената римма рината роза розалия роксана румия руфина сабина светлана серафима снежана
софия софья стелла стефания таисия тамара татьяна ульяна фаина фарида фатима эвелина элеонора элина эльвира эльмира
эмилия эмма юлия яна ярослава
"""
_RU_SHORT = """
саша леша алеша андрюша антоша тема боря вадик валера вася витя володя вова влад слава гена гоша гриша дима митя
женя жора ваня игорек илюша костя кирюша коля лева леня макс марик миша никитос олежка паша петя рома руся серега
сережа семка стас степа толя тимоша федя филя эдик юра яша аня анюта аленка алинка варя вика галя даша катя катюша
ира иришка ксюша лена леночка лера лида лиза люба люда маша марьяша надя настя ната наташа оля полинка рита света
соня таня тома ульянка эля юля юленька
"""
_RU_WORDS = frozenset(
    """
    роман вера надежда любовь лев мир роза лилия злата ася слава клим гордей лука марк герман платон спартак ислам
    ян тема ника дина рома света люда ната лена эля руся тома коля алан арсен макар клара майя стелла марк тимоша
    костя валя люба леня соня дана жора боря степа маша мила паша толя
    """.split()
)
_EN_MEN = """
aaron adam adrian alan albert alex alexander alfred andre andrew andy anthony antonio arthur austin barry ben
benjamin bernard bill billy bob bobby brad bradley brandon brendan brett brian bruce bryan calvin cameron carl
carlos cedric charles charlie chester chris christian christopher clarence clifford clinton cody colin connor craig
curtis dale damian dan daniel danny darren daryl dave david dean dennis derek dominic don donald douglas duncan
dustin dylan earl eddie edgar edmund edward edwin eli elijah elliot elmer eric erik ernest ethan eugene evan felix
fernando floyd francis francisco frank franklin fred frederick gabriel gareth gary gavin gene geoffrey george gerald
gerard gilbert giovanni glenn gordon graham greg gregory guy hans harold harry harvey hector henry herbert herman
howard hugh hugo ian isaac ivan jack jacob jaime jake james jamie jan jared jason javier jay jeff jeffrey jeremy
jerome jerry jesse jim jimmy joe joel john johnny jon jonathan jordan jorge jose joseph josh joshua juan julian
justin karl keith ken kenneth kevin kurt kyle lance larry laurence lawrence leo leon leonard leroy leslie lewis liam
lloyd logan louis lucas luis luke malcolm manuel marcus mario martin marvin mathew matt matthew maurice max melvin
michael miguel mike milton mitchell mohamed mohammed morris nathan nathaniel neil nicholas nick noah norman oliver
omar oscar owen patrick paul pedro perry peter phil philip phillip pierre rafael ralph ramon randall randy raymond
reginald rene ricardo richard rick ricky robert roberto rodney roger roland ronald ronnie ross roy russell ryan
salvador sam samuel scott sean sebastian sergio seth shane shaun shawn sidney simon spencer stanley stefan stephen
steve steven stewart stuart ted terrence terry theodore thomas tim timothy todd tom tommy tony travis trevor troy
tyler vernon victor vincent virgil walter warren wayne wesley wilfred willard william willie winston wolfgang
zachary
"""
_EN_WOMEN = """
abigail adele agnes alexandra alexis alice alicia alison allison alyssa amanda amber amelia amy ana andrea angela
angelica anita ann anna anne annette annie april ashley audrey barbara beatrice becky bernice bertha beth betty
beverly bonnie brenda bridget brittany camille carla carmen carol caroline carolyn carrie catherine cathy cecilia
charlotte chelsea cheryl chloe christina christine cindy claire clara claudia colleen connie courtney crystal
cynthia daisy dana danielle dawn deborah debra denise diana diane dolores donna doris dorothy edith edna eileen
elaine eleanor elena elizabeth ella ellen elsie emily emma erica erin esther ethel eva evelyn faith felicia fiona
florence frances gabriela gail georgia geraldine gertrude gina gladys glenda gloria grace greta gwendolyn hannah
hazel heather heidi helen helena henrietta hilda holly ida ingrid irene iris isabel isabella jackie jacqueline jane
janet janice jasmine jean jeanette jennifer jenny jessica jill joan joanna joanne jocelyn josephine joy joyce
juanita judith judy julia juliana julie june karen karin kate katherine kathleen kathryn kathy katie kayla kelly kim
kimberly kirsten kristen kristin krystal laura lauren leah lena leticia lillian linda lindsay lisa lois loretta lori
lorraine louise lucia lucille lucy lydia lynn mabel madison maggie marcia margaret margarita maria marie marilyn
marion marjorie marlene martha mary maureen maxine megan melanie melissa mia michele michelle mildred miriam molly
monica monique myra nadia nancy naomi natalia natalie natasha nicole nina nora norma olga olivia pamela patricia
paula pauline peggy penelope phyllis priscilla rachel rebecca regina renee rhonda rita roberta robin rosa rosalie
rose rosemary roxanne ruby ruth sabrina sally samantha sandra sara sarah shannon sharon sheila shelby sheryl shirley
sonia sophia sophie stacey stacy stella stephanie susan suzanne sylvia tamara tanya tara teresa terri theresa
tiffany tina tracy valerie vanessa vera veronica vicki victoria violet virginia vivian wanda wendy whitney wilma
yolanda yvette yvonne zoe
"""
_EN_WORDS = frozenset(
    """
    alan amber andy april art ashley austin barry basil beth bill bob brad brandon brett carol charity chase chelsea
    chester clay clifford clinton cody colin crystal daisy dale dan dana dawn dean don earl eli faith floyd francis
    frank gene georgia grace grant guy harry hazel heather holly hope ida iris ivy jack jan jasmine jay jean jerry
    jordan josh joy june kelly ken kim lance lane lee leo lily logan madison mark marina max may mia mike mitchell
    morris nick norma oliver olive pat pearl penny perry peter phil ray regina rene rich rick robin rod roman rosa
    rose ross roy ruby russell sally sam scott shane shannon sherry sidney stella stewart stuart sue summer sydney
    ted terry tiffany tina todd tom tony tracy troy tyler vera vernon victor victoria violet virginia wayne will
    willow winston christian florence paris georgia jersey lincoln washington warren wendy wesley regina bonnie
    carmen cedric montana
    """.split()
)
_ENDINGS = {
    "а": ("а", "ы", "и", "е", "у", "ой", "ою"),
    "я": ("я", "и", "е", "ю", "ей", "ею"),
    "й": ("й", "я", "ю", "ем", "е", "и"),
}
_HARD = ("", "а", "у", "ом", "е")
_SOFT = ("ь", "я", "ю", "ем", "е", "и", "ью")
_FLEETING = {"павел": "павл", "лев": "льв"}


def forms_of(name: str) -> Iterable[str]:
    """A Russian name in its cases, the impossible ones of another gender included."""
    if name.endswith("ия"):
        return (name[:-1] + ending for ending in ("я", "и", "ю", "ей"))
    if name in _FLEETING:
        return (name, *(_FLEETING[name] + ending for ending in _HARD[1:]))
    endings = _ENDINGS.get(name[-1])
    if endings is None:
        return (name[:-1] + e for e in _SOFT) if name.endswith("ь") else (name + e for e in _HARD)
    return (name[:-1] + ending for ending in endings)


def _table() -> Iterable[tuple[str, bool]]:
    for name in (_EN_MEN + _EN_WOMEN).split():
        yield name, name in _EN_WORDS
    for name in (_RU_MEN + _RU_WOMEN + _RU_SHORT).split():
        common = name in _RU_WORDS
        latin = romanise(name)
        if len(latin) > 3:
            yield latin, common or latin in _EN_WORDS
        for form in forms_of(name):
            yield form, common


GIVEN_NAMES: Mapping[str, bool] = MappingProxyType(dict(_table()))
"""A given name, folded, in any case → whether it is an ordinary word too."""
