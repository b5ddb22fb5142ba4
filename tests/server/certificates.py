"""An authority made for a test, and the certificates it hands out."""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.contracts.upstream.server import certify

Subject = Sequence[tuple[x509.ObjectIdentifier, str]]
ADMIN: Subject = ((NameOID.ORGANIZATION_NAME, "Example"), (NameOID.COMMON_NAME, "crm-admin"))


@dataclass(frozen=True)
class Authority:
    """``file`` is its own certificate, as ``listen.client_ca`` takes it."""

    file: Path
    key: ec.EllipticCurvePrivateKey
    name: x509.Name

    def client(self, trusting: ssl.SSLContext, subject: Subject | x509.Name, days: int = 1) -> ssl.SSLContext:
        """The client's context, now with a certificate of this subject, good until so many days from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        file = self.file.with_name("client.pem")
        pem = _signed(_named(subject), key, self, days).public_bytes(serialization.Encoding.PEM)
        file.write_bytes(pem + _private(key))
        trusting.load_cert_chain(file)
        return trusting


def authority(folder: Path, name: str = "ca") -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    made = Authority(folder / f"{name}.pem", key, _named(((NameOID.COMMON_NAME, name),)))
    made.file.write_bytes(_signed(made.name, key, made, 1, ca=True).public_bytes(serialization.Encoding.PEM))
    return made


def server_files(folder: Path) -> tuple[dict[str, object], ssl.SSLContext]:
    """Settings of a listener with TLS, and a client's context that trusts it."""
    _, trusting = certify(folder)
    return {"listen.tls_cert": str(folder / "cert.pem"), "listen.tls_key": str(folder / "key.pem")}, trusting


def _named(subject: Subject | x509.Name) -> x509.Name:
    if isinstance(subject, x509.Name):
        return subject
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in subject])


def _signed(
    name: x509.Name, key: ec.EllipticCurvePrivateKey, by: Authority, days: int, *, ca: bool = False
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by.name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=9))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(by.key, hashes.SHA256())
    )


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
