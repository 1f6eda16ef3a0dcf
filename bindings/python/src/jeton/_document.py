"""JSON as it goes to the native module and comes from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return dict(cast("Mapping[object, object]", value))
    raise TypeError(f"{type(value).__name__} has no form in JSON")


#: Strict: no NaN, nothing that JSON doesn't have.
document = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain
).encode


def an_object(text: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(text)
    return made


def objects(text: str) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = json.loads(text)
    return made


def milliseconds(seconds: float) -> int:
    """A time limit as the native module takes it; a day is its longest."""
    return max(0, min(int(seconds * 1000), 86_400_000))
