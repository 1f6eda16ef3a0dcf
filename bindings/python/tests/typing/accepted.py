"""What type checkers must accept: `mypy --strict` and pyright read this, nobody runs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jeton
from jeton.asgi import BearerMiddleware
from jeton.compat import pyjwt as jwt
from jeton.options import Porter, VerifierOptions


async def everything(app: Any, token: str) -> None:
    keys: jeton.Keys = jeton.Keys.generate(algorithm="ES256", kid=None)
    secret = jeton.Keys.secret(b"", algorithm="HS256", weak=True)
    document = jeton.Keys({"kty": "OKP"}, algorithm="EdDSA")
    source = jeton.Source(url="https://a.test/jwks", stale=86400, limits={"keys": 10})
    jeton.Source(issuer="https://a.test", stale=None)
    jeton.Source(file="keys.json", stale=None, state="")
    minter = jeton.Minter(keys, lifetime=600, issuer="https://a.test", id=None, claims={"a": 1})
    minted: str = minter.mint({"sub": "ada"}, now=1)
    memory = jeton.Revocations("memory:", log=False)
    jeton.Revocations("sqlite:revoked.db", stale=10)
    verifier = jeton.Verifier(
        source,
        issuer=["https://a.test", "https://b.test"],
        audience=None,
        leeway=5,
        claims={"role": ["admin", {"not": {"contains": 5}}], "tenant": {"present": True}},
        deny=[{"name": "guests", "when": {"role": "guest"}, "switch": "members"}],
        revocations=memory,
    )
    jeton.Verifier([keys, source], trust=[{"issuer": "a", "audience": "api", "keys": 1}])
    options: VerifierOptions = {"issuer": None, "audience": "api", "require": []}
    jeton.Verifier((secret, document), **options)
    porter: Porter = {"name": "porter", "strict": True}
    jeton.Verifier(jeton.Keys.derive(b"", system=porter), system=porter, leeway=5)
    jeton.Minter(secret, system={"name": "pylon", "issuer": None}, check={"sub": {"ends": ":a"}})
    jeton.Minter(secret, system={"name": "pylon", "issuer": None}, lifetime=600)
    jeton.Bearer(system=porter, prefixes=[])

    claims: Mapping[str, Any] = verifier.verify(token, scope="project", nonce=b"n")
    proofs = jeton.Verifier([], revocations=memory, system={"name": "dpop", "window": 60})
    proofs.verify(token, method="GET", uri="https://api.test/", access_token="", jkt=None)
    await proofs.averify(token, method="GET", uri="https://api.test/", access_token="a", jkt="b")
    kid: str | None = verifier.verify(minted).kid
    found = await verifier.averify(token, timeout=0.5)
    for verdict in verifier.verify_many([token, token]):
        if isinstance(verdict, jeton.JetonError):
            status: str = verdict.status
            print(status, verdict.claim, verdict.http_status)
        else:
            print(verdict.expires)
    memory.revoke(realm="https://a.test", claim="sub", value="ada", until=None)
    memory.revoke_claims(found, claim="sid")
    memory.restore(realm="https://a.test", key="kid")
    bearer = jeton.Bearer(verifier, admin_token="a", prefixes=[{"prefix": "pk.", "kind": "key"}])
    credential = await bearer.aresolve(None, b"cookie")
    if credential.claims is not None:
        print(credential.claims["sub"], kid, claims)
    BearerMiddleware(app, bearer, kinds=["jwt", "key"], optional=True)
    jwt.decode(token, "key", algorithms=["HS256"])
    try:
        jeton.verify_signature(keys, token)
    except jeton.ExpiredSignatureError as error:
        print(error.claims)
