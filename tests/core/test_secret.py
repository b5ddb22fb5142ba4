"""Key material lies in a buffer of its own, and leaves nothing in it."""

from __future__ import annotations

from weakref import ref

from gateway.model.secret import DataKey, Secret


def test_a_secret_hands_out_what_it_was_given() -> None:
    assert Secret(b"four").expose() == b"four"


def test_what_was_handed_out_stays_when_the_secret_goes() -> None:
    told = Secret(b"four").expose()
    assert told == b"four"


def test_a_secret_that_nobody_holds_any_more_is_overwritten() -> None:
    key = DataKey("ab" * 14, Secret(b"k" * 32))
    buffer = key.secret._value
    del key
    assert buffer == bytes(32)


def test_a_secret_that_somebody_holds_is_not() -> None:
    key = DataKey("ab" * 14, Secret(b"k" * 32))
    held = key.secret
    del key
    assert held.expose() == b"k" * 32


def test_what_is_made_of_a_secret_is_made_once() -> None:
    secret = Secret(b"four")
    assert secret.once(bytearray) is secret.once(bytearray)
    assert secret.once(len) == 4


def test_what_is_made_of_a_secret_goes_with_it() -> None:
    key = DataKey("ab" * 14, Secret(b"k" * 32))
    made = ref(key.secret.once(Cipher))
    del key
    assert made() is None


class Cipher:
    def __init__(self, key: bytes) -> None:
        self.key = key
