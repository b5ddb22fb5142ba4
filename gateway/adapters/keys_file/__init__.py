"""Keys without a key management service: region keys in a file, data keys wrapped in a store of their own."""

from gateway.adapters.keys_file.key_file import KeyFile
from gateway.adapters.keys_file.provider import FileKeys, Pace

__all__ = ["FileKeys", "KeyFile", "Pace"]
