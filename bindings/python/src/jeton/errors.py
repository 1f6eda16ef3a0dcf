"""Why a call failed: one exception for each status, with the names that PyJWT's users know.

Catch `InvalidTokenError` for a token that is refused, `UnavailableError` for
what may work in a moment, `JetonError` for everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from . import _jeton


class JetonError(Exception):
    """The root of all. Its text is for people and logs, and may change.

    It never holds a token, a secret or a claim's value. Act on the class, or on
    `status`, which is the same word in every language.
    """

    #: Such as "expired".
    status: str = "unknown"
    #: What a service that verifies answers with: 401, 503 or, for its own faults, 500.
    http_status: ClassVar[int] = 500

    #: The claim at fault, such as "aud".
    claim: str | None
    #: What the option `report` asks for, once the signature held. For logs, and answers such
    #: as "expired at"; never let it decide anything.
    claims: dict[str, Any] | None

    # The error object that Verifier.wait takes; it stays in the process that made it.
    _cause: _jeton.Cause | None = None

    def __init__(
        self,
        message: str = "",
        claim: str | None = None,
        claims: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.claim = claim
        self.claims = claims

    def __reduce__(self) -> tuple[Any, ...]:
        state = {name: value for name, value in self.__dict__.items() if name != "_cause"}
        return type(self), self.args, state


class ProgramError(JetonError):
    """1xx: the calling program is at fault, and not the token."""


class MisuseError(ProgramError):
    """Text that isn't UTF-8, a call without its scope: a bug in the calling program."""

    status = "misuse"


class OptionsError(ProgramError):
    """Options, claims or a rule have a wrong, unknown or missing field."""

    status = "options"


class MisconfiguredError(ProgramError):
    """Options, keys and revocations don't fit together."""

    status = "misconfigured"


class UnsupportedError(ProgramError):
    """A part that this build, its back end or this version doesn't have."""

    status = "unsupported"


class InternalError(ProgramError):
    """A bug in jeton itself; the objects stay usable."""

    status = "internal"


class InvalidTokenError(JetonError):
    """The token is refused: answer 401."""

    http_status = 401


class DecodeError(InvalidTokenError):
    """Not a compact JWS with strict JSON inside, whatever it is."""

    status = "malformed"


class EncryptedTokenError(DecodeError):
    """A JWE: encrypted and not signed."""

    status = "encrypted"


class TokenTooLargeError(DecodeError):
    """Longer or deeper than the options' limits."""

    status = "too-large"


class InvalidAlgorithmError(InvalidTokenError):
    """An algorithm that is unknown, not allowed, or not its key's."""

    status = "algorithm"


class CriticalHeaderError(InvalidTokenError):
    """The header demands an extension: crit, b64 or zip."""

    status = "critical"


class InvalidTypeError(InvalidTokenError):
    """The header's typ isn't the one that the options ask for."""

    status = "type"


class InvalidSignatureError(DecodeError):
    """The signature doesn't hold."""

    status = "signature"


class MissingRequiredClaimError(InvalidTokenError):
    """A claim that must be present isn't."""

    status = "missing"


class InvalidIssuerError(InvalidTokenError):
    """The iss isn't one of those that the options accept."""

    status = "issuer"


class InvalidAudienceError(InvalidTokenError):
    """The aud holds none of those that the options accept."""

    status = "audience"


class ImmatureSignatureError(InvalidTokenError):
    """Before its nbf; or, where the options bound its age, issued in the future."""

    status = "early"


class ExpiredSignatureError(InvalidTokenError):
    """Its exp has come."""

    status = "expired"


class LifetimeTooLongError(InvalidTokenError):
    """Its exp lies further after its iat than the options accept."""

    status = "lifetime"


class TokenTooOldError(InvalidTokenError):
    """Its iat lies further back than the options accept."""

    status = "too-old"


class InvalidClaimError(InvalidTokenError):
    """A claim has the wrong type, or doesn't match."""

    status = "claim"


class DeniedTokenError(InvalidTokenError):
    """A deny rule matches."""

    status = "denied"


class RevokedTokenError(InvalidTokenError):
    """Revoked."""

    status = "revoked"


class InvalidKeyError(JetonError):
    """A key document can't be read, or holds no usable key."""

    status = "key"


class WeakKeyError(InvalidKeyError):
    """A key is too weak for its algorithm."""

    status = "weak-key"


class UnknownKeyError(InvalidTokenError):
    """No key fits the token."""

    status = "unknown-key"


class SignerError(JetonError):
    """The external signer failed."""

    status = "signer"


class UnavailableError(JetonError):
    """Keys or revocations can't be had at the moment: answer 503."""

    http_status = 503


class KeyPendingError(UnavailableError):
    """No key fits yet, and a fetch that could bring it is due or under way: retry."""

    status = "key-pending"


class KeysUnavailableError(UnavailableError):
    """The keys couldn't be had, or are too old to be trusted."""

    status = "keys-unavailable"


class RevocationsUnavailableError(UnavailableError):
    """The revocations can't be read."""

    status = "revocations-unavailable"


class RevocationsStaleError(UnavailableError):
    """The revocations are older than the options accept."""

    status = "revocations-stale"


class StorageError(UnavailableError):
    """A write to a store failed; what it says in this process stays in force."""

    status = "storage"


class WaitTimeoutError(UnavailableError, TimeoutError):
    """The time limit has passed."""

    status = "timeout"


def _every(root: type[JetonError]) -> dict[str, type[JetonError]]:
    found = {root.status: root} if "status" in vars(root) else {}
    for derived in root.__subclasses__():
        found |= _every(derived)
    return found


_BY_STATUS = _every(JetonError)

# For a status that a later libjeton has and this module doesn't know.
_BY_HUNDRED: dict[int, type[JetonError]] = {
    1: ProgramError,
    2: InvalidTokenError,
    3: InvalidTokenError,
    5: UnavailableError,
}


def failure(
    number: int,
    status: str,
    message: str,
    claim: str | None,
    claims: dict[str, Any] | None,
    cause: _jeton.Cause | None,
) -> JetonError:
    """The exception of a failed call, for the native module."""
    known = _BY_STATUS.get(status)
    made = (known or _BY_HUNDRED.get(number // 100, JetonError))(message, claim, claims)
    if known is None:
        made.status = status
    if cause is not None:
        made._cause = cause
    return made


__all__ = [
    "CriticalHeaderError",
    "DecodeError",
    "DeniedTokenError",
    "EncryptedTokenError",
    "ExpiredSignatureError",
    "ImmatureSignatureError",
    "InternalError",
    "InvalidAlgorithmError",
    "InvalidAudienceError",
    "InvalidClaimError",
    "InvalidIssuerError",
    "InvalidKeyError",
    "InvalidSignatureError",
    "InvalidTokenError",
    "InvalidTypeError",
    "JetonError",
    "KeyPendingError",
    "KeysUnavailableError",
    "LifetimeTooLongError",
    "MisconfiguredError",
    "MissingRequiredClaimError",
    "MisuseError",
    "OptionsError",
    "ProgramError",
    "RevocationsStaleError",
    "RevocationsUnavailableError",
    "RevokedTokenError",
    "SignerError",
    "StorageError",
    "TokenTooLargeError",
    "TokenTooOldError",
    "UnavailableError",
    "UnknownKeyError",
    "UnsupportedError",
    "WaitTimeoutError",
    "WeakKeyError",
]
