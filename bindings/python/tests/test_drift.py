"""The binding lags behind neither include/options.schema.json nor include/jeton.h.

`JETON_BLESS=1` writes what is made from the schema anew.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import typed_options

import jeton
from jeton import _jeton, errors

PYTHON = Path(__file__).resolve().parents[1]
INCLUDE = PYTHON.parents[1] / "include"
HEADER = (INCLUDE / "jeton.h").read_text()
NATIVE = "".join(path.read_text() for path in sorted(PYTHON.glob("src/native/*.c")))
PACKAGE = "".join(path.read_text() for path in sorted(PYTHON.glob("src/jeton/**/*.py")))


def statuses() -> dict[str, int]:
    """The statuses of the header, by their names."""
    found = re.findall(r"^  JETON_(\w+) = (\d+),$", HEADER, re.MULTILINE)
    return {name.lower().replace("_", "-"): int(number) for name, number in found}


def test_every_option_of_the_schema_is_typed() -> None:
    schema = json.loads((INCLUDE / "options.schema.json").read_text())
    made, path = typed_options.write(schema), PYTHON / "src/jeton/options.py"
    if "JETON_BLESS" in os.environ:
        path.write_text(made)
    assert path.read_text() == made, "out of date: JETON_BLESS=1 writes it anew"


def test_every_status_has_an_exception_of_its_own() -> None:
    expected = set(statuses()) - {"ok"}
    assert len(expected) > 25
    assert set(errors._BY_STATUS) - {"unknown"} == expected
    assert set(errors.__all__) <= set(jeton.__all__)


def test_exceptions_say_what_the_header_says_of_answers() -> None:
    for name, number in statuses().items():
        if name != "ok":
            refused = number // 100 in {2, 3} or name == "unknown-key"
            unavailable = number // 100 == 5 or name in {"key-pending", "keys-unavailable"}
            answer = 401 if refused else 503 if unavailable else 500
            kind = errors._BY_STATUS[name]
            assert kind.http_status == answer, name
            assert issubclass(kind, jeton.InvalidTokenError) == refused, name
            assert issubclass(kind, jeton.UnavailableError) == unavailable, name


def test_a_status_of_a_later_library_is_taken_as_its_hundred() -> None:
    made = errors.failure(399, "brand-new", "said", "sub", None, None)
    assert type(made) is jeton.InvalidTokenError
    assert (made.status, made.claim, str(made)) == ("brand-new", "sub", "said")
    assert jeton.InvalidTokenError.status == "unknown"


def test_every_function_of_the_header_is_called() -> None:
    functions = set(re.findall(r"\b(jeton_\w+)\((?!\*)", HEADER))
    assert len(functions) > 60
    called = set(re.findall(r"\bjeton_\w+", NATIVE))
    assert functions - called == set()


def test_what_is_native_is_within_reach() -> None:
    """Every function and method of the native module is public, or used by what is."""
    names = [name for name in dir(_jeton) if not name.startswith("__")]
    for kind in [getattr(_jeton, name) for name in names]:
        if isinstance(kind, type):
            names += [name for name in vars(kind) if not name.startswith("__")]
    assert len(names) > 60
    public = set(dir(jeton.Claims)) | set(dir(jeton.Verifier))
    hidden = [name for name in names if name not in public or name.startswith("_")]
    assert [name for name in hidden if not re.search(rf"\b{name}\b", PACKAGE)] == []


def test_the_version_is_the_engine_s() -> None:
    manifest = (PYTHON.parents[1] / "Cargo.toml").read_text()
    assert f'version = "{jeton.__version__}"' in manifest
