"""See README.md."""

import random
import sys
import time

import jeton

location, own, members, count, others = sys.argv[1], *map(int, sys.argv[2:])
keys = jeton.Keys.secret(b"0123456789abcdef0123456789abcdef", algorithm="HS256")
minter = jeton.Minter(
    keys, issuer="fleet", audience=None, lifetime=3600, id=None, override=["jti"]
)
store = jeton.Revocations(location, stale=None)
verifier = jeton.Verifier(keys, issuer="fleet", audience=None, revocations=store)


def verdict(jti: str) -> str:
    try:
        verifier.verify(minter.mint({"jti": jti}))
    except jeton.JetonError as error:
        return error.status
    return "ok"


def accepted(jti: str) -> None:
    if (found := verdict(jti)) != "ok":
        sys.exit(f"{jti}, which nobody revoked: {found}")


for number in range(count):
    store.revoke(
        realm="fleet", claim="jti", value=f"{own}-{number}", until=int(time.time()) + 3600
    )
    accepted(f"other-{own}-{number}")
    time.sleep(random.uniform(0, 0.001))
print("revoked", flush=True)

sys.stdin.readline()
started = time.monotonic()
for member in range(members):
    for number in range(count):
        while (found := verdict(f"{member}-{number}")) != "revoked":
            if found != "ok" or time.monotonic() - started > 60:
                sys.exit(f"{member}-{number}, which was revoked: {found}")
            time.sleep(0.001)
waited = int((time.monotonic() - started) * 1000)
for number in range(others):
    accepted(f"other-{own}-{number}")
print(waited, members * count, others, flush=True)
