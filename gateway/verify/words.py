"""Names of people and streets that nobody bears: built of syllables, so that a run can't meet them anywhere else."""

from __future__ import annotations

from gateway.verify.dice import Dice

_ONSETS = ("Брыз", "Жмы", "Квас", "Хлюп", "Трям", "Щуп", "Вжик", "Гмыр", "Дряз", "Зюз", "Кряж", "Пшон", "Фырч", "Цвир")
_NUCLEI = ("го", "ла", "ди", "ма", "ну", "пе", "ро", "су", "та", "фе", "ха", "чу", "ши", "ко", "ву")
_LATIN_ONSETS = (
    "Quarz",
    "Zwirb",
    "Knöt",
    "Pfump",
    "Schnurz",
    "Wubb",
    "Grumb",
    "Flötz",
    "Krax",
    "Trimp",
    "Zopf",
    "Murx",
)
_LATIN_NUCLEI = ("el", "in", "ar", "ot", "um", "ig", "ek", "az", "ob", "ul", "er", "im")


def _stem(dice: Dice, onsets: tuple[str, ...], nuclei: tuple[str, ...]) -> str:
    return dice.choice(onsets) + "".join(dice.choice(nuclei) for _ in range(3))


def last_name(dice: Dice) -> str:
    return _stem(dice, _ONSETS, _NUCLEI) + "вцев"


def first_name(dice: Dice) -> str:
    return _stem(dice, _ONSETS, _NUCLEI) + "слав"


def patronymic(dice: Dice) -> str:
    return _stem(dice, _ONSETS, _NUCLEI) + "мирович"


def full_name(dice: Dice) -> str:
    return f"{last_name(dice)} {first_name(dice)} {patronymic(dice)}"


def street(dice: Dice) -> str:
    return _stem(dice, _ONSETS, _NUCLEI) + "вская"


def german_last_name(dice: Dice) -> str:
    return _stem(dice, _LATIN_ONSETS, _LATIN_NUCLEI) + "berger"


def german_first_name(dice: Dice) -> str:
    return _stem(dice, _LATIN_ONSETS, _LATIN_NUCLEI) + "bert"


def mailbox(dice: Dice) -> str:
    """A local part of letters and digits, e.g. ``vestnik.tamuro83617``."""
    syllables = ("ta", "mu", "ro", "ke", "li", "so", "ne", "vi", "da", "po")
    return f"vestnik.{''.join(dice.choice(syllables) for _ in range(3))}{dice.randrange(10_000, 100_000)}"
