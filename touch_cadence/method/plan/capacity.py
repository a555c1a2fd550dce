"""Human capacity: a rep can make so many touches a day. The others move on in order, and none is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from .decision import Decision, Touch, Wait
from .facts import HIGH, HOT, STANDARD, TEMPERATURES, Facts, Hold
from .next_touch import LOOK_AGAIN, next_decision
from .workdays import Workdays

# a touch is moved so often because a day is full, and then stays
MOVES = 2


class Rank(NamedTuple):
    """The order of clients: the hotter first, then the higher potential, then the longer waiting; the number settles ties."""

    cold: int
    low: int
    since: date
    id: int


def rank(temperature: str, potential: str | None, since: date, id_: int) -> Rank:
    return Rank(-TEMPERATURES.index(temperature), -{HIGH: 2, STANDARD: 1, None: 1}.get(potential, 0), since, id_)


def room(per_day: int, share: float) -> int | None:
    """:param per_day: touches on a full working day; 0: no cap
    :param share: of a full day that the rep works on this one
    :return: touches that the day takes, at least one; None for no cap"""
    return max(1, int(per_day * share)) if per_day else None


def free_day(day: date, days: Workdays, per_day: int, load: Mapping[date, int]) -> date | None:
    """:param load: touches that the rep has on each day already
    :return: the first of the rep's working days from ``day`` on that takes one more; None when none is known"""
    found = days.on_or_after(day)
    while found is not None:
        space = room(per_day, days.share(found))
        if space is None or load.get(found, 0) < space:
            return found
        found = days.on_or_after(found + timedelta(days=1))
    return None


class Planned(NamedTuple):
    """A planned touch of today or overdue. ``fixed``: it belongs on its day (an occasion, a campaign that ends, an agreed step); ``holds``: of the
    client, days that are closed to it."""

    id: int
    temperature: str
    potential: str | None
    since: date
    moves: int
    fixed: bool = False
    holds: tuple[Hold, ...] = ()


def overflow(planned: Sequence[Planned], today: date, days: Workdays, per_day: int, load: Mapping[date, int]) -> dict[int, date]:
    """Which of a rep's touches of today (overdue ones included) go to which later day, because today does not take them all.

    Hot and fixed ones and those moved often enough stay; they take their room first.

    :param load: touches that the rep has on each later day
    :return: {touch: its new day}
    """
    space = room(per_day, days.share(today))
    if space is None or len(planned) <= space:
        return {}
    load = dict(load)
    moved: dict[int, date] = {}
    bound: list[Planned] = []
    free: list[Planned] = []
    for one in sorted(planned, key=lambda one: rank(one.temperature, one.potential, one.since, one.id)):
        (bound if one.temperature == HOT or one.fixed or one.moves >= MOVES else free).append(one)
    for one in free[max(0, space - len(bound)) :]:
        its = days.without((hold.first, hold.last) for hold in one.holds) if one.holds else days
        day = free_day(today + timedelta(days=1), its, per_day, load)
        if day is None:
            continue
        moved[one.id] = day
        load[day] = load.get(day, 0) + 1
    return moved


def level(
    facts: Sequence[Facts],
    decisions: Sequence[Decision],
    per_day: Callable[[int | None], int],
    load: Mapping[int, Mapping[date, int]],
) -> list[Decision]:
    """Fit new and changed touches into the reps' days: the hotter, the higher potential, the longer waiting go first. A client whose day is
    full is decided again for the first free day. Hot clients, occasions and what belongs to an agreed step keep their day and take its room.

    :param per_day: touches that a rep makes on a full working day, 0 for no cap
    :param load: touches that each rep has on each day already
    :return: a decision for each of ``facts``, in order
    """
    result = list(decisions)
    taken: dict[int | None, dict[date, int]] = {rep: dict(days) for rep, days in load.items()}
    touches = {number: decision for number, decision in enumerate(decisions) if isinstance(decision, Touch)}
    for number in touches:  # a planned touch that is changed gives its room up first
        known = facts[number]
        its = taken.setdefault((known.open_touch and known.open_touch.user) or known.rep, {})
        if known.open_touch and known.open_touch.day:
            planned = max(known.open_touch.day, known.today)
            its[planned] = max(0, its.get(planned, 0) - 1)
    for number in sorted(touches, key=lambda number: (not _bound(facts[number], touches[number]), _rank(facts[number]))):
        known, decision = facts[number], touches[number]
        day: date | None = decision.day if _bound(known, decision) else _free_day(known, decision.day, per_day, taken)
        if day is None:
            result[number] = Wait(known.today + timedelta(days=LOOK_AGAIN), (("day_full", {}),))
            continue
        if day != decision.day:
            # a planned touch that is wrong is not kept because its day is full: it is made on the free day, or waited for
            result[number] = later = next_decision(replace(known, earliest=day))
            day = later.day if isinstance(later, Touch) else day  # an occasion on the way there keeps its own
        # the room is taken also by who waits until that day comes near
        its = taken.setdefault(known.maker(day) or known.rep, {})
        its[day] = its.get(day, 0) + 1
    return result


def _free_day(facts: Facts, day: date, per_day: Callable[[int | None], int], taken: Mapping[int | None, Mapping[date, int]]) -> date | None:
    """:return: the first day from ``day`` on that takes one more, of the responsible or of who stands in"""
    if facts.rep_days is None:
        return None
    found = free_day(day, facts.open_days(facts.rep_days), per_day(facts.rep), taken.get(facts.rep, {}))
    if not facts.stand_in or not facts.stand_in_days:
        return found
    other = free_day(day, facts.open_days(facts.stand_in_days), per_day(facts.stand_in), taken.get(facts.stand_in, {}))
    return min(filter(None, (found, other)), default=None)


def _bound(facts: Facts, touch: Touch) -> bool:
    """Whether the touch belongs on its day: the client is hot, it is an occasion, or it belongs to an agreed step."""
    return facts.temperature == HOT or not touch.step


def _rank(facts: Facts) -> Rank:
    return rank(facts.temperature, facts.potential, facts.started, facts.client)
