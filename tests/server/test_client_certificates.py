"""Who a client is by its certificate: verified in the handshake, named as RFC 4514 writes it, never by a header."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID, ObjectIdentifier

from gateway.adapters.sink_memory import MemorySink
from gateway.ruleset.load import load as load_rules
from gateway.server.binding import server_tls
from gateway.server.subject import subject_of
from gateway.settings import load as load_settings
from gateway.wiring import running
from tests.contracts.upstream.server import Behaviour, Peer, destination
from tests.server.certificates import ADMIN, Subject, authority, server_files
from tests.server.scene import REGISTRATION, post, write_rules
from tests.server.wire import Site, body, site

GET = b"GET /api/users HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"


async def talk_tls(port: int, context: ssl.SSLContext, request: bytes) -> bytes:
    """Everything that comes back; nothing from a server that ends the handshake, whenever the client learns of that."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    try:
        writer.write(request)
        async with asyncio.timeout(5):
            return await reader.read()
    except (ssl.SSLError, ConnectionError):
        return b""
    finally:
        writer.transport.abort()


@asynccontextmanager
async def a_site(folder: Path, *, required: bool = False) -> AsyncIterator[Site]:
    """A listener that believes the authority in ``ca.pem``."""
    tls = server_tls(folder / "cert.pem", folder / "key.pem", folder / "ca.pem", required=required)
    async with site(tls=tls) as made:
        yield made


async def seen_of(folder: Path, subject: Subject | x509.Name) -> str | None:
    """The certificate of the request as the use case sees it."""
    _, trusting = server_files(folder)
    mine = authority(folder).client(trusting, subject)
    async with a_site(folder) as made:
        await talk_tls(made.port, mine, GET + b"\r\n")
        return made.request.certificate


async def test_a_verified_certificate_names_the_client(tmp_path: Path) -> None:
    assert await seen_of(tmp_path, ADMIN) == "CN=crm-admin,O=Example"


@pytest.mark.parametrize(
    ("common_name", "written"),
    [
        ("admin,O=Example", r"CN=admin\,O=Example"),
        ('a+b"c;d<e>f\\g', r"CN=a\+b\"c\;d\<e\>f\\g"),
        ("#1", r"CN=\#1"),
        (" a ", r"CN=\ a\ "),
        ("a\0b", r"CN=a\00b"),
        ("Анна", "CN=Анна"),
    ],
)
async def test_what_would_read_as_another_name_is_escaped(tmp_path: Path, common_name: str, written: str) -> None:
    assert await seen_of(tmp_path, ((NameOID.COMMON_NAME, common_name),)) == written


async def test_every_part_of_a_name_is_written_the_last_first(tmp_path: Path) -> None:
    several = x509.RelativeDistinguishedName(
        [x509.NameAttribute(NameOID.COMMON_NAME, "a"), x509.NameAttribute(NameOID.USER_ID, "7")]
    )
    country = x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.COUNTRY_NAME, "RU")])
    assert await seen_of(tmp_path, x509.Name([country, several])) in ("CN=a+UID=7,C=RU", "UID=7+CN=a,C=RU")


@pytest.mark.parametrize(
    ("oid", "written"),
    [
        (NameOID.DOMAIN_COMPONENT, "DC=x"),
        (NameOID.LOCALITY_NAME, "L=x"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "OU=x"),
        (NameOID.STATE_OR_PROVINCE_NAME, "ST=x"),
        (NameOID.STREET_ADDRESS, "STREET=x"),
        (NameOID.SERIAL_NUMBER, "serialNumber=x"),
        (ObjectIdentifier("1.3.6.1.4.1.32473.1"), "1.3.6.1.4.1.32473.1=x"),
    ],
)
async def test_attributes_have_the_names_of_the_standard(tmp_path: Path, oid: ObjectIdentifier, written: str) -> None:
    assert await seen_of(tmp_path, ((oid, "x"),)) == written


async def test_a_certificate_that_names_nobody_is_nobodys(tmp_path: Path) -> None:
    assert await seen_of(tmp_path, ()) is None


