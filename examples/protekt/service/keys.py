"""The file of signing keys. Each says itself from when and until when it is good.

One process makes it, the command `jeton keys rotate` adds the next key, and a source in
every process reads it again: see `tokens.py`.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from typing import Any

import jeton

from .projects import LONGEST
from .settings import Settings

#: Seconds that clients may keep a key set for.
CACHED = 300
#: Seconds that a key is published before it signs, and after the last token it signed.
MARGIN = 7200


def make(settings: Settings) -> None:
    """Makes the file with its first key, unless it is there."""
    if settings.keys.exists():
        return
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    document = json.loads(jeton.Keys.generate(algorithm="RS256").private())
    now = int(time.time())
    # With dates, the next key is published for a while before it signs.
    document["keys"][0] |= {"iat": now, "nbf": now}
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(settings.keys, flags, 0o600), "w") as file:
        json.dump(document, file)


def rotate(settings: Settings) -> dict[str, Any]:
    """Adds the next key, which is announced first, and drops those past their end.

    Tokens under the key before it stay good, since it stays published for as long as any
    of them lives.
    """
    flags = ["--announce", str(MARGIN), "--overlap", str(LONGEST + MARGIN)]
    command = [settings.command, "keys", "rotate", *flags, str(settings.keys)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"rotating the keys: {done.stderr.strip()}")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def due(settings: Settings, source: jeton.Source) -> bool:
    """Whether the newest key is old enough for another."""
    newest: int = max(key["iat"] or 0 for key in source.status()["keys"])
    return newest + settings.rotation <= time.time()
