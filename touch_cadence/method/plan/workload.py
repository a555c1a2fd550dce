"""What enrolling makes: the touches that fall on each day, for each salesperson. Each is decided as the planner would."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from . import forecast
from .capacity import room
from .decide import decide
from .decision import Touch
from .facts import HOT, Facts, OpenTouch
from .workdays import Workdays

# touches of one client that are looked at: enough for some weeks
MOST_TOUCHES = 10


def expected(clients: Iterable[Facts], until: date) -> dict[int | None, dict[date, int]]:
    """The touches that the cadence asks for up to ``until``, if each is made on its day and nothing comes of it but the next one. What a full day
    does not take moves later; here it stands on the day that is asked for, so that one sees what is too much.

    :return: {salesperson: {day: touches}}
    """
    result: dict[int | None, dict[date, int]] = {}
    for facts in clients:
        if facts.begins_on and facts.begins_on > until and facts.temperature != HOT:
            continue
        known = replace(facts, horizon=forecast.FORECAST_DAYS)
        for _number in range(MOST_TOUCHES):
            decision = decide(known)
            if not isinstance(decision, Touch) or decision.day > until:
                break
            its = result.setdefault(decision.user or facts.rep, {})
            its[decision.day] = its.get(decision.day, 0) + 1
            known = _made(known, decision)
    return result


def first_touch(facts: Facts) -> date | None:
    """:return: the day of the next touch, None where none is asked for in the days that can be foreseen"""
    decision = decide(replace(facts, horizon=forecast.FORECAST_DAYS))
    return decision.day if isinstance(decision, Touch) else None


def _made(facts: Facts, touch: Touch) -> Facts:
    """:return: the facts when this touch was made on its day"""
    planned = OpenTouch(touch.purpose, touch.channel, touch.day, touch.reason, about=touch.about, by_hand=touch.by_hand)
    then = replace(facts, today=touch.day, now=touch.when, not_before=None, earliest=None, open_touch=planned)
    return forecast.made(then, forecast.Outcome(), touch.step or None)


class Day(NamedTuple):
    """A working day of a salesperson. ``new``: touches that are added; ``known``: those there are already; ``room``: what the day takes, None for
    no limit."""

    day: date
    new: int
    known: int
    room: int | None

    @property
    def is_over(self) -> bool:
        return self.room is not None and self.new + self.known > self.room


def days(new: dict[date, int], known: dict[date, int], first: date, working: Workdays, per_day: int, count: int) -> list[Day]:
    """:param new: touches that are added on each day
    :param known: those there are already
    :param per_day: touches on a full working day; 0: no limit
    :return: the next ``count`` working days from ``first`` on"""
    result: list[Day] = []
    day = working.on_or_after(first)
    while day is not None and len(result) < count:
        result.append(Day(day, new.get(day, 0), known.get(day, 0), room(per_day, working.share(day))))
        day = working.on_or_after(day + timedelta(days=1))
    return result
