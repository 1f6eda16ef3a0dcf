"""Ends with everything alive, jeton's own threads included, and verifies to the last."""

import sys

import jeton

store = jeton.Revocations(f"sqlite:{sys.argv[1]}/revoked.db", stale=10)
source = jeton.Source(url="https://127.0.0.1:9", stale=60, private=True)
keys = jeton.Keys.generate(algorithm="HS256")
verifier = jeton.Verifier(
    [source, keys],
    revocations=store,
    trust=[
        {"issuer": "i", "audience": None, "keys": 1},
        {"issuer": "j", "audience": None, "keys": 0},
    ],
)
bearer = jeton.Bearer(verifier)
token = jeton.Minter(keys, lifetime=60, issuer="i").mint({"sub": "ada"})
claims = verifier.verify(token)
sys.modules["kept"] = [claims["sub"], claims, bearer]  # type: ignore[assignment]


class Late:
    def __del__(self) -> None:
        print(verifier.verify(token)["sub"])


late = Late()
del sys.modules["jeton"]
