"""The runner of tests/vectors: what the Python API makes of a vector.

`tests/vectors/README.md` in the root says what the files hold. DOCUMENTs that are
texts, to be passed as they are, go to the native module, below the keyword arguments.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jeton
from jeton import _jeton
from jeton._document import document as written

ROOT = Path(__file__).resolve().parents[3]
Vector = dict[str, Any]


def every() -> Iterator[tuple[Vector, Vector]]:
    """Each vector, with the file that it stands in."""
    folder = ROOT / "tests/vectors"
    for path in sorted([*folder.glob("*.json"), *folder.glob("derived/*.json")]):
        file = json.loads(path.read_text())
        for vector in file["vectors"]:
            yield file, vector


def is_skipped(vector: Vector) -> bool:
    """Whether this build lacks the algorithm that a vector needs."""
    if "needs" not in vector:
        return False
    try:
        jeton.Keys.generate(algorithm=vector["needs"])
    except jeton.UnsupportedError:
        return True
    return False


def outcome(file: Vector, vector: Vector) -> Vector:
    """What came of a vector, by the names that `expect` uses."""
    kind = vector.get("kind", "verify")
    try:
        return {"status": "ok"} | KINDS[kind](Case(file, vector))
    except jeton.JetonError as error:
        return {
            "status": error.status,
            "message": str(error),
            "claim": error.claim,
            "report": error.claims,
        }


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def document(value: Any) -> str:
    """A DOCUMENT's text; {} where there is none."""
    return value if isinstance(value, str) else written({} if value is None else value)


class Case:
    """A vector, and what is made from its parts."""

    def __init__(self, file: Vector, vector: Vector) -> None:
        self.file, self.vector = file, vector
        self.expect: Vector = vector["expect"]
        self.now: int = vector.get("now", 0)

    def key(self, key: str | Vector) -> jeton.Keys:
        made = self.file["keys"][key] if isinstance(key, str) else key
        options = made.get("options", {})
        if "derive" in made:
            old = decode(made["old_secret"]) if "old_secret" in made else None
            return jeton.Keys.derive(decode(made["secret"]), old, **made["derive"])
        if "jwks" in made:
            return jeton.Keys(made["jwks"], **options)
        if "text" in made:
            return jeton.Keys(made["text"], **options)
        if "der" in made:
            return jeton.Keys(decode(made["der"]), **options)
        return jeton.Keys.secret(decode(made["secret"]), **options)

    def keys(self) -> list[jeton.Keys]:
        named = self.vector["keys"]
        return [self.key(one) for one in (named if isinstance(named, list) else [named])]

    def token(self) -> str | bytes:
        if "token_base64url" in self.vector:
            return decode(self.vector["token_base64url"])
        if "repeat" in self.vector:
            repeat = self.vector["repeat"]
            return repeat["before"] + repeat["text"] * repeat["count"] + repeat["after"]
        return self.vector["token"]

    def revocations(self) -> jeton.Revocations | None:
        given = self.vector.get("revocations")
        if given is None:
            return None
        store = jeton.Revocations()
        for rule in given.get("rules", []):
            store._revoke(document(rule), given.get("at", self.now))
        for switch in given.get("switches", []):
            store.switch(switch["scope"], switch["name"], switch["on"])
        return store

    def verifier(self, options: Any) -> jeton.Verifier:
        keys = tuple(self.keys())
        made = _jeton.make_verifier(jeton.Verifier, keys, self.revocations(), document(options))
        lists = [self.follow(one) for one in self.vector.get("lists", [])]
        return made.following(*lists) if lists else made

    def follow(self, given: Vector) -> jeton.Source:
        source = _jeton.open_list(
            jeton.Source, self.key(given["keys"]), document(given["options"])
        )
        assert source.claim()["accept"] == "application/statuslist+jwt"
        source.accept(given["token"])
        return source

    def call(self) -> dict[str, Any]:
        return {"now": self.now} | self.vector.get("call", {})


