"""The decision: from facts to the next touch, with its why. One pure function for planner, trial run and "why this touch?"."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ..why import Why
from . import channels, occasions, reasons, rhythm
from .decision import Decision, HandOver, Keep, Stop, Touch, Wait
from .facts import CLOSING, DUE_STATES, HOT, LOW, PAPER, WARMING, Facts, OpenTouch, Reason, Step
from .workdays import Workdays, is_decent, moment

# how long to wait before asking again when the answer lies outside the client, in days
LOOK_AGAIN = 1
LOOK_AGAIN_NO_WORKDAY = 30
# days after which one more letter is owed to who must get paper (R17)
PAPER_EVERY = 90


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
        return "stopped", "no_channel"
    return None


def decide(facts: Facts) -> Decision:
    """The next thing to do for one client, from facts alone: the same facts always give the same decision.

    In this order: what forbids any touch; pauses and rests; the touch that is planned already, kept unless something says that it is
    wrong now; the end of the cadence; who makes it; the day; an occasion that comes before it; purpose, channel and reason.
    """
    if found := hindrance(facts):
        return Stop.because(*found)
    if facts.superseded:
        return Stop.because("stopped", "superseded")
    if facts.state not in DUE_STATES:
        return Wait(None, ((facts.state, {}),))
    if facts.not_before and facts.today < facts.not_before and facts.temperature != HOT:
        return Wait(facts.not_before, (("resting", {"date": facts.not_before}),))
    if facts.cadence.until_lapsed and facts.lapsed:
        return Stop.because("exhausted", "lapsed")
    if not facts.open_channels:  # the company's channels are a setting: it may be put right any day
        return Wait(facts.today + timedelta(days=LOOK_AGAIN), (("channels_off", {}),))
    if facts.open_touch:
        return _review_open(facts, facts.open_touch)
    return next_decision(facts)


def _review_open(facts: Facts, touch: OpenTouch) -> Decision:
    """A planned touch stays, unless something happened that makes it wrong: see :func:`_wrong`."""
    if touch.channel in facts.open_channels and not _wrong(facts, touch):
        return Keep()
    replacement = next_decision(facts)
    if isinstance(replacement, Touch | HandOver) or touch.channel not in facts.open_channels:
        return replacement
    if touch.outdated and (isinstance(replacement, Stop) or (isinstance(replacement, Wait) and replacement.ahead)):
        return replacement  # the new steps end before it, or wait longer
    # a planned touch is not taken away because something else is missing (no reason left, nobody responsible), nor does the run end
    # because the client wrote; it only waits for its day
    moves = _too_early(facts, touch.day) or _misses_meeting(facts, touch.day) or _day_off(facts, touch)
    return replacement if isinstance(replacement, Wait) and moves else Keep()


def _wrong(facts: Facts, touch: OpenTouch) -> bool:
    """Whether the planned touch is no longer the right one: the client's temperature asks for another purpose (R8, invariant 4), its day is
    no working day any more (invariant 5) or too early after the client wrote, its reason is not for this client (R27, R28), another
    expert helps than before (R37), an occasion comes first (R29), or the steps are others now."""
    if touch.outdated:
        return True
    step = facts.cadence.step_at(facts.history.step_touches, facts.history.touches_by_step)
    purpose = rhythm.purpose(step, facts.temperature, facts.history, facts.cadence.rhythm) if step else touch.purpose
    if (purpose == CLOSING and facts.temperature == HOT and touch.purpose != CLOSING) or (purpose == WARMING and touch.purpose == CLOSING):
        return True
    if touch.day is None or facts.rep_days is None:
        return False
    if (step and step.expert and touch.expert != facts.expert) or _misses_meeting(facts, touch.day):
        return True
    if _too_early(facts, touch.day) or _day_off(facts, touch) or _indecent(facts, touch):
        return True
    reason = next((one for one in facts.reasons if one.id == touch.reason), None)
    if reason is None:
        return touch.reason is not None  # its campaign is over, or the manager put it away
    day = max(touch.day, facts.today)
    if reason.occasion:
        return False
    return _occasion(facts, day) is not None or not reasons.suits(reason, facts, day)


def _day_off(facts: Facts, touch: OpenTouch) -> bool:
    """Whether the planned touch lies, today or later, on a day off of who has it (invariant 5). A substitute has it for the days of leave
    only; a colleague to whom somebody gave it works by other days than the responsible."""
    if touch.day is None or touch.day < facts.today or facts.rep_days is None:
        return False
    if touch.stands_in and touch.user != facts.rep:
        return touch.user != facts.stand_in or not facts.stand_in_days or touch.day not in facts.stand_in_days
    days = facts.rep_days if touch.user in (None, facts.rep) or facts.holder_days is None else facts.holder_days
    return touch.day not in days


def _indecent(facts: Facts, touch: OpenTouch) -> bool:
    """Whether the planned moment lies outside the client's hours or day by now: the zone or the hours were changed (R44)."""
    if touch.when is None or touch.day is None or touch.day < facts.today:
        return False
    return not is_decent(touch.when, touch.day, facts.hours, facts.client_zone)


