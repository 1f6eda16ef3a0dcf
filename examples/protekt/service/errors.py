"""Whatever is answered in place of a result."""

from __future__ import annotations

from typing import Any

import jeton


class Refusal(Exception):
    """An answer with a status of 400 or more: `{"error": {"code", "message", "details"}}`."""

    def __init__(
        self, status: int, code: str, message: str, details: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.details = details or {}

    def body(self) -> dict[str, Any]:
        return {"error": {"code": self.code, "message": str(self), "details": self.details}}


def of_token(error: jeton.JetonError) -> Refusal:
    """How a verdict of jeton's is answered. A fault of the service's own is raised again."""
    details = {"status": error.status}
    if error.claim is not None:
        details["claim"] = error.claim
    if isinstance(error, jeton.ExpiredSignatureError):
        return Refusal(401, "token_expired", str(error), details)
    if isinstance(error, jeton.RevokedTokenError):
        return Refusal(401, "token_revoked", str(error), details)
    if isinstance(error, jeton.InvalidTokenError):
        return Refusal(401, "token_invalid", str(error), details)
    if isinstance(error, jeton.UnavailableError):
        return Refusal(503, "unavailable", str(error), details)
    raise error
