"""The client's address is believed only over listed proxies."""

from __future__ import annotations

import pytest

from gateway.server.forwarded import believable, client_address, networks, plain_address

PROXIES = networks(("10.0.0.0/8", "2001:db8:1::/48"))


def test_without_trusted_proxies_the_peer_is_the_client() -> None:
    assert client_address("10.0.0.1", (("X-Forwarded-For", "198.51.100.7"),), ()) == "10.0.0.1"


def test_untrusted_peer_cannot_speak_for_another() -> None:
    assert client_address("203.0.113.9", (("X-Forwarded-For", "198.51.100.7"),), PROXIES) == "203.0.113.9"


def test_trusted_proxy_names_the_client() -> None:
    assert client_address("10.0.0.1", (("X-Forwarded-For", "198.51.100.7"),), PROXIES) == "198.51.100.7"


def test_what_the_client_wrote_itself_is_not_believed() -> None:
    headers = (("X-Forwarded-For", "95.165.0.1, 198.51.100.7"),)
    assert client_address("10.0.0.1", headers, PROXIES) == "198.51.100.7"


def test_a_chain_of_trusted_proxies_is_walked_from_the_right() -> None:
    headers = (("X-Forwarded-For", "1.1.1.1, 198.51.100.7"), ("X-Forwarded-For", "10.0.0.3, 10.0.0.2"))
    assert client_address("10.0.0.1", headers, PROXIES) == "198.51.100.7"


def test_a_chain_of_trusted_proxies_only_ends_at_its_left_end() -> None:
    assert client_address("10.0.0.1", (("X-Forwarded-For", "10.0.0.3,10.0.0.2"),), PROXIES) == "10.0.0.3"


def test_unreadable_hop_stops_the_walk_at_the_last_known_one() -> None:
    assert client_address("10.0.0.1", (("X-Forwarded-For", "198.51.100.7, unknown"),), PROXIES) == "10.0.0.1"


def test_trusted_proxy_that_says_nothing_is_itself_the_client() -> None:
    assert client_address("10.0.0.1", (), PROXIES) == "10.0.0.1"


@pytest.mark.parametrize(
    ("value", "client"),
    [
        ("for=198.51.100.7", "198.51.100.7"),
        ('for="198.51.100.7:4711"; proto=https ;by=10.0.0.1', "198.51.100.7"),
        ('For="[2001:db8:cafe::17]:4711"', "2001:db8:cafe::17"),
        ('for="\\1\\98.51.100.7"', "198.51.100.7"),
        ("for=1.1.1.1, for=198.51.100.7;host=x", "198.51.100.7"),
        ("for=198.51.100.7, for=10.0.0.2", "198.51.100.7"),
        ("for=198.51.100.7, for=_hidden", "10.0.0.1"),
        ("for=198.51.100.7, proto=https", "10.0.0.1"),
        ('for=198.51.100.7, for="198.51.100.8', "10.0.0.1"),
        ("rubbish", "10.0.0.1"),
    ],
)
def test_forwarded_is_read_like_x_forwarded_for(value: str, client: str) -> None:
    assert client_address("10.0.0.1", (("Forwarded", value),), PROXIES) == client


def test_both_headers_that_agree_are_believed() -> None:
    headers = (("Forwarded", "for=198.51.100.7"), ("X-Forwarded-For", "198.51.100.7"))
    assert client_address("10.0.0.1", headers, PROXIES) == "198.51.100.7"


def test_both_headers_that_disagree_leave_only_the_peer() -> None:
    headers = (("Forwarded", "for=95.165.0.1"), ("X-Forwarded-For", "198.51.100.7"))
    assert client_address("10.0.0.1", headers, PROXIES) == "10.0.0.1"


def test_v6_proxy_is_trusted_by_its_prefix() -> None:
    headers = (("X-Forwarded-For", "198.51.100.7"),)
    assert client_address("2001:db8:1::5", headers, PROXIES) == "198.51.100.7"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("::ffff:198.51.100.1", "198.51.100.1"),
        ("fe80::1%eth0", "fe80::1"),
        (" 198.51.100.1 ", "198.51.100.1"),
        ("198.51.100.1:80", "198.51.100.1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("", ""),
        ("unknown", ""),
        ("198.51.100.1.evil.example", ""),
    ],
)
def test_addresses_are_reduced_to_one_spelling(text: str, address: str) -> None:
    assert plain_address(text) == address


def test_hop_headers_of_an_untrusted_peer_are_removed() -> None:
    headers = (("X-Forwarded-For", "1.1.1.1"), ("x-forwarded-proto", "https"), ("Forwarded", "for=1"), ("Accept", "a"))
    assert believable(headers, "203.0.113.9", PROXIES) == (("Accept", "a"),)


def test_hop_headers_of_a_trusted_proxy_stay_for_the_rules_to_judge() -> None:
    headers = (("X-Forwarded-For", "198.51.100.7"), ("Accept", "a"))
    assert believable(headers, "10.0.0.1", PROXIES) == headers


def test_a_unix_socket_has_no_address() -> None:
    assert client_address("", (("X-Forwarded-For", "198.51.100.7"),), PROXIES) == ""


@pytest.mark.parametrize("name", ["X-Real-IP", "X_Forwarded_For", "X-Forwarded_Proto", "True-Client-IP", "FORWARDED"])
def test_whatever_name_an_address_is_invented_under_it_is_removed(name: str) -> None:
    assert believable(((name, "198.51.100.7"), ("Accept", "a")), "203.0.113.9", PROXIES) == (("Accept", "a"),)


@pytest.mark.parametrize("name", ["X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "X_Original_URL"])
def test_what_moves_a_request_behind_its_route_is_removed_even_from_a_trusted_proxy(name: str) -> None:
    assert believable(((name, "/admin"), ("Accept", "a")), "10.0.0.1", PROXIES) == (("Accept", "a"),)


def test_underscored_hop_header_is_the_clients_own_even_behind_a_trusted_proxy() -> None:
    headers = (("X-Forwarded-For", "198.51.100.7"), ("X_Forwarded_For", "1.1.1.1"))
    assert believable(headers, "10.0.0.1", PROXIES) == headers[:1]
