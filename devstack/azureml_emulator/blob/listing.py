"""Listings of a container: which blobs a page shows, and its XML. Pure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import format_datetime
from xml.sax.saxutils import escape

from devstack.azureml_emulator.blob.storage import Blob

XML = '\ufeff<?xml version="1.0" encoding="utf-8"?>'
"""How every XML of the service begins, byte order mark included."""
QUOTE = '"'
MAX_LISTED = 5000


@dataclass(frozen=True)
class Page:
    """Names in order; None stands for a folded prefix. `next_marker` is empty on the last page."""

    entries: dict[str, Blob | None]
    next_marker: str


@dataclass(frozen=True)
class Listing:
    """What a client asks for. A delimiter folds all names that share what comes before it."""

    prefix: str
    delimiter: str
    marker: str
    size: int | None
    """Names on a page; None where the client left it to the service."""

    def page(self, blobs: Iterable[Blob]) -> Page:
        entries: dict[str, Blob | None] = {}
        for blob in blobs:
            rest = blob.name[len(self.prefix) :]
            head, found, _ = rest.partition(self.delimiter) if self.delimiter else (rest, "", "")
            entries[self.prefix + head + found] = None if found else blob
        names = sorted(name for name in entries if name > self.marker)
        shown = names[: self.size or MAX_LISTED]
        more = shown[-1] if len(names) > len(shown) else ""
        return Page({name: entries[name] for name in shown}, more)


def as_xml(asked: Listing, page: Page, host: str, container: str) -> str:
    """The storage SDK takes prefix and page size of the next request from this answer."""
    echoed = {
        "Prefix": asked.prefix,
        "Marker": asked.marker,
        "MaxResults": str(asked.size or ""),
        "Delimiter": asked.delimiter,
    }
    asked_for = "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in echoed.items() if text)
    entries = "".join(_entry(name, blob) for name, blob in page.entries.items())
    return (
        f'{XML}<EnumerationResults ServiceEndpoint="https://{host}/"'
        f' ContainerName="{escape(container)}">{asked_for}<Blobs>{entries}</Blobs>'
        f"{_element('NextMarker', escape(page.next_marker))}</EnumerationResults>"
    )


def http_date(moment: dt.datetime) -> str:
    return format_datetime(moment.astimezone(dt.UTC), usegmt=True)


def _entry(name: str, blob: Blob | None) -> str:
    if blob is None:
        return f"<BlobPrefix><Name>{escape(name)}</Name></BlobPrefix>"
    metadata = "".join(f"<{key}>{escape(text)}</{key}>" for key, text in blob.metadata.items())
    return (
        f"<Blob><Name>{escape(name)}</Name><Properties>"
        f"<Creation-Time>{http_date(blob.created_at)}</Creation-Time>"
        f"<Last-Modified>{http_date(blob.modified_at)}</Last-Modified>"
        f"<Etag>{blob.etag.strip(QUOTE)}</Etag><Content-Length>{blob.size}</Content-Length>"
        f"<Content-Type>{escape(blob.content_type)}</Content-Type><Content-Encoding />"
        "<Content-Language /><Content-CRC64 />"
        f"{_element('Content-MD5', blob.content_md5)}<Cache-Control /><Content-Disposition />"
        "<BlobType>BlockBlob</BlobType><AccessTier>Hot</AccessTier>"
        "<AccessTierInferred>true</AccessTierInferred><LeaseStatus>unlocked</LeaseStatus>"
        "<LeaseState>available</LeaseState><ServerEncrypted>true</ServerEncrypted></Properties>"
        f"{_element('Metadata', metadata)}<OrMetadata /></Blob>"
    )


def _element(tag: str, content: str) -> str:
    return f"<{tag}>{content}</{tag}>" if content else f"<{tag} />"
