"""jeton, Python's ssl and cryptography in one process, loaded in the order of the arguments.

Each has an OpenSSL, or a relative of it, of its own, with symbols of the same names.
"""

import importlib
import sys

for name in sys.argv[2:]:
    importlib.import_module(name)

import asyncio
import datetime
import http.server
import ipaddress
import json
import ssl
import threading
import urllib.request
from pathlib import Path

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import jeton
from jeton.compat import pyjwt as compat

folder = Path(sys.argv[1])
issuing = jeton.Keys.generate(algorithm="ES256")

key = ec.generate_private_key(ec.SECP256R1())
name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
today = datetime.datetime.now(datetime.timezone.utc)
address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
certificate = (
    x509.CertificateBuilder(name, name, key.public_key(), 1)
    .not_valid_before(today - datetime.timedelta(days=1))
    .not_valid_after(today + datetime.timedelta(days=1))
    .add_extension(address, critical=False)
    .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    .sign(key, hashes.SHA256())
)
pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
(folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
(folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(issuing.public().encode())

    def log_message(self, *_: object) -> None:
        pass


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"https://127.0.0.1:{server.server_port}/jwks"

# jeton's TLS asks Python's for the keys.
source = jeton.Source(url=url, stale=60, private=True, ca=str(folder / "cert.pem"))
verifier = jeton.Verifier(source, issuer="i", audience=None)
token = jeton.Minter(issuing, issuer="i", lifetime=60).mint({"sub": "ada"})
print(asyncio.run(verifier.averify(token))["sub"])

# Python's TLS asks itself, and cryptography checks the same token.
trusted = ssl.create_default_context(cafile=str(folder / "cert.pem"))
with urllib.request.urlopen(url, context=trusted) as answer:
    public = jwt.PyJWK(json.load(answer)["keys"][0])
print(jwt.decode(token, public, algorithms=["ES256"])["sub"])

# The same by PyJWT's names.
client = compat.PyJWKClient(url, private=True, ca=str(folder / "cert.pem"))
signing = client.get_signing_key_from_jwt(token)
print(compat.decode(token, signing.key, algorithms=["ES256"], issuer="i")["sub"])

server.shutdown()
server.server_close()
