"""Where many begin: some first touches a day for each salesperson, so that the same people can be called a few days later (R61)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from .capacity import rank
from .facts import HOT
from .workdays import Workdays


class Newcomer(NamedTuple):
    """A client who begins. ``since``: since when the client is known; ``id``: settles ties; ``earliest``: the first day on which the client can be
    touched at all, such as Monday where today's hours are over."""

    id: int
    rep: int | None
    temperature: str
    potential: str | None
    since: date
    earliest: date = date.min


def spread(
    newcomers: Iterable[Newcomer],
    per_day: int,
    first: date,
    days: Callable[[int | None], Workdays],
    taken: Mapping[int | None, Mapping[date, int]],
) -> dict[int, date]:
    """Give each newcomer a day to begin on, ``per_day`` at most for each salesperson and working day. The hotter, the higher potential, the longer
    known begin first. Hot clients are not put off (R8): they begin at once, and take their room.

    :param per_day: first touches a day, 0 for no limit
    :param first: the first day on which anybody begins
    :param days: the working days of a salesperson, None for nobody
    :param taken: those who begin already, by salesperson and day
    :return: {newcomer: day}, for every one of them
    """
    load = {rep: dict(known) for rep, known in taken.items()}
    result: dict[int, date] = {}
    for one in sorted(newcomers, key=lambda one: rank(one.temperature, one.potential, one.since, one.id)):
        its = load.setdefault(one.rep, {})
        day = _from(max(first, one.earliest), days(one.rep))
        while one.temperature != HOT and per_day and its.get(day, 0) >= per_day:
            day = _from(day + timedelta(days=1), days(one.rep))
        result[one.id] = day
        its[day] = its.get(day, 0) + 1
    return result


def _from(day: date, days: Workdays) -> date:
    """:return: the first working day from ``day`` on; behind all that is known, weekdays are"""
    if found := days.on_or_after(day):
        return found
    return day + timedelta(days=max(7 - day.weekday(), 0)) if day.weekday() > 4 else day
