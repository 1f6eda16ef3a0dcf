"""What the ASGI and the WSGI middleware share: which credentials may pass, and what the
others are answered."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from ._bearer import Bearer, Credential
from ._verifier import Verifier
from .errors import JetonError


class Refusal(NamedTuple):
    """An answer in place of the application's."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Gate:
    """Lets pass the credentials of some kinds."""

    def __init__(self, bearer: Bearer | Verifier, kinds: Iterable[str], optional: bool) -> None:
        self.bearer = Bearer(bearer) if isinstance(bearer, Verifier) else bearer
        self.kinds = frozenset([*kinds, *(["none"] if optional else [])])

    def refusal(self, found: Credential) -> Refusal | None:
        """What to answer; None where the request may go on.

        A fault of the service's own (a call without its scope, say) is raised.
        """
        if found.rejection is not None:
            return answer(found.rejection)
        if found.kind in self.kinds:
            return None
        # RFC 6750, 3.1: who sent no credential is told no error.
        return challenge("" if found.kind == "none" else "malformed")


def answer(rejection: JetonError) -> Refusal:
    if rejection.http_status == 401:
        return challenge(rejection.status)
    if rejection.http_status == 503:
        return Refusal(503, *content(rejection.status))
    raise rejection


def challenge(error: str) -> Refusal:
    detail = f' error="invalid_token", error_description="{error}"' if error else ""
    headers, body = content(error or "missing")
    return Refusal(401, [("www-authenticate", f"Bearer{detail}"), *headers], body)


def content(status: str) -> tuple[list[tuple[str, str]], bytes]:
    body = json.dumps({"status": status}).encode()
    return [("content-type", "application/json"), ("content-length", str(len(body)))], body


def cookie_of(headers: Iterable[bytes], wanted: str | None) -> bytes | None:
    """The value of a cookie; None where it isn't there exactly once."""
    if wanted is None:
        return None
    pairs = (pair.strip().partition(b"=") for text in headers for pair in text.split(b";"))
    found = [value.strip(b'"') for name, _, value in pairs if name == wanted.encode()]
    return found[0] if len(found) == 1 else None
