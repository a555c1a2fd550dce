"""The decision: from facts to the next touch, with its why. One pure function for planner, trial run and "why this touch?"."""

from __future__ import annotations

from datetime import timedelta

from . import agreed
from .decision import Decision, Keep, Stop, Wait
from .facts import DUE_STATES, HOT, LOW, Facts
from .next_touch import LOOK_AGAIN, next_decision
from .review import review

# the state and the reason of who can be reached by nothing, and why a planned touch waits for a new address
NO_WAY = ("stopped", "no_channel")
NO_WAY_OPEN = "no_way_open"


def hindrance(facts: Facts) -> tuple[str, str] | None:
    """Why this client must not be touched at all (invariant 2), be it in a run or before one.

    :return: the state an enrolment ends in and the reason, or None when nothing stands in the way
    """
    if facts.won:
        return "won", "won"
    if facts.lost:
        return "refused", "lost"
    if facts.archived:
        return "stopped", "archived"
    if facts.company_changed:
        return "stopped", "moved"
    if facts.opted_out:
        return "stopped", "opt_out"
    if facts.potential == LOW:
        return "stopped", "low_potential"  # R33
    if not facts.open_channels and not facts.channels_off:
        return NO_WAY
    return None


def _came_back(facts: Facts) -> bool:
    """:return: whether a touch is planned, and the last way to the client closed by what came back"""
    return bool(facts.open_touch and facts.open_touch.returned and facts.state in DUE_STATES and not facts.superseded)


def _ended_or_resting(facts: Facts) -> Decision | None:
    if facts.not_before and facts.today < facts.not_before and facts.temperature != HOT and not facts.begins_on:
        return Wait(facts.not_before, (("resting", {"date": facts.not_before}),))
    if facts.cadence.until_lapsed and facts.lapsed:
        return Stop.because("exhausted", "lapsed")
    if facts.cadence.until_hot and facts.temperature == HOT:
        return Stop.because("exhausted", "turned_hot")  # R8: where he is sold to, he goes on
    return None


def decide(facts: Facts) -> Decision:
    """The next thing to do for one client, from facts alone: the same facts always give the same decision.

    In this order: what forbids any touch; pauses and rests; the touch that is planned already (:mod:`review`); the next one
    (:mod:`next_touch`).
    """
    if over := hindrance(facts):
        if over == NO_WAY and _came_back(facts):
            return Keep(((NO_WAY_OPEN, {}),))  # the rep may know another address: the client does not vanish
        return Stop.because(*over)
    if facts.superseded:
        # who rests holds no place, and waits for it when the rest is over
        rests = facts.state == "resting" and facts.not_before and facts.today < facts.not_before
        return Wait(facts.not_before, (("resting", {"date": facts.not_before}),)) if rests else Stop.because("stopped", "superseded")
    if facts.state not in DUE_STATES:
        return Wait(None, ((facts.state, {}),))
    if not (facts.state == "running" and agreed.holding(facts)) and (found := _ended_or_resting(facts)):
        return found
    if not facts.open_channels:  # the company's channels are a setting: it may be put right any day
        return Wait(facts.today + timedelta(days=LOOK_AGAIN), (("channels_off", {}),))
    return review(facts, facts.open_touch) if facts.open_touch else next_decision(facts)
