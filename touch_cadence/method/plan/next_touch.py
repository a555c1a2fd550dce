"""The next touch of a client whom nothing forbids to touch: its day, then purpose, channel and reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from ..why import Why
from . import agreed, come_back, explain, hand_over, holds, occasions, reasons, retry, rhythm, rotation
from .decision import Decision, HandOver, Stop, Touch, Wait
from .facts import CLOSING, HOT, WARM, WARMING, Facts, Step
from .occasions import Occasion
from .workdays import Workdays

# how long to wait before asking again when the answer lies outside the client, in days
LOOK_AGAIN = 1
LOOK_AGAIN_NO_WORKDAY = 30
# days within which the one occasion falls for which a client of no cadence is enrolled
AHEAD_FOR_ONE = 21


def next_decision(facts: Facts, goes_on: bool = False) -> Decision:
    """The decision for a client whom nothing forbids to touch, as if no touch were planned yet.

    In this order: a step that was agreed; the end of the cadence; who makes the touch; its day; an occasion that comes before it; purpose, channel and reason.

    :param goes_on: the cadence is not over while a step is left, though its window is: a touch of it is put off
    """
    if held := agreed.holding(facts):
        return agreed.decision(facts, held)
    step = facts.next_step
    over = _over(facts, step)
    if over and not (goes_on and step):
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
    news = come_back.arrival(facts)
    if news and (timing is None or news.slot.day <= timing.slot.day):
        return _news(facts, news)
    if timing is None and facts.back and facts.back > facts.today:  # a day so far ahead that the calendar is not read yet
        until = min(facts.today + timedelta(days=LOOK_AGAIN_NO_WORKDAY), facts.back)
        return Wait(until, come_back.why(facts))
    if timing is None:
        until = facts.today + timedelta(days=LOOK_AGAIN_NO_WORKDAY)
        return Wait(until, (("no_working_day", {}), *holds.said(facts, facts.today, date.max - timedelta(days=1))))
    appears = facts.workdays.before(timing.asked, facts.horizon)
    if appears > facts.today:
        return Wait(appears, (*_later(facts, timing.slot.day), *come_back.why(facts), *timing.held), ahead=timing.slot.day)
    return _wishes(facts, timing, timing.occasion, step) if timing.occasion else _touch(facts, timing, step)


def _later(facts: Facts, day: date) -> tuple[Why, ...]:
    return (("planned_later", {"date": day, "number": facts.history.number + 1}),)


class _Timing(NamedTuple):
    """When the touch is made. ``asked``: the day that counts for the horizon; ``delay``: working days since the touch before; ``held``: why it
    is not made earlier; ``occasion``: the one that goes first; ``campaign``: it is brought forward for one."""

    slot: holds.Slot
    asked: date
    delay: int
    held: tuple[Why, ...]
    occasion: Occasion | None
    campaign: bool = False


def _over(facts: Facts, step: Step | None) -> Stop | None:
    """The end of the approach. A client who is still hot turns warm with it; where somebody said himself that he is hot, only the closing
    pauses (R8)."""
    history, cadence = facts.history, facts.cadence
    if facts.only_reason is not None and (history.tries or not _is_still_due(facts)):
        return Stop.because("exhausted", "campaign_over")
    if step is None:
        return Stop.because("exhausted", "steps_done", touches=history.number)
    if rhythm.is_paused(facts) or facts.back:
        return None
    stop = None
    if rhythm.tries_are_used_up(facts):
        stop = Stop.because("exhausted", "stop_after", tries=history.tries)
    elif rhythm.window_is_over(facts):
        stop = Stop.because("exhausted", "window_over", days=cadence.window_days)
    return replace(stop, temperature=WARM) if stop and facts.temperature == HOT else stop


def _is_still_due(facts: Facts) -> bool:
    """:return: whether the one reason for which the client was enrolled can still carry a touch"""
    for reason in facts.reasons:
        if reason.occasion:
            return occasions.upcoming(facts, facts.today, facts.today + timedelta(days=AHEAD_FOR_ONE)) is not None
        day = max(facts.today, reason.valid_from or facts.today)
        reaches = any(reasons.carries(reason, WARMING, channel) for channel in facts.open_channels)
        if reaches and reasons.suits(reason, facts, day) and reasons.is_new(reason, facts, day):
            return True
    return False


def _timing(facts: Facts, step: Step, days: Workdays) -> _Timing | None:
    """:param days: on which somebody can make a touch
    :return: None when no day is known"""
    delay = rhythm.wait(step, rhythm.temperature(facts), facts.history, retry.days(facts))
    pauses = () if facts.temperature == HOT else facts.pauses  # R8
    due = _due(facts, delay, pauses)
    if due and facts.back and facts.today <= facts.back and (facts.history.last_day is None or facts.history.last_day < facts.back):
        due = facts.back  # R46: the client's own day, not the step's
    floor, held = holds.floor(facts)
    asked_for = due
    if due and facts.open_touch and facts.open_touch.day and facts.temperature != HOT:
        due = max(due, facts.open_touch.day)  # what was put off stays put off
    slot = holds.slot(facts, days, max(due, floor)) if due else None
    if not due or not slot:
        return _wishes_while_waiting(facts, days, delay) if facts.back else None
    ahead = facts.today + timedelta(days=AHEAD_FOR_ONE) if facts.only_reason else slot.day
    occasion = holds.occasion(facts, max(slot.day, ahead))
    campaign = _campaign(facts, step, days, max(asked_for, floor), floor) if asked_for else None
    if campaign and campaign.day < slot.day and not (occasion and occasion.day <= campaign.day + timedelta(days=facts.min_gap)):
        slot, due, occasion = campaign, campaign.day, None
    else:  # wishes that the gap behind a campaign would put off go first: their day is gone tomorrow
        campaign = None
    if occasion:
        slot = holds.slot(facts, days, occasion.day) or slot
    # the day that is asked for counts: where the client's hours of every day are over when ours begin, the next ones are taken
    asked = days.on_or_after(max(due, floor, facts.today)) or slot.day
    held = () if occasion or due >= floor else held
    if campaign:
        held = (("campaign_day", {"date": slot.day}),)
    if facts.closed:
        first = max(due, floor, facts.today)
        if facts.holds and asked_for:  # a campaign that a rule keeps from its day
            free = replace(facts, holds=())
            would = _campaign(free, step, free.days, max(asked_for, floor), floor) if free.days is not None else None
            first = min(first, would.day) if would else first
        # an occasion may have come first only because the day of another one is held
        held += holds.said(facts, min(occasion.date, first) if occasion else first, slot.day)
    return _Timing(slot, min(slot.day, asked), delay, held, occasion, campaign is not None)


def _wishes_while_waiting(facts: Facts, days: Workdays, delay: int) -> _Timing | None:
    """The day to come back is so far ahead that the calendar is not read yet; a birthday or a holiday may lie before it."""
    occasion = holds.occasion(facts, facts.today + timedelta(days=LOOK_AGAIN_NO_WORKDAY))
    slot = holds.slot(facts, days, occasion.day) if occasion else None
    return _Timing(slot, slot.day, delay, (), occasion) if slot else None


def _due(facts: Facts, delay: int, pauses: rhythm.Pauses) -> date | None:
    """The day for which the cadence asks. Wishes stand beside the steps: the wait goes on from the touch before them, but half of it lies behind
    them.

    :param delay: working days
    """
    history = facts.history
    last = history.last_day or min(facts.started, facts.today)
    if history.since_wishes is None:
        return rhythm.after_pauses(facts.workdays, last, delay, pauses)
    found = (
        rhythm.after_pauses(facts.workdays, history.since_wishes, delay, pauses),
        rhythm.after_pauses(facts.workdays, last, (delay + 1) // 2, pauses),
    )
    return max(day for day in found if day) if all(found) else None


def _campaign(facts: Facts, step: Step, days: Workdays, due: date, floor: date) -> holds.Slot | None:
    """:param due: the day on which the touch would be made
    :param floor: the first day on which it may be
    :return: when a campaign with a day of its own brings it forward; None for none, for hot clients, whose touch asks for something (R8), for what
        somebody put off, and where the expert comes along"""
    if facts.temperature == HOT or step.expert:
        return None
    if facts.open_touch and facts.open_touch.day:
        planned = holds.slot(facts, days, due)
        if planned is None or facts.open_touch.day > planned.day:
            return None
    step = rotation.as_made(step, facts)
    purpose = rhythm.purpose_for(facts, step)
    for day, reason in reasons.campaign_days(facts, purpose, rotation.turn(facts, step, purpose), max(floor, facts.today)):
        found = holds.slot(facts, days, day)
        if found and found.day < due and reasons.suits(reason, facts, found.day):
            return found
    return None


def campaign_before(facts: Facts, day: date) -> bool:
    """:return: whether a campaign that begins before ``day``, or on it, brings the touch of that day forward, or gives it its reason"""
    step = facts.next_step
    if facts.days is None or step is None or not any(one.campaign and one.valid_from for one in facts.reasons):
        return False
    timing = _timing(facts, step, facts.days)
    return timing is not None and timing.campaign and timing.slot.day < day


def _wishes(facts: Facts, timing: _Timing, occasion: Occasion, step: Step) -> Touch:
    day, when = timing.slot
    number = facts.history.number + 1
    turn = rotation.turn(facts, replace(step, channel=None), WARMING)
    ways = [one for one in turn.ways if reasons.carries(occasion.reason, WARMING, one)]
    if occasions.is_unheard(occasion.reason, facts):  # another way than the one by which nobody was reached
        ways.sort(key=lambda one: one in facts.history.recent_channels[-1:])
    channel = ways[0]
    why: tuple[Why, ...] = (
        ("nth", {"number": number, "target": facts.cadence.target}),
        (occasion.kind, {"date": occasion.date}),
        ("reason", {"reason": occasion.reason.id}),
        *timing.held,
        *explain.stand_in(facts, day),
    )
    return Touch(day, when, number, WARMING, channel, occasion.reason.id, 0, why, user=facts.maker(day))


def _news(facts: Facts, news: come_back.Arrival) -> Touch | Wait:
    """Whoever waits for an item is told first that it has arrived (R57). No step made the touch, and so it uses up none."""
    day, when = news.slot
    said: Why = ("arrived", {"date": news.since, "item": news.item})
    appears = facts.workdays.before(day, facts.horizon)
    if appears > facts.today:
        return Wait(appears, (*_later(facts, day), said), ahead=day)
    number = facts.history.number + 1
    why: tuple[Why, ...] = (
        ("nth", {"number": number, "target": facts.cadence.target}),
        said,
        ("reason", {"reason": news.reason.id}),
        *explain.stand_in(facts, day),
    )
    return Touch(day, when, number, WARMING, news.channel, news.reason.id, 0, why, user=facts.maker(day))


def of_hand(facts: Facts, slot: holds.Slot, channel: str, purpose: str) -> Touch:
    """:return: the touch that a rep planned himself (R50). No step made it, and so it uses up none; its reason is the rep's own"""
    number = facts.history.number + 1
    why: tuple[Why, ...] = (
        ("nth", {"number": number, "target": facts.cadence.target}),
        ("by_hand", {}),
        *explain.stand_in(facts, slot.day),
    )
    return Touch(slot.day, slot.when, number, purpose, channel, None, 0, why, user=facts.maker(slot.day), by_hand=True)


