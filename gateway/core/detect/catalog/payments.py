"""Bank cards and accounts."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.core.detect import checksums
from gateway.core.detect.detector import OPEN, Detector, digits
from gateway.model.names import Kind

_WALLET = Kind("crypto.wallet")
_CARD_NEAR = "карт|card|visa|виза|mastercard|мир|mir|maestro|amex|pan|credit|debit|cc"
_NOT_A_CARD = "заказ|артикул|order|sku|invoice|seq|ean|счет-фактур|трек|track|накладн|штрих|barcode|imei|полис|омс|енп"
_NETWORKS: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("4", "4", (16, 19)),  # Visa
    ("2200", "2204", (16, 17, 18, 19)),  # MIR
    ("51", "55", (16,)),  # Mastercard
    ("2221", "2720", (16,)),
    ("34", "34", (15,)),  # American Express
    ("37", "37", (15,)),
    ("30", "30", (14, 16)),  # Diners Club
    ("36", "36", (14, 16)),
    ("38", "39", (14, 16)),
    ("3528", "3589", (16,)),  # JCB
    ("6", "6", (16, 17, 18, 19)),  # UnionPay, Discover, Maestro
    ("50", "50", (16, 18, 19)),
    ("56", "58", (16, 18, 19)),
    ("8600", "8600", (16,)),  # Uzcard
    ("9860", "9860", (16,)),  # Humo
)
_CURRENCIES = frozenset("810 643 840 978 156 398 756 826 392 933 980 051 944 949 784 417 860 972 356".split())
_ACCOUNT_FIRST = "345"
_ACCOUNT_REST = r"[ .\-]?\d{3}[ .\-]?\d[ .\-]?\d{4}[ .\-]?\d{3}[ ]?\d{4}"
_OF_FIRMS = r"(?:30[12]|40[1-7])\d{2}"
_NOT_OF_FIRMS = r"(?:[0-25-9]\d\d|3(?:0[03-9]|[1-9]\d)|4(?:0[089]|[1-9]\d))\d{2}"
"""The first five of twenty digits: 401 to 407 are accounts of states and organisations, 301 and 302 of banks; 40802 is
a sole trader's, 40817, 40820 and 423 are a person's.
"""
_IBAN_LENGTHS = {
    entry[:2]: int(entry[3:])
    for entry in """
    ad:24 ae:23 al:28 at:20 az:28 ba:20 be:16 bg:22 bh:22 bi:27 br:29 by:28 ch:21 cr:22 cy:28 cz:24 de:22 dj:27
    dk:18 do:28 ee:20 eg:29 es:24 fi:18 fk:18 fo:18 fr:27 gb:22 ge:22 gi:23 gl:18 gr:27 gt:28 hr:21 hu:28 ie:22
    il:23 iq:23 is:26 it:27 jo:30 kw:30 kz:20 lb:28 lc:32 li:21 lt:20 lu:20 lv:21 ly:25 mc:27 md:24 me:22 mk:19
    mn:20 mr:27 mt:31 mu:30 nl:18 no:15 om:23 pk:24 pl:28 ps:29 pt:25 qa:29 ro:24 rs:22 sa:24 sc:31 sd:18 se:24
    si:19 sk:24 sm:27 st:25 sv:28 tl:23 tn:24 tr:26 ua:29 va:22 vg:24 xk:20
    """.split()
}


def _issued(text: str) -> bool:
    """True if the number begins and is as long as cards of some network are, and its Luhn digit is right."""
    number = digits(text)
    known = any(first <= number[: len(first)] <= last and len(number) in sizes for first, last, sizes in _NETWORKS)
    return known and checksums.luhn(number)


def _iban_stretch(text: str, start: int, end: int) -> Sequence[tuple[int, int]]:
    """The stretch that is as long as that country's IBANs are, blanks not counted."""
    length = _IBAN_LENGTHS.get(text[start : start + 2].lower())
    seen = 0
    for place in range(start, end):
        seen += text[place].isalnum()
        if seen == length:
            return ((start, place + 1),)
    return ()


def _is_iban(text: str) -> bool:
    return checksums.iban("".join(filter(str.isalnum, text)).upper())


def _is_account(text: str) -> bool:
    number = digits(text)
    return number[0] in _ACCOUNT_FIRST and number[5:8] in _CURRENCIES


