"""Minters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from . import _jeton
from ._document import document
from ._keys import Keys

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from .options import MinterOptions, MinterSystemOptions


class Signing(NamedTuple):
    """What a signer is asked to sign, in each of the forms that one may want."""

    #: The key's algorithm, such as "ES256", or "Ed25519" and never "EdDSA".
    algorithm: str
    #: What is signed: a token up to its second dot. For EdDSA, and signers that hash.
    message: bytes
    #: Its digest, for signers that don't hash, such as a KMS; None for EdDSA.
    digest: bytes | None
    #: The digest in its DigestInfo, for signers that only pad; None but for RS256 to RS512.
    digest_info: bytes | None


class Minter(_jeton.Minter):
    """Mints tokens with the first private key that fits. Any number of threads may share it.

    `lifetime` must be said, in seconds, or None for tokens without exp; or `system`, a preset.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        @overload
        def __new__(cls, keys: Keys, /, **options: Unpack[MinterOptions]) -> Self: ...
        @overload
        def __new__(cls, keys: Keys, /, **options: Unpack[MinterSystemOptions]) -> Self: ...

    def __new__(cls, keys: Keys, /, **options: Any) -> Self:
        return _jeton.make_minter(cls, keys, document(options))

    @classmethod
    def external(
        cls, keys: Keys, sign: Callable[[Signing], bytes], /, **options: Unpack[MinterOptions]
    ) -> Self:
        """A minter whose private key stays in a KMS, an HSM or an agent, which `sign` asks.

        `keys` is its public half alone. `sign` is called once for each token, in the thread
        that mints, and may block; ECDSA signatures may be in DER. A signature that the key
        doesn't verify is a `SignerError`, and so is what `sign` raises, as its `__cause__`.
        """

        def signer(*asked: Any) -> bytes:
            return sign(Signing(*asked))

        return _jeton.external_minter(cls, keys, signer, document(options))

    def mint(self, claims: Mapping[str, Any], /, *, now: int = 0) -> str:
        """A token over `claims` and what the options add to them.

        `now`, in seconds since 1970, stands in for the clock.
        """
        return self._mint(document(claims), now)
