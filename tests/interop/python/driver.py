"""PyJWT, joserfc and Authlib."""

import json
import os
import sys
from importlib.metadata import version

import jwt
from authlib import jose as authlib
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from joserfc import jwk as joserfc_jwk
from joserfc import jws as joserfc_jws
from joserfc import jwt as joserfc_jwt

CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "ES256K": "secp256k1"}


class Absent(Exception):
    pass


def kind(algorithm):
    """Key type and curve or size, as the registries of JOSE name them."""
    if algorithm.startswith("HS"):
        return "oct", int(algorithm[2:])
    if algorithm in CURVES:
        return "EC", CURVES[algorithm]
    return ("RSA", 2048) if algorithm[1] == "S" else ("OKP", "Ed25519")


class PyJWT:
    algorithms = jwt.algorithms.get_default_algorithms()

    def generate(self, algorithm):
        kty, of = kind(algorithm)
        if kty == "oct":
            secret = json.dumps(self.algorithms[algorithm].to_jwk(os.urandom(64), as_dict=True))
            return secret, secret
        curves = {"P-256": ec.SECP256R1, "P-384": ec.SECP384R1, "P-521": ec.SECP521R1, "secp256k1": ec.SECP256K1}
        if kty == "RSA":
            key = rsa.generate_private_key(65537, of)
        elif kty == "EC":
            key = ec.generate_private_key(curves[of]())
        else:
            key = ed25519.Ed25519PrivateKey.generate()
        to_jwk = self.algorithms[algorithm].to_jwk
        return to_jwk(key), to_jwk(key.public_key())

    def key(self, algorithm, form, text, token=None):
        if form == "jwk":
            return jwt.PyJWK.from_json(text, algorithm)
        if form == "jwks":
            return jwt.PyJWKSet.from_json(text)[jwt.get_unverified_header(token)["kid"]]
        return text

    def mint(self, algorithm, form, text, kid, claims):
        headers = {"kid": kid} if kid else None
        return jwt.encode(claims, self.key(algorithm, form, text), algorithm, headers)

    def verify(self, algorithm, form, text, token, issuer, audience):
        key = self.key(algorithm, form, text, token)
        try:
            return jwt.decode(token, key, [algorithm], issuer=issuer, audience=audience)
        except jwt.InvalidSignatureError as refusal:
            return refusal


class Joserfc:
    algorithms = joserfc_jws.JWSRegistry.algorithms

    def generate(self, algorithm):
        key = joserfc_jwk.JWKRegistry.generate_key(*kind(algorithm), {"alg": algorithm})
        key.ensure_kid()
        private = json.dumps(key.as_dict(private=True))
        return private, private if key.key_type == "oct" else json.dumps(key.as_dict(private=False))

    def key(self, algorithm, form, text):
        if form == "jwks":
            return joserfc_jwk.KeySet.import_key_set(json.loads(text))
        data = json.loads(text) if form == "jwk" else text
        return joserfc_jwk.JWKRegistry.import_key(data, kind(algorithm)[0])

    def mint(self, algorithm, form, text, kid, claims):
        header = {"alg": algorithm, **({"kid": kid} if kid else {})}
        return joserfc_jwt.encode(header, claims, self.key(algorithm, form, text), [algorithm])

    def verify(self, algorithm, form, text, token, issuer, audience):
        try:
            claims = joserfc_jwt.decode(token, self.key(algorithm, form, text), [algorithm]).claims
        except joserfc_jws.BadSignatureError as refusal:
            return refusal
        joserfc_jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": issuer}, aud={"essential": True, "value": audience}
        ).validate(claims)
        return claims


class Authlib:
    algorithms = authlib.JsonWebSignature.ALGORITHMS_REGISTRY

    def generate(self, algorithm):
        key = authlib.JsonWebKey.generate_key(*kind(algorithm), {"alg": algorithm}, is_private=True)
        private = json.dumps(key.as_dict(is_private=True, add_kid=True))
        return private, private if key.kty == "oct" else json.dumps(key.as_dict(add_kid=True))

    def key(self, algorithm, form, text):
        if form == "jwks":
            return authlib.JsonWebKey.import_key_set(json.loads(text))
        data = json.loads(text) if form == "jwk" else text
        return authlib.JsonWebKey.import_key(data, {"kty": kind(algorithm)[0]})

    def mint(self, algorithm, form, text, kid, claims):
        header = {"alg": algorithm, **({"kid": kid} if kid else {})}
        return authlib.JsonWebToken([algorithm]).encode(header, claims, self.key(algorithm, form, text)).decode()

    def verify(self, algorithm, form, text, token, issuer, audience):
        options = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": audience}}
        try:
            claims = authlib.JsonWebToken([algorithm]).decode(
                token, self.key(algorithm, form, text), claims_options=options
            )
        except authlib.errors.BadSignatureError as refusal:
            return refusal
        claims.validate()
        return dict(claims)


PEERS = {"PyJWT": PyJWT(), "joserfc": Joserfc(), "Authlib": Authlib()}


def answer(request):
    if request["do"] == "peers":
        return {"peers": [{"name": name, "version": version(name)} for name in PEERS]}
    peer, algorithm = PEERS[request["peer"]], request["algorithm"]
    if algorithm not in peer.algorithms:
        return {"absent": "algorithm"}
    if request["do"] == "generate":
        private, public = peer.generate(algorithm)
        return {"private": private, "public": public}
    if request["do"] == "mint":
        return {"token": peer.mint(algorithm, request["form"], request["key"], request["kid"], request["claims"])}
    found = peer.verify(
        algorithm, request["form"], request["key"], request["token"], request["issuer"], request["audience"]
    )
    return {"refused": str(found)} if isinstance(found, Exception) else {"claims": found}


for line in sys.stdin:
    try:
        answered = answer(json.loads(line))
    except Exception as failure:
        answered = {"error": f"{type(failure).__name__}: {failure}"}
    print(json.dumps(answered), flush=True)
