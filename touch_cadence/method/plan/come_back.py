"""When to come back to a client who said "not now" (R46), and who is told first that what he waits for has arrived (R57)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from ..why import Why
from . import holds, reasons, rotation
from .facts import HOT, WARMING, Facts, Reason

_MONTH = re.compile(r"(\d{4})-(\d{2})")


def day_of(text: str, today: date) -> date | None:
    """:param text: a month, as "2027-03"
    :return: the day from which the client is touched again: the first of the month, whose first working day it then is, or tomorrow in the
        month that has begun; None for what is no month"""
    found = _MONTH.fullmatch(text)
    if not found or not 1 <= int(found[2]) <= 12 or not int(found[1]):
        return None
    first = date(int(found[1]), int(found[2]), 1)
    return today + timedelta(days=1) if (first.year, first.month) == (today.year, today.month) else first


def proposed(said: date, days: int, item: bool) -> date | None:
    """:param said: the day on which the client said "not now"
    :param days: of the obstacle, until one comes back; 0: the cadence goes on
    :param item: the client waits for an item, and is told when it arrives
    :return: the day to come back where nobody named one, None where there is none"""
    return said + timedelta(days=days) if days and not item else None


class Arrival(NamedTuple):
    """What the client waits for has arrived. ``slot``: when it is told; ``since``: when the client said it."""

    slot: holds.Slot
    reason: Reason
    channel: str
    item: int
    since: date


def is_awaited(reason: Reason, facts: Facts) -> bool:
    """:return: whether the client waits for what ``reason`` tells of"""
    return bool(reason.items) and not reason.items.isdisjoint(facts.history.waiting)


def arrival(facts: Facts) -> Arrival | None:
    """The news for which the client waits (R57): told on its first day, whatever day was agreed for coming back, and before others, so that a
    full day does not put it off. A hot client is asked for the next step instead (R8)."""
    waiting, days, step = facts.history.waiting, facts.days, facts.next_step
    if not waiting or days is None or step is None or facts.temperature == HOT:
        return None
    first = holds.floor(facts, full_days=False, come_back=False)[0]
    turn = rotation.turn(facts, replace(step, channel=None, expert=False), WARMING)
    found: list[Arrival] = []
    for reason in facts.reasons:
        if reason.occasion or not is_awaited(reason, facts):
            continue
        slot = holds.slot(facts, days, max(first, reason.valid_from or first))
        channel = next((one for one in turn.ways if reasons.carries(reason, WARMING, one)), None)
        if slot is None or channel is None:
            continue
        if reasons.suits(reason, facts, slot.day) and reasons.is_new(reason, facts, slot.day):
            item = min(reason.items & waiting.keys(), key=lambda one: (waiting[one], one))
            found.append(Arrival(slot, reason, channel, item, waiting[item]))
    return min(found, key=lambda one: one.slot.day, default=None)


def why(facts: Facts) -> tuple[Why, ...]:
    """:return: what the client said, and when to come back; nothing for who said nothing of that"""
    said = facts.not_now
    return (("come_back", {"date": said.said, "back": said.day, "obstacle": said.obstacle}),) if said else ()
