"""Working days, as a value: which days may carry a touch, and how to count them (invariant 5)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta, timezone, tzinfo


class Workdays:
    """The working days of a calendar or a person within a known stretch of time.

    Immutable and shared by all clients of a batch. A question that the stretch cannot answer (a leave of four years, a
    calendar without a working day) is answered ``None``, never with an error.
    """

    __slots__ = ("days", "shares")

    def __init__(self, days: Iterable[date], shares: Mapping[date, float] | None = None):
        """:param shares: of a full working day, for days that are not worked in full"""
        self.days: tuple[date, ...] = tuple(sorted(set(days)))
        self.shares: Mapping[date, float] = shares or {}

    def __contains__(self, day: date) -> bool:
        found = bisect_left(self.days, day)
        return found < len(self.days) and self.days[found] == day

    def __and__(self, other: Workdays) -> Workdays:
        """:return: the days that both work, each as long as the one of the two who works less on it"""
        if self is other:
            return self
        days = set(self.days) & set(other.days)
        partly = (self.shares.keys() | other.shares.keys()) & days
        return Workdays(days, {day: min(self.share(day), other.share(day)) for day in partly})

    def __or__(self, other: Workdays) -> Workdays:
        """:return: the days that at least one of the two works, each as long as the one who works more on it"""
        partly = self.shares.keys() | other.shares.keys()
        return Workdays({*self.days, *other.days}, {day: max(self.share(day), other.share(day)) for day in partly})

    def without(self, spans: Iterable[tuple[date, date]]) -> Workdays:
        """:param spans: first and last day of each
        :return: the days that lie in none of them"""
        closed = tuple(spans)
        return Workdays([day for day in self.days if not any(first <= day <= last for first, last in closed)], self.shares)

    def share(self, day: date) -> float:
        """:return: how much of a full working day is worked on ``day``, 0 to 1"""
        return self.shares.get(day, 1.0) if day in self else 0.0

    def on_or_after(self, day: date) -> date | None:
        """:return: the first working day from ``day`` on, or None when none is known"""
        found = bisect_left(self.days, day)
        return self.days[found] if found < len(self.days) else None

    def on_or_before(self, day: date) -> date | None:
        """:return: the last working day up to ``day``, or None when none is known"""
        found = bisect_right(self.days, day) - 1
        return self.days[found] if found >= 0 else None

    def after(self, day: date, count: int) -> date | None:
        """Count working days forward; ``day`` itself is not counted.

        :param count: working days; 0 answers like :meth:`on_or_after`
        :return: the ``count``-th working day after ``day``, or None when it lies beyond what is known
        """
        if count <= 0:
            return self.on_or_after(day)
        found = bisect_right(self.days, day) + count - 1
        return self.days[found] if found < len(self.days) else None

    def between(self, first: date, until: date) -> int:
        """:return: how many working days lie from ``first`` on and before ``until``"""
        return max(bisect_left(self.days, until) - bisect_left(self.days, first), 0)

    def before(self, day: date, count: int) -> date:
        """:return: the ``count``-th working day before ``day``; the earliest of dates when it lies before what is known"""
        found = bisect_left(self.days, day) - count
        return self.days[found] if found >= 0 else date.min


Spans = Iterable[tuple[datetime, datetime]]
# The rest of a day of leave is no working day when it is no more than this share of the day, or these hours.
LEAST_SHARE = 0.25
LEAST_HOURS = 1.0
# the core of a day, for people without fixed hours
CORE = (10, 16)


def worked(attendance: Spans, away: Spans = (), full: float = 0.0) -> Workdays:
    """The days on which somebody works: hours of attendance less leave (invariant 5).

    A day is the date on which the hours begin where they are worked. An hour that is left of a day of leave makes no working day.

    :param attendance: working hours, aware, each in the time zone in which they are meant
    :param away: leave, aware, in any time zone
    :param full: hours of a full working day; 0: each day's own hours are its full ones
    """
    free = _merged(away)
    hours: dict[date, float] = {}
    left: dict[date, float] = {}
    for begin, until in attendance:
        day = begin.date()
        length = _hours(begin, until)
        gone = sum(_hours(max(begin, start), min(until, stop)) for start, stop in free if start < until and stop > begin)
        hours[day] = hours.get(day, 0.0) + length
        left[day] = left.get(day, 0.0) + length - gone
    days = [
        day for day, own in hours.items() if own > 0 and (left[day] >= own - 0.01 or left[day] > max(LEAST_HOURS, own * LEAST_SHARE) + 0.01)
    ]
    shares = {day: left[day] / (full or hours[day]) for day in days}
    return Workdays(days, {day: share for day, share in shares.items() if share < 0.98})


def core_hours(days: Iterable[date], zone: tzinfo) -> list[tuple[datetime, datetime]]:
    """:return: hours for people without fixed ones: the core of each weekday among ``days``"""
    return [core_hours_of(day, zone) for day in days if day.weekday() < 5]


def core_hours_of(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    begin, until = (datetime.combine(day, time(hour), zone) for hour in CORE)
    return begin, until


def _hours(begin: datetime, until: datetime) -> float:
    return (until - begin).total_seconds() / 3600


def _merged(spans: Spans) -> list[tuple[datetime, datetime]]:
    """:return: the same stretches of time in UTC, without overlaps"""
    result: list[tuple[datetime, datetime]] = []
    for start, stop in sorted((one.astimezone(timezone.utc), other.astimezone(timezone.utc)) for one, other in spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(stop, result[-1][1]))
        else:
            result.append((start, stop))
    return result


def midnight(day: date, zone: tzinfo) -> datetime:
    """:return: the moment at which ``day`` begins in ``zone``, aware, in UTC"""
    return datetime.combine(day, time(), zone).astimezone(timezone.utc)


def is_decent(when: datetime, day: date, hours: tuple[float, float], zone: tzinfo) -> bool:
    """:return: whether the moment lies on the client's ``day`` and within the allowed hours of it (R44)"""
    closes = datetime.combine(day, time(), zone) + timedelta(hours=hours[1])
    return opening(day, hours, zone) <= when <= closes.astimezone(timezone.utc)


def opening(day: date, hours: tuple[float, float], zone: tzinfo) -> datetime:
    """:return: the moment at which the allowed hours of ``day`` begin, aware, in UTC"""
    return (datetime.combine(day, time(), zone) + timedelta(hours=hours[0])).astimezone(timezone.utc)


def moment(day: date, hours: tuple[float, float], zone: tzinfo, now: datetime) -> datetime | None:
    """The first moment on ``day`` at which the client may be touched (R44: decent hours).

    :param day: the day in the client's time zone
    :param hours: allowed hours of a day, from and to, as floats (9.5 is half past nine), in ``zone``
    :param zone: the client's time zone
    :param now: the present, aware
    :return: an aware moment in UTC, never before ``now``; None when the allowed hours of that day are over
    """
    closes = datetime.combine(day, time(), zone) + timedelta(hours=hours[1])
    start = max(opening(day, hours, zone), now)
    return start.astimezone(timezone.utc) if start < closes.astimezone(timezone.utc) else None
