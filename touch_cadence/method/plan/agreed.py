"""Next steps that were agreed with the client (R45): what holds other touches off, is confirmed the working day before, and asked after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo

from ..client.outcomes import AGREED, KEPT, MISSED, MOVED
from ..why import Why
from . import explain, holds, rotation
from .channels import BUILT_IN, Channels
from .decision import Touch, Wait
from .facts import ASKING, BY_THE_DAY, CONFIRMING, OF_AGREED_STEP, AgreedStep, Facts, OpenTouch
from .history import PastTouch, met

# why a touch asks the client whether the time suits for which an expert is booked
ASKS_WHETHER = "asks_whether"
# what a touch that belongs to a step says, with the step's day
OF_STEP = ("confirms", ASKS_WHETHER, "asks_after")
# tries to hear what came of an agreed step, and days after it in which they are made
ASKED_MOST = 3
ASKED_WITHIN = 14
# a confirmation holds for a step that is not further away than so many days: one that was moved further is confirmed again
CONFIRMED_FOR = 5


def read(touches: Iterable[PastTouch], events: Iterable[AgreedStep] = (), kinds: Channels = BUILT_IN) -> tuple[AgreedStep, ...]:
    """What was agreed, and what came of it. A touch with the outcome "agreed" or "moved" agrees a step when it says the day; a meeting in the
    calendar does, too, and is the same fact when both fall on one day. A purchase and a clear no leave nothing agreed.

    :param touches: all of the client's touches that are over, oldest first
    :param events: meetings of the calendar that are agreed steps
    :param kinds: the channels there are
    :return: the steps, the earliest first
    """
    known = {event.key: event for event in events}
    for touch in touches:
        if touch.ends:
            known = {key: step for key, step in known.items() if step.day > touch.day}
        else:
            _take(known, touch, kinds)
    return _one_a_day(known.values())


def made(steps: Iterable[AgreedStep], touch: PastTouch, kinds: Channels = BUILT_IN) -> tuple[AgreedStep, ...]:
    """:return: the steps, as :func:`read` gave them, when this touch is made, too"""
    known = {step.key: step for step in steps}
    _take(known, touch, kinds)
    return _one_a_day(known.values())


def _take(known: dict[str, AgreedStep], touch: PastTouch, kinds: Channels) -> None:
    """What one touch says of the agreed steps."""
    step = known.get(touch.about or "")
    if step and touch.purpose == ASKING and step.day > touch.day:
        step = None  # its meeting was moved since: what came of the earlier day says nothing of this one
    if step and touch.purpose == CONFIRMING:
        known[step.key] = step = _confirmed(step, touch)
    if step and touch.purpose == ASKING:
        known[step.key] = replace(step, asked=step.asked + 1, settled=step.settled or touch.skipped or touch.counts)
    if touch.skipped:
        return
    day = touch.agreed_day if touch.step_effect in (AGREED, MOVED) else None
    if touch.step_effect in (KEPT, MISSED, MOVED) or met(touch, kinds):
        _settle(known, step or _latest(known, touch.day, ahead=touch.step_effect == MOVED), stands_on=day)
    if day:
        new = AgreedStep(f"touch:{touch.id}", day, touch.next_step, touch.day, kind=touch.step_kind)
        for other in list(known.values()):
            if other.step is not None and other.step == new.step:
                _settle(known, other, stands_on=day)  # the same step, on another day by now
        known[new.key] = new


def _confirmed(step: AgreedStep, touch: PastTouch) -> AgreedStep:
    """:return: the step after a touch that confirms it. Who gave no word yet is asked until he is reached, for a few days"""
    is_near = step.day <= touch.day + timedelta(days=CONFIRMED_FOR)
    if not step.by_client and not touch.skipped:
        tried = ASKED_MOST if touch.reached else step.tried + 1
        return replace(step, tried=tried, confirmed=touch.reached and is_near)
    return replace(step, confirmed=step.confirmed or is_near)


def day_of(start: datetime, first: date | None, zone: tzinfo) -> date:
    """:param start: of a meeting, aware
    :param first: the first day of a meeting of whole days; None for one that has hours
    :return: its day by that clock; whole days have no clock"""
    return first or start.astimezone(zone).date()


def _settle(known: dict[str, AgreedStep], step: AgreedStep | None, stands_on: date | None = None) -> None:
    """:param stands_on: the day that is agreed now: what stands on it already, as a meeting that was moved along, is no earlier day of it"""
    if step and step.day != stands_on:
        known[step.key] = replace(step, settled=True)


def _latest(known: dict[str, AgreedStep], day: date, ahead: bool) -> AgreedStep | None:
    """:return: the open step that an outcome of ``day`` is about, where the touch does not say it: the last one that was due, or, where it
    is moved, also the next one"""
    still = [step for step in known.values() if not step.settled]
    due = max((step for step in still if step.day <= day), key=lambda step: step.day, default=None)
    return due or (min(still, key=lambda step: step.day, default=None) if ahead else None)


def _one_a_day(steps: Iterable[AgreedStep]) -> tuple[AgreedStep, ...]:
    """A step and the meeting in the calendar on its day are one fact: the meeting, which can be moved, with what the step says."""
    found: dict[date, AgreedStep] = {}
    for one in sorted(steps, key=lambda step: (step.day, not step.key.startswith("event:"), step.key)):
        first = found.get(one.day)
        if first is None:
            found[one.day] = one
            continue
        found[one.day] = replace(
            first,
            step=first.step or one.step,
            made=min(filter(None, (first.made, one.made)), default=None),
            confirmed=first.confirmed or one.confirmed,
            asked=max(first.asked, one.asked),
            settled=first.settled or one.settled,
            by_client=first.by_client or one.by_client,
            tried=max(first.tried, one.tried),
        )
    return tuple(found.values())


def holding(facts: Facts) -> AgreedStep | None:
    """:return: the agreed step that other touches wait for: the first of which is not known yet what came of it, and which is not further
    away than the company's days"""
    for step in facts.agreed:
        if step.settled or step.asked >= ASKED_MOST or step.day + timedelta(days=ASKED_WITHIN) < facts.today:
            continue
        return step if step.day <= facts.today + timedelta(days=facts.agreed_days) else None
    return None


