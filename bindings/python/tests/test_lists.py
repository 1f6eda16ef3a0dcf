"""Status lists: one process publishes what its store has revoked, another follows."""

from __future__ import annotations

from typing import Any

import pytest

import jeton

URI = "https://issuer.example/statuslists/1"
ISSUER = "https://issuer.example"


class House:
    """An issuer with a store, and a verifier that follows its list."""

    def __init__(self) -> None:
        self.keys = jeton.Keys.generate(algorithm="ES256")
        self.store = jeton.Revocations()
        self.source = jeton.Source.status_list(
            self.keys, uri=URI, issuer=ISSUER, stale=3600, refresh=False
        )
        plain = jeton.Verifier(self.keys, issuer=ISSUER, audience=None)
        self.verifier = plain.following(self.source)

    def token(self, **claims: Any) -> str:
        return jeton.Minter(self.keys, issuer=ISSUER, lifetime=60).mint(claims)

    def at(self, index: int) -> str:
        return self.token(status={"status_list": {"idx": index, "uri": URI}})

    def publish(self) -> None:
        minter = jeton.Minter(self.keys, issuer=ISSUER, lifetime=600, type="statuslist+jwt")
        token = self.store.status_list(minter, uri=URI, realm=ISSUER, size=100, ttl=300)
        assert self.source.claim() == {
            "url": URI,
            "etag": None,
            "accept": "application/statuslist+jwt",
        }
        self.source.accept(token)


def test_what_a_store_has_revoked_is_refused_by_who_follows_its_list() -> None:
    house = House()
    place = "/status/status_list/idx"
    house.store.revoke(realm=ISSUER, claim=place, value=7, until=None)
    house.publish()
    assert house.verifier.verify(house.at(6))["iss"] == ISSUER
    with pytest.raises(jeton.RevokedTokenError) as caught:
        house.verifier.verify(house.at(7))
    assert caught.value.claim == "status"
    with pytest.raises(jeton.MissingRequiredClaimError):
        house.verifier.verify(house.token())
    assert house.source.status()["list"]["entries"] == 104


def test_before_the_first_list_there_is_no_verdict() -> None:
    house = House()
    with pytest.raises(jeton.UnavailableError) as caught:
        house.verifier.verify(house.at(6))
    assert (caught.value.status, caught.value.http_status) == ("revocations-unavailable", 503)


def test_only_sources_of_lists_are_followed() -> None:
    house = House()
    keys = jeton.Source(url="https://a.test/", stale=None, refresh=False)
    for lists in ([], [keys]):
        with pytest.raises(jeton.MisuseError):
            house.verifier.following(*lists)
    with pytest.raises(TypeError):
        house.verifier.following(house.keys)  # type: ignore[arg-type]
    with pytest.raises(jeton.MisuseError):
        house.source.keys()