DETECTORS: tuple[Detector, ...] = (
    Detector(
        name="card.pan",
        kind=Kind("card.pan"),
        pattern=r"\d{4}[ \-=/.]{0,2}\d{4}[ \-=/.]{0,2}\d{4}[ \-=/.]{0,2}\d{2,4}(?:[ \-=]?\d{1,3})?",
        score=0.1,
        confirmed=0.75,
        confirm=_issued,
        near=_CARD_NEAR,
        unless=_NOT_A_CARD,
        yes=("4111 1111 1111 1111", "карта МИР 2200 0000 0000 0053", "карта 1234=5678=9012=3456", "2200000000000053"),
        no=("4111 1111 1111 1112", "1234567890123456", "трек 4111111111111111"),
        source="ISO/IEC 7812-1; issuer ranges as published by the networks (MIR 2200-2204)",
    ),
    Detector(
        name="card.pan.grouped",
        kind=Kind("card.pan"),
        pattern=r"\d{4}[ \-]\d{4}[ \-]\d{4}[ \-]\d{4}(?:[ \-]?\d{2,3})?",
        score=0.15,
        confirmed=0.9,
        confirm=_issued,
        near=_CARD_NEAR,
        yes=("заказ 55: 4111 1111 1111 1111", "2200-0000-0000-0053"),
        no=("4111 1111 1111 1112", "4111111111111111"),
        source="ISO/IEC 7812-1; cards are embossed in groups of four",
    ),
    Detector(
        name="card.pan.embossed",
        kind=Kind("card.pan"),
        pattern=r"(?:4\d{3}|5[1-5]\d{2}|220[0-4]|62\d{2})[ \-]\d{4}[ \-]\d{4}[ \-]\d{4}",
        score=0.2,
        near="перевед|перевод|переве[лс]|оплат|спис|снял|сняли|платеж|платил|скин|деньг|банк|сбер|тиньк|кредит|дебет|баланс|pay|charge",
        unless=f"{_NOT_A_CARD}|счет|сч[. ]|р/с|код|serial|ключ|key|лиценз|licen|договор|contract",
        yes=("переведите на 5536-9137-1234-5678", "с 2202 2002 1234 5678 списали дважды"),
        no=("5536-9137-1234-5678", "оплата заказа 5536-9137-1234-5678", "перевод на счет 4081 7810 1234 5678"),
        source="ISO/IEC 7812-1: issuer ranges; mistyped ones too, where money is spoken of",
    ),
    Detector(
        name="card.pan.expiring",
        kind=Kind("card.pan"),
        pattern=r"([2456]\d{3}[ \-]?\d{4}[ \-]?\d{4}[ \-]?\d{4})[ ,;]{1,2}(?:0[1-9]|1[0-2]) ?/ ?(?:20)?\d{2}",
        gate=r"\d[ ,;]{1,2}(?:0[1-9]|1[0-2]) ?/ ?(?:20)?\d{2}",
        score=0.75,
        yes=("IVANOVA ANNA 4276000011112222 09/27", "5536 9137 1234 5678, 01/2030"),
        no=("4276000011112222", "4276000011112222 13/27"),
        source="ISO/IEC 7813: number, then month and year, as on the card",
    ),
    Detector(
        name="card.pan.amex",
        kind=Kind("card.pan"),
        pattern=r"3[47]\d{2}[ \-]?\d{6}[ \-]?\d{5}",
        score=0.1,
        confirmed=0.75,
        confirm=_issued,
        near=_CARD_NEAR,
        unless=_NOT_A_CARD,
        yes=("3782 822463 10005", "378282246310005"),
        no=("3782 822463 10006", "37828224631000"),
        source="ISO/IEC 7812-1; American Express 34, 37",
    ),
    Detector(
        name="card.cvv",
        kind=Kind("card.cvv"),
        pattern=(
            rf"{OPEN}(?:(?:cvv2?|cvc2?|csc|цвв|свв|цвц)(?:[ \-]?(?:код|code))?|код безопасности|security code|"
            r"(?:код|цифр[ыа]?) (?:на|с) обо?рот[а-я]{1,2}(?: карты)?)[ :=№\-]{0,3}(\d{3,4})"
        ),
        score=0.9,
        yes=("CVV 123", "cvc2: 1234", "код безопасности 999", "CVV2 код 123", "три цифры на обороте: 123"),
        no=("cvv", "код 123"),
        source="ISO/IEC 7813; EMV card security codes of 3 or 4 digits",
    ),
    Detector(
        name="card.expiry",
        kind=Kind("card.expiry"),
        pattern=(
            rf"{OPEN}(?:valid thru|valid till|exp|expiry|expires|expiration date|срок действия(?: карты)?|"
            r"действует до|годна до|карт[аы] до)"
            r"[ .:]{0,3}((?:0[1-9]|1[0-2]) ?[/\-.] ?(?:20)?\d{2})"
        ),
        score=0.7,
        yes=("valid thru 12/27", "срок действия: 01/2030", "exp 09/26", "срок действия карты 09/27", "карта до 09/27"),
        no=("12/27", "exp 13/27"),
        source="ISO/IEC 7813: month and year",
    ),
    Detector(
        name="bank.account",
        kind=Kind("bank.account"),
        pattern=_NOT_OF_FIRMS + _ACCOUNT_REST,
        score=0.15,
        confirmed=0.75,
        confirm=_is_account,
        near="счет|р/с|к/с|л/с|account|acct|schet|бик",
        yes=("40817810099910004312", "ИП, р/с 40802.810.9.3800.0060473", "счет 12345678901234567890"),
        no=("12345678901234567890", "4081781009991000431", "р/с 40702810938000060473"),
        source="Bank of Russia regulation 809-P: 20 digits, currency in places 6 to 8; all but organisations",
    ),
    Detector(
        name="bank.account.grouped",
        kind=Kind("bank.account"),
        pattern=r"[34]\d{3}(?:[ \-]\d{4}){4}",
        score=0.25,
        confirmed=0.6,
        confirm=_is_account,
        near="счет|р/с|к/с|л/с|account|acct|schet|бик",
        yes=("счет 4081 7810 1234 5678 9012", "4081 7810 0999 1000 4312"),
        no=("4081 7899 1234 5678 9012", "4081 7810 1234 5678"),
        source="Bank of Russia regulation 809-P: 20 digits, written in fours as cards are",
    ),
    Detector(
        name="bank.account.apart",
        kind=Kind("bank.account"),
        pattern=r"[34]\d{1,7}(?:[ .\-]\d{1,12}){2,8}",
        gate=r"(?:сч[её]т|р/с|к/с|л/с|account|schet)",
        score=0.0,
        confirmed=0.45,
        confirm=lambda text: len(digits(text)) == 20 and _is_account(text),
        near="счет|р/с|к/с|л/с|account|acct|schet",
        yes=("номер счета: 408 17 810 2 0000 1234567",),
        no=("408 17 810 2 0000 1234567", "счет 408 17 810 2 0000"),
        source="Bank of Russia regulation 809-P: 20 digits; own observation of the groups",
    ),
    Detector(
        name="organisation.account",
        kind=Kind("organisation.account"),
        pattern=_OF_FIRMS + _ACCOUNT_REST,
        score=0.15,
        confirmed=0.75,
        confirm=_is_account,
        near="счет|р/с|к/с|account|acct|schet|бик",
        yes=("р/с 40702.810.9.3800.0060473", "к/с 30101810400000000225", "ООО, 40702810938000060473"),
        no=("40817810099910004312", "40702999938000060473", "4070281093800006047"),
        source="Bank of Russia regulation 809-P, chart of accounts: 301, 302 and 401 to 407",
    ),
    Detector(
        name="bank.bik",
        kind=Kind("bank.bik"),
        pattern=r"0[1-4]\d{7}",
        score=0.1,
        near="бик|bik|банк|bank",
        yes=("БИК 044525225", "bik: 044525974"),
        no=("044525225", "бик 994525225"),
        source="Bank of Russia regulation 732-P, directory of BIK",
    ),
    Detector(
        name="iban",
        kind=Kind("iban"),
        pattern=r"[a-z]{2}\d{2} ?[a-z0-9]{4}(?: ?[a-z0-9]{4}){1,6}(?: ?[a-z0-9]{1,3})?",
        gate=rf"{OPEN}[a-z]{{2}}\d{{2}} ?[a-z0-9]{{4}}",
        score=0.1,
        confirmed=0.95,
        confirm=_is_iban,
        near="iban|счет|account|konto|bank",
        cut=_iban_stretch,
        yes=("DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432", "IBAN DE89 3704 0044 0532 0130 01"),
        no=("DE89 3704 0044 0532 0130 01", "ZZ89370400440532013000", "DE8937040044"),
        source="ISO 13616-1; lengths from the SWIFT IBAN registry",
    ),
    Detector(
        name="crypto.wallet",
        kind=_WALLET,
        pattern=r"0x[0-9a-f]{40}",
        score=0.8,
        yes=("0x52908400098527886E0F7030069857D2E4169EE7",),
        no=("0x1234", "0x52908400098527886E0F7030069857D2E4169EE70000"),
        source="EIP-55: Ethereum and what is built on it",
    ),
    Detector(
        name="crypto.base58",
        kind=_WALLET,
        pattern=r"[13tlmd][1-9a-z]{25,34}",
        score=0.0,
        confirmed=0.9,
        confirm=checksums.base58check,
        yes=("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "кошелек TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC"),
        no=("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "13333333333333333333333333"),
        source="Bitcoin, Litecoin, Dogecoin, TRON: Base58Check",
    ),
    Detector(
        name="crypto.bech32",
        kind=_WALLET,
        pattern=r"(?:bc|ltc)1[02-9ac-hj-np-z]{25,62}",
        score=0.0,
        confirmed=0.95,
        confirm=checksums.bech32,
        yes=("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",),
        no=("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "bc1q"),
        source="BIP-173, BIP-350",
    ),
    Detector(
        name="crypto.named",
        kind=_WALLET,
        pattern=r"(?:eq|uq)[a-z0-9_\-]{46}|[1-9a-z]{32,44}|r[1-9a-z]{24,34}",
        gate=r"(?:кошел|wallet|solana|солана|ton[: ]|тонкоин|toncoin|ripple|xrp)",
        score=0.1,
        near="кошел|wallet|solana|солана|ton|тонкоин|toncoin|ripple|xrp",
        yes=(
            "Solana wallet 7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU",
            "TON: EQDtFpEwcFAEcRe5mLVh2N6C0x-_hJEM7W61_JLnSF74p4q2",
        ),
        no=("7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU", "wallet пуст"),
        source="address formats of Solana, TON and XRP, which are told by a word beside them",
    ),
)
