"""Verifiers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

from . import _jeton, _waiting
from ._document import document, milliseconds
from ._jeton import Claims
from ._keys import KeySets, Text, key_sets
from .errors import JetonError

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from ._call import Call
    from ._keys import Source
    from ._revocations import Revocations
    from .options import TrustOptions, VerifierOptions, VerifierSystemOptions

_T = TypeVar("_T")


class Verifier(_jeton.Verifier):
    """Checks tokens against one policy. Any number of threads may share it.

    `issuer` and `audience` must be said, None waives the check; or `trust`, whose
    entries name their key set by its index; or `system`, a preset. DPoP proofs bring
    their own keys: a verifier of these has [] for its key sets.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        @overload
        def __new__(
            cls,
            keys: KeySets,
            /,
            *,
            revocations: Revocations | None = None,
            **options: Unpack[VerifierOptions],
        ) -> Self: ...
        @overload
        def __new__(
            cls,
            keys: KeySets,
            /,
            *,
            revocations: Revocations | None = None,
            **options: Unpack[TrustOptions],
        ) -> Self: ...
        @overload
        def __new__(
            cls,
            keys: KeySets,
            /,
            *,
            revocations: Revocations | None = None,
            **options: Unpack[VerifierSystemOptions],
        ) -> Self: ...

    def __new__(
        cls, keys: KeySets, /, *, revocations: Revocations | None = None, **options: Any
    ) -> Self:
        return _jeton.make_verifier(cls, key_sets(keys), revocations, document(options))

    def following(self, *lists: Source) -> Self:
        """A verifier that checks the same and, last, each token's `status` in one of `lists`.

        A token without that claim is refused, unless the option `require` says otherwise.
        The lists are what `Source.status_list` makes.
        """
        return _jeton.following_verifier(type(self), self, lists)

    async def averify(
        self,
        token: Text,
        /,
        *,
        timeout: float = 5.0,
        **call: Unpack[Call],
    ) -> Claims:
        """As `verify`, but waits where keys are on their way, and then verifies once more.

        A token is verified in the calling thread, which is faster than handing it
        over. Only for a `KeyPendingError`, and a `KeysUnavailableError` before a source's
        first fetch, a worker thread waits, `timeout` seconds at most.
        """

        return await self._patiently(lambda: self.verify(token, **call), timeout)

    async def aintrospect(
        self,
        token: Text,
        /,
        *,
        timeout: float = 5.0,
        **call: Unpack[Call],
    ) -> str:
        """As `introspect`, but waits where `averify` does."""
        return await self._patiently(lambda: self.introspect(token, **call), timeout)

    async def _patiently(self, attempt: Callable[[], _T], timeout: float) -> _T:
        try:
            return attempt()
        except JetonError as error:
            cause = error._cause
            if cause is None:
                raise
        await _waiting.wait(self, cause, timeout)
        return attempt()

    def wait(self, error: JetonError, timeout: float = 5.0) -> None:
        """Waits for the keys that `error`, from this verifier, has missed.

        Returns when a fetch has ended that may have brought them: verify again, once.
        An error that no waiting changes is raised at once.
        """
        if error._cause is None:
            raise error
        self._wait(error._cause, milliseconds(timeout))

    def verify_many(
        self,
        tokens: Iterable[Text],
        /,
        **call: Unpack[Call],
    ) -> list[Claims | JetonError]:
        """A verdict for each token, in their order, on all cores: claims, or why there are none.

        At most 65536 tokens.
        """
        verdicts = self._verify_many(tuple(tokens), **call)
        return cast("list[Claims | JetonError]", verdicts)
