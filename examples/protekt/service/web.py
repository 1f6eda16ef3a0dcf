"""Requests and answers: JSON objects, within limits, and an answer for every error."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import jeton
from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from .errors import Refusal, of_token

#: Bytes of a request's body.
LONGEST_BODY = 65536

#: What the two kinds of credentials of this service are called in a challenge (RFC 9110).
API_KEY, BEARER = "ApiKey", "Bearer"

#: Hashing a password takes a processor for a while, and memory.
_passwords = CapacityLimiter(os.cpu_count() or 1)

Handler = Callable[[Request, dict[str, Any]], Any]


def endpoint(
    handler: Handler, *, challenge: str = API_KEY, status: int = 200, slow: bool = False
) -> Callable[[Request], Awaitable[Response]]:
    """An ASGI endpoint of a function that may block: it runs in a thread.

    The function gets the JSON object that was sent, empty for methods without one, and
    returns what is answered. Where it is `slow`, such functions wait for one another and
    keep no others waiting.
    """
    limiter = _passwords if slow else None

    async def respond(request: Request) -> Response:
        try:
            body = await _object(request) if request.method in {"POST", "PATCH"} else {}
            result = await to_thread.run_sync(handler, request, body, limiter=limiter)
            return _answer(status, result)
        except jeton.JetonError as error:
            return refuse(of_token(error), challenge)
        except Refusal as refusal:
            return refuse(refusal, challenge)

    return respond


def fields(
    body: dict[str, Any], needed: Mapping[str, type], optional: Mapping[str, type] | None = None
) -> dict[str, Any]:
    """The body, once it has what is needed and nothing unknown, each of its type."""
    known = {**needed, **(optional or {})}
    for name, kind in needed.items():
        if name not in body:
            raise _invalid(f"{name}: {_KINDS[kind]} was expected")
    for name, value in body.items():
        if name not in known:
            raise _invalid(f"{name}: no such field; there are: {', '.join(known)}")
        # Not isinstance: to Python a boolean is a number.
        if type(value) is not known[name]:
            raise _invalid(f"{name}: {_KINDS[known[name]]} was expected")
    return body


def sole_header(request: Request, name: str) -> str | None:
    """A header that may come once: which of two would another server have looked at?"""
    values = request.headers.getlist(name)
    if len(values) > 1:
        raise _invalid(f"the header {name} came more than once")
    return values[0] if values else None


def refuse(refusal: Refusal, challenge: str = API_KEY) -> Response:
    response = _answer(refusal.status, refusal.body())
    if refusal.status == 401:
        response.headers["www-authenticate"] = f'{challenge} realm="protekt"'
    return response


async def on_http_error(_request: Request, error: Exception) -> Response:
    """What Starlette answers by itself: no such path, no such method."""
    assert isinstance(error, HTTPException)
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "invalid_request")
    response = refuse(Refusal(error.status_code, code, str(error.detail)))
    response.headers.update(error.headers or {})
    return response


async def on_fault(_request: Request, _error: Exception) -> Response:
    """A fault of this service's own, of which the log has the rest."""
    return refuse(Refusal(500, "internal", "the service failed; its log says why"))


def _answer(status: int, content: Any) -> Response:
    # Nobody between here and the caller may keep tokens and keys (RFC 6749, 5.1).
    return JSONResponse(content, status, headers={"cache-control": "no-store"})


async def _object(request: Request) -> dict[str, Any]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    received = b""
    try:
        async for part in request.stream():
            received += part
            if len(received) > LONGEST_BODY:
                raise Refusal(413, "too_large", f"a body is {LONGEST_BODY} bytes long at most")
    except ClientDisconnect as error:
        raise _invalid("the body ended early") from error
    if not received:
        return {}
    if kind != "application/json":
        raise Refusal(415, "invalid_request", "send the header content-type: application/json")
    try:
        body = json.loads(received, parse_constant=_no_number)
        # Half a surrogate pair is no text, and neither the database nor jeton takes it.
        json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise _invalid(f"the body isn't JSON: {error}") from error
    if type(body) is not dict:
        raise _invalid("a JSON object was expected")
    return body


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _invalid(message: str) -> Refusal:
    return Refusal(400, "invalid_request", message)


_KINDS = {str: "a string", int: "a whole number", bool: "true or false", dict: "an object"}
