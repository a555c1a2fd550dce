"""Which touch a rep makes next, and why that one: the order of the desk's queue."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from heapq import nsmallest
from typing import NamedTuple

from ..plan.facts import CLOSING, HIGH, HOT, LOW, STANDARD
from ..why import Why

# an unjudged client may be worth as much as the standard, not more
POTENTIAL_ORDER = {HIGH: 0, STANDARD: 1, None: 2, LOW: 3}


class Waiting(NamedTuple):
    """A planned touch. ``day``: on which it is due, in the cadence's time zone."""

    id: int
    temperature: str
    purpose: str
    potential: str | None
    day: date


def rank(touch: Waiting, today: date) -> tuple[bool | int | date, ...]:
    """Due touches come before early ones. Then: hot clients (R8), closing touches, overdue ones, the higher potential, the longest wait. The id
    settles the rest, so that the order is the same each time."""
    return (
        touch.day > today,
        touch.temperature != HOT,
        touch.purpose != CLOSING,
        touch.day >= today,
        POTENTIAL_ORDER[touch.potential],
        touch.day,
        touch.id,
    )


def first(touches: Iterable[Waiting], today: date, most: int) -> list[Waiting]:
    """:return: the ``most`` touches to make first, in their order; the work grows with the touches, not with their order"""
    return nsmallest(most, touches, key=lambda touch: rank(touch, today))


def why(touch: Waiting, today: date) -> tuple[Why, ...]:
    """:return: what moved the touch forward, the weightiest first; empty for one that only waits for its turn"""
    reasons: list[Why] = []
    if touch.temperature == HOT:
        reasons.append(("queue_hot", {}))
    if touch.purpose == CLOSING:
        reasons.append(("queue_closing", {}))
    if touch.day < today:
        reasons.append(("queue_overdue", {"days": (today - touch.day).days}))
    if touch.potential == HIGH:
        reasons.append(("queue_high", {}))
    return tuple(reasons)
