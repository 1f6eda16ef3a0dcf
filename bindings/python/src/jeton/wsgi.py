"""WSGI middleware: requests go on with a credential that was looked at, or not at all.

    app = BearerMiddleware(app, verifier)

The application finds a `Credential` in `environ["jeton.credential"]`. Others are answered
401 with a challenge (RFC 6750), or 503 where keys or revocations can't be had.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING

from ._bearer import Bearer, Credential
from ._middleware import Gate, cookie_of
from ._verifier import Verifier
from .errors import JetonError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class BearerMiddleware:
    """Lets pass what `kinds` names: by default verified JWTs alone.

    `optional` lets pass requests without a credential, too: see its `kind`. `cookie` names
    a session cookie, looked at where no header names a bearer. `switches` tells the scope
    in which deny rules look their switches up: a name, or what makes one of an environ.
    `timeout` bounds the wait for keys that are on their way, in seconds.
    """

    def __init__(
        self,
        app: WSGIApplication,
        bearer: Bearer | Verifier,
        *,
        kinds: Iterable[str] = ("jwt",),
        optional: bool = False,
        cookie: str | None = None,
        switches: str | Callable[[WSGIEnvironment], str | None] | None = None,
        timeout: float = 5.0,
    ) -> None:
        self.app = app
        self.gate = Gate(bearer, kinds, optional)
        self.cookie = cookie
        self.switches = switches
        self.timeout = timeout

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        found = self._resolve(environ)
        refusal = self.gate.refusal(found)
        if refusal is not None:
            status = f"{refusal.status} {HTTPStatus(refusal.status).phrase}"
            start_response(status, refusal.headers)
            return [refusal.body]
        environ["jeton.credential"] = found
        return self.app(environ, start_response)

    def _resolve(self, environ: WSGIEnvironment) -> Credential:
        cookies = _header(environ, "HTTP_COOKIE")
        switches = self.switches(environ) if callable(self.switches) else self.switches

        def resolve() -> Credential:
            return self.gate.bearer.resolve(
                _header(environ, "HTTP_AUTHORIZATION"),
                cookie_of([] if cookies is None else [cookies], self.cookie),
                scope=switches,
            )

        found = resolve()
        if found.rejection is None or found.rejection._cause is None:
            return found
        with suppress(JetonError):  # the next look says what is the matter
            self.gate.bearer.wait(found.rejection, self.timeout)
        return resolve()


def _header(environ: WSGIEnvironment, name: str) -> bytes | None:
    """The bytes of a header: PEP 3333 hands them over as characters of latin-1."""
    value = environ.get(name)
    return None if value is None else value.encode("latin-1")
