"""The application: its parts put together, and what is to be done from time to time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.routing import Mount

from . import keys
from .account import Account
from .routes import Routes
from .sessions import Sessions
from .settings import Settings
from .storage import Database
from .tokens import Issuer
from .web import on_fault, on_http_error

log = logging.getLogger("protekt")

#: Seconds between two turns of `upkeep`.
TURN = 3600


def create() -> Starlette:
    """The ASGI application, in each of the worker processes."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s: %(message)s")
    settings = Settings.read()
    database = Database(settings.database)
    issuer = Issuer(settings)
    sessions = Sessions(database, issuer)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(repeated(settings, issuer, sessions))
        yield
        task.cancel()

    routes = Routes(database, issuer, sessions).all()
    account = Account(database, issuer, settings.account_token).all()
    return Starlette(
        routes=[Mount("/v1", routes=[*routes, *account])],
        exception_handlers={HTTPException: on_http_error, Exception: on_fault},
        lifespan=lifespan,
    )


async def repeated(settings: Settings, issuer: Issuer, sessions: Sessions) -> None:
    """Sees to what time does to keys, tokens and the blocklist, and never gives up."""
    while True:
        try:
            await run_in_threadpool(upkeep, settings, issuer, sessions)
        except Exception:
            log.exception("upkeep failed, and is tried again in %d s", TURN)
        await asyncio.sleep(TURN)


def upkeep(settings: Settings, issuer: Issuer, sessions: Sessions) -> None:
    """Rotates the keys when it is time, and forgets what has expired."""
    if keys.due(settings, issuer.source):
        log.info("keys rotated: %s", keys.rotate(settings))
        issuer.source.refresh()
    sessions.purge()
    issuer.revocations.compact()
    for event in [*issuer.source.events(), *issuer.revocations.events()]:
        log.info("%s", event)
