"""Revocations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from . import _jeton
from ._document import an_object, document, objects
from ._jeton import Claims

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from ._minter import Minter
    from .options import (
        MemoryOptions,
        RedisOptions,
        RevokeClaimsOptions,
        RevokeLogoutOptions,
        Rule,
        SqliteOptions,
        StatusListOptions,
    )

# Outside of the class, which has a list of its own.
_Events = list[dict[str, Any]]


class Revocations(_jeton.Revocations):
    """What has been revoked, and which switches are on; shared by threads and verifiers.

    Opens "memory:" (one process), "sqlite:PATH" (the processes of one machine) or
    "redis://HOST" and "rediss://HOST" (many machines). The shared ones want `stale` said:
    after how many seconds without a look into the store tokens are refused, or None.
    `now`, in seconds since 1970, stands in for the clock everywhere.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        @overload
        def __new__(
            cls, location: Literal["memory:"] = ..., /, **options: Unpack[MemoryOptions]
        ) -> Self: ...
        @overload
        def __new__(cls, location: str, /, **options: Unpack[SqliteOptions]) -> Self: ...
        @overload
        def __new__(cls, location: str, /, **options: Unpack[RedisOptions]) -> Self: ...

    def __new__(cls, location: str = "memory:", /, **options: Any) -> Self:
        return _jeton.open_revocations(cls, location, document(options))

    def revoke(self, *, now: int = 0, **rule: Unpack[Rule]) -> dict[str, Any]:
        """Adds a rule: `realm`, `claim` and `value`, or `key` in their place.

        Refused is every token of the realm with this value that was issued at `before` or
        earlier. `until` must be said: the second from which the rule is void, or None.
        Returns the entry, with its cut-off: who issues anew at once mints a second later.
        """
        return an_object(self._revoke(document(rule), now))

    def revoke_claims(
        self, claims: Claims, /, *, now: int = 0, **options: Unpack[RevokeClaimsOptions]
    ) -> dict[str, Any]:
        """Revokes by a claim of verified claims: by default the `jti`, this one token."""
        return an_object(self._revoke_claims(claims, document(options), now))

    def revoke_logout(
        self, claims: Claims, /, *, now: int = 0, **options: Unpack[RevokeLogoutOptions]
    ) -> dict[str, Any]:
        """Ends the session that a verified logout token names (OpenID Connect Back-Channel)."""
        return an_object(self._revoke_logout(claims, document(options), now))

    @overload
    def restore(self, *, realm: str, claim: str, value: str | int, now: int = 0) -> bool: ...
    @overload
    def restore(self, *, realm: str, key: str, now: int = 0) -> bool: ...
    def restore(self, *, now: int = 0, **rule: Any) -> bool:
        """Takes a rule back; whether one was in force."""
        return self._restore(document(rule), now)

    def switch(self, scope: str, name: str, on: bool) -> None:
        """Turns a switch on or off for a scope; deny rules may hang on it."""
        self._switch(scope, name, on)

    def is_on(self, scope: str, name: str) -> bool:
        """Whether a switch is on for a scope, by what this process knows: no store is asked.

        `RevocationsStaleError` where a verifier would raise it.
        """
        return self._is_on(scope, name)

    def list(self, *, now: int = 0) -> dict[str, Any]:
        """The rules in force and the switches."""
        return an_object(self._list(now))

    def status_list(
        self, minter: Minter, /, *, now: int = 0, **options: Unpack[StatusListOptions]
    ) -> str:
        """The signed token of a Token Status List, made from the log, to be published.

        `minter` signs it, and says its `iss` and `exp`; its `type` is "statuslist+jwt".
        """
        return self._status_list(minter, document(options), now)

    def export(self, *, now: int = 0) -> str:
        """All that is in force, as a document for `import_`."""
        return self._export(now)

    def import_(self, exported: str | bytes, *, now: int = 0) -> int:
        """Adds what an export holds, all or nothing; how many rules were still in force."""
        return self._import(exported, now)

    def compact(self, *, now: int = 0) -> int:
        """Drops rules that have ended; how many there were."""
        return self._compact(now)

    def refresh(self) -> None:
        """Brings this process up to date with a shared store."""
        self._refresh()

    def events(self) -> _Events:
        """Takes what has happened to a shared store since the last call, oldest first."""
        return objects(self._events())

    def status(self, *, now: int = 0) -> dict[str, Any]:
        """How the store is."""
        return an_object(self._status(now))
