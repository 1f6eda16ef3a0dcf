"""A service behind gunicorn: all is made before the workers are forked.

POST / revokes the token that it is sent with. GET / answers the worker's process id, and
what it thinks of the token in the header Other.
"""

from __future__ import annotations

import os
from typing import Any

import jeton
from jeton.wsgi import BearerMiddleware

store = jeton.Revocations(f"sqlite:{os.environ['SERVICE_FOLDER']}/revoked.db", stale=10)
keys = jeton.Source(file=f"{os.environ['SERVICE_FOLDER']}/keys.json", stale=None)
verifier = jeton.Verifier(keys, issuer="https://a.test", audience="api", revocations=store)


def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    claims = environ["jeton.credential"].claims
    if environ["REQUEST_METHOD"] == "POST":
        store.revoke_claims(claims)
    try:
        verifier.verify(environ.get("HTTP_OTHER", ""))
        verdict = "ok"
    except jeton.JetonError as error:
        verdict = error.status
    start_response("200 OK", [("content-type", "text/plain")])
    return [f"{os.getpid()} {verdict}".encode()]


app = BearerMiddleware(answer, verifier)
