"""The touch that is planned: it stays, unless something happened that makes it wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from . import agreed, come_back, hand_over, holds, reasons, rhythm, rotation
from .channels import of
from .decision import Decision, HandOver, Keep, Stop, Touch, Wait
from .facts import CLOSING, FIRST, HOT, OF_AGREED_STEP, WARM, WARMING, Facts, OpenTouch, Reason
from .next_touch import campaign_before, next_decision, of_hand
from .workdays import is_decent


def review(facts: Facts, touch: OpenTouch) -> Decision:
    """:param touch: the planned one
    :return: to keep it, or what is done instead"""
    is_open = touch.channel in facts.ways
    if touch.by_hand and is_open and not _gives_way(facts, touch):
        return _of_hand(facts, touch)
    if is_open and not _is_wrong(facts, touch):
        return _another_way(facts, touch) or Keep()
    replacement = next_decision(facts)
    if isinstance(replacement, Touch | HandOver) or not is_open or _is_held(facts, touch):
        return replacement
    if facts.only_reason is not None and isinstance(replacement, Stop):
        return replacement
    if touch.purpose in OF_AGREED_STEP or agreed.holding(facts):
        return replacement  # what belongs to an agreed step goes with it, and nothing else is made before it
    if touch.outdated and (isinstance(replacement, Stop) or (isinstance(replacement, Wait) and replacement.ahead)):
        return replacement  # the new steps end before it, or wait longer
    # a planned touch is not taken away because something else is missing (no reason left, nobody responsible), nor does the run end
    # because the client wrote; it only waits for its day
    moves = _is_too_early(facts, touch) or _is_day_off(facts, touch) or _is_just_touched(facts, touch)
    if moves and isinstance(replacement, Stop):
        replacement = next_decision(facts, goes_on=True)
        return replacement if isinstance(replacement, Touch | Wait) else Keep()
    return replacement if isinstance(replacement, Wait) and moves else Keep()


def _is_wrong(facts: Facts, touch: OpenTouch) -> bool:
    """Whether the planned touch is no longer the right one: the client's temperature asks for another purpose (R8, invariant 4), its day is
    no working day any more (invariant 5) or too early after the client wrote, its reason is not for this client (R27, R28), another
    expert helps than before (R37), an occasion or a campaign comes first (R26, R29), what the client lacks to buy has become known (R34), what he waits for has arrived (R57), a closer takes the hot client
    over (R56), a rule of another addon holds its day, another channel is asked for, or the steps are others now."""
    if not touch.outdated and not _is_held(facts, touch) and _was_just_agreed(facts, touch):
        return False
    if touch.purpose in OF_AGREED_STEP or agreed.holding(facts):
        return agreed.is_other(facts, touch) or _is_held(facts, touch) or _is_day_off(facts, touch) or _is_indecent(facts, touch)
    if (
        touch.outdated
        or _is_held(facts, touch)
        or _has_wrong_purpose(facts, touch)
        or _has_wrong_way(facts, touch)
        or _is_behind_news(facts, touch)
        or _is_just_touched(facts, touch)
        or _is_third_in_a_row(facts, touch)
        or hand_over.closes(facts)
    ):
        return True
    if touch.day is None or facts.rep_days is None:
        return False
    step = facts.next_step
    reason = next((one for one in facts.reasons if one.id == touch.reason), None)
    if step and not _is_occasion(facts, touch) and rotation.has_expert(facts, step, touch.purpose) and touch.expert != facts.expert:
        return True
    if _is_too_early(facts, touch) or _is_day_off(facts, touch) or _is_indecent(facts, touch):
        return True
    if reason is None:
        return touch.reason is not None  # its campaign is over, or the manager put it away
    day = max(touch.day, facts.today)
    if reason.occasion:
        return False
    if not reason.campaign and touch.day > facts.today and campaign_before(facts, touch.day):
        return True
    # the moment may be over by what was made meanwhile: what is planned for it is told all the same
    still = reasons.suits(replace(reason, moment=""), facts, day) and not _is_introduction_in_vain(facts, reason)
    return holds.occasion(facts, day) is not None or not still or _has_answer(facts, touch, reason, day)


def _of_hand(facts: Facts, touch: OpenTouch) -> Decision:
    """A touch that a rep planned himself keeps its day, which the rep chose; where nobody may or can make it then, it goes to the next day (R50)."""
    if not (_is_held(facts, touch) or _is_day_off(facts, touch) or _is_indecent(facts, touch)) or facts.days is None:
        return Keep()
    slot = holds.slot(facts, facts.days, max(touch.day or facts.today, facts.today))
    return of_hand(facts, slot, touch.channel, touch.purpose) if slot else Keep()


def _gives_way(facts: Facts, touch: OpenTouch) -> bool:
    """Whether what the rep planned himself waits no longer for its day: the client is hot, and is asked at once (R8); a step was agreed that comes
    before it (R45); or the client said later when to come back (R46)."""
    if facts.temperature == HOT and touch.purpose == WARMING:
        return True
    step = agreed.holding(facts)
    if step and touch.day and touch.day >= agreed.first_day(facts, step):
        return True
    said = facts.not_now
    return bool(said and touch.planned_on and said.said > touch.planned_on and touch.day and touch.day < said.day)


def _another_way(facts: Facts, touch: OpenTouch) -> Touch | None:
    """:return: the planned touch by another channel, where two others went by its own meanwhile, and another one has something to tell (R16)"""
    if facts.temperature == HOT or touch.purpose in OF_AGREED_STEP or facts.history.recent_channels[-2:] != (touch.channel,) * 2:
        return None
    other = next_decision(facts)
    return other if isinstance(other, Touch) and other.channel != touch.channel and other.purpose == touch.purpose else None


def _was_just_agreed(facts: Facts, touch: OpenTouch) -> bool:
    """Whether the touch is due, and a meeting was entered into the calendar today: the rep makes the appointment while the client is on the
    phone, and says the outcome after it (R37, R45)."""
    step = agreed.holding(facts)
    entered = step is not None and step.key.startswith("event:") and step.made == facts.today
    return entered and touch.purpose not in OF_AGREED_STEP and touch.day is not None and touch.day <= facts.today


def _is_held(facts: Facts, touch: OpenTouch) -> bool:
    """Whether a rule forbids the day on which the touch would be made; an overdue one would be made today."""
    return touch.day is not None and facts.is_held(max(touch.day, facts.today))


def _has_wrong_purpose(facts: Facts, touch: OpenTouch) -> bool:
    """Whether a hot client would be warmed (R8), or one who has become ready (R34), or a closing touch has become one too many (R10)."""
    step = facts.next_step
    if step is None:
        return False
    purpose = rhythm.purpose_for(facts, rotation.as_made(step, facts))
    if purpose == CLOSING:
        asked = facts.temperature == HOT or (facts.temperature == WARM and facts.is_ready and not _is_occasion(facts, touch))
        return asked and touch.purpose != CLOSING
    return purpose == WARMING and touch.purpose == CLOSING


def _is_occasion(facts: Facts, touch: OpenTouch) -> bool:
    return any(one.occasion for one in facts.reasons if one.id == touch.reason)


def _is_introduction_in_vain(facts: Facts, reason: Reason) -> bool:
    """Whether the client came to us meanwhile, and would be told who we are: who asked for an offer is not introduced to (R15)."""
    return reason.moment == FIRST and facts.history.last_reply is not None


def _has_answer(facts: Facts, touch: OpenTouch, reason: Reason, day: date) -> bool:
    """:param reason: that of the planned touch
    :return: whether another one answers what stands between the client and the purchase, and this one does not (R34)"""
    if reasons.answers(reason) or come_back.is_awaited(reason, facts):
        return False
    return any(
        reasons.answers(one)
        and reasons.suits(one, facts, day)
        and reasons.is_new(one, facts, day)
        and reasons.carries(one, touch.purpose, touch.channel)
        for one in facts.reasons
    )


def _has_wrong_way(facts: Facts, touch: OpenTouch) -> bool:
    """Whether the client cannot answer a closing touch by its channel, and could by another one. A meeting can be answered, though none is
    planned in turn, and so can a channel that has closed: what becomes of those is not decided here."""
    return touch.purpose == CLOSING and bool(facts.two_way) and not of(touch.channel, facts.channels).two_way


def _is_day_off(facts: Facts, touch: OpenTouch) -> bool:
    """Whether the planned touch lies, today or later, on a day off of whoever has it (invariant 5). A substitute has it for the days of
    leave only; a colleague to whom somebody gave it works by other days than the responsible."""
    if touch.day is None or touch.day < facts.today or facts.rep_days is None:
        return False
    if touch.stands_in and touch.user != facts.rep:
        return touch.user != facts.stand_in or not facts.stand_in_days or touch.day not in facts.stand_in_days
    days = facts.rep_days if touch.user in (None, facts.rep) or facts.holder_days is None else facts.holder_days
    return touch.day not in days


def _is_indecent(facts: Facts, touch: OpenTouch) -> bool:
    """Whether the planned moment lies outside the client's hours or day by now: the zone or the hours were changed (R44)."""
    if touch.when is None or touch.day is None or touch.day < facts.today:
        return False
    return not is_decent(touch.when, touch.day, facts.hours, facts.client_zone)


