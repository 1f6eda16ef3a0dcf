"""Keys, and sources that keep them fresh."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, overload

from . import _jeton
from ._document import an_object, document, milliseconds, objects

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from .options import (
        DeriveOptions,
        FileOptions,
        GenerateOptions,
        IssuerOptions,
        KeysOptions,
        UrlOptions,
    )

Text = str | bytes | bytearray | memoryview


class Keys(_jeton.Keys):
    """A set of keys, each bound to exactly one algorithm.

    Any number of threads may share it. It is swapped whole by `replace`, and
    whatever was made with it sees the new set at once.
    """

    __slots__ = ()

    def __new__(
        cls, key_document: Text | Mapping[str, Any], /, **options: Unpack[KeysOptions]
    ) -> Self:
        """Reads a JWK, a JWK Set, PEM (keys or a certificate) or DER.

        `algorithm` is for keys that name none, such as RSA keys in PEM. Keys that
        can't be used are skipped, and `status` says which and why.
        """
        return _jeton.read_keys(cls, _text(key_document), document(options))

    @classmethod
    def secret(cls, secret: Text, /, **options: Unpack[KeysOptions]) -> Self:
        """One HMAC key of raw bytes, which are never decoded; `algorithm` must be said.

        A secret shorter than the hash is a `WeakKeyError` unless `weak` is said. What
        looks like a key file is refused.
        """
        return _jeton.secret_keys(cls, secret, document(options))

    @classmethod
    def generate(cls, **options: Unpack[GenerateOptions]) -> Self:
        """One new private key of an `algorithm`, such as "ES256"."""
        return _jeton.generate_keys(cls, document(options))

    @classmethod
    def derive(
        cls, secret: Text, old_secret: Text | None = None, /, **options: Unpack[DeriveOptions]
    ) -> Self:
        """The keys that a `system` derives from its secret.

        `old_secret` is the one that is being rotated out. Where the system has a key for
        each audience and names none, they are derived when a token first asks for them.
        """
        return _jeton.derive_keys(cls, secret, old_secret, document(options))

    def public(self) -> str:
        """The public halves as a JWK Set, to be served to anybody: never a private member."""
        return self._public()

    def private(self) -> str:
        """The whole set as a JWK Set, private members and secrets included, to be stored."""
        return self._private()

    def status(self) -> dict[str, Any]:
        """Which keys there are and which were skipped, without key material."""
        return an_object(self._status())

    def replace(
        self, key_document: Text | Mapping[str, Any], /, **options: Unpack[KeysOptions]
    ) -> None:
        """Replaces the whole set in one step; on failure the old one stays."""
        self._replace(_text(key_document), document(options))


class Source(_jeton.Source):
    """A key set that is kept fresh from a URL, from an issuer's metadata or from a file.

    One of `url`, `issuer` and `file` must be said, and `stale`: for how many seconds
    keys are used when no fetch succeeds, or None. `state` is what `export` wrote. Give
    a source to a `Verifier` in place of keys.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        @overload
        def __new__(cls, *, state: Text | None = None, **options: Unpack[UrlOptions]) -> Self: ...
        @overload
        def __new__(
            cls, *, state: Text | None = None, **options: Unpack[IssuerOptions]
        ) -> Self: ...
        @overload
        def __new__(cls, *, state: Text | None = None, **options: Unpack[FileOptions]) -> Self: ...

    def __new__(cls, *, state: Text | None = None, **options: Any) -> Self:
        return _jeton.open_source(cls, document(options), state)

    def keys(self) -> Keys:
        """The live set: whoever has it sees each new set at once."""
        return _jeton.source_keys(Keys, self)

    def wait(self, timeout: float = 5.0) -> None:
        """Waits until there are keys, at most `timeout` seconds."""
        self._wait(milliseconds(timeout))

    def refresh(self) -> None:
        """Fetches now, in the calling thread; a failure leaves the keys as they are."""
        self._refresh()

    def claim(self) -> dict[str, Any] | None:
        """The request that is due, once: {"url", "etag"}. None when none is.

        For hosts that fetch themselves (`refresh=False`): answer by `accept` or `failed`.
        """
        request = self._claim()
        return None if request is None else an_object(request)

    def accept(
        self, body: Text, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        """Takes the answer to a claimed request, and says why where it is of no use."""
        names = {name.lower(): value for name, value in (headers or {}).items()}
        self._accept(document({"status": status, "headers": names}), body)

    def failed(self, message: str) -> None:
        """Says that a claimed request failed."""
        self._failed(message)

    def status(self) -> dict[str, Any]:
        """How old the keys are, what was fetched, what failed, and which keys there are."""
        return an_object(self._status())

    def events(self) -> list[dict[str, Any]]:
        """Takes what has happened since the last call, oldest first, for a host that logs."""
        return objects(self._events())

    def export(self) -> str:
        """The keys with what belongs to them, for `state` in a process that begins anew."""
        return self._export()


#: What a verifier takes: one key set, or several for the option `trust`.
KeySets = Keys | Source | Iterable[Keys | Source]


def key_sets(given: KeySets) -> tuple[_jeton.Keys, ...]:
    """The key sets that a verifier is made with."""
    several = (given,) if isinstance(given, _jeton.Keys | _jeton.Source) else given
    return tuple(one.keys() if isinstance(one, Source) else one for one in several)


def _text(key_document: Text | Mapping[str, Any]) -> Text:
    return document(key_document) if isinstance(key_document, Mapping) else key_document
