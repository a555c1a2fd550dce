"""The first day on which a touch may fall: after rests, conversations, the minimum gap, full days and rules of other addons."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from ..why import Why
from . import occasions, retry
from .facts import HOT, Facts
from .workdays import Workdays, moment


class Slot(NamedTuple):
    """``day``: the working day of a touch; ``when``: the first allowed moment of it, in UTC."""

    day: date
    when: datetime


def slot(facts: Facts, days: Workdays, due: date) -> Slot | None:
    """:param days: on which somebody can make a touch
    :param due: the first day that is asked for
    :return: day and moment of the touch: the first day on which calendar and responsible (or substitute) work and the allowed hours are
        not over (invariant 5); None when none is known"""
    day = days.on_or_after(max(due, facts.today))
    while day is not None:
        when = moment(day, retry.hours(facts, day), facts.client_zone, retry.earliest(facts))
        if when is not None:
            return Slot(day, when)
        day = days.on_or_after(day + timedelta(days=1))
    return None


def floor(facts: Facts, full_days: bool = True, come_back: bool = True) -> tuple[date, tuple[Why, ...]]:
    """:param full_days: days that are full hold it off, too
    :param come_back: so does the day to come back
    :return: the first day on which a touch may fall: after rests and conversations, the day to come back (R46), the minimum gap (R44), and
        days that are full; and what holds it off until then"""
    found: list[tuple[date | None, tuple[Why, ...]]] = [
        (facts.today, ()),
        (None if facts.temperature == HOT else facts.not_before, (("begins_on", {"date": facts.begins_on}),) if facts.begins_on else ()),
        (facts.earliest if full_days else None, (("day_full", {}),)),
        (quiet_until(facts), (("after_reply", {"date": facts.history.last_reply}),)),
    ]
    if facts.back and come_back:
        found.append((facts.back, ()))  # the touch says so itself, whatever else holds it off
    # who named the day to come back has said that it is not too early
    if facts.min_gap and facts.temperature != HOT and not (facts.back and come_back):
        why = (("min_gap", {"days": facts.min_gap}),)
        found += [(day + timedelta(days=facts.min_gap), why) for day in (facts.history.last_contact, facts.last_mail) if day]
    return max(((day, why) for day, why in found if day), key=lambda one: one[0])


def said(facts: Facts, asked: date, day: date) -> tuple[Why, ...]:
    """:param asked: the day that the touch would have, without rules of other addons
    :param day: the one that it has; for a holiday it lies before
    :return: why working days between the two are held"""
    first, last, days = min(asked, day), max(asked, day), facts.working_days
    found = [
        hold.why
        for hold in facts.closed
        if days is not None and days.between(max(first, hold.first), min(last, hold.last) + timedelta(days=1))
    ]
    return tuple(why for number, why in enumerate(found) if why not in found[:number])


def quiet_until(facts: Facts) -> date | None:
    """:return: the day until which a client who came to us is left to the conversation; hot clients are not (R8, R44), nor who said when to
    come back (R46)"""
    last, days = facts.history.last_reply, facts.cadence.reply_days
    if facts.back:
        return None
    return facts.workdays.after(last, days) if last and days and facts.temperature != HOT else None


def occasion(facts: Facts, last: date) -> occasions.Occasion | None:
    """:return: the birthday or holiday that goes before a touch on ``last``, or stands so near behind it that the touch gives way (R29, R30); it
    keeps its day, also a full one. Who said when to come back is wished well all the same, but not shortly before that day (R46)"""
    if facts.temperature == HOT:
        return None
    near = timedelta(days=occasions.NEAR)
    if facts.back:
        last = min(last, facts.back - near)
    elif facts.history.last_made and not facts.only_reason:  # strangers are called before they are wished a happy New Year
        last += near
    return occasions.upcoming(facts, floor(facts, full_days=False, come_back=False)[0], last)
