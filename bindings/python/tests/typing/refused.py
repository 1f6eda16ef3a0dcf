"""What type checkers must refuse: where one doesn't, the comment is reported as unused.

`mypy --strict` and pyright read this, nobody runs it.
"""

from __future__ import annotations

import jeton


def everything(keys: jeton.Keys, claims: jeton.Claims) -> None:
    # What must be said can't be left out.
    jeton.Verifier(keys)  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]
    jeton.Verifier(keys, issuer="a")  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]
    jeton.Minter(keys, issuer="a")  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]
    jeton.Keys.derive(b"", system={"name": "pylon"})  # type: ignore[misc, arg-type] # pyright: ignore[reportArgumentType]
    jeton.Source(url="https://a.test")  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]
    jeton.Revocations("sqlite:a")  # type: ignore[call-overload] # pyright: ignore[reportArgumentType]
    # What isn't known is an error.
    jeton.Verifier(keys, issuer="a", audience="b", leway=5)  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]
    jeton.Verifier(keys, issuer="a", audience="b", algorithms=["none"])  # type: ignore[list-item] # pyright: ignore[reportArgumentType]
    jeton.Source(url="https://a.test", file="a", stale=None)  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]
    # What a system decides isn't for the options beside it.
    jeton.Verifier(keys, system={"name": "porter"}, realm="a")  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]
    # An HMAC secret comes by a constructor of its own, and claims by verifying alone.
    jeton.Verifier(b"secret", issuer="a", audience="b")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    claims["sub"] = "eve"  # type: ignore[index] # pyright: ignore[reportIndexIssue]
