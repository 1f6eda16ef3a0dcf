"""ASGI middleware: requests go on with a credential that was looked at, or not at all.

    app = BearerMiddleware(app, verifier)

The application finds a `Credential` in `scope["jeton.credential"]`. Others are answered
401 with a challenge (RFC 6750), or 503 where keys or revocations can't be had; a websocket
is closed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from ._bearer import Bearer, Credential
from ._middleware import Gate, Refusal, challenge, cookie_of
from ._verifier import Verifier

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class BearerMiddleware:
    """Lets pass what `kinds` names: by default verified JWTs alone.

    `optional` lets pass requests without a credential, too: see its `kind`. `cookie` names
    a session cookie, looked at where no header names a bearer. `switches` tells the scope
    in which deny rules look their switches up: a name, or what makes one of an ASGI scope.
    `timeout` bounds the wait for keys that are on their way, in seconds.
    """

    def __init__(
        self,
        app: Application,
        bearer: Bearer | Verifier,
        *,
        kinds: Iterable[str] = ("jwt",),
        optional: bool = False,
        cookie: str | None = None,
        switches: str | Callable[[Scope], str | None] | None = None,
        timeout: float = 5.0,
    ) -> None:
        self.app = app
        self.gate = Gate(bearer, kinds, optional)
        self.cookie = cookie
        self.switches = switches
        self.timeout = timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        authorizations = _headers(scope, b"authorization")
        if len(authorizations) > 1:
            # Which of them would another server on the way have looked at?
            await _refuse(challenge("malformed"), scope, receive, send)
            return
        found = await self._resolve(scope, authorizations)
        refusal = self.gate.refusal(found)
        if refusal is not None:
            await _refuse(refusal, scope, receive, send)
            return
        await self.app({**scope, "jeton.credential": found}, receive, send)

    async def _resolve(self, scope: Scope, authorizations: list[bytes]) -> Credential:
        switches = self.switches(scope) if callable(self.switches) else self.switches
        return await self.gate.bearer.aresolve(
            authorizations[0] if authorizations else None,
            cookie_of(_headers(scope, b"cookie"), self.cookie),
            scope=switches,
            timeout=self.timeout,
        )


def _headers(scope: Scope, wanted: bytes) -> list[bytes]:
    return [value for name, value in scope["headers"] if name.lower() == wanted]


async def _refuse(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()  # the request to connect; closing before accepting it answers 403
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(name.encode(), value.encode()) for name, value in refusal.headers]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": refusal.body})
