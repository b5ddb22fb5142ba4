"""Root keys in an HSM or another PKCS#11 token."""

from gateway.adapters.root_pkcs11.root import Pkcs11Root

__all__ = ["Pkcs11Root"]