def _too_early(facts: Facts, day: date | None) -> bool:
    quiet = _quiet_until(facts)
    return quiet is not None and day is not None and day < quiet and facts.today < quiet


def _quiet_until(facts: Facts) -> date | None:
    """Until when the client who came to us is left to the conversation; hot clients are not (R8, R44)."""
    last, days = facts.history.last_reply, facts.cadence.reply_days
    return facts.workdays.after(last, days) if last and days and facts.temperature != HOT else None


def _meeting(facts: Facts) -> date | None:
    """The day on which the next step is made, because the expert comes along on it (R37); a hot client does not wait for him (R8)."""
    step = facts.cadence.step_at(facts.history.step_touches, facts.history.touches_by_step)
    ahead = facts.expert_day is not None and facts.expert_day >= facts.today
    return facts.expert_day if ahead and step and step.expert and facts.temperature != HOT else None


def _misses_meeting(facts: Facts, day: date | None) -> bool:
    meeting = _meeting(facts)
    slot = _slot(facts, facts.days, meeting) if meeting and facts.days is not None else None
    return slot is not None and day != slot[0]


def _floor(facts: Facts, full_days: bool = True) -> tuple[date, tuple[Why, ...]]:
    """:param full_days: days that are full hold it off, too
    :return: the first day on which a touch may fall: after rests and conversations, the minimum gap (R44), and days that are full; and
        what holds it off until then"""
    holds: list[tuple[date | None, tuple[Why, ...]]] = [
        (facts.today, ()),
        (None if facts.temperature == HOT else facts.not_before, ()),
        (facts.earliest if full_days else None, (("day_full", {}),)),
        (_quiet_until(facts), (("after_reply", {"date": facts.history.last_reply}),)),
    ]
    if facts.min_gap and facts.temperature != HOT:
        why = (("min_gap", {"days": facts.min_gap}),)
        holds += [(day + timedelta(days=facts.min_gap), why) for day in (facts.history.last_contact, facts.last_mail) if day]
    return max(((day, why) for day, why in holds if day), key=lambda hold: hold[0])


def _occasion(facts: Facts, last: date) -> occasions.Occasion | None:
    """The birthday or holiday that goes before a touch on ``last`` (R29, R30). It keeps its day, also a full one."""
    if facts.temperature == HOT:
        return None
    return occasions.upcoming(facts, _meeting(facts) or _floor(facts, full_days=False)[0], last)


