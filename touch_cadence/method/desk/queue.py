"""Which touch a rep makes next, and why that one: the order of the desk's queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from heapq import nsmallest
from typing import NamedTuple

from ..plan.facts import CLOSING, HIGH, HOT, LOW, STANDARD
from ..why import Why

# an unjudged client may be worth as much as the standard, not more
POTENTIAL_ORDER = {HIGH: 0, STANDARD: 1, None: 2, LOW: 3}


# by what the queue is filtered and counted, and by what it is grouped
FACETS = ("channel", "temperature", "overdue", "kind")
GROUPS = ("channel", "temperature", "cadence")


class Waiting(NamedTuple):
    """A planned touch. ``day``: on which it is due, in the cadence's time zone; ``hour``: the moment of that day that it waits for, in UTC, as
    long as it has not come; ``kind``: of its reason; ``cadence``: an id; ``unsure``: it lies behind us, and only what came of it is asked;
    ``failed``: its message could not be sent; ``answered``: the client wrote, and waits for an answer;
    ``closed``: no way to the client is open any more."""

    id: int
    temperature: str
    purpose: str
    potential: str | None
    day: date
    channel: str = ""
    kind: str = ""
    cadence: int = 0
    hour: datetime | None = None
    unsure: bool = False
    failed: bool = False
    answered: bool = False
    closed: bool = False


def is_due(touch: Waiting, today: date) -> bool:
    """:return: whether it belongs to today's work: its day has come, or the client waits for an answer or for another address,
    whatever day is planned"""
    return touch.day <= today or touch.answered or touch.closed


def rank(touch: Waiting, today: date) -> tuple[bool | int | date | datetime, ...]:
    """Due touches come before early ones, those that wait for an hour of today between them, by that hour. Then: what could not be sent,
    clients who wrote, hot clients (R8), closing touches, overdue ones, the higher potential, the longest wait. The id settles the rest, so that the order is the same
    each time."""
    return (
        not is_due(touch, today),
        touch.hour or datetime.min,
        not touch.failed,
        not touch.answered,
        touch.temperature != HOT,
        touch.purpose != CLOSING,
        touch.day >= today,
        POTENTIAL_ORDER[touch.potential],
        touch.day,
        touch.id,
    )


def first(touches: Iterable[Waiting], today: date, most: int, group: Callable[[Waiting], int] = lambda _touch: 0) -> list[Waiting]:
    """:param group: the place of the touch's group; one group comes after the other
    :return: the ``most`` touches to make first, in their order; the work grows with the touches, not with their order"""
    return nsmallest(most, touches, key=lambda touch: (group(touch), *rank(touch, today)))


def facets(touch: Waiting, today: date) -> dict[str, str]:
    """:return: {facet: its value for the touch, empty for none}"""
    late = touch.day < today and not touch.unsure
    return {"channel": touch.channel, "temperature": touch.temperature, "overdue": "overdue" if late else "", "kind": touch.kind}


def choose(
    touches: Iterable[Waiting], today: date, filters: Mapping[str, Collection[str]]
) -> tuple[list[Waiting], dict[str, Counter[str]]]:
    """Filters narrow the queue together; of one facet, any of the chosen values will do.

    :param filters: {facet: the values that are chosen}; none, or no values: all touches
    :return: the touches that pass, and {facet: {value: touches}}: what choosing the value would leave, of the whole queue. The work grows with
        the touches only.
    """
    asked = {facet: set(filters.get(facet) or ()) for facet in FACETS}
    chosen, counts = [], {facet: Counter[str]() for facet in FACETS}
    for touch in touches:
        its = facets(touch, today)
        fails = [facet for facet in FACETS if asked[facet] and its[facet] not in asked[facet]]
        if not fails:
            chosen.append(touch)
        for facet in FACETS:
            # a facet's own choice narrows its counts by no others
            if its[facet] and not set(fails) - {facet}:
                counts[facet][its[facet]] += 1
    return chosen, counts


def why(touch: Waiting, today: date) -> tuple[Why, ...]:
    """:return: what moved the touch forward, the weightiest first; empty for one that only waits for its turn"""
    reasons: list[Why] = []
    if touch.answered:
        reasons.append(("queue_answered", {}))
    if touch.temperature == HOT:
        reasons.append(("queue_hot", {}))
    if touch.purpose == CLOSING:
        reasons.append(("queue_closing", {}))
    if touch.day < today:
        reasons.append(("queue_overdue", {"days": (today - touch.day).days}))
    if touch.potential == HIGH:
        reasons.append(("queue_high", {}))
    return tuple(reasons)
