"""Keys, minters, verifiers, revocations and credentials, as a program uses them."""

from __future__ import annotations

import json
import pickle
import time
from pathlib import Path

import pytest
from conftest import ISSUER

import jeton

# Keys.


def test_keys_are_read_from_documents_of_every_kind() -> None:
    made = jeton.Keys.generate(algorithm="ES256", kid="k")
    jwk = json.loads(made.public())["keys"][0]
    for document in (made.public(), made.public().encode(), jwk, {"keys": [jwk]}):
        assert jeton.Keys(document).status()["keys"][0]["kid"] == "k"
    assert "d" not in jwk
    assert "d" in json.loads(made.private())["keys"][0]


def test_what_looks_like_a_key_never_becomes_a_secret(keys: jeton.Keys) -> None:
    with pytest.raises(jeton.InvalidKeyError):
        jeton.Keys.secret(keys.public(), algorithm="HS256")
    with pytest.raises(jeton.WeakKeyError):
        jeton.Keys.secret(b"short", algorithm="HS256")
    weak = jeton.Keys.secret(b"short", algorithm="HS256", weak=True)
    assert weak.status()["keys"][0]["weak"]


def test_replaced_keys_are_seen_by_what_was_made_with_them() -> None:
    first, second = (jeton.Keys.generate(algorithm="ES256") for _ in range(2))
    live = jeton.Keys(first.public())
    verifier = jeton.Verifier(live, issuer=None, audience=None)
    old, new = (jeton.Minter(keys, lifetime=60).mint({}) for keys in (first, second))
    verifier.verify(old)
    with pytest.raises(jeton.UnknownKeyError):
        verifier.verify(new)
    live.replace(json.loads(second.public()))
    verifier.verify(new)
    with pytest.raises(jeton.InvalidKeyError):
        live.replace("no keys")
    verifier.verify(new)


# Tokens.


def test_a_minted_token_is_verified(minter: jeton.Minter, verifier: jeton.Verifier) -> None:
    claims = verifier.verify(minter.mint({"sub": "ada", "name": "Ädä 😀"}))
    assert (claims["sub"], claims["name"], claims["iss"]) == ("ada", "Ädä 😀", ISSUER)
    assert claims["exp"] - claims["iat"] == 600
    assert abs(claims["iat"] - time.time()) < 60


def test_claims_can_be_minted_anew(minter: jeton.Minter, verifier: jeton.Verifier) -> None:
    first = verifier.verify(minter.mint({"sub": "ada"}))
    plain = jeton.Minter(jeton.Keys.generate(algorithm="ES256"), lifetime=None, id=None)
    assert jeton.inspect(plain.mint({"origin": first}))["claims"]["origin"] == first


@pytest.mark.parametrize("kind", [str, str.encode, bytearray, memoryview])
def test_tokens_are_text_or_bytes(kind: type, verifier: jeton.Verifier, token: str) -> None:
    given = kind(token if kind in (str, str.encode) else token.encode())
    assert verifier.verify(given)["sub"] == "ada"


@pytest.mark.parametrize("wrong", [None, 5, ["a"], 1.5])
def test_anything_else_is_a_type_error(wrong: object, verifier: jeton.Verifier) -> None:
    with pytest.raises(TypeError, match="token must be str or bytes"):
        verifier.verify(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "hostile", ["", ".", "..", "\0", "\ud800.x.y", b"\xff.\xfe.\xfd", "." * 2**20]
)
def test_hostile_tokens_are_malformed_or_too_large(
    hostile: str | bytes, verifier: jeton.Verifier
) -> None:
    with pytest.raises(jeton.DecodeError):
        verifier.verify(hostile)


def test_the_call_is_said_by_name(verifier: jeton.Verifier, minter: jeton.Minter) -> None:
    token = minter.mint({"nonce": "n"}, now=1000)
    assert verifier.verify(token, now=1599, nonce="n", scope=None)["iat"] == 1000
    with pytest.raises(jeton.ExpiredSignatureError):
        verifier.verify(token, now=1600)
    with pytest.raises(jeton.InvalidClaimError) as caught:
        verifier.verify(token, now=1599, nonce="m")
    assert caught.value.claim == "nonce"
    with pytest.raises(TypeError, match="unexpected keyword argument 'nov'"):
        verifier.verify(token, nov=1599)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        verifier.verify(token, 1599)  # type: ignore[misc]
    with pytest.raises(TypeError):
        verifier.verify(token, now=1599.5)  # type: ignore[arg-type]
    with pytest.raises(OverflowError):
        verifier.verify(token, now=2**63)


