"""Waiting for keys from a coroutine, without blocking its event loop.

The native wait blocks a thread, so that a few threads do it for all coroutines of
the process. They wait in short turns: a coroutine that was cancelled leaves its
thread busy for one turn at most, and so does a program that ends.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from ._document import milliseconds
from .errors import JetonError, WaitTimeoutError

if TYPE_CHECKING:
    from . import _jeton

#: One fetch ends the waits of all, so that few threads serve any number of callers.
THREADS = 8
#: Seconds.
TURN = 0.25

_lock = threading.Lock()
_executor: ThreadPoolExecutor | None = None


def _workers() -> ThreadPoolExecutor:
    global _executor
    with _lock:
        if _executor is None:
            _executor = ThreadPoolExecutor(THREADS, thread_name_prefix="jeton-wait")
        return _executor


def _forget_workers() -> None:
    """A forked child has none of its parent's threads."""
    global _executor, _lock
    _executor, _lock = None, threading.Lock()


os.register_at_fork(after_in_child=_forget_workers)


async def wait(verifier: _jeton.Verifier, cause: _jeton.Cause, timeout: float) -> None:
    """Waits until a fetch has ended that may have brought the keys, or the time is up."""
    abandoned = threading.Event()
    loop = asyncio.get_running_loop()
    turns = loop.run_in_executor(
        _workers(), _wait_in_turns, verifier, cause, time.monotonic() + timeout, abandoned
    )
    try:
        # Doesn't count on a thread being free: the time of those that queue passes, too.
        await asyncio.wait([turns], timeout=timeout)
    finally:
        abandoned.set()
        turns.cancel()


def _wait_in_turns(
    verifier: _jeton.Verifier, cause: _jeton.Cause, end: float, abandoned: threading.Event
) -> None:
    while not abandoned.is_set() and (left := end - time.monotonic()) > 0:
        try:
            verifier._wait(cause, milliseconds(min(left, TURN)))
            return
        except WaitTimeoutError:
            # Where too many callers wait it comes at once.
            abandoned.wait(0.01)
        except JetonError:
            return  # the next verify says what is the matter
