"""Numbers of vehicles and their papers."""

from __future__ import annotations

from gateway.core.detect.detector import Detector, digits
from gateway.model.names import Kind

_PLATE_LETTERS = "авекмнорстухabekmhopctyx"


def _mixed(text: str) -> bool:
    """True for the look of a VIN: letters and digits, at least three of each."""
    found = len(digits(text))
    return 3 <= found <= len(text) - 3


DETECTORS: tuple[Detector, ...] = (
    Detector(
        name="vehicle.plate",
        kind=Kind("vehicle.plate"),
        pattern=rf"[{_PLATE_LETTERS}] ?\d{{3}} ?[{_PLATE_LETTERS}]{{2}}[ /|]{{0,2}}\d{{2,3}}(?: ?rus)?",
        score=0.55,
        near="госномер|номер|авто|машин|plate|car|vehicle|грз",
        yes=("А123ВС77", "госномер o777oo 199", "м 001 мм 99 rus"),
        no=("Б123ВС77", "А12ВС77", "xa123bc77x"),
        source="GOST R 50577-2018: twelve letters that look alike in Latin and Cyrillic",
    ),
    Detector(
        name="vehicle.plate.other",
        kind=Kind("vehicle.plate"),
        pattern=(
            rf"[{_PLATE_LETTERS}]{{2}} ?\d{{3,4}} ?\d{{2,3}}(?: ?rus)?|"
            rf"\d{{4}} ?[{_PLATE_LETTERS}]{{2}} ?\d{{2,3}}(?: ?rus)?"
        ),
        score=0.1,
        near="госномер|гос. ?номер|номерной знак|грз|такси|автобус|прицеп|мотоцикл|трактор|plate",
        yes=("такси АВ123 77", "мотоцикл 1234 АВ 77", "прицеп, госномер ВЕ1234 199"),
        no=("АВ123 77", "1234 АВ 77", "такси 12345677"),
        source="GOST R 50577-2018, types 1B, 2, 3 and 4: public transport, trailers, tractors, motorcycles",
    ),
    Detector(
        name="vehicle.certificate",
        kind=Kind("vehicle.certificate"),
        pattern=r"\d{2} ?(?:\d{2}|[а-яa-z]{2}) ?(?:№ ?)?\d{6}|\d{15}",
        gate=r"(?:стс|птс|свидетельств[а-я]{1,2} о регистрации (?:тс|транс|авто)|паспорт[а-я]{0,2} (?:тс|транс))",
        score=0.1,
        near="стс|птс|эптс|о регистрации (?:тс|транс|авто)|паспорт тс|паспорта? транс",
        yes=(
            "СТС 77 12 123456",
            "ПТС 77 УА 123456",
            "ЭПТС 164301000000123",
            "свидетельство о регистрации ТС 9912 № 345678",
        ),
        no=("77 УА 123456", "СТС 77 12 1234", "птс, 164301000"),
        source=(
            "MVD order 399 of 26.06.2018 approved a form of the certificate, EEC Collegium decision 122 of "
            "22.09.2015 the "
            "electronic passport; series and number as seen"
        ),
    ),
    Detector(
        name="vehicle.vin",
        kind=Kind("vehicle.vin"),
        pattern=r"[a-hj-npr-z0-9]{17}",
        score=0.0,
        confirmed=0.3,
        confirm=_mixed,
        near="vin|вин|шасси|chassis|кузов",
        yes=("VIN XTA210990Y2766389", "кузов xta210990y2766389"),
        no=("XTA210990Y2766389", "vin 12345678901234567"),
        source="ISO 3779",
    ),
)
