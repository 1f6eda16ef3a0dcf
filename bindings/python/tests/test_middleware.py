"""The middleware lets pass what was verified, and answers everything else itself."""

from __future__ import annotations

import asyncio
import io
import json
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest
from conftest import ISSUER

import jeton
from jeton import asgi, wsgi

Headers = list[tuple[str, str]]


def over_asgi(make: Any, headers: Headers, **options: Any) -> tuple[int, dict[str, str], Any]:
    """One request through the ASGI middleware: status, headers, and what the body says."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        found = scope["jeton.credential"]
        body = json.dumps({"kind": found.kind, "sub": (found.claims or {}).get("sub")}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    async def run() -> list[Any]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
        scope = {"type": "http", "headers": raw, "path": "/"}
        await asgi.BearerMiddleware(app, make, **options)(scope, None, send)  # type: ignore[arg-type]
        assert "jeton.credential" not in scope
        return sent

    start, body = asyncio.run(run())
    said = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], said, json.loads(body["body"])


def over_wsgi(make: Any, headers: Headers, **options: Any) -> tuple[int, dict[str, str], Any]:
    """The same through the WSGI middleware, between two of the standard library's validators."""

    def app(environ: Any, start_response: Any) -> Any:
        found = environ["jeton.credential"]
        start_response("200 OK", [("content-type", "application/json")])
        return [json.dumps({"kind": found.kind, "sub": (found.claims or {}).get("sub")}).encode()]

    environ: dict[str, Any] = {"wsgi.input": io.BytesIO(), "QUERY_STRING": ""}
    setup_testing_defaults(environ)
    for name, value in headers:
        key = f"HTTP_{name.upper()}"
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    answer: dict[str, Any] = {}

    def start_response(status: str, said: Headers, *_: object) -> Any:
        answer.update(status=int(status.split()[0]), headers=dict(said))
        return lambda _: None

    middleware = validator(wsgi.BearerMiddleware(validator(app), make, **options))
    result = middleware(environ, start_response)
    body = b"".join(result)
    result.close()  # type: ignore[attr-defined]
    return answer["status"], answer["headers"], json.loads(body)


@pytest.fixture(params=[over_asgi, over_wsgi])
def through(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_a_verified_request_goes_on(through: Any, verifier: jeton.Verifier, token: str) -> None:
    status, _, said = through(verifier, [("Authorization", f"Bearer {token}")])
    assert (status, said) == (200, {"kind": "jwt", "sub": "ada"})


def test_a_request_without_a_credential_is_challenged(
    through: Any, verifier: jeton.Verifier
) -> None:
    status, headers, said = through(verifier, [])
    assert (status, headers["www-authenticate"], said) == (401, "Bearer", {"status": "missing"})
    assert int(headers["content-length"]) == len(json.dumps(said))


def test_a_bad_token_is_refused_by_name(
    through: Any, verifier: jeton.Verifier, minter: jeton.Minter
) -> None:
    expired = minter.mint({}, now=1000)
    status, headers, said = through(verifier, [("Authorization", f"Bearer {expired}")])
    assert (status, said) == (401, {"status": "expired"})
    challenge = 'Bearer error="invalid_token", error_description="expired"'
    assert headers["www-authenticate"] == challenge


@pytest.mark.parametrize(
    "value", ["Bearer opaque", "Bearer \xff\xfe", "Bearer a.b.c", "Bearer a b"]
)
def test_what_isnt_a_token_is_refused(through: Any, verifier: jeton.Verifier, value: str) -> None:
    status, _, said = through(verifier, [("Authorization", value)])
    assert (status, said["status"]) == (401, "malformed")


def test_two_authorizations_are_none(through: Any, verifier: jeton.Verifier, token: str) -> None:
    both = [("Authorization", f"Bearer {token}"), ("Authorization", "Bearer other")]
    for headers in (both, both[::-1]):
        status, _, said = through(verifier, headers)
        assert (status, said["status"]) == (401, "malformed")


def test_other_kinds_pass_where_they_are_named(through: Any, verifier: jeton.Verifier) -> None:
    bearer = jeton.Bearer(verifier, prefixes=[{"prefix": "pk.", "kind": "key"}])
    headers = [("Authorization", "Bearer pk.x")]
    assert through(bearer, headers)[0] == 401
    assert through(bearer, headers, kinds=["key"])[2]["kind"] == "key"
    assert through(bearer, [], optional=True)[2]["kind"] == "none"
    # Optional is no excuse for a bad one.
    assert through(bearer, [("Authorization", "Bearer a.b.c")], optional=True)[0] == 401


def test_a_session_cookie_is_looked_at_where_it_is_named(
    through: Any, verifier: jeton.Verifier, token: str
) -> None:
    headers = [("Cookie", f"a=b; session={token}; c=d")]
    assert through(verifier, headers)[0] == 401
    assert through(verifier, headers, cookie="session")[2]["sub"] == "ada"
    twice = [("Cookie", f"session={token}; session=other")]
    assert through(verifier, twice, cookie="session")[0] == 401


def test_what_is_unavailable_is_503_and_no_challenge(through: Any, token: str) -> None:
    source = jeton.Source(url="https://a.test", stale=60, refresh=False)
    verifier = jeton.Verifier(source, issuer=ISSUER, audience="api")
    header = [("Authorization", f"Bearer {token}")]
    status, headers, said = through(verifier, header, timeout=0.01)
    assert (status, said) == (503, {"status": "keys-unavailable"})
    assert "www-authenticate" not in headers


def test_switches_hang_on_the_request(
    through: Any, keys: jeton.Keys, minter: jeton.Minter
) -> None:
    store = jeton.Revocations()
    store.switch("p", "members", True)
    verifier = jeton.Verifier(
        keys,
        issuer=ISSUER,
        audience="api",
        revocations=store,
        deny=[{"name": "no_guests", "when": {"role": "guest"}, "switch": "members"}],
    )
    header = [("Authorization", f"Bearer {minter.mint({'role': 'guest'})}")]
    assert through(verifier, header, switches="q")[0] == 200
    assert through(verifier, header, switches=lambda _: "p")[2] == {"status": "denied"}
    # A fault of the service's own is for its log, and not for the caller.
    with pytest.raises(jeton.MisuseError):
        through(verifier, header)


def test_a_websocket_is_closed_and_other_events_pass(verifier: jeton.Verifier) -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def run() -> list[Any]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        guarded = asgi.BearerMiddleware(app, verifier)
        await guarded({"type": "websocket", "headers": []}, receive, send)
        await guarded({"type": "lifespan"}, receive, send)
        return sent

    assert asyncio.run(run()) == [{"type": "websocket.close", "code": 1008}]
    assert seen == ["lifespan"]