def verify(case: Case) -> Vector:
    verifier = case.verifier(case.vector.get("options"))
    for _ in range(1, case.vector.get("times", 1)):
        verifier.verify(case.token(), **case.call())
    claims = verifier.verify(case.token(), **case.call())
    assert claims == json.loads(claims.json)
    return {
        "claims": claims.json,
        "algorithm": claims.algorithm,
        "kid": claims.kid,
        "trust": claims.trust,
        "expires": claims.expires,
        "thumbprint": claims.thumbprint,
    }


def options(case: Case) -> Vector:
    if case.vector.get("of", "verifier") == "verifier":
        case.verifier(case.vector.get("options"))
    else:
        given = document(case.vector.get("options"))
        _jeton.make_minter(jeton.Minter, case.keys()[0], given)
    return {}


def keys(case: Case) -> Vector:
    made = case.key(case.vector["keys"])
    status = made.status()
    asked = {name: getattr(made, name)() for name in ("public", "private") if name in case.expect}
    return asked | {
        "keys": len(status["keys"]),
        "skipped": len(status["skipped"]),
        "key": (status["keys"] or [None])[0],
        "reason": status["skipped"][0]["reason"] if status["skipped"] else None,
    }


def mint(case: Case) -> Vector:
    made = case.keys()[0]
    given = document(case.vector.get("options"))
    minter = _jeton.make_minter(jeton.Minter, made, given)
    token = minter._mint(document(case.vector.get("claims")), case.now)
    header, payload, _ = token.split(".")
    if "verifier" in case.vector:
        case.verifier(case.vector["verifier"]).verify(token, **case.call())
    else:
        assert jeton.verify_signature(made, token) == decode(payload)
    return {
        "header": decode(header).decode(),
        "payload": decode(payload).decode(),
        "starts": f"{header}.{payload}.",
        "token": token,
    }


def signature(case: Case) -> Vector:
    given = document(case.vector.get("options"))
    payload = _jeton.verify_signature(case.keys()[0], case.token(), given)
    return {"payload": payload.decode()}


def sign(case: Case) -> Vector:
    given = document(case.vector.get("options"))
    return {"token": _jeton.sign(case.keys()[0], case.vector["payload"], given)}


def bearer(case: Case) -> Vector:
    vector = case.vector
    verifier = case.verifier(vector.get("verifier")) if "keys" in vector else None
    resolver = _jeton.make_bearer(
        jeton.Bearer, verifier, vector.get("admin"), document(vector.get("options"))
    )
    found = resolver.resolve(vector.get("authorization"), vector.get("cookie"), **case.call())
    return {
        "kind": found.kind,
        "text": found.text,
        "claims": found.claims and found.claims.json,
        "rejection": found.rejection and found.rejection.status,
    }


def introspect(case: Case) -> Vector:
    verifier = case.verifier(case.vector.get("options"))
    return {"text": verifier.introspect(case.token(), **case.call())}


def inspect(case: Case) -> Vector:
    text = _jeton.inspect(case.token())
    assert jeton.inspect(case.token()) == json.loads(text)
    return {"text": text}


def revoke(case: Case) -> Vector:
    opened = document(case.vector.get("open"))
    store = _jeton.open_revocations(jeton.Revocations, "memory:", opened)
    return {"entry": store._revoke(document(case.vector.get("rule")), case.now)}


def import_(case: Case) -> Vector:
    store = jeton.Revocations()
    count = store.import_(document(case.vector.get("document")), now=case.now)
    return {"count": count, "export": store.export(now=case.now)}


KINDS = {
    "verify": verify,
    "options": options,
    "keys": keys,
    "mint": mint,
    "signature": signature,
    "sign": sign,
    "bearer": bearer,
    "introspect": introspect,
    "inspect": inspect,
    "revoke": revoke,
    "import": import_,
}
