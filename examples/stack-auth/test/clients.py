"""PyJWT's PyJWKClient: prints who a token is for, given the API's base and the token."""

import sys

import jwt

base, token = sys.argv[1:]
keys = jwt.PyJWKClient(f"{base}/api/v1/projects/internal/.well-known/jwks.json")
claims = jwt.decode(
    token,
    keys.get_signing_key_from_jwt(token),
    algorithms=["ES256"],
    audience="internal",
    issuer=f"{base}/api/v1/projects/internal",
)
print(claims["email"])
