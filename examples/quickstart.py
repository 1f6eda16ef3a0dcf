"""Mints a token, verifies it, revokes it and is refused, as is an attack."""

import jeton

keys = jeton.Keys.generate(algorithm="ES256")
print("public keys:", keys.public())

minter = jeton.Minter(keys, issuer="https://a.example", audience="api", lifetime=600)
token = minter.mint({"sub": "ada"})
print("token:", token)

revocations = jeton.Revocations()
verifier = jeton.Verifier(
    keys, issuer="https://a.example", audience="api", revocations=revocations
)
claims = verifier.verify(token)
print("verified:", claims["sub"], "until", claims.expires)

revocations.revoke_claims(claims)
try:
    verifier.verify(token)
except jeton.InvalidTokenError as error:  # all that a service answers 401 to
    print(f"once revoked: {error.status}: {error}")
else:
    raise SystemExit("not refused")

try:
    jeton.Keys.secret(keys.public(), algorithm="HS256")
except jeton.InvalidKeyError as error:
    print(f"the public keys as an HMAC secret: {error.status}: {error}")
else:
    raise SystemExit("not refused")