async def test_a_client_without_a_certificate_comes_in_and_is_nobody(tmp_path: Path) -> None:
    _, trusting = server_files(tmp_path)
    authority(tmp_path)
    async with a_site(tmp_path) as made:
        await talk_tls(made.port, trusting, GET + b"\r\n")
        assert made.request.certificate is None


async def test_a_header_names_nobody(tmp_path: Path) -> None:
    _, trusting = server_files(tmp_path)
    authority(tmp_path)
    claims = b"X-SSL-Client-S-DN: CN=crm-admin,O=Example\r\nX-Client-Cert: CN=crm-admin,O=Example\r\n\r\n"
    async with a_site(tmp_path) as made:
        await talk_tls(made.port, trusting, GET + claims)
        assert made.request.certificate is None


async def test_a_client_without_a_certificate_is_refused_where_one_is_required(tmp_path: Path) -> None:
    _, trusting = server_files(tmp_path)
    authority(tmp_path)
    async with a_site(tmp_path, required=True) as made:
        assert (await talk_tls(made.port, trusting, GET + b"\r\n"), made.behind.requests) == (b"", [])


@pytest.mark.parametrize("required", [False, True])
@pytest.mark.parametrize(("by", "days"), [("stranger", 1), ("ca", -1)])
async def test_a_certificate_of_a_stranger_and_an_expired_one_are_refused(
    tmp_path: Path, by: str, days: int, *, required: bool
) -> None:
    _, trusting = server_files(tmp_path)
    ours = authority(tmp_path)
    issuer = ours if by == "ca" else authority(tmp_path, by)
    mine = issuer.client(trusting, ADMIN, days)
    async with a_site(tmp_path, required=required) as made:
        assert (await talk_tls(made.port, mine, GET + b"\r\n"), made.behind.requests) == (b"", [])


async def test_a_listener_that_asks_for_none_believes_none(tmp_path: Path) -> None:
    _, trusting = server_files(tmp_path)
    mine = authority(tmp_path).client(trusting, ADMIN)
    async with site(tls=server_tls(tmp_path / "cert.pem", tmp_path / "key.pem")) as made:
        await talk_tls(made.port, mine, GET + b"\r\n")
        assert made.request.certificate is None


def test_without_tls_there_is_no_certificate() -> None:
    assert subject_of(None) is None


# -------------------------------------------------------------------------------------------------- the whole gateway


def remembering() -> Behaviour:
    """A back end that answers a GET with what was posted last."""
    kept: list[bytes] = []

    async def behave(peer: Peer) -> None:
        while request := await peer.request():
            kept.extend([content] if (content := request.partition(b"\r\n\r\n")[2]) else [])
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            await peer.send(head % len(kept[-1]) + kept[-1])

    return behave


@pytest.mark.parametrize(("common_name", "shown"), [("crm-admin", True), ("crm-guest", False)])
async def test_originals_are_shown_to_the_certificate_that_the_rules_name(
    tmp_path: Path, common_name: str, *, shown: bool
) -> None:
    more, trusting = server_files(tmp_path)
    ours = authority(tmp_path)
    more |= {"state_dir": str(tmp_path), "listen.port": 0, "admin.port": 0, "listen.client_ca": str(ours.file)}
    named = {
        "method: GET}, to: crm, purpose: account, reveal_to: [subject]": (
            'method: GET}, to: crm, purpose: account, reveal_to: ["certificate:CN=crm-admin,O=Example"]'
        )
    }
    async with destination(remembering()) as crm:
        ruleset = load_rules([write_rules(tmp_path, crm.url, **named)])
        async with running(ruleset, load_settings(None, {}, more), MemorySink()) as gateway:
            port = int(gateway.address.rpartition(":")[2])
            await talk_tls(port, trusting, post())
            mine = ours.client(trusting, ((NameOID.ORGANIZATION_NAME, "Example"), (NameOID.COMMON_NAME, common_name)))
            wire = await talk_tls(port, mine, GET + b"\r\n")
    assert (body(wire) == REGISTRATION) is shown
