"""What may change from one call to the next."""

from __future__ import annotations

from typing import TypedDict

from ._keys import Text


class Call(TypedDict, total=False):
    """What is said along with a token."""

    #: Seconds since 1970 in place of the clock; 0 asks the clock.
    now: int
    #: Where deny rules look their switches up; an empty one is "none".
    scope: Text | None
    #: What the claim `nonce` must be.
    nonce: Text | None
    #: The method of the request that a DPoP proof came with. Must be said where the options
    #: ask for a proof, as must `uri` and `access_token`, and is misuse elsewhere.
    method: Text | None
    #: The request's whole URI; its query and fragment don't matter.
    uri: Text | None
    #: The access token that came with it; an empty one is "none".
    access_token: Text | None
    #: The thumbprint that the access token is bound to, its cnf.jkt. Must be said where
    #: there is one.
    jkt: Text | None
