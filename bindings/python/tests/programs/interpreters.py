"""Uses jeton in sub-interpreters, as many at once as the argument says, and then in its own."""

import sys
import threading

import jeton

try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

INSIDE = """
import jeton
keys = jeton.Keys.generate(algorithm="HS256")
minter = jeton.Minter(keys, lifetime=60)
verifier = jeton.Verifier(keys, issuer=None, audience=None)
for number in range(1000):
    claims = verifier.verify(minter.mint({"n": number}))
    assert claims["n"] == number
try:
    verifier.verify("x")
except jeton.DecodeError as error:
    assert error.status == "malformed"
else:
    raise AssertionError("not refused")
"""

failures: list[object] = []


def one() -> None:
    made = interpreters.create()
    failures.append(interpreters.run_string(made, INSIDE))
    interpreters.destroy(made)


threads = [threading.Thread(target=one) for _ in range(int(sys.argv[1]))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert failures == [None] * len(threads), failures

keys = jeton.Keys.generate(algorithm="HS256")
token = jeton.Minter(keys, lifetime=60).mint({"sub": "ada"})
print(jeton.Verifier(keys, issuer=None, audience=None).verify(token)["sub"])