def next_decision(facts: Facts) -> Decision:
    """The decision for a client whom nothing forbids to touch, as if no touch were planned yet."""
    history, cadence = facts.history, facts.cadence
    if cadence.stop_after and history.tries >= cadence.stop_after:
        return Stop.because("exhausted", "stop_after", tries=history.tries)
    step = cadence.step_at(history.step_touches, history.touches_by_step)
    if step is None:
        return Stop.because("exhausted", "steps_done", touches=history.number)
    if (
        cadence.window_days
        and facts.temperature != HOT
        and facts.today > rhythm.window_end(facts.started, cadence.window_days, facts.pauses)
    ):
        return Stop.because("exhausted", "window_over", days=cadence.window_days)
    days = facts.days
    if days is None:
        return Wait(facts.today + timedelta(days=LOOK_AGAIN), (("no_rep", {}),))
    if cadence.hand_over_after and history.touches_without_progress >= cadence.hand_over_after and facts.successors:
        return HandOver(facts.successors, (("hand_over", {"touches": history.touches_without_progress}),))

    delay = rhythm.wait(step, facts.temperature, history)
    pauses = () if facts.temperature == HOT else facts.pauses  # R8
    due = rhythm.after_pauses(facts.workdays, history.last_day or min(facts.started, facts.today), delay, pauses)
    floor, held = _floor(facts)
    meeting = _meeting(facts)
    if meeting:
        due = floor = meeting
    elif due and facts.open_touch and facts.open_touch.day and facts.temperature != HOT:
        due = max(due, facts.open_touch.day)  # what was put off stays put off
    slot = _slot(facts, days, max(due, floor)) if due else None
    if not due or not slot:
        return Wait(facts.today + timedelta(days=LOOK_AGAIN_NO_WORKDAY), (("no_working_day", {}),))
    occasion = _occasion(facts, slot[0])
    if occasion:
        slot = _slot(facts, days, occasion.day) or slot
    day, when = slot
    held = () if occasion or due >= floor else held
    # the day that is asked for counts: where the client's hours of every day are over when ours begin, the next ones are taken
    asked = days.on_or_after(max(due, floor, facts.today))
    appears = facts.workdays.before(min(day, asked or day), facts.horizon)
    if appears > facts.today:
        return Wait(appears, (("planned_later", {"date": day, "number": history.number + 1}), *held), ahead=day)

    purpose = WARMING if occasion else rhythm.purpose(step, facts.temperature, history, cadence.rhythm)
    paper_since = max(facts.started, facts.today - timedelta(days=PAPER_EVERY)) if facts.paper and purpose == WARMING else None
    turn = channels.preference(step, facts.open_channels, history, facts.channel_order, paper_since)
    nth: Why = ("nth", {"number": history.number + 1, "target": cadence.target})
    if occasion:
        reason = occasion.reason
        channel = next(one for one in turn if reasons.carries(reason, purpose, one))
        why: tuple[Why, ...] = (nth, (occasion.kind, {"date": occasion.date}), ("reason", {"reason": reason.id}), *_stands_in(facts, day))
        return Touch(day, when, history.number + 1, purpose, channel, reason.id, 0, why, user=facts.maker(day))
    found = reasons.pick(facts, purpose, turn, day)
    if found is None:
        return Wait(facts.today + timedelta(days=LOOK_AGAIN), (("no_reason", {"purpose": purpose}),))
    channel, reason = found
    why = (nth, *_why(facts, step, day, delay, purpose, channel, reason, bool(paper_since)), *held, *_stands_in(facts, day))
    expert = facts.expert if step.expert else None
    return Touch(day, when, history.number + 1, purpose, channel, reason.id, step.id, why, expert, facts.maker(day))


def _stands_in(facts: Facts, day: date) -> tuple[Why, ...]:
    return (("stand_in", {}),) if facts.maker(day) else ()


def _slot(facts: Facts, days: Workdays, due: date) -> tuple[date, datetime] | None:
    """:param days: on which somebody can make a touch
    :param due: the first day that is asked for
    :return: day and moment of the touch: the first day on which calendar and responsible (or substitute) work and the allowed hours are
        not over (invariant 5); None when none is known"""
    day = days.on_or_after(max(due, facts.today))
    while day is not None:
        when = moment(day, facts.hours, facts.client_zone, facts.now)
        if when is not None:
            return day, when
        day = days.on_or_after(day + timedelta(days=1))
    return None


def _why(facts: Facts, step: Step, day: date, delay: int, purpose: str, channel: str, reason: Reason, paper: bool) -> tuple[Why, ...]:
    history, cadence = facts.history, facts.cadence
    why: list[Why] = []
    if facts.temperature == HOT:
        if day == facts.today:
            why.append(("hot_at_once", {}))
        else:
            why.append(("hot", {}) if delay else ("hot_next_day", {"date": day}))
    elif purpose == "closing":
        why.append(
            ("closing_step" if step.purpose and history.warming < cadence.rhythm else "closing_rhythm", {"warming": history.warming})
        )
    elif step.purpose == "closing":
        why.append(("closing_too_early", {"warming": history.warming, "rhythm": cadence.rhythm}))
    else:
        why.append(("warming_rhythm", {"warming": history.warming, "rhythm": cadence.rhythm}))
    if paper and channel == PAPER and step.channel != PAPER:
        why.append(("paper", {}))
    elif reason.campaign and step.channel != channel:
        why.append(("channel_campaign", {"channel": channel}))
    elif step.channel and step.channel != channel:
        code = "channel_closed" if step.channel not in facts.open_channels else "channel_without_reason"
        why.append((code, {"planned": step.channel, "channel": channel}))
    elif step.channel:
        why.append(("channel_step", {"channel": channel}))
    else:
        why.append(("channel_turn", {"channel": channel}))
    why.append(("reason", {"reason": reason.id}))
    if step.expert and _meeting(facts):
        why.append(("expert_booked", {"date": facts.expert_day}))
    elif step.expert:  # nobody is forgotten for want of an expert (R37)
        why.append(("with_expert" if facts.expert else "expert_missing", {}))
    return tuple(why)
