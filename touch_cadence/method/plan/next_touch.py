"""The next touch of a client whom nothing forbids to touch: its day, then purpose, channel and reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from ..why import Why
from . import explain, hand_over, holds, reasons, rhythm, rotation
from .decision import Decision, HandOver, Stop, Touch, Wait
from .facts import HOT, WARMING, Facts, Step
from .occasions import Occasion
from .workdays import Workdays

# how long to wait before asking again when the answer lies outside the client, in days
LOOK_AGAIN = 1
LOOK_AGAIN_NO_WORKDAY = 30


def next_decision(facts: Facts) -> Decision:
    """The decision for a client whom nothing forbids to touch, as if no touch were planned yet.

    In this order: the end of the cadence; who makes the touch; its day; an occasion that comes before it; purpose, channel and reason.
    """
    step = facts.next_step
    if over := _over(facts, step):
        return over
    assert step  # a cadence without a next step is over
    days = facts.days
    if days is None:
        return Wait(facts.today + timedelta(days=LOOK_AGAIN), (("no_rep", {}),))
    if hand_over.closes(facts):
        return HandOver(facts.closers, (("hand_over_hot", {}),))
    stuck = facts.history.touches_without_progress
    if facts.cadence.hand_over_after and stuck >= facts.cadence.hand_over_after and facts.successors:
        return HandOver(facts.successors, (("hand_over", {"touches": stuck}),))
    timing = _timing(facts, step, days)
    if timing is None:
        until = facts.today + timedelta(days=LOOK_AGAIN_NO_WORKDAY)
        return Wait(until, (("no_working_day", {}), *holds.said(facts, facts.today, date.max - timedelta(days=1))))
    appears = facts.workdays.before(timing.asked, facts.horizon)
    if appears > facts.today:
        planned: Why = ("planned_later", {"date": timing.slot.day, "number": facts.history.number + 1})
        return Wait(appears, (planned, *timing.held), ahead=timing.slot.day)
    return _wishes(facts, timing, timing.occasion, step) if timing.occasion else _touch(facts, timing, step)


class _Timing(NamedTuple):
    """When the touch is made. ``asked``: the day that counts for the horizon; ``delay``: working days since the touch before; ``held``: why it
    is not made earlier; ``occasion``: the one that goes first."""

    slot: holds.Slot
    asked: date
    delay: int
    held: tuple[Why, ...]
    occasion: Occasion | None


def _over(facts: Facts, step: Step | None) -> Stop | None:
    history, cadence = facts.history, facts.cadence
    if cadence.stop_after and history.tries >= cadence.stop_after:
        return Stop.because("exhausted", "stop_after", tries=history.tries)
    if step is None:
        return Stop.because("exhausted", "steps_done", touches=history.number)
    if (
        cadence.window_days
        and facts.temperature != HOT
        and facts.today > rhythm.window_end(facts.started, cadence.window_days, facts.pauses)
    ):
        return Stop.because("exhausted", "window_over", days=cadence.window_days)
    return None


def _timing(facts: Facts, step: Step, days: Workdays) -> _Timing | None:
    """:param days: on which somebody can make a touch
    :return: None when no day is known"""
    delay = rhythm.wait(step, facts.temperature, facts.history)
    pauses = () if facts.temperature == HOT else facts.pauses  # R8
    due = rhythm.after_pauses(facts.workdays, facts.history.last_day or min(facts.started, facts.today), delay, pauses)
    floor, held = holds.floor(facts)
    meeting = holds.meeting(facts)
    if meeting:
        due = floor = meeting
    elif due and facts.open_touch and facts.open_touch.day and facts.temperature != HOT:
        due = max(due, facts.open_touch.day)  # what was put off stays put off
    slot = holds.slot(facts, days, max(due, floor)) if due else None
    if not due or not slot:
        return None
    occasion = holds.occasion(facts, slot.day)
    if occasion:
        slot = holds.slot(facts, days, occasion.day) or slot
    # the day that is asked for counts: where the client's hours of every day are over when ours begin, the next ones are taken
    asked = days.on_or_after(max(due, floor, facts.today)) or slot.day
    held = () if occasion or due >= floor else held
    if facts.closed:
        first = max(due, floor, facts.today)
        # an occasion may have come first only because the day of another one is held
        held += holds.said(facts, min(occasion.date, first) if occasion else first, slot.day)
    return _Timing(slot, min(slot.day, asked), delay, held, occasion)


def _wishes(facts: Facts, timing: _Timing, occasion: Occasion, step: Step) -> Touch:
    day, when = timing.slot
    number = facts.history.number + 1
    turn = rotation.turn(facts, replace(step, channel=None), WARMING)
    channel = next(one for one in turn.ways if reasons.carries(occasion.reason, WARMING, one))
    why: tuple[Why, ...] = (
        ("nth", {"number": number, "target": facts.cadence.target}),
        (occasion.kind, {"date": occasion.date}),
        ("reason", {"reason": occasion.reason.id}),
        *timing.held,
        *explain.stand_in(facts, day),
    )
    return Touch(day, when, number, WARMING, channel, occasion.reason.id, 0, why, user=facts.maker(day))


def _touch(facts: Facts, timing: _Timing, step: Step) -> Touch | Wait:
    day, when = timing.slot
    number = facts.history.number + 1
    step = rotation.as_made(step, facts)
    purpose = rhythm.purpose(step, facts.temperature, facts.history, facts.cadence.rhythm, facts.is_ready)
    turn = rotation.turn(facts, step, purpose)
    found = reasons.pick(facts, purpose, turn, day)
    if found is None:
        return Wait(facts.today + timedelta(days=LOOK_AGAIN), (("no_reason", {"purpose": purpose}),))
    channel, reason = found
    why: tuple[Why, ...] = (
        ("nth", {"number": number, "target": facts.cadence.target}),
        explain.purpose(facts, step, day, timing.delay, purpose),
        *explain.channel(facts, step, purpose, channel, reason, turn),
        ("reason", {"reason": reason.id}),
        *explain.address(facts, purpose, channel),
        *explain.expert(facts, step, purpose),
        *timing.held,
        *explain.stand_in(facts, day),
    )
    expert = facts.expert if rotation.has_expert(facts, step, purpose) else None
    return Touch(day, when, number, purpose, channel, reason.id, step.id, why, expert, facts.maker(day))
