"""Verified claims: a read-only mapping with the objects that json.loads would make."""

from __future__ import annotations

import copy
import json
import os
import pickle
import random
import threading
from collections.abc import Mapping
from typing import Any

import pytest

import jeton

SECRET = jeton.Keys.secret(b"s" * 32, algorithm="HS256")
LENIENT = jeton.Verifier(
    SECRET, issuer=None, audience=None, require=[], limits={"bytes": 1_048_576, "depth": 64}
)


def verified(payload: str) -> jeton.Claims:
    return LENIENT.verify(jeton.sign(SECRET, payload))


def same(left: Any, right: Any) -> bool:
    """Equal, of the same types, and in the same order."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float):
        return left.hex() == right.hex()  # tells 0.0 and -0.0 apart
    return bool(left == right)


def test_claims_are_a_mapping() -> None:
    claims = verified('{"sub": "ada", "roles": ["a", 1], "exp": 9999999999}')
    assert isinstance(claims, Mapping)
    assert claims["sub"] == "ada"
    assert claims.get("roles") == ["a", 1]
    assert claims.get("nobody") is None
    assert claims.get("nobody", 7) == 7
    assert "sub" in claims
    assert "nobody" not in claims
    assert len(claims) == 3
    assert list(claims) == list(claims.keys()) == ["sub", "roles", "exp"]
    assert list(claims.values()) == ["ada", ["a", 1], 9999999999]
    assert dict(claims) == dict(claims.items()) == claims.copy() == claims
    assert claims == verified('{"exp": 9999999999, "roles": ["a", 1], "sub": "ada"}')
    assert claims != {"sub": "ada"}
    assert claims != 7
    assert repr(claims) == "Claims({'sub': 'ada', 'roles': ['a', 1], 'exp': 9999999999})"
    match claims:
        case {"sub": name}:
            assert name == "ada"
        case _:
            pytest.fail("a mapping pattern must match")
    with pytest.raises(KeyError, match="nobody"):
        claims["nobody"]


def test_claims_cant_be_changed_made_or_stored() -> None:
    claims = verified('{"sub": "ada"}')
    with pytest.raises(TypeError):
        claims["sub"] = "eve"  # type: ignore[index]
    with pytest.raises(TypeError):
        del claims["sub"]  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        claims.sub = "eve"  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        hash(claims)
    with pytest.raises(TypeError):
        type(claims)()
    # Or bytes from anywhere would become claims that were never verified.
    for store in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            store(claims)
    changed = claims.copy()
    changed["sub"] = "eve"
    assert claims["sub"] == "ada"


def test_claims_tell_what_they_know_besides(keys: jeton.Keys, token: str) -> None:
    claims = jeton.Verifier(keys, issuer=None, audience="api").verify(token)
    status = keys.status()["keys"][0]
    assert claims.json == json.dumps(dict(claims), separators=(",", ":"))
    assert claims.header == {"alg": "ES256", "typ": "JWT", "kid": status["kid"]}
    assert (claims.algorithm, claims.kid) == ("ES256", status["kid"])
    assert (claims.thumbprint, claims.trust) == (status["thumbprint"], 0)
    assert claims.expires == claims["exp"]
    issued = claims["iat"]
    assert claims.fresh(remaining=60, age=60, now=issued + 59)
    assert not claims.fresh(60, 60, issued + 60)


def test_single_claims_are_read_without_the_rest() -> None:
    claims = verified('{"a": "x", "b": 5, "c": true, "d": {"e": ["f", 1e3]}, "/g": null}')
    assert claims.text("a") == "x"
    assert claims.text("b") is None
    assert claims.integer("b") == 5
    assert claims.integer("a") is None
    assert claims.boolean("c") is True
    assert claims.boolean("b") is None
    assert claims.value("d") == '{"e": ["f", 1e3]}'
    assert claims.value("/d/e/1") == "1e3"
    assert claims.value("nobody") is None
    assert claims.has("/d/e/0")
    assert not claims.has("/d/e/2")
    assert claims.has("/~1g")
    with pytest.raises(TypeError, match="name must be str or bytes"):
        claims.text(5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "payload",
    [
        '{"a": "\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u0041 \\u00e4 \\u20ac \\ud83d\\ude00 \\u0000"}',
        '{"\\u0061": 1, "\\ud83d\\ude00": 2, "ä€😀": 3, "": 4, "iss": "i", "iat": 5, "issx": 6}',
        '{"a": [0, -0, 1, -1, 999999999999999999, 1000000000000000000, -9223372036854775809]}',
        '{"a": [0.0, -0.0, 1.5, 1e3, 1E-3, 1e308, -1e308, 5e-324, 0.1, 123456789012345678.5]}',
        '{"a": [[], {}, [[]], {"b": {}}, true, false, null]}',
        ' {\n"a"\t:\r[ 1 , 2 ] , "b" : { } } ',
        '{"n": ' + "9" * 308 + "}",
        '{"a": ' + "[" * 62 + "]" * 62 + "}",
    ],
)  # fmt: skip
def test_objects_are_those_of_json_loads(payload: str) -> None:
    assert same(verified(payload).copy(), json.loads(payload))


def test_no_number_is_too_long_for_python() -> None:
    with pytest.raises(jeton.DecodeError, match="out of range"):
        verified('{"sub": "ada", "n": %s}' % ("9" * 309))


def test_random_payloads_are_those_of_json_loads() -> None:
    seed = random.SystemRandom().randrange(2**32)
    chance = random.Random(seed)
    for _ in range(int(os.environ.get("JETON_TEST_MANY", "3000"))):
        payload = an_object(chance, 4)
        assert same(verified(payload).copy(), json.loads(payload)), f"seed {seed}: {payload}"


def an_object(chance: random.Random, depth: int) -> str:
    names = {a_name(chance) for _ in range(chance.randrange(5))}
    decoded = {json.loads(name): name for name in names}.values()  # "a" is also "\u0061"
    members = [
        f"{name}{space(chance)}:{space(chance)}{a_value(chance, depth - 1)}" for name in decoded
    ]
    return f"{{{space(chance)}{f'{space(chance)},{space(chance)}'.join(members)}{space(chance)}}}"


def a_value(chance: random.Random, depth: int) -> str:
    kind = chance.randrange(8 if depth > 0 else 6)
    if kind == 6:
        elements = [a_value(chance, depth - 1) for _ in range(chance.randrange(4))]
        return f"[{space(chance)}{f' ,{space(chance)}'.join(elements)}{space(chance)}]"
    if kind == 7:
        return an_object(chance, depth)
    if kind < 2:
        return a_string(chance)
    if kind == 2:
        return chance.choice(["true", "false", "null"])
    if kind == 3:
        most = 10 ** chance.randrange(1, 40)
        return str(chance.randrange(-most, most))
    number = chance.choice(["", "-"]) + str(chance.randrange(10 ** chance.randrange(20)))
    if chance.random() < 0.5:
        number += f".{chance.randrange(10**9):09}"
    if chance.random() < 0.5:
        number += chance.choice("eE") + chance.choice(["", "+", "-"]) + str(chance.randrange(285))
    return number


def a_name(chance: random.Random) -> str:
    # Near those registered, which themselves must have a value of their type.
    near = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"]
    return a_string(chance) if chance.random() < 0.7 else f'"{chance.choice(near)}_"'


def a_string(chance: random.Random) -> str:
    ranges = [(0x20, 0x7F), (0x20, 0x7F), (0x80, 0x7FF), (0x800, 0xD7FF), (0x10000, 0x10FFFF)]
    count = chance.randrange(9)
    text = "".join(chr(chance.randrange(*chance.choice(ranges))) for _ in range(count))
    return json.dumps(text, ensure_ascii=chance.random() < 0.5)


def space(chance: random.Random) -> str:
    return "".join(chance.choice(" \t\r\n") for _ in range(chance.choice([0, 0, 0, 1, 3])))


def test_threads_that_are_first_at_once_see_the_same_objects() -> None:
    for _ in range(50):
        claims = verified('{"roles": ["a", "b"], "sub": "ada"}')
        seen: list[object] = []
        start = threading.Barrier(4)

        def look(claims: jeton.Claims, start: threading.Barrier, seen: list[object]) -> None:
            start.wait()
            seen.append(claims["roles"])

        threads = [threading.Thread(target=look, args=(claims, start, seen)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all(one is seen[0] for one in seen)