def _is_too_early(facts: Facts, touch: OpenTouch) -> bool:
    """Whether the client is left to the conversation on that day (R44), or said when to come back (R46), and it is not what he waits for."""
    until = holds.quiet_until(facts)
    reason = next((one for one in facts.reasons if one.id == touch.reason), None)
    if facts.back and not (reason and (reason.occasion or come_back.is_awaited(reason, facts))):
        until = facts.back
    return until is not None and touch.day is not None and touch.day < until and facts.today < until


def _is_just_touched(facts: Facts, touch: OpenTouch) -> bool:
    """Whether we touched the client in a way that nobody had planned (a mail in the chatter, a call): the planned touch keeps its minimum gap
    from it (R1, R44). One that was due by the same way waits for the evening: the rep may yet say that it was this one."""
    own, gap = facts.history.last_own, timedelta(days=facts.min_gap)
    if not gap or own is None or facts.today >= own + gap or facts.temperature == HOT or facts.back or touch.day is None:
        return False
    if any(one.id == touch.reason and come_back.is_awaited(one, facts) for one in facts.reasons):
        return False
    if own < facts.today:  # what was put off since then stays where it was put
        return touch.day <= own
    is_it = touch.day <= own and facts.history.recent_channels[-1:] == (touch.channel,)
    return touch.day < own + gap and not is_it


def _is_third_in_a_row(facts: Facts, touch: OpenTouch) -> bool:
    """Whether a touch that nobody had planned was the second in a row by the channel of the planned one, and another channel is open (R16)."""
    others = (rotation.answerable(facts) if touch.purpose == CLOSING else facts.ways) - {touch.channel}
    own = facts.history.last_own
    if own is None or touch.day is None or not others:
        return False
    # due on that very day it may have been this one; from the next day on it was not
    if (touch.day <= facts.today) if own == facts.today else (touch.day > own):
        return False
    return facts.history.recent_channels[-rotation.MOST_IN_A_ROW :] == (touch.channel,) * rotation.MOST_IN_A_ROW


def _is_behind_news(facts: Facts, touch: OpenTouch) -> bool:
    """Whether something has arrived that the client waits for, and he would be told after this touch (R57)."""
    news = come_back.arrival(facts)
    return news is not None and touch.reason != news.reason.id and touch.day is not None and news.slot.day <= max(touch.day, facts.today)
