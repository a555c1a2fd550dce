"""Handing clients over from rep to rep, by strength and load (R21)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .facts import COLD, HOT, WARM, Facts

STRENGTHS = CONTACT, CLOSER, PRODUCT = ("contact", "closing", "product")
# what a client of each temperature needs most
NEEDED: Mapping[str, str] = {COLD: CONTACT, WARM: PRODUCT, HOT: CLOSER}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rep who could take clients over. ``load``: the clients whom the rep works already."""

    user: int
    strength: str | None = None
    load: int = 0


def closes(facts: Facts) -> bool:
    """Whether a hot client goes to a closer now (R56): the manager set the cadence so, and there is a colleague with that strength, while the present
    rep's is another."""
    return facts.cadence.hand_over_hot and facts.temperature == HOT and bool(facts.closers)


def assign(needs: Iterable[tuple[str, frozenset[int]]], candidates: Iterable[Candidate]) -> list[int | None]:
    """Give each client the rep with the strength that is needed; among equals the one with the fewest clients, those of this batch included.

    :param needs: (temperature, ids of the reps who may take the client) a client
    :return: a rep's id a client, in order; None where nobody may
    """
    known = {one.user: one for one in candidates}
    load = {one.user: one.load for one in known.values()}
    result: list[int | None] = []
    for temperature, may in needs:
        user = min(
            (user for user in may if user in known),
            key=lambda user: (known[user].strength != NEEDED[temperature], load[user], user),
            default=None,
        )
        if user is not None:
            load[user] += 1
        result.append(user)
    return result
