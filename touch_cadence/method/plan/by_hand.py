"""A touch that a rep plans himself, with a reason of his own (R50): "read about their new shop". It takes the place of the planned one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from ..why import Why
from . import agreed, holds, rotation
from .decide import hindrance
from .decision import Touch
from .facts import CLOSING, HOT, WARMING, Facts
from .next_touch import of_hand


def plan(facts: Facts, channel: str, day: date, purpose: str) -> Touch | Why:
    """The rep chooses channel, day and purpose; gap, rhythm and steps are the plan's, and do not bind him. What protects the client and the
    calendar does: opt-outs and closed channels, hours, leave, rules, a step that was agreed.

    :param facts: of a client in a cadence
    :param day: by the cadence's clock
    :return: the touch, or why it cannot be planned
    """
    if over := hindrance(facts):
        return over[1], {}
    if facts.state == "resting" and facts.not_before:
        return "resting", {"date": facts.not_before}
    if facts.state != "running":
        return facts.state, {}
    if facts.days is None:
        return "no_rep", {}
    if channel not in facts.ways:
        known = facts.channels.get(channel)
        return "hand_agreed" if known and known.agreed else "hand_channel", {"channel": channel}
    if facts.temperature == HOT and purpose == WARMING:
        return "hand_hot", {}
    step = agreed.holding(facts)
    if step and day >= agreed.first_day(facts, step):
        return agreed.waited_for(step)
    free = replace(facts, open_touch=None)
    slot = holds.slot(free, facts.days, day)
    if slot is None:
        return "no_working_day", {}
    if slot.day != day:
        return "hand_day", {"date": day, "back": slot.day}
    return of_hand(free, slot, channel, purpose)


def proposed(facts: Facts) -> dict[str, Any]:
    """:return: what is offered to who plans a touch by hand: the next day on which the client can be touched, the quickest way, and closing for a
    client who is hot (R8)"""
    slot = holds.slot(replace(facts, open_touch=None), facts.days, facts.today + timedelta(days=1)) if facts.days is not None else None
    return {
        "purpose": CLOSING if facts.temperature == HOT else WARMING,
        **({"day": slot.day} if slot else {}),
        **({"channel": rotation.quickest(facts)} if facts.ways else {}),
    }
