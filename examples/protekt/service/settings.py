"""What the environment says."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Where the service listens and keeps its things, and in whose name it issues tokens."""

    host: str
    port: int
    workers: int
    #: The iss of every token, and the name space of the blocklist.
    issuer: str
    #: The folder of the database, of the signing keys and of the blocklist.
    data: Path
    #: Where the blocklist is: a location of jeton's, such as redis://host for many machines.
    revocations: str
    #: What the Account API asks for.
    account_token: str
    #: Seconds from one signing key to the next.
    rotation: int
    #: The command `jeton`, which rotates the keys.
    command: str
    #: PEM files; None: plain HTTP, for behind a proxy.
    certificate: str | None
    certificate_key: str | None

    @property
    def keys(self) -> Path:
        return self.data / "keys.json"

    @property
    def database(self) -> Path:
        return self.data / "protekt.db"

    @classmethod
    def read(cls) -> Settings:
        """The settings of this process; a `SystemExit` says what is wrong with them."""
        data = Path(os.environ.get("PROTEKT_DATA", "data")).absolute()
        return cls(
            host=os.environ.get("HOST", "127.0.0.1"),
            port=_number("PORT", "8071", 65535),
            workers=_number("WORKERS", "1", 64),
            issuer=os.environ.get("PROTEKT_ISSUER", "https://auth.protekt.io"),
            data=data,
            revocations=os.environ.get("REVOCATIONS", f"sqlite:{data / 'revoked.db'}"),
            account_token=_secret("PROTEKT_ACCOUNT_TOKEN"),
            rotation=_number("PROTEKT_ROTATION", "2592000", 10**9),
            command=os.environ.get("JETON", "jeton"),
            certificate=os.environ.get("TLS_CERTIFICATE"),
            certificate_key=os.environ.get("TLS_KEY"),
        )


def _number(name: str, default: str, most: int) -> int:
    text = os.environ.get(name, default)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise SystemExit(f"{name}: a number from 1 to {most} was expected")
    return int(text)


def _secret(name: str) -> str:
    text = os.environ.get(name, "")
    if len(text) < 32:
        raise SystemExit(f"{name}: a secret of 32 characters at least was expected")
    return text
