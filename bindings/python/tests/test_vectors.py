"""The vectors of tests/vectors have the same verdicts in Python."""

from __future__ import annotations

import json
from typing import Any

import pytest
import vectors

EVERY = list(vectors.every())


def holds(member: str, wanted: Any, found: Any) -> bool:
    if member in {"message", "reason"}:
        return wanted in (found or "")
    if member == "key":
        return wanted.items() <= found.items()
    if member == "report" and wanted is not None:
        # Reported claims come as objects; their text is the engine's matter.
        return list(json.loads(wanted).items()) == list(found.items())
    return bool(wanted == found)


@pytest.mark.parametrize(
    ("file", "vector"), EVERY, ids=[str(vector["name"]) for _, vector in EVERY]
)
def test_every_vector_holds(file: vectors.Vector, vector: vectors.Vector) -> None:
    if vectors.is_skipped(vector):
        pytest.skip(f"no {vector['needs']} in this build")
    expected, actual = dict(vector["expect"]), vectors.outcome(file, vector)
    assert expected.pop("status") == actual["status"], f"{vector['why']} {actual}"
    for member, wanted in expected.items():
        assert holds(member, wanted, actual.get(member)), f"{vector['why']} {member}: {actual}"


def test_there_are_vectors() -> None:
    assert len(EVERY) > 1000
