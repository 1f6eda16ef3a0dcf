"""Starts the service: `python -m service`."""

from __future__ import annotations

import os
import secrets

import uvicorn

from . import keys
from .settings import Settings
from .storage import Database


def main() -> None:
    os.umask(0o077)  # for the keys and the database
    if "PROTEKT_ACCOUNT_TOKEN" not in os.environ:
        # In the environment, from where the workers take it.
        os.environ["PROTEKT_ACCOUNT_TOKEN"] = secrets.token_urlsafe(32)
        print(f"export PROTEKT_ACCOUNT_TOKEN={os.environ['PROTEKT_ACCOUNT_TOKEN']}", flush=True)
    settings = Settings.read()
    # By this process alone, before there are workers that would make them at once.
    keys.make(settings)
    Database(settings.database).make()
    uvicorn.run(
        "service.app:create",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        ssl_certfile=settings.certificate,
        ssl_keyfile=settings.certificate_key,
        server_header=False,
    )


if __name__ == "__main__":
    main()
