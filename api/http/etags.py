"""Conditional replies: 304 without a body to who has the same body already."""

import base64
import hashlib
import re

import azure.functions as func

from api.http.request import Reply

_TAGS = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')


def conditional(reply: Reply, request: func.HttpRequest) -> Reply:
    """The reply with its ETag, or 304 without a body where If-None-Match names that ETag.

    A version that the reply gives as its ETag becomes the first part of it, for If-Match.
    """
    body = reply.body.encode() if isinstance(reply.body, str) else reply.body
    digest = hashlib.sha256(body).digest()[:18]
    version = f"{reply.headers['ETag']}-" if "ETag" in reply.headers else ""
    etag = f'"{version}{base64.urlsafe_b64encode(digest).decode()}"'
    headers = {**reply.headers, "ETag": etag}
    sent = request.headers.get("if-none-match", "")
    if sent.strip() == "*" or etag in _TAGS.findall(sent):
        return Reply(304, b"", headers, reply.content_type)
    return Reply(reply.status, reply.body, headers, reply.content_type)