def test_many_tokens_have_a_verdict_each(verifier: jeton.Verifier, token: str) -> None:
    verdicts = verifier.verify_many([token, "x", token.encode()] * 100)
    assert len(verdicts) == 300
    for index, verdict in enumerate(verdicts):
        if index % 3 == 1:
            assert type(verdict) is jeton.DecodeError
        else:
            assert isinstance(verdict, jeton.Claims)
            assert verdict["sub"] == "ada"
    assert verifier.verify_many([]) == []
    with pytest.raises(jeton.MisuseError):
        verifier.verify_many([""] * 65537)
    with pytest.raises(TypeError):
        verifier.verify_many([token, 5])  # type: ignore[list-item]


def test_any_payload_can_be_signed(keys: jeton.Keys) -> None:
    token = jeton.sign(keys, b"\0\xff any bytes", type="application/x.invoice")
    assert jeton.verify_signature(keys, token) == b"\0\xff any bytes"
    with pytest.raises(jeton.InvalidTypeError):
        jeton.verify_signature(keys, token, type="JWT")


def test_looking_at_a_token_says_that_it_is_unverified(token: str) -> None:
    seen = jeton.inspect(token[: token.rindex(".")] + ".AAAA")
    assert seen["verified"] is False
    assert seen["claims"]["sub"] == "ada"


# Options.


def test_what_must_be_said_cant_be_left_out(keys: jeton.Keys) -> None:
    with pytest.raises(jeton.OptionsError, match="issuer"):
        jeton.Verifier(keys)  # type: ignore[call-overload]
    with pytest.raises(jeton.OptionsError, match="lifetime"):
        jeton.Minter(keys)  # type: ignore[call-arg]
    with pytest.raises(jeton.OptionsError, match='did you mean "leeway"'):
        jeton.Verifier(keys, issuer=None, audience=None, leway=5)  # type: ignore[call-overload]


def test_options_that_json_cant_say_are_refused(keys: jeton.Keys) -> None:
    with pytest.raises(TypeError, match="object has no form in JSON"):
        jeton.Verifier(keys, issuer=object(), audience=None)  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="JSON"):
        jeton.Minter(keys, lifetime=60).mint({"n": float("nan")})


def test_each_issuer_has_keys_of_its_own() -> None:
    sets = [jeton.Keys.generate(algorithm="ES256") for _ in range(2)]
    tokens = [
        jeton.Minter(keys, issuer=issuer, audience="api", lifetime=60).mint({})
        for keys, issuer in zip(sets, "ab", strict=True)
    ]
    trust = [
        {"issuer": issuer, "audience": "api", "keys": index} for index, issuer in enumerate("ab")
    ]
    verifier = jeton.Verifier(sets, trust=trust)  # type: ignore[arg-type]
    assert [verifier.verify(token).trust for token in tokens] == [0, 1]
    crossed = jeton.Minter(sets[0], issuer="b", audience="api", lifetime=60).mint({})
    with pytest.raises(jeton.InvalidTokenError):
        verifier.verify(crossed)


def test_keys_are_keys_and_nothing_else(keys: jeton.Keys) -> None:
    for wrong in ([5], [keys, None], 5):
        with pytest.raises(TypeError):
            jeton.Verifier(wrong, issuer=None, audience=None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="bytes") as caught:
        jeton.Verifier([b"a secret"], issuer=None, audience=None)  # type: ignore[list-item]
    assert "a secret" not in str(caught.value)
    with pytest.raises(jeton.MisuseError):
        jeton.Verifier([], issuer=None, audience=None)
    with pytest.raises(TypeError):
        jeton.Verifier(keys, issuer=None, audience=None, revocations=keys)  # type: ignore[call-overload]


def test_objects_arent_made_around_their_constructors(keys: jeton.Keys) -> None:
    for kind in (jeton.Keys, jeton.Minter, jeton.Verifier, jeton.Source, jeton.Bearer):
        with pytest.raises(TypeError):
            object.__new__(kind)
    with pytest.raises(TypeError, match="pickle"):
        pickle.dumps(keys)


# Errors.


def test_errors_say_what_and_where(verifier: jeton.Verifier, keys: jeton.Keys) -> None:
    minter = jeton.Minter(keys, issuer=ISSUER, audience="other", lifetime=60)
    with pytest.raises(jeton.InvalidAudienceError, match="Invalid audience") as caught:
        verifier.verify(minter.mint({}))
    error = caught.value
    assert (error.status, error.claim, error.claims) == ("audience", "aud", None)
    assert error.http_status == 401
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again)) == (type(error), str(error))
    assert (again.status, again.claim, again.claims) == ("audience", "aud", None)


def test_errors_carry_what_the_options_report(keys: jeton.Keys, minter: jeton.Minter) -> None:
    verifier = jeton.Verifier(keys, issuer=None, audience=None, report=["exp", "sub"])
    token = minter.mint({"sub": "ada"}, now=1000)
    with pytest.raises(jeton.ExpiredSignatureError) as caught:
        verifier.verify(token, now=9999)
    assert caught.value.claims == {"exp": 1600, "sub": "ada"}
    with pytest.raises(jeton.InvalidSignatureError) as caught_too:
        verifier.verify(token[:-8] + "AAAAAAAA", now=9999)
    assert caught_too.value.claims is None


