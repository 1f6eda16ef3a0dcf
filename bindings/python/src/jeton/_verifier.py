"""Verifiers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast, overload

from . import _jeton, _waiting
from ._document import document, milliseconds
from ._jeton import Claims
from ._keys import KeySets, Text, key_sets
from .errors import JetonError

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from ._call import Call
    from ._revocations import Revocations
    from .options import TrustOptions, VerifierOptions, VerifierSystemOptions


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

        def verify() -> Claims:
            return self.verify(token, **call)

        try:
            return verify()
        except JetonError as error:
            cause = error._cause
            if cause is None:
                raise
        await _waiting.wait(self, cause, timeout)
        return verify()

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
