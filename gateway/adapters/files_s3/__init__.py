"""The object store of a region behind the S3 API."""

from gateway.adapters.files_s3.address import S3Place, parsed
from gateway.adapters.files_s3.store import S3Files

__all__ = ["S3Files", "S3Place", "parsed"]
