"""JSON Web Tokens, minted, verified and revoked at native speed, with one verdict for each
token in every language.

Make a `Verifier` from `Keys`, or from a `Source` that keeps them fresh, and ask it for
each token's `Claims`; make tokens with a `Minter`; refuse what is in `Revocations`. Options
are keyword arguments, one lower-case word each. What would weaken a check must be said
(`audience=None`), and what isn't known is an error.
"""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from . import _jeton, errors
from ._bearer import Bearer, Credential
from ._document import an_object, document
from ._jeton import Claims
from ._jeton import version as __version__
from ._keys import Keys, Source, Text
from ._minter import Minter, Signing
from ._revocations import Revocations
from ._verifier import Verifier
from .errors import *

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .options import JwsOptions

cast("ABCMeta", Mapping).register(Claims)


def sign(keys: Keys, payload: Text, /, **options: Unpack[JwsOptions]) -> str:
    """Signs any payload into a compact JWS (RFC 7515)."""
    return _jeton.sign(keys, payload, document(options))


def verify_signature(keys: Keys, token: Text, /, **options: Unpack[JwsOptions]) -> bytes:
    """The payload of a compact JWS whose signature holds.

    No claim is looked at: tokens that grant something are for a `Verifier`.
    """
    return _jeton.verify_signature(keys, token, document(options))


def inspect(token: Text, /) -> dict[str, Any]:
    """Reads a token without verifying anything: for looking at tokens, never for deciding.

    {"verified": False, "header", "claims", "signature_bytes"}.
    """
    text = _jeton.inspect(token)
    try:
        return an_object(text)
    except ValueError as error:  # a number with more digits than Python converts
        raise errors.DecodeError(str(error)) from error


__all__ = [
    "Bearer",
    "Claims",
    "Credential",
    "Keys",
    "Minter",
    "Revocations",
    "Signing",
    "Source",
    "Verifier",
    "__version__",
    "inspect",
    "sign",
    "verify_signature",
]
__all__ += errors.__all__
