"""Says what a token on standard input is worth: prints its status, and exits with 0
where it is "ok", with 1 where it isn't.

python verify.py KEYS OPTIONS REVOCATIONS < TOKEN
"""

import json
import sys

import jeton

_, keys, options, location = sys.argv
verifier = jeton.Verifier(
    jeton.Keys(keys),
    revocations=jeton.Revocations(location, stale=10),
    **json.loads(options),
)
token = sys.stdin.readline().rstrip("\n")
try:
    verifier.verify(token)
except jeton.JetonError as error:
    print(error.status)
    sys.exit(1)
print("ok")
