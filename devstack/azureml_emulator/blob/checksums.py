"""The two checksums of Storage, over bytes as they arrive: MD5 and CRC-64/NVME."""

import base64
import hashlib

import anycrc

_CRC64 = anycrc.Model("CRC64-NVME")


class Checksums:
    """Of all bytes that `update` was given; in base64, as the headers say them."""

    def __init__(self, content: bytes = b"") -> None:
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._crc64 = 0
        self.update(content)

    def update(self, chunk: bytes) -> None:
        self._md5.update(chunk)
        self._crc64 = _CRC64.calc(chunk, self._crc64)

    @property
    def md5(self) -> str:
        """As Content-MD5 says it."""
        return base64.b64encode(self._md5.digest()).decode()

    @property
    def crc64(self) -> str:
        """As x-ms-content-crc64 says it, the least byte first."""
        return base64.b64encode(self._crc64.to_bytes(8, "little")).decode()
