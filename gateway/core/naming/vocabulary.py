"""Words in place of words: a country for a country, spelt in the same list."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from gateway.core.naming.dice import Dice

_LISTS = tuple(
    tuple(row.split(","))
    for row in (
        "m,f",
        "male,female",
        "man,woman",
        "м,ж",
        "муж,жен",
        "мужской,женский",
        "мужчина,женщина",
        "ru,de,fr,it,es,pl,cz,fi,se,kz,by,am,ge,rs,tr,cn,in,jp,us,gb,uk,en,uz,kg,tj,az,md,ua,il",
        "rus,deu,fra,ita,esp,pol,cze,fin,swe,kaz,blr,arm,geo,srb,tur,chn,ind,jpn,usa,gbr,uzb,kgz,tjk,aze,mda,ukr,isr,eng,ger",
        "ru-ru,de-de,fr-fr,it-it,es-es,pl-pl,fi-fi,kk-kz,tr-tr,en-us,en-gb",
        "ru_ru,de_de,fr_fr,it_it,es_es,pl_pl,fi_fi,kk_kz,tr_tr,en_us,en_gb",
        "rub,usd,eur,gbp,kzt,byn,amd,gel,rsd,try,cny,inr,jpy,pln,czk,sek,uzs,kgs,azn,ils",
        "россия,германия,франция,италия,испания,польша,финляндия,казахстан,беларусь,армения,грузия,сербия,турция,китай,рф",
        "russia,germany,france,italy,spain,poland,finland,kazakhstan,belarus,armenia,georgia,serbia,turkey,china",
        "russian,german,french,italian,spanish,polish,finnish,kazakh,belarusian,armenian,georgian,serbian,turkish,chinese,english",
        "русский,немецкий,французский,итальянский,испанский,польский,финский,казахский,турецкий,китайский,английский",
    )
)


_LIST_OF = {word: words for words in reversed(_LISTS) for word in words}
"""Of a word in several lists the first."""


def is_known(text: str) -> bool:
    return text.strip().casefold() in _LIST_OF


def word(text: str, dice: Dice, _keeps: Collection[str], _today: date) -> str:
    """Another word of the same list in the same case. Of two words either: to always swap them would be to tell."""
    old = text.strip()
    words = _LIST_OF[old.casefold()]
    choice = [word for word in words if len(words) == 2 or word != old.casefold()]
    new = choice[dice.below(len(choice))]
    return text.replace(old, _in_case(new, old))


def _in_case(word: str, like: str) -> str:
    if like.isupper():
        return word.upper()
    head, hyphen, tail = like.partition("-")
    if hyphen and tail.isupper() and head.islower():
        return word[:3] + word[3:].upper()
    return word.capitalize() if like[0].isupper() else word
