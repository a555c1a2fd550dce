"""The decision: from facts to the next touch, with its why. One pure function for planner, trial run and "why this touch?"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from . import channels, reasons, rhythm
from .calendar import moment
from .facts import CLOSING, DUE_STATES, HOT, LOW, WARMING, Facts, Reason, Step

# how long to wait before asking again when the answer lies outside the client, in days
LOOK_AGAIN = 1
LOOK_AGAIN_NO_WORKDAY = 30

Why = tuple[str, dict]  # a code, and the values its sentence names; the models put it into words


@dataclass(frozen=True, slots=True)
class Touch:
    """Make this touch. ``day`` in the cadence's time zone, ``when`` the first allowed moment of it in UTC."""

    day: date
    when: datetime
    number: int
    purpose: str
    channel: str
    reason: int
    step: int
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """No touch yet; look again on ``until``, or not before something happens when it is None."""

    until: date | None
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """The run is over: the enrolment goes to ``state`` for ``reason``."""

    state: str
    reason: str
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Keep:
    """The touch that is planned stays as it is."""

    why: tuple[Why, ...] = ()


Decision = Touch | Wait | Stop | Keep


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
    if facts.moved:
        return "stopped", "moved"
    if facts.opted_out:
        return "stopped", "opt_out"
    if facts.potential == LOW:
        return "stopped", "low_potential"  # R33
    if not facts.open_channels:
        return "stopped", "no_channel"
    return None


def decide(facts: Facts) -> Decision:
    """The next thing to do for one client, from facts alone: the same facts always give the same decision.

    In this order: what forbids any touch; pauses and rests; the touch that is planned already, kept unless the client
    turned hot or its channel closed; the end of the cadence; the day; purpose, channel and reason.
    """
    if found := hindrance(facts):
        return _stop(*found)
    if facts.superseded:
        return _stop("stopped", "superseded")
    if facts.state not in DUE_STATES:
        return Wait(None, ((facts.state, {}),))
    if facts.not_before and facts.today < facts.not_before:
        return Wait(facts.not_before, (("resting", {"date": facts.not_before}),))
    if facts.open_touch:
        return _review_open(facts)
    return _next(facts)


def _stop(state: str, reason: str, **values) -> Stop:
    return Stop(state, reason, ((reason, values),))


def _review_open(facts: Facts) -> Decision:
    """A planned touch stays, but for two reasons: the temperature changed so that its purpose is wrong now (R8, invariant 4), or its
    channel has closed (invariant 2)."""
    touch = facts.open_touch
    step = facts.cadence.step_at(facts.history.position)
    purpose = rhythm.purpose(step, facts.temperature, facts.history, facts.cadence.rhythm) if step else touch.purpose
    wrong = (purpose == CLOSING and facts.temperature == HOT and touch.purpose != CLOSING) or (
        purpose == WARMING and touch.purpose == CLOSING
    )
    if wrong or touch.channel not in facts.open_channels:
        replacement = _next(facts)
        # a planned touch is not taken away because something else is missing (no reason left, nobody responsible)
        if isinstance(replacement, Touch) or touch.channel not in facts.open_channels:
            return replacement
    return Keep()


def _next(facts: Facts) -> Decision:
    history, cadence = facts.history, facts.cadence
    if cadence.stop_after and history.tries >= cadence.stop_after:
        return _stop("exhausted", "stop_after", tries=history.tries)
    step = cadence.step_at(history.position)
    if step is None:
        return _stop("exhausted", "steps_done", touches=history.number)
    delay = rhythm.wait(step, facts.temperature, history)
    if cadence.window_days and facts.temperature != HOT and facts.today > facts.started + timedelta(days=cadence.window_days):
        return _stop("exhausted", "window_over", days=cadence.window_days)
    if facts.rep_days is None:
        return Wait(facts.today + timedelta(days=LOOK_AGAIN), (("no_rep", {}),))

    slot = _slot(facts, delay)
    if slot is None:
        return Wait(facts.today + timedelta(days=LOOK_AGAIN_NO_WORKDAY), (("no_working_day", {}),))
    day, when = slot
    appears = facts.workdays.before(day, facts.horizon)
    if appears > facts.today:
        return Wait(appears, (("planned_later", {"date": day, "number": history.number + 1}),))

    purpose = rhythm.purpose(step, facts.temperature, history, cadence.rhythm)
    turn = channels.preference(step, facts.open_channels, history.channels, facts.channel_order)
    found = reasons.pick(facts, purpose, turn, day)
    if found is None:
        return Wait(facts.today + timedelta(days=LOOK_AGAIN), (("no_reason", {"purpose": purpose}),))
    channel, reason = found
    why = _why(facts, step, delay, purpose, channel, reason)
    return Touch(day, when, history.number + 1, purpose, channel, reason.id, step.id, why)


def _slot(facts: Facts, delay: int) -> tuple[date, datetime] | None:
    """Day and moment of the touch: the delay in working days of the cadence's calendar, then the first day on which
    the responsible works too and the allowed hours are not over (invariant 5)."""
    due = facts.workdays.after(facts.history.last_day or facts.started, delay)
    if due is None:
        return None
    due = max(due, facts.today, facts.not_before or facts.today)
    day = facts.rep_days.on_or_after(due)
    while day is not None:
        when = moment(day, facts.hours, facts.client_zone, facts.now)
        if when is not None:
            return day, when
        day = facts.rep_days.on_or_after(day + timedelta(days=1))
    return None


def _why(facts: Facts, step: Step, delay: int, purpose: str, channel: str, reason: Reason) -> tuple[Why, ...]:
    history, cadence = facts.history, facts.cadence
    why: list[Why] = [("nth", {"number": history.number + 1, "target": cadence.target})]
    if facts.temperature == HOT:
        why.append(("hot" if delay else "hot_at_once", {}))
    elif purpose == "closing":
        why.append(
            ("closing_step" if step.purpose and history.warming < cadence.rhythm else "closing_rhythm", {"warming": history.warming})
        )
    elif step.purpose == "closing":
        why.append(("closing_too_early", {"warming": history.warming, "rhythm": cadence.rhythm}))
    else:
        why.append(("warming_rhythm", {"warming": history.warming, "rhythm": cadence.rhythm}))
    if step.channel and step.channel != channel:
        code = "channel_closed" if step.channel not in facts.open_channels else "channel_without_reason"
        why.append((code, {"planned": step.channel, "channel": channel}))
    elif step.channel:
        why.append(("channel_step", {"channel": channel}))
    else:
        why.append(("channel_turn", {"channel": channel}))
    why.append(("reason", {"reason": reason.id}))
    return tuple(why)
