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
        return self if self is other else Workdays(set(self.days) & set(other.days), self.shares)

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


def moment(day: date, hours: tuple[float, float], zone: tzinfo, now: datetime) -> datetime | None:
    """The first moment on ``day`` at which the client may be touched (R44: decent hours).

    :param day: the day in the client's time zone
    :param hours: allowed hours of a day, from and to, as floats (9.5 is half past nine), in ``zone``
    :param zone: the client's time zone
    :param now: the present, aware
    :return: an aware moment in UTC, never before ``now``; None when the allowed hours of that day are over
    """
    opens = datetime.combine(day, time(), zone) + timedelta(hours=hours[0])
    closes = datetime.combine(day, time(), zone) + timedelta(hours=hours[1])
    start = max(opens, now)
    return start.astimezone(timezone.utc) if start < closes else None