# Revocations.


def test_a_revoked_token_is_refused_at_once(
    keys: jeton.Keys, minter: jeton.Minter, tmp_path: Path
) -> None:
    memory = jeton.Revocations()
    stored = jeton.Revocations(f"sqlite:{tmp_path}/revoked.db", stale=10)
    for store in (memory, stored):
        verifier = jeton.Verifier(keys, issuer=ISSUER, audience="api", revocations=store)
        token, other = minter.mint({"sub": "ada"}), minter.mint({"sub": "ada"})
        claims = verifier.verify(token)
        entry = store.revoke_claims(claims, note="stolen")
        assert (entry["claim"], entry["value"], entry["note"]) == ("jti", claims["jti"], "stolen")
        with pytest.raises(jeton.RevokedTokenError):
            verifier.verify(token)
        verifier.verify(other)
        assert store.restore(realm=ISSUER, claim="jti", value=claims["jti"])
        assert not store.restore(realm=ISSUER, claim="jti", value=claims["jti"])
        verifier.verify(token)
        store.refresh()
        assert store.events() == []
        assert store.status()["entries"] == 0


def test_revocations_are_listed_exported_and_compacted() -> None:
    store = jeton.Revocations(names=4)
    store.revoke(realm="r", claim="sub", value="ada", until=2000, now=1000)
    store.revoke(realm="r", key="kid", until=None, now=1000)
    listed = store.list(now=1000)["entries"]
    assert [entry["before"] for entry in listed] == [1000, None]
    other = jeton.Revocations()
    assert other.import_(store.export(now=1000), now=1000) == 2
    assert other.list(now=1000)["entries"] == listed
    assert other.compact(now=2000) == 1
    with pytest.raises(jeton.OptionsError):
        store.revoke(realm="r", claim="jti", value="x")  # type: ignore[call-arg]


def test_a_session_ends_with_its_logout_token(keys: jeton.Keys, minter: jeton.Minter) -> None:
    store = jeton.Revocations()
    verifier = jeton.Verifier(keys, issuer=ISSUER, audience="api", revocations=store)
    token = minter.mint({"sid": "s"})
    verifier.verify(token)
    events = {"http://schemas.openid.net/event/backchannel-logout": {}}
    logout = verifier.verify(minter.mint({"sid": "s", "events": events}))
    store.revoke_logout(logout, lifetime=3600)
    with pytest.raises(jeton.RevokedTokenError):
        verifier.verify(token)


def test_switches_turn_rules_on_for_a_scope(keys: jeton.Keys, minter: jeton.Minter) -> None:
    store = jeton.Revocations()
    verifier = jeton.Verifier(
        keys,
        issuer=ISSUER,
        audience="api",
        revocations=store,
        deny=[{"name": "no_guests", "when": {"role": "guest"}, "switch": "members"}],
    )
    token = minter.mint({"role": "guest"})
    verifier.verify(token, scope="p")
    store.switch("p", "members", True)
    assert [store.is_on(scope, "members") for scope in "pq"] == [True, False]
    with pytest.raises(jeton.DeniedTokenError):
        verifier.verify(token, scope="p")
    verifier.verify(token, scope="q")
    verifier.verify(token, scope="")
    with pytest.raises(jeton.MisuseError):
        verifier.verify(token)
    with pytest.raises(jeton.OptionsError):
        store.is_on("", "members")


# Credentials.


def test_credentials_are_told_apart(verifier: jeton.Verifier, token: str) -> None:
    bearer = jeton.Bearer(
        verifier, admin_token="root" * 8, prefixes=[{"prefix": "pk.", "kind": "key"}]
    )
    seen = bearer.resolve(f"Bearer {token}")
    assert (seen.kind, seen.text, seen.rejection) == ("jwt", token, None)
    assert seen.claims is not None
    assert seen.claims["sub"] == "ada"
    assert token not in repr(seen)
    assert bearer.resolve(b"Bearer " + b"root" * 8).kind == "admin"
    assert bearer.resolve("Bearer pk.x").kind == "key"
    assert bearer.resolve(None, "opaque")[:2] == ("session", "opaque")
    assert bearer.resolve(None).kind == "none"
    bad = bearer.resolve("Bearer a.b.c").rejection
    assert isinstance(bad, jeton.DecodeError)
    kind, text, claims, rejection = jeton.Bearer().resolve(f"Bearer {token}")
    assert (kind, text, claims, rejection) == ("session", token, None, None)
    with pytest.raises(TypeError):
        bearer.resolve(5)  # type: ignore[arg-type]
