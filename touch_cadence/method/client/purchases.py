"""When clients buy, and since when they should have bought again (R22)."""

from __future__ import annotations

from datetime import date, timedelta


def interval(first: date, last: date, count: int) -> int:
    """:param first, last: the first and the last day on which the client bought
    :param count: the days on which the client bought
    :return: the client's own rhythm: mean days from one purchase to the next; 0 for who bought on fewer than two days"""
    return round((last - first).days / (count - 1)) if count > 1 else 0


def lapses_on(last: date | None, own_interval: int, fixed_days: int, least_days: int) -> date | None:
    """The first day on which the client has not bought for longer than usual.

    :param last: day of the last purchase
    :param own_interval: the client's own rhythm in days, 0 when there is none yet
    :param fixed_days: days that count for clients without a rhythm of their own; 0: these never lapse
    :param least_days: days that a client is left in peace even when he used to buy every week
    :return: the day, or None for who never bought or never lapses
    """
    usual = max(own_interval, least_days) if own_interval else fixed_days
    return last + timedelta(days=usual + 1) if last and usual else None