def decision(facts: Facts, step: AgreedStep) -> Touch | Wait:
    """The touch that belongs to an agreed step: where people meet, it is confirmed on the working day before; on the working day after it is
    asked what came of it. These touches need no reason and wait for no gap; they keep to hours, leave and holds (R44)."""
    days = facts.days
    if days is None:
        return Wait(facts.today + timedelta(days=1), (("no_rep", {}),))
    confirm = _confirm_day(facts, step)
    after = step.day + timedelta(days=1)
    if step.asked and facts.history.last_day:
        after = max(after, facts.history.last_day + timedelta(days=1))
    slot = holds.slot(facts, days, confirm) if confirm else None
    purpose = CONFIRMING
    if slot is None or slot.day >= step.day:
        purpose, slot = ASKING, holds.slot(facts, days, after)
    if slot is None:
        return Wait(facts.today + timedelta(days=1), (("no_working_day", {}),))
    appears = facts.workdays.before(slot.day, facts.horizon)
    if appears > facts.today:
        return Wait(appears, (waited_for(step),), ahead=slot.day)
    channel = rotation.quickest(facts)
    why: tuple[Why, ...] = (
        (_code(step, purpose), _told(step)),
        *explain.stand_in(facts, slot.day),
    )
    return Touch(slot.day, slot.when, 0, purpose, channel, None, 0, why, user=facts.maker(slot.day), about=step.key)


def _told(step: AgreedStep) -> dict[str, object]:
    return {"date": step.day, "next_step": step.step}


def waited_for(step: AgreedStep) -> Why:
    """:return: why other touches wait for the step"""
    return "agreed" if step.by_client else "booked", _told(step)


def _code(step: AgreedStep, purpose: str) -> str:
    if purpose == ASKING:
        return "asks_after"
    return "confirms" if step.by_client else ASKS_WHETHER


def _confirm_day(facts: Facts, step: AgreedStep) -> date | None:
    """:return: the working day before the step; at once, where the client is still to be asked; None where it needs no confirmation: it was
    given, or agreed on that day or later, or nobody meets on that day (an invoice is sent, a contract studied by then)"""
    if step.kind in BY_THE_DAY:
        return None
    if not step.by_client and step.tried < ASKED_MOST and facts.today < step.day:
        last = facts.history.last_day if step.tried else None
        return max(facts.today, last + timedelta(days=1)) if last else facts.today
    days = facts.days
    before = days.on_or_before(step.day - timedelta(days=1)) if days is not None else None
    if step.confirmed or facts.today >= step.day or before is None or before < facts.today:
        return None
    return before if step.made is None or step.made < before else None


def first_day(facts: Facts, step: AgreedStep) -> date:
    """:return: the first day on which what belongs to the step is made: from then on it goes before whatever else was planned"""
    return _confirm_day(facts, step) or step.day


def is_other(facts: Facts, touch: OpenTouch) -> bool:
    """:return: whether the planned touch is not the one that the agreed step asks for; also where a step is agreed no more"""
    step = holding(facts)
    if step is None or touch.about != step.key or touch.day is None:
        return step is not None or touch.purpose in OF_AGREED_STEP
    if touch.purpose == ASKING:
        return touch.day <= step.day or _confirm_day(facts, step) is not None
    before = _confirm_day(facts, step)
    return before is None or not before <= max(touch.day, facts.today) < step.day
