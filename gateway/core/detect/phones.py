"""Phone numbers of the world: one normal form (E.164) and the country that a number belongs to.

The table knows calling codes and lengths, not operators: enough to tell a number from an order number and Russia from
Kazakhstan, at a hundredth of the cost of a full numbering library. Numbers without a calling code are read as Russian
where they can be nothing else (``8 900 …``, ``(495) …``, ``900 …``).

Source: ITU-T E.164 assignments; the plan of +7 by the order 75 of 31.01.2022 of the Russian Mintsifry and the Kazakh
plan (6xx, 7xx).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

_TABLE = """
20 EG 8 10|211 SS 9 9|212 MA 9 9|213 DZ 8 9|216 TN 8 8|218 LY 8 9|220 GM 7 7|221 SN 9 9|222 MR 8 8|223 ML 8 8
224 GN 8 9|225 CI 10 10|226 BF 8 8|227 NE 8 8|228 TG 8 8|229 BJ 8 10|230 MU 7 8|231 LR 7 9|232 SL 8 8|233 GH 9 9
234 NG 7 10|235 TD 8 8|236 CF 8 8|237 CM 8 9|238 CV 7 7|239 ST 7 7|240 GQ 9 9|241 GA 7 8|242 CG 9 9|243 CD 9 9
244 AO 9 9|245 GW 7 9|246 IO 7 7|247 AC 4 6|248 SC 7 7|249 SD 9 9|250 RW 9 9|251 ET 9 9|252 SO 6 9|253 DJ 8 8
254 KE 7 10|255 TZ 9 9|256 UG 9 9|257 BI 8 8|258 MZ 8 9|260 ZM 9 9|261 MG 9 9|262 RE 9 9|263 ZW 6 10|264 NA 6 10
265 MW 7 9|266 LS 8 8|267 BW 7 8|268 SZ 8 8|269 KM 7 7|27 ZA 9 9|290 SH 4 5|291 ER 7 7|297 AW 7 7|298 FO 6 6
299 GL 6 6|30 GR 10 10|31 NL 9 11|32 BE 8 9|33 FR 9 9|34 ES 9 9|350 GI 8 8|351 PT 9 9|352 LU 4 11|353 IE 7 10
354 IS 7 9|355 AL 6 9|356 MT 8 8|357 CY 8 8|358 FI 5 12|359 BG 7 9|36 HU 8 9|370 LT 8 8|371 LV 8 8|372 EE 7 10
373 MD 8 8|374 AM 8 8|375 BY 9 10|376 AD 6 9|377 MC 8 9|378 SM 6 10|380 UA 9 9|381 RS 6 12|382 ME 8 9|383 XK 8 9
385 HR 8 9|386 SI 8 8|387 BA 8 9|389 MK 8 8|39 IT 6 11|40 RO 9 9|41 CH 9 9|420 CZ 9 9|421 SK 9 9|423 LI 7 9
43 AT 4 13|44 GB 7 10|45 DK 8 8|46 SE 6 10|47 NO 5 8|48 PL 9 9|49 DE 5 12|500 FK 5 5|501 BZ 7 7|502 GT 8 8
503 SV 7 8|504 HN 8 8|505 NI 8 8|506 CR 8 8|507 PA 7 8|508 PM 6 6|509 HT 8 8|51 PE 8 9|52 MX 10 11|53 CU 6 8
54 AR 10 11|55 BR 8 11|56 CL 8 9|57 CO 8 10|58 VE 10 10|590 GP 9 9|591 BO 8 8|592 GY 7 7|593 EC 8 9|594 GF 9 9
595 PY 7 9|596 MQ 9 9|597 SR 6 7|598 UY 6 8|599 CW 7 8|60 MY 7 10|61 AU 5 9|62 ID 7 12|63 PH 8 10|64 NZ 8 10
65 SG 8 8|66 TH 8 9|670 TL 7 8|672 NF 5 6|673 BN 7 7|674 NR 7 7|675 PG 7 8|676 TO 5 7|677 SB 5 7|678 VU 5 7
679 FJ 7 7|680 PW 7 7|681 WF 6 6|682 CK 5 5|683 NU 4 7|685 WS 5 7|686 KI 5 8|687 NC 6 6|688 TV 5 7|689 PF 6 8
690 TK 4 7|691 FM 7 7|692 MH 7 7|81 JP 9 10|82 KR 8 11|84 VN 9 10|850 KP 8 10|852 HK 8 8|853 MO 8 8|855 KH 8 9
856 LA 8 10|86 CN 9 11|880 BD 6 10|886 TW 8 9|90 TR 10 10|91 IN 10 10|92 PK 9 10|93 AF 9 9|94 LK 9 9|95 MM 7 10
960 MV 7 7|961 LB 7 8|962 JO 8 9|963 SY 8 9|964 IQ 8 10|965 KW 8 8|966 SA 9 9|967 YE 7 9|968 OM 8 8|970 PS 8 9
971 AE 8 9|972 IL 8 9|973 BH 8 8|974 QA 8 8|975 BT 7 8|976 MN 8 8|977 NP 8 10|98 IR 10 10|992 TJ 9 9|993 TM 8 8
994 AZ 9 9|995 GE 9 9|996 KG 9 9|998 UZ 9 9
"""

_CODES: Mapping[str, tuple[str, int, int]] = MappingProxyType(
    {
        code: (country, int(shortest), int(longest))
        for code, country, shortest, longest in (row.split() for row in _TABLE.replace("\n", "|").split("|") if row)
    }
)

_CANADA = frozenset(
    """
    204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 450 468 474 506 514 519
    548 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 782 807 819 825 867 873 879 902 905 942
    """.split()
)

_EXTENSION = re.compile(r"[\s,;(]{0,3}(?:доб|ext|вн|x|#)\.?[\s:]{0,2}\d{1,6}\)?$", re.IGNORECASE)
_ALLOWED = re.compile(r"[+\d\s().\-–—/=_\u00a0]+")
_NOT_DIGIT = re.compile(r"[^0-9]")
_LONGEST_TEXT = 40
_NATIONAL = 10
_WITH_TRUNK = 11
_RUSSIAN_FIRST = frozenset("3489")
_KAZAKH_FIRST = frozenset("67")


def phone_country(text: str) -> str | None:
    """The country of a phone number as people write it (ISO 3166 alpha-2); None if it is no number or the plan is
    unknown.

    +7 6xx and +7 7xx are KZ, the rest of +7 is RU; +1 is US or CA, smaller countries of that plan count as US.
    """
    number = normal_phone(text)
    return None if number is None else _country(number)


def normal_phone(text: str) -> str | None:
    """The number in E.164 (``+79000000001``), an extension left out; None if it cannot be a number that people dial."""
    if len(text) > _LONGEST_TEXT:
        return None
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = text.strip().removeprefix("tel:")
    if not _ALLOWED.fullmatch(text):
        text = _EXTENSION.sub("", text)
        if not _ALLOWED.fullmatch(text):
            return None
    digits = _NOT_DIGIT.sub("", text)
    number = _international(digits) if text.lstrip(" (").startswith("+") else _dialled(digits)
    return number if number and _country(number) else None


def _international(digits: str) -> str | None:
    """Digits after a plus; a trunk zero in brackets, +44 (0) 20 …, is not part of the number."""
    if _country("+" + digits):
        return "+" + digits
    bare = next((digits[: len(c)] + digits[len(c) + 1 :] for c in _CODES if digits.startswith(c + "0")), None)
    return "+" + bare if bare else None


def _dialled(digits: str) -> str | None:
    """Digits without a plus: an exit code, a trunk prefix, a bare calling code, or a Russian number alone."""
    if digits.startswith("00"):
        return "+" + digits[2:]
    if digits.startswith("810") and len(digits) > _WITH_TRUNK:
        return "+" + digits[3:]
    if len(digits) == _WITH_TRUNK and digits[0] in "78":
        return "+7" + digits[1:]
    if len(digits) == _NATIONAL and digits[0] in _RUSSIAN_FIRST:
        return "+7" + digits
    return "+" + digits if len(digits) >= _WITH_TRUNK else None


def _country(number: str) -> str | None:
    digits = number[1:]
    if digits.startswith("7"):
        return _of_plan_7(digits[1:])
    if digits.startswith("1"):
        return _of_plan_1(digits[1:])
    for size in (3, 2):
        entry = _CODES.get(digits[:size])
        if entry is not None:
            country, shortest, longest = entry
            return country if shortest <= len(digits) - size <= longest else None
    return None


def _of_plan_7(national: str) -> str | None:
    if len(national) != _NATIONAL:
        return None
    if national[0] in _KAZAKH_FIRST:
        return "KZ"
    return "RU" if national[0] in _RUSSIAN_FIRST else None


def _of_plan_1(national: str) -> str | None:
    if len(national) != _NATIONAL or national[0] in "01" or national[3] in "01":
        return None
    return "CA" if national[:3] in _CANADA else "US"
