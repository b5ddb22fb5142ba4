"""Passwords in addresses are never printed."""

from __future__ import annotations

import pytest

from gateway.model.addresses import printable, starred


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("sqlite:var/ru.db", "sqlite:var/ru.db"),
        ("postgresql://pii@db:5432/vaults?schema=a", "postgresql://pii@db:5432/vaults?schema=a"),
        ("postgresql://pii:word@db:5432/vaults", "postgresql://pii:***@db:5432/vaults"),
        ("postgresql://pii:w@r/d:1@db/vaults", "postgresql://pii:***@db/vaults"),
        ("postgresql://pii:word@[127.0.0.1/vaults", "postgresql://pii:***@[127.0.0.1/vaults"),
        ("postgresql://:word@db", "postgresql://:***@db"),
        ("postgresql:///vaults?user=a&password=word&pool=4", "postgresql:///vaults?user=a&password=***&pool=4"),
        ("postgresql://db/vaults?sslpassword=word#x", "postgresql://db/vaults?sslpassword=***#x"),
        ("postgresql://db/vaults?PassWord=word", "postgresql://db/vaults?PassWord=***"),
        (
            "pkcs11:token=ru;object=k?module-path=/x&pin-value=1234",
            "pkcs11:token=ru;object=k?module-path=/x&pin-value=***",
        ),
        ("https://crm.example:8443/a@b", "https://crm.example:8443/a@b"),
        ("postgresql://pii:word/vaults", "postgresql://pii:***/vaults"),
        ("postgresql://pii@a:5432,b:5432/vaults", "postgresql://pii@a:5432,b:5432/vaults"),
        ("postgresql://a:5432,b:5432/vaults", "postgresql://a:5432,b:5432/vaults"),
        ("https://user:word@crm.example/", "https://user:***@crm.example/"),
    ],
)
def test_an_address_is_printed_without_its_password(address: str, shown: str) -> None:
    assert (printable(address), printable(shown)) == (shown, shown)
    assert len(starred(address)) == len(address)
    assert "word" not in starred(address).replace("password", "").replace("PassWord", "")
