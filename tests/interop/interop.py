#!/usr/bin/env python3
"""Holds jeton against other libraries: every algorithm, both directions, every form of key.

    interop.py JETON DRIVER... > interop.md

JETON is the command; a DRIVER is a command line in one argument. README.md says
what they are asked.
"""

import base64
import json
import secrets
import shlex
import subprocess
import sys
import tempfile
import time

from sides import AUDIENCE, ISSUER, Absent, Driver, Jeton, Peer, Refused
from table import document

ALGORITHMS = [
    *("HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "ES256K", "EdDSA", "Ed25519"),
]
CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "ES256K": "secp256k1"}
# Beyond ASCII and one byte, what JSON numbers can hold everywhere, and nesting.
CLAIMS = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "sub": "ada",
    "name": "Grüße, 世界 \U0001f511",
    "most": 2**53 - 1,
    "list": [1, {"a": None, "b": [True, ""]}],
}


class Key:
    """A key in one form: what mints with it, and what the other side verifies with."""

    def __init__(self, label, mint_form, private, verify_form, public, kid=None):
        self.label, self.kid = label, kid
        self.mint_form, self.private = mint_form, private
        self.verify_form, self.public = verify_form, public


def keys(algorithm, jeton, peer):
    """The keys to try, each a label and a function that makes it."""
    if algorithm.startswith("HS"):
        secret = secrets.token_hex(64)
        yield "secret", lambda: Key("secret", "secret", secret, "secret", secret)
    else:
        yield "PEM", lambda: openssl(algorithm)
        yield "JWK Set", lambda: key_set(jeton, algorithm)
    yield "JWK", lambda: jwk("JWK", jeton, algorithm)
    yield "its JWK", lambda: jwk("its JWK", peer, algorithm)


def jwk(label, maker, algorithm):
    private, public = maker.generate(algorithm)
    return Key(label, "jwk", private, "jwk", public, json.loads(private).get("kid"))


def key_set(jeton, algorithm):
    """A key behind another one of its kind: only the kid tells them apart."""
    private, public = jeton.generate(algorithm)
    _, other = jeton.generate(algorithm)
    both = json.dumps({"keys": [json.loads(other), json.loads(public)]})
    return Key("JWK Set", "jwk", private, "jwks", both, json.loads(private)["kid"])


def openssl(algorithm):
    if algorithm in CURVES:
        kind = ["-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{CURVES[algorithm]}"]
    elif algorithm.startswith("E"):
        kind = ["-algorithm", "ed25519"]
    else:
        kind = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
    run = {"check": True, "capture_output": True, "text": True}
    private = subprocess.run(["openssl", "genpkey", *kind], **run).stdout
    public = subprocess.run(["openssl", "pkey", "-pubout"], input=private, **run).stdout
    return Key("PEM", "pem", private, "pem", public)


def part(token, index):
    text = token.split(".")[index]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def forged(token):
    """The token with another signature: one character in its middle is changed."""
    place = token.rindex(".") + 20
    return token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]


def same(found, wanted):
    """Whether claims are these; an audience alone may stand in a list."""
    aud = found.get("aud")
    return {**found, "aud": aud[0] if isinstance(aud, list) and len(aud) == 1 else aud} == wanted


def outcome(algorithm, key, minter, verifier):
    """What one cell comes to with one key: "yes", what is absent, or what differs."""
    claims = {**CLAIMS, "iat": int(time.time()), "exp": int(time.time()) + 3600}
    try:
        token = minter.mint(algorithm, key.mint_form, key.private, key.kid, claims)
        if part(token, 0)["alg"] != algorithm:
            return f'minted as {part(token, 0)["alg"]}'
        if not same(part(token, 1), claims):
            return "other claims are minted"
        if not same(verifier.verify(algorithm, key.verify_form, key.public, token), claims):
            return "other claims are verified"
        try:
            verifier.verify(algorithm, key.verify_form, key.public, forged(token))
            return "a changed signature is accepted"
        except Refused:
            return "yes"
    except Absent as absent:
        return absent
    except Refused as refused:
        return f"refused: {refused}"
    except RuntimeError as failure:
        return f"{failure}"


def cells(jeton, peer):
    """Both directions' outcomes by algorithm and key."""
    for algorithm in ALGORITHMS:
        for label, make in keys(algorithm, jeton, peer):
            try:
                key = make()
            except Absent as absent:
                yield "from", algorithm, label, absent
                yield "to", algorithm, label, absent
                continue
            yield "from", algorithm, label, outcome(algorithm, key, peer, jeton)
            yield "to", algorithm, label, outcome(algorithm, key, jeton, peer)


def main(command, *drivers):
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        jeton = Jeton(command, folder)
        for line in drivers:
            driver = Driver(shlex.split(line))
            for about in driver.ask(do="peers")["peers"]:
                print(f'==> {about["name"]} {about["version"]}', file=sys.stderr)
                peer = Peer(driver, about["name"], about["version"])
                found[f"{peer.name} {peer.version}"] = list(cells(jeton, peer))
            driver.close()
    print(document(ALGORITHMS, found), end="")


main(*sys.argv[1:])
