"""Passwords, of which only a slow hash is kept: scrypt (RFC 7914)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

#: N = 2^15, r = 8, p = 3: 32 MiB and some tenths of a second for each guess.
COST, BLOCK, LANES = 15, 8, 3


def protect(password: str) -> str:
    """What is kept of a password: the parameters, the salt and the hash."""
    salt = secrets.token_bytes(16)
    hashed = _scrypt(password, salt, COST, BLOCK, LANES)
    return f"scrypt${COST}${BLOCK}${LANES}${_text(salt)}${_text(hashed)}"


def matches(password: str, kept: str | None) -> bool:
    """Whether a password is the one that was kept.

    Takes the same time where nothing was, so as not to tell which users there are.
    """
    _, cost, block, lanes, salt, hashed = (kept or _NOBODY).split("$")
    made = _scrypt(password, _bytes(salt), int(cost), int(block), int(lanes))
    return hmac.compare_digest(made, _bytes(hashed)) and kept is not None


def _scrypt(password: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    return hashlib.scrypt(
        password.encode(),
        salt=salt,
        n=1 << cost,
        r=block,
        p=lanes,
        maxmem=(128 * block << cost) + (1 << 20),
        dklen=32,
    )


def _text(given: bytes) -> str:
    return base64.b64encode(given).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


_NOBODY = f"scrypt${COST}${BLOCK}${LANES}${_text(bytes(16))}${_text(bytes(32))}"
