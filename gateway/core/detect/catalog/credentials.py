"""Passwords, tokens and keys: what opens a door when it is read by the wrong eyes."""

from __future__ import annotations

from gateway.core.detect.detector import OPEN, Detector
from gateway.model.names import Kind

_KEY = Kind("credential.api_key")


_ABOUT = frozenset(
    """необходимо обязателен неверный как что где или для это нет не зачем почему если чтобы required incorrect invalid
    null none how what why the and""".split()
)


def _chosen(text: str) -> bool:
    """True unless the word behind ``password:`` is part of a sentence about passwords."""
    return text.lower().strip(".,;") not in _ABOUT


def _mixed(text: str) -> bool:
    """True if letters and digits stand in it: no word of a sentence."""
    return any(char.isdigit() for char in text) and any(char.isalpha() for char in text)


DETECTORS: tuple[Detector, ...] = (
    Detector(
        name="credential.jwt",
        kind=Kind("credential.bearer"),
        pattern=r"eyj[a-z0-9_\-]{8,}\.[a-z0-9_\-]{8,}(?:\.[a-z0-9_\-]*)?",
        score=0.0,
        confirmed=0.95,
        confirm=lambda text: text.startswith("eyJ"),
        yes=("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0x.c2lnbmF0dXJl",),
        no=("eyjhbgcioijiuzi1nij9.eyjzdwiioijhin0x", "eyJ.short"),
        source="RFC 7519",
    ),
    Detector(
        name="credential.bearer",
        kind=Kind("credential.bearer"),
        pattern=r"bearer ([a-z0-9._~+/\-]{11,}[a-z0-9_~+/\-]={0,2})",
        score=0.0,
        confirmed=0.9,
        confirm=_mixed,
        yes=("Bearer abcdef0123456789", "authorization: bearer AbCdEf.0123456789"),
        no=("bearer token", "the bearer of news", "bearer understanding"),
        source="RFC 6750",
    ),
    Detector(
        name="credential.basic",
        kind=Kind("credential.basic"),
        pattern=r"basic ([a-z0-9+/]{8,}={0,2})",
        score=0.2,
        confirmed=0.8,
        confirm=lambda text: text.endswith("=") or (len(text) % 4 == 0 and any(char.isupper() for char in text[1:])),
        near="authorization",
        yes=("Basic YW5uYTpzZWNyZXQ=", "basic YW5uYTpzZWNy"),
        no=("basic knowledge", "Basic plan"),
        source="RFC 7617",
    ),
    Detector(
        name="credential.url",
        kind=Kind("credential.basic"),
        pattern=r"[a-z][a-z0-9+.\-]{1,20}://([^\s\x00/@:]{1,64}:[^\s\x00/@]{1,128})@",
        gate=r"[a-z0-9]://[^\s\x00/@]+@",
        score=0.9,
        loose=True,
        yes=("https://anna:secret@example.org/", "postgres://app:pw@db.example/x"),
        no=("https://example.org/@anna", "http://a:80/"),
        source="RFC 3986, userinfo",
    ),
    Detector(
        name="credential.api_key",
        kind=_KEY,
        pattern=(
            r"(?:sk|pk|rk)[_\-](?:live_|test_|ant-|proj-)?[a-z0-9_\-]{20,}|gh[pousr]_[a-z0-9]{30,}|github_pat_[a-z0-9_]{30,}|"
            r"xox[abprs]-[a-z0-9\-]{10,}|a[ks]ia[a-z0-9]{16}|aiza[a-z0-9_\-]{30,}|ya29\.[a-z0-9_\-]{20,}|glpat-[a-z0-9_\-]{16,}|"
            r"t1\.[a-z0-9_\-]{60,}|y[0-3]_[a-z0-9_\-]{30,}|hf_[a-z0-9]{30,}|npm_[a-z0-9]{30,}|dop_v1_[a-f0-9]{60,}|"
            r"sg\.[a-z0-9_\-]{20,24}\.[a-z0-9_\-]{40,}|pypi-age[a-z0-9_\-]{50,}|shp(?:at|ss|ca|pa)_[a-f0-9]{32}|"
            r"aqvn[a-z0-9_\-]{35,}|aje[a-z0-9]{17}|gocspx-[a-z0-9_\-]{20,}"
        ),
        score=0.9,
        yes=(
            "sk-abcdefghijklmnopqrstuvwx",
            "AKIAABCDEFGHIJKLMNOP",
            "ghp_0123456789abcdefghijklmnopqrstuvwxyz",
            "hf_abcdefghijklmnopqrstuvwxyzABCDEF",
        ),
        no=("sk-short", "akia123"),
        source="prefixes that the issuers publish for secret scanning",
    ),
    Detector(
        name="credential.bot_token",
        kind=_KEY,
        pattern=r"\d{8,10}:aa[a-z0-9_\-]{33}",
        gate=r"\d:aa[a-z0-9_\-]{4}",
        score=0.9,
        yes=("110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1",),
        no=("12:AA", "110201543:AAHdqTcv"),
        source="Telegram Bot API: the number of the bot and its secret",
    ),
    Detector(
        name="credential.private_key",
        kind=Kind("credential.private_key"),
        pattern=(
            r"-----begin [a-z0-9 ]{0,30}private key(?: block)?-----[^\x00\-]*"
            r"(?:-----end [a-z0-9 ]{0,30}private key(?: block)?-----)?|"
            r"putty-user-key-file-\d[^\x00]*private-(?:lines|mac)[^\x00]*"
        ),
        score=0.99,
        loose=True,
        yes=(
            "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE",
            "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQdGBF",
            "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 1\nAAAAI",
        ),
        no=("-----BEGIN CERTIFICATE-----\nMIIE", "private key"),
        source="RFC 7468",
    ),
    Detector(
        name="credential.password",
        kind=Kind("credential.password"),
        pattern=(
            rf"{OPEN}(?:парол[ьяеюи]{{1,2}}|password|passwd|pwd|passphrase|passcode) ?[:=] ?"
            r"\"?([^\s\x00\"']{3,64})"
        ),
        score=0.0,
        confirmed=0.75,
        confirm=_chosen,
        loose=True,
        yes=("мой пароль: Qwerty!23", "password=hunter2"),
        no=("забыл пароль", "пароль: неверный", "password reset", "пароль: как его придумать"),
        source="own observation: a word right behind the word for password",
    ),
    Detector(
        name="credential.password.told",
        kind=Kind("credential.password"),
        pattern=(
            rf"{OPEN}(?:парол[ьяеюи]{{1,2}}|password|passwd|pwd|pass:)"
            r"(?: (?:от|к|для|for|to) [\pL\-]{2,20})?(?: -| is|,)?:? ([^\s\x00\"',.]{4,64})"
        ),
        score=0.0,
        confirmed=0.6,
        confirm=_mixed,
        loose=True,
        yes=("пароль qwerty1", "the password is S3cret", "пароль от вайфая: qwerty1", "pass: hunter2"),
        no=("пароль сброшен", "password reset"),
        source="own observation: a word with letters and digits right behind the word for password",
    ),
    Detector(
        name="credential.otp",
        kind=Kind("credential.otp"),
        pattern=(
            rf"{OPEN}(?:при(?:шел|слали) (?:смс )?код|"
            r"код(?: подтверждения| из смс| из sms| доступа)|смс-код|sms-код|одноразовый (?:код|пароль)|"
            r"one-time (?:code|password)|"
            r"otp|verification code|confirmation code|2fa(?: code)?|passcode)(?: is|:|=| -)? ?(\d{4,8})"
        ),
        score=0.85,
        yes=("пришёл код 4821", "код подтверждения: 4821", "your verification code is 123456", "OTP 998877"),
        no=("код товара 4821", "verification code"),
        source="RFC 6238 and common SMS codes: 4 to 8 digits",
    ),
    Detector(
        name="credential.otp.told",
        kind=Kind("credential.otp"),
        pattern=r"(?:код|code|пароль|g-)(?: (?:is|для входа|авторизации|входа))?(?: ?[:=\-])? ?(\d{4,8})",
        gate=r"(?:никому|ваш код|для входа|авторизаци|do not share|don.t share|your code|g-\d{6}|log ?in code)",
        score=0.1,
        near="никому|ваш|для входа|авторизаци|do not share|don't share|your|login|log in",
        yes=("Ваш код: 482134", "код 482134, никому его не сообщайте", "your code is 4821", "код для входа 482134"),
        no=("код 482134", "код товара 4821, никому", "ваш код страны"),
        source="own observation of messages that carry codes for logging in",
    ),
    Detector(
        name="credential.otp.first",
        kind=Kind("credential.otp"),
        pattern=(
            r"(\d{4,8})(?: ?-)? (?:(?:это |is )?(?:ваш|твой|your)(?: [a-z]{2,16}){0,3} (?:код|code)|"
            r"to (?:verify|confirm|log ?in|sign ?in)[ .,])"
        ),
        gate=r"\d(?: ?-)? (?:это |is )?(?:ваш|твой|your|to (?:verif|confirm|log ?in|sign ?in))",
        score=0.85,
        yes=("482134 — ваш код для входа", "Use 482134 to verify your account", "482134 is your Example code"),
        no=("482134 рубля ваш долг", "2024 is your year", "1024 to confirmation"),
        source="own observation of messages that carry codes for logging in",
    ),
    Detector(
        name="credential.api_key.named",
        kind=_KEY,
        pattern=(
            rf"{OPEN}(?:[a-z]{{0,20}}_)?(?:api[ _\-]?(?:key|token)|secret(?:[ _\-]?key)?|ключ api|api.ключ|"
            r"ключ доступа|access[ _\-]?(?:key|token)|token|токен) ?(?:[:=]|[ ]) ?\"?([a-z0-9_.\-]{16,256})"
        ),
        gate=r"(?:key|token|ключ|api|secret|токен|доступа)(?: ?[:=]| [a-z0-9_.\-]{16})",
        score=0.0,
        confirmed=0.85,
        confirm=_mixed,
        yes=(
            "api_key=3f2a9c7e1b4d4f6a8c0e",
            "ключ API: 3f2a9c7e1b4d4f6a8c0e2d4b",
            "token=3f2a9c7e1b4d4f6a8c0e",
            "SLACK_TOKEN=3f2a9c7e1b4d4f6a8c0e",
        ),
        no=("api key: see-the-documentation", "key=3f2a9c7e1b4d4f6a8c0e", "api_key="),
        source="own observation: letters and digits right behind the words for an API key",
    ),
)
