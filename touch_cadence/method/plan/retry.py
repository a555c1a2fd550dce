"""When a try that did not get through is repeated: soon, and at another hour (R44)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from .channels import of
from .facts import Facts, Failed
from .rhythm import is_retry


def days(facts: Facts) -> int:
    """:return: working days until a try that failed is repeated, 0 for the same day, where the channel counts in hours"""
    failed = facts.history.failed
    if failed is None:
        return 1
    channel = of(failed.channel, facts.channels)
    return 0 if channel.retry_hours and failed.at else channel.retry_days


def earliest(facts: Facts) -> datetime:
    """:return: the moment before which the client is not tried again, aware: now, or the hours of the channel after the try that failed"""
    failed = unanswered(facts)
    if failed is None or failed.at is None:
        return facts.now
    return max(facts.now, failed.at + timedelta(hours=of(failed.channel, facts.channels).retry_hours))


def hours(facts: Facts, day: date) -> tuple[float, float]:
    """Who did not answer in the first half of the allowed hours is tried in the second half on another day, and the other way round.

    :return: the allowed hours of ``day`` in the client's time zone, for the next touch
    """
    failed = unanswered(facts)
    if failed is None or failed.at is None:
        return facts.hours
    at = failed.at.astimezone(facts.client_zone)
    middle = sum(facts.hours) / 2
    was_early = at.hour + at.minute / 60 < middle
    return (middle, facts.hours[1]) if was_early and day != at.date() else facts.hours


def unanswered(facts: Facts) -> Failed | None:
    """:return: the try that the next touch repeats, where somebody has to be there for it: a mail that came back knows no hours"""
    failed = facts.history.failed
    if failed is None or not is_retry(facts.history) or not of(failed.channel, facts.channels).talk:
        return None
    return failed
