"""A client for applications in Python.

    protekt = Protekt("https://auth.protekt.io/v1", api_key)
    verdict = protekt.auth.verify_token(token)
    if verdict.error is None:
        print(verdict.user.id, verdict.user.email)

`verify_token` asks the service, which looks at the blocklist. `LocalVerifier` verifies
with the published keys, without a call for each token, and knows no blocklist.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import jeton


@dataclass(frozen=True)
class User:
    id: str
    email: str | None
    email_verified: bool
    #: All that the token says, metadata included.
    claims: Mapping[str, Any]


class Error(NamedTuple):
    """Why a token is refused, or nothing can be said about it."""

    #: "token_invalid", "token_expired", "token_revoked", or "unavailable" and the like.
    code: str
    message: str


@dataclass(frozen=True)
class Verdict:
    """Of `user` and `error`, one is None."""

    user: User | None
    error: Error | None
    #: Whether the blocklist was asked. Where it wasn't, the token may have been revoked.
    blocklist: bool


class Protekt:
    """Asks the service. Any number of threads may share it; its methods return errors."""

    def __init__(
        self, url: str, api_key: str, *, timeout: float = 5.0, ca: str | None = None
    ) -> None:
        self.url = url
        self.timeout = timeout
        self._key = api_key
        self._tls = ssl.create_default_context(cafile=ca)
        self.auth = Auth(self)

    def post(
        self, path: str, body: dict[str, Any], token: str | None = None
    ) -> tuple[dict[str, Any], Error | None]:
        """The answer to a call; empty where there is an error."""
        headers = {"content-type": "application/json", "x-protekt-key": self._key}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(
                request, timeout=self.timeout, context=self._tls
            ) as answer:
                return json.load(answer), None
        except urllib.error.HTTPError as refused:
            return {}, _error(refused)
        except (OSError, ValueError) as error:
            return {}, Error("unavailable", str(error))


class Auth:
    def __init__(self, protekt: Protekt) -> None:
        self._protekt = protekt

    def verify_token(self, token: str) -> Verdict:
        """Whose a token is, by its signature, expiry and claims, and by the blocklist."""
        answer, error = self._protekt.post("/auth/token/verify", {"token": token})
        user = None if error else _user(answer["claims"])
        return Verdict(user, error, blocklist=error is None or error.code.startswith("token_"))

    def sign_in(self, email: str, password: str) -> tuple[Session | None, Error | None]:
        body = {"email": email, "password": password}
        answer, error = self._protekt.post("/auth/sign-in", body)
        return (None if error else Session(self._protekt, answer)), error


class Session:
    """A user who is signed in. Its token is renewed when it is about to expire."""

    #: Seconds before the end of a token's life in which it is renewed.
    EARLY = 30

    def __init__(self, protekt: Protekt, answer: dict[str, Any]) -> None:
        self._protekt = protekt
        # A refresh token is good for once: of several threads one uses it.
        self._lock = threading.Lock()
        self._take(answer)

    def token(self) -> tuple[str | None, Error | None]:
        """An access token that is good for a while, fetched anew where that is needed."""
        with self._lock:
            if time.monotonic() >= self._renewal:
                body = {"refresh_token": self._refresh_token}
                answer, error = self._protekt.post("/auth/token/refresh", body)
                if error:
                    return None, error
                self._take(answer)
            return self._access_token, None

    def log_out(self) -> Error | None:
        """Ends the session: neither of its tokens is accepted from now on."""
        token, error = self.token()
        if error is None:
            _, error = self._protekt.post("/auth/logout", {}, token)
        return error

    def _take(self, answer: dict[str, Any]) -> None:
        self._access_token: str = answer["access_token"]
        self._refresh_token: str = answer["refresh_token"]
        lifetime: int = answer["expires_in"]
        self._renewal = time.monotonic() + max(lifetime - self.EARLY, lifetime / 2)


class LocalVerifier:
    """Verifies with the published keys, which are kept fresh in the background.

    It never learns what was revoked: for what matters, such as a change of privileges, use
    `Protekt.auth.verify_token`.
    """

    def __init__(
        self, url: str, project: str, *, issuer: str, ca: str | None = None, private: bool = False
    ) -> None:
        keys = jeton.Source(
            url=f"{url}/.well-known/jwks.json", stale=86400, ca=ca, private=private
        )
        self._verifier = jeton.Verifier(
            keys,
            system={"name": "protekt", "project": project, "issuer": issuer, "blocklist": None},
        )

    def verify_token(self, token: str) -> Verdict:
        """Whose a token is, by its signature, expiry and claims; the blocklist isn't asked."""
        try:
            return Verdict(_user(self._claims(token)), None, blocklist=False)
        except jeton.ExpiredSignatureError as error:
            return Verdict(None, Error("token_expired", str(error)), blocklist=False)
        except jeton.InvalidTokenError as error:
            return Verdict(None, Error("token_invalid", str(error)), blocklist=False)
        except jeton.UnavailableError as error:
            return Verdict(None, Error("unavailable", str(error)), blocklist=False)

    def _claims(self, token: str) -> jeton.Claims:
        try:
            return self._verifier.verify(token)
        except (jeton.KeyPendingError, jeton.KeysUnavailableError) as error:
            # A kid that isn't known yet has caused a fetch; there is none to wait for where
            # the keys couldn't be had, which is then what is raised.
            self._verifier.wait(error)
            return self._verifier.verify(token)


def _user(claims: Mapping[str, Any]) -> User:
    return User(claims["sub"], claims.get("email"), claims.get("email_verified") is True, claims)


def _error(refused: urllib.error.HTTPError) -> Error:
    with refused:
        try:
            error = json.load(refused)["error"]
            return Error(error["code"], error["message"])
        except (ValueError, KeyError, TypeError):
            return Error("unavailable", f"the service answered {refused.code}")
