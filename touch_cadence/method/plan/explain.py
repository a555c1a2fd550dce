"""Why this touch: purpose, channel, reason and expert, each with its rule (invariant 10)."""

from __future__ import annotations

from datetime import date

from ..why import Why
from . import holds
from .channels import of
from .facts import CLOSING, HOT, Facts, Reason, Step


def purpose(facts: Facts, step: Step, day: date, delay: int, chosen: str) -> Why:
    """:param day: of the touch
    :param delay: working days that a hot client was left, 0 for none
    :param chosen: the purpose of the touch"""
    warming, rhythm = facts.history.warming, facts.cadence.rhythm
    if facts.temperature == HOT:
        if day == facts.today:
            return "hot_at_once", {}
        return ("hot", {}) if delay else ("hot_next_day", {"date": day})
    if chosen == CLOSING and facts.is_ready and warming < rhythm:
        return "closing_ready", {}
    if chosen == CLOSING:
        return "closing_step" if step.purpose and warming < rhythm else "closing_rhythm", {"warming": warming}
    return "closing_too_early" if step.purpose == CLOSING else "warming_rhythm", {"warming": warming, "rhythm": rhythm}


def channel(facts: Facts, step: Step, chosen: str, reason: Reason, paper_owed: bool) -> Why:
    """:param chosen: the channel of the touch
    :param paper_owed: whether this client must get paper by now (R17)"""
    if paper_owed and of(chosen, facts.channels).paper and step.channel != chosen:
        return "paper", {}
    if reason.campaign and step.channel != chosen:
        return "channel_campaign", {"channel": chosen}
    if step.channel and step.channel != chosen:
        code = "channel_closed" if step.channel not in facts.open_channels else "channel_without_reason"
        return code, {"planned": step.channel, "channel": chosen}
    return "channel_step" if step.channel else "channel_turn", {"channel": chosen}


def expert(facts: Facts, step: Step) -> tuple[Why, ...]:
    """Nobody is forgotten for want of an expert: the touch is made without one, and says so (R37)."""
    if not step.expert:
        return ()
    if holds.meeting(facts):
        return (("expert_booked", {"date": facts.expert_day}),)
    return (("with_expert" if facts.expert else "expert_missing", {}),)


def stand_in(facts: Facts, day: date) -> tuple[Why, ...]:
    return (("stand_in", {}),) if facts.maker(day) else ()