def _touch(facts: Facts, timing: _Timing, step: Step) -> Touch | Wait:
    day, when = timing.slot
    number = facts.history.number + 1
    step = rotation.as_made(step, facts)
    purpose = rhythm.purpose_for(facts, step)
    back = come_back.why(facts)
    asking = rotation.is_asking(facts, step, purpose)
    if back:  # "call me in March" is no letter: the client gets the word
        step = replace(step, channel=None)
    turn = rotation.turn(facts, step, CLOSING if back else purpose)
    # who comes back is told what answers his obstacle first (R46)
    named = None if back else reasons.named(facts, step.reason, purpose, turn, day, asking)
    found = named or reasons.pick(facts, purpose, turn, day, asking)
    if found is None:
        # all that could be asked was asked today: it is asked again on the next day
        is_asked = day in facts.history.reasons.values()
        later = holds.slot(facts, facts.days, day + timedelta(days=1)) if is_asked and facts.days is not None else None
        if later:
            return _touch(facts, timing._replace(slot=later), step)
        return Wait(facts.today + timedelta(days=LOOK_AGAIN), (("no_reason", {"purpose": purpose}),))
    channel, reason = found
    why: tuple[Why, ...] = (
        ("nth", {"number": number, "target": facts.cadence.target}),
        *back,
        explain.purpose(facts, step, day, timing.delay, purpose),
        *explain.channel(facts, step, CLOSING if back else purpose, channel, reason, turn),
        *explain.reason(step, reason),
        *explain.address(facts, purpose, channel),
        *explain.expert(facts, step, purpose),
        *explain.tried_again(facts),
        *timing.held,
        *explain.stand_in(facts, day),
    )
    expert = facts.expert if rotation.has_expert(facts, step, purpose) else None
    return Touch(day, when, number, purpose, channel, reason.id, step.id, why, expert, facts.maker(day))
