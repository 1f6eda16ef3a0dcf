"""Minters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import _jeton
from ._document import document
from ._keys import Keys

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from .options import MinterOptions


class Minter(_jeton.Minter):
    """Mints tokens with the first private key that fits. Any number of threads may share it.

    `lifetime` must be said, in seconds, or None for tokens without exp.
    """

    __slots__ = ()

    def __new__(cls, keys: Keys, /, **options: Unpack[MinterOptions]) -> Self:
        return _jeton.make_minter(cls, keys, document(options))

    def mint(self, claims: Mapping[str, Any], /, *, now: int = 0) -> str:
        """A token over `claims` and what the options add to them.

        `now`, in seconds since 1970, stands in for the clock.
        """
        return self._mint(document(claims), now)
