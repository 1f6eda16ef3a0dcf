"""What came in an Authorization header, before anyone knows what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from . import _jeton, _waiting
from ._document import document
from ._jeton import Claims
from ._keys import Text
from ._verifier import Verifier
from .errors import JetonError

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from ._call import Call
    from .options import BearerOptions


class Credential(NamedTuple):
    """What came in a header or a cookie."""

    #: "none", "admin", "jwt", "session" (none of the others) or the kind of a prefix.
    kind: str
    #: The credential, without its scheme.
    text: str
    #: The claims of a good JWT.
    claims: Claims | None
    #: Why it is bad: a request with this must not go on.
    rejection: JetonError | None

    def __repr__(self) -> str:
        # For logs, which the credential itself must not get into.
        return (
            f"Credential(kind={self.kind!r}, claims={self.claims!r}, rejection={self.rejection!r})"
        )


class Bearer(_jeton.Bearer):
    """Tells kinds of credentials apart. Any number of threads may share it.

    Without a verifier nothing is taken for a JWT. `admin_token` is the administrator's
    token, compared in constant time and not kept.
    """

    __slots__ = ("_verifier",)

    _verifier: Verifier | None

    def __new__(
        cls,
        verifier: Verifier | None = None,
        /,
        *,
        admin_token: Text | None = None,
        **options: Unpack[BearerOptions],
    ) -> Self:
        made = _jeton.make_bearer(cls, verifier, admin_token, document(options))
        made._verifier = verifier
        return made

    def resolve(
        self,
        authorization: Text | None,
        cookie: Text | None = None,
        /,
        **call: Unpack[Call],
    ) -> Credential:
        """Tells what came in the header Authorization or, where that names no bearer, in a
        session cookie. A bad credential is a result, with its `rejection`."""
        found = self._resolve(authorization, cookie, **call)
        return Credential(*cast("tuple[str, str, Claims | None, JetonError | None]", found))

    async def aresolve(
        self,
        authorization: Text | None,
        cookie: Text | None = None,
        /,
        *,
        timeout: float = 5.0,
        **call: Unpack[Call],
    ) -> Credential:
        """As `resolve`, but waits as `Verifier.averify` does where keys are on their way."""

        def resolve() -> Credential:
            return self.resolve(authorization, cookie, **call)

        found = resolve()
        cause = None if found.rejection is None else found.rejection._cause
        if self._verifier is None or cause is None:
            return found
        await _waiting.wait(self._verifier, cause, timeout)
        return resolve()

    def wait(self, rejection: JetonError, timeout: float = 5.0) -> None:
        """Waits for the keys that a rejection has missed, as `Verifier.wait` does."""
        if self._verifier is None:
            raise rejection
        self._verifier.wait(rejection, timeout)
