"""Tokens: minted, verified, published and blocked, by the preset `protekt` of jeton.

All policy is the preset's: RS256 alone, which claims there must be and of which type, a
jti for each token, whose metadata may become claims. `jeton options show --options
'{"system": {"name": "protekt", …}}'` prints it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jeton
from jeton.options import Protekt

from .errors import Refusal
from .settings import Settings

#: Seconds without a look at the blocklist after which no token is accepted any more.
STALE = 10
#: How many projects' verifiers and minters are kept.
KEPT = 1024


class Issuer:
    """Mints the tokens of all projects under one key set, and verifies them."""

    def __init__(self, settings: Settings) -> None:
        self.name = settings.issuer
        # Read again whenever the file changes, so that a rotation needs no restart.
        self.source = jeton.Source(file=str(settings.keys), stale=None)
        self.source.wait()
        self.keys = self.source.keys()
        self.revocations = jeton.Revocations(settings.revocations, stale=STALE)
        self._verifier = lru_cache(KEPT)(self._new_verifier)
        self._minter = lru_cache(KEPT)(self._new_minter)

    def mint(
        self, project: str, lifetime: int, user: Mapping[str, Any]
    ) -> tuple[str, jeton.Claims]:
        """A token for a user of a project, and its claims, which say its jti and exp.

        Verified before it is handed out: nobody gets a token that would be refused.
        """
        token = self._minter(project, lifetime).mint(user)
        return token, self.verify(project, token)

    def verify(self, project: str, token: str) -> jeton.Claims:
        """The claims of a token of this project, unless it is invalid, expired or blocked."""
        return self._verifier(project).verify(token)

    def bearer(self, project: str, authorization: str | None) -> jeton.Claims:
        """The claims of the token in a header Authorization."""
        bearer = jeton.Bearer(self._verifier(project), system=self._system(project))
        found = bearer.resolve(authorization)
        if found.rejection is not None:
            raise found.rejection
        if found.claims is None:
            raise Refusal(
                401, "token_missing", "a user's token was expected in the header Authorization"
            )
        return found.claims

    def block(self, claims: jeton.Claims) -> None:
        """Puts one token on the blocklist, until it would have expired."""
        self.revocations.revoke_claims(claims)

    def block_id(self, jti: str, until: int) -> None:
        """Puts a token on the blocklist that is known by its jti."""
        self.revocations.revoke(realm=self.name, claim="jti", value=jti, until=until)

    def block_project(self, project: str, until: int) -> None:
        """Puts all tokens of a project on the blocklist."""
        self.revocations.revoke(realm=self.name, claim="project_id", value=project, until=until)

    def published(self) -> str:
        """The public keys: those that sign, that are about to, and that have signed."""
        return self.keys.public()

    def _system(self, project: str) -> Protekt:
        return {"name": "protekt", "project": project, "issuer": self.name}

    def _new_verifier(self, project: str) -> jeton.Verifier:
        system = self._system(project)
        return jeton.Verifier(self.keys, revocations=self.revocations, system=system)

    def _new_minter(self, project: str, lifetime: int) -> jeton.Minter:
        return jeton.Minter(self.keys, system=self._system(project), lifetime=lifetime)
