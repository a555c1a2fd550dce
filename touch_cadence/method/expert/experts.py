"""Who helps with which large deal, and when: inside the experts' windows, never over their hours (R38, R39, invariant 7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone, tzinfo
from heapq import merge
from typing import NamedTuple

NEVER = datetime.min.replace(tzinfo=timezone.utc)


class Span(NamedTuple):
    """From one aware moment to another."""

    start: datetime
    stop: datetime

    def overlaps(self, other: Span) -> bool:
        return self.start < other.stop and other.start < self.stop


@dataclass(frozen=True, slots=True)
class Expert:
    """``windows``: when he may be booked, leave taken out, in order; ``busy``: when he is not free after all; ``hours``: a week, all in all;
    ``slot``: hours of one meeting; ``booked``: hours that count against each of his weeks, by their Mondays in ``zone``; ``load``: hours
    that lie ahead; ``last``: when he was last booked, None for never."""

    id: int
    zone: tzinfo
    windows: tuple[Span, ...]
    busy: tuple[Span, ...] = ()
    hours: float = 3.0
    slot: float = 1.0
    booked: Mapping[date, float] = field(default_factory=dict)
    load: float = 0.0
    last: datetime | None = None
    skills: frozenset[int] = frozenset()
    user: int = 0


class Request(NamedTuple):
    """A deal that waits for an expert. ``without``: experts who declined; ``rep``: the user who comes along; ``day``: on which the client agreed to
    meet, None where no day is agreed (R45)."""

    id: int
    asked: datetime
    priority: int = 0
    skill: int | None = None
    without: frozenset[int] = frozenset()
    rep: int = 0
    day: date | None = None


class Place(NamedTuple):
    """A request's expert and slot."""

    expert: int
    span: Span


def monday(moment: datetime, zone: tzinfo) -> date:
    """:return: the Monday of the week in which the moment lies, in the expert's time zone"""
    day = moment.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def in_order(requests: Sequence[Request]) -> list[Request]:
    """First come within priority."""
    return sorted(requests, key=lambda one: (-one.priority, one.asked, one.id))


def free_slots(expert: Expert, busy: Sequence[Span], not_before: datetime, until: datetime) -> Iterator[Span]:
    """:param busy: of expert and rep
    :return: the expert's free slots that begin from ``not_before`` on and end by ``until``, the first one first; each is free as long as none of the
        others is taken"""
    length = timedelta(hours=expert.slot)
    if expert.slot <= 0:
        return
    for window in expert.windows:
        start = window.start
        while start < not_before:
            start += length  # slots keep to the grid of their window
        while start + length <= min(window.stop, until):
            slot = Span(start, start + length)
            if expert.booked.get(monday(start, expert.zone), 0.0) + expert.slot > expert.hours + 1e-9:
                break
            clash = next((one for one in busy if one.overlaps(slot)), None)
            if clash is None:
                yield slot
            start = slot.stop if clash is None else max(clash.stop, start)


def free_places(
    request: Request,
    experts: Sequence[Expert],
    not_before: datetime,
    until: datetime,
    busy_rep: Sequence[Span] = (),
) -> Iterator[Place]:
    """Where the request could be booked, for people to choose from.

    :param busy_rep: when the request's rep is not free
    :return: the free slots of those who could help, the earliest first; of one moment, in the order in which :func:`assign` would ask
    """
    able = _able(request, experts)
    slots = [[Place(one.id, slot) for slot in free_slots(one, sorted([*one.busy, *busy_rep]), not_before, until)] for one in able]
    return merge(*slots, key=lambda place: place.span.start)


def _able(request: Request, experts: Iterable[Expert]) -> list[Expert]:
    """:return: those who have the skill, did not decline and are not the deal's own rep: the least loaded first, then who waits longest, then the
    lowest number"""
    able = [one for one in experts if one.id not in request.without and one.user != request.rep]
    able = [one for one in able if request.skill is None or request.skill in one.skills]
    return sorted(able, key=lambda one: (one.load, one.last or NEVER, one.id))


def assign(
    requests: Sequence[Request],
    experts: Sequence[Expert],
    not_before: datetime,
    until: datetime,
    busy_reps: Mapping[int, Sequence[Span]] | None = None,
) -> dict[int, Place]:
    """Give requests their experts and slots, first come within priority: of those who have the skill and did not decline, the least
    loaded, then the one who waits longest, then the one with the lowest number. On the day that the client agreed to, where one of them has room; a
    day that lies beyond ``until`` is waited for.

    :param busy_reps: when each rep is not free
    :return: {request: place}; requests without a place wait on
    """
    pool = {expert.id: expert for expert in experts}
    reps = {rep: list(spans) for rep, spans in (busy_reps or {}).items()}
    places: dict[int, Place] = {}
    for request in in_order(requests):
        able = _able(request, pool.values())
        came_with = reps.get(request.rep, ())
        found = None
        if request.day:
            found = _first_place([_on_day(one, request.day) for one in able], came_with, not_before, until)
        if found is None and (request.day is None or request.day <= until.date()):
            found = _first_place(able, came_with, not_before, until)
        if found is None:
            continue
        places[request.id] = found
        pool[found.expert] = book(pool[found.expert], found.span)
        reps.setdefault(request.rep, []).append(found.span)
    return places


def _on_day(expert: Expert, day: date) -> Expert:
    return replace(expert, windows=tuple(one for one in expert.windows if one.start.astimezone(expert.zone).date() == day))


def _first_place(experts: Sequence[Expert], rep_busy: Sequence[Span], not_before: datetime, until: datetime) -> Place | None:
    for expert in experts:
        slot = next(free_slots(expert, sorted([*expert.busy, *rep_busy]), not_before, until), None)
        if slot:
            return Place(expert.id, slot)
    return None


def book(expert: Expert, span: Span) -> Expert:
    """:return: the expert with one booking more"""
    week, length = monday(span.start, expert.zone), _hours(span)
    return replace(
        expert,
        busy=(*expert.busy, span),
        booked={**expert.booked, week: expert.booked.get(week, 0.0) + length},
        load=expert.load + length,
        last=max(expert.last or span.start, span.start),
    )


def _hours(span: Span) -> float:
    return (span.stop - span.start).total_seconds() / 3600


def may_stand(expert: Expert, span: Span) -> bool:
    """Whether a booking may lie there: inside a window, beside everything else, within the week's hours."""
    return (
        any(window.start <= span.start and span.stop <= window.stop for window in expert.windows)
        and not any(one.overlaps(span) for one in expert.busy)
        and expert.booked.get(monday(span.start, expert.zone), 0.0) + _hours(span) <= expert.hours + 1e-9
    )
