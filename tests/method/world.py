"""A small world for the pure method: a Monday, a calendar, a client who can be reached in every way."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from hypothesis import settings
from method.plan import channels, facts, history
from method.plan.workdays import Workdays

MONDAY = date(2026, 3, 2)
ALL_CHANNELS = channels.reachable({"phone", "email", "address", "website"}, channels.BUILT_IN)


def often(times):
    """Try a property so many times as often as others: it has more to find."""
    return settings(max_examples=int(settings.default.max_examples * times))


def workdays(first=MONDAY - timedelta(days=100), days=500, off=()):
    return _workdays(first, days, frozenset(off))


@cache
def _workdays(first, days, off):
    every = (first + timedelta(days=n) for n in range(days))
    return Workdays(day for day in every if day.weekday() < 5 and day not in off)


def steps(*delays, **values):
    return tuple(facts.Step(number, delay, **values) for number, delay in enumerate(delays, 1))


STANDARD = facts.Cadence(1, steps(0, 2, 3, 3, 4, 4, 4), rhythm=5, target=7, stop_after=12, window_days=30)
REASONS = tuple(facts.Reason(number, "warming") for number in range(1, 11)) + tuple(
    facts.Reason(number, "closing") for number in range(11, 15)
)


def at(day, hour=9):
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def client(today=MONDAY, **values):
    """Facts about a cold client on the first day of a standard cadence, but for what ``values`` say."""
    days = values.pop("workdays", workdays())
    known = facts.Facts(
        client=1,
        state="running",
        cadence=STANDARD,
        now=at(today),
        today=today,
        started=MONDAY,
        workdays=days,
        rep_days=days,
        rep=7,
        zone=UTC,
        client_zone=UTC,
        open_channels=ALL_CHANNELS,
        reasons=REASONS,
    )
    return replace(known, **values)


def past(day=MONDAY, purpose="warming", channel="call", reason=None, this_run=True, from_step=True, counts=True, skipped=False, **values):
    return history.PastTouch(day, purpose, channel, reason, this_run, from_step, counts, skipped, **values)
