"""When clients buy, and since when they should have bought again (R22)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

# gaps between purchases from which on a client's own rhythm can be told from chance: three gaps, four days on which he bought
OWN_FROM = 3
# gaps of others that the base must have seen before it is asked; of fewer, one odd buyer would say when all the others are missed
BASE_FROM = 30
# what the base has taught is kept in whole weeks: it moves seldom, and with it the days of clients who have not bought at all
WEEK = 7


class Gaps(NamedTuple):
    """The days between a client's purchases. ``number``: of gaps; ``spread``: their standard deviation, as a sample of what he will do."""

    number: int
    mean: float
    spread: float


class Limits(NamedTuple):
    """What a company says of when its clients are missed, in days. ``learned``: the base's limits for who bought once, twice and three
    times, 0 for those of which it has seen too little; ``fixed``: for them, 0: these never lapse; ``least``: so long everybody is left in
    peace; ``spreads``: so many spreads over the own mean a purchase is late."""

    fixed: int
    least: int
    spreads: float
    learned: Sequence[int] = ()

    def of_base(self, gaps: int) -> int:
        """:param gaps: between the client's purchases
        :return: the limit that clients who bought as often taught the base; the fixed one while too few did"""
        learned = self.learned[min(gaps, OWN_FROM - 1)] if self.learned else 0
        return max(learned, self.least) if learned else self.fixed


def gaps(days: Sequence[date]) -> Gaps:
    """:param days: on which the client bought, in order, each once"""
    found = [(after - before).days for before, after in pairwise(days)]
    if not found:
        return Gaps(0, 0.0, 0.0)
    mean = sum(found) / len(found)
    spread = math.sqrt(sum((gap - mean) ** 2 for gap in found) / (len(found) - 1)) if len(found) > 1 else 0.0
    return Gaps(len(found), mean, spread)


def interval(first: date, last: date, count: int) -> int:
    """:param first, last: the first and the last day on which the client bought
    :param count: the days on which the client bought
    :return: the client's own rhythm: mean days from one purchase to the next; 0 for who bought on fewer than two days"""
    return round((last - first).days / (count - 1)) if count > 1 else 0


def taught(seen: int, days: float) -> int:
    """:param seen: gaps of clients who had bought as often
    :param days: only the settings' share of those gaps was longer
    :return: the base's limit in whole weeks; 0 where it has seen too few gaps to say"""
    return math.ceil(days / WEEK) * WEEK if seen >= BASE_FROM else 0


def limit(own: Gaps, limits: Limits) -> int:
    """The longest gap after which a purchase is not late yet (R22).

    With three gaps and more a client is late by his own rhythm: the mean of his gaps and several spreads. The spreads of few or odd gaps
    are no measure; where they lead beyond the limit of the base, that counts, but one spread he is always given. Who bought less often is
    late by the base's gaps.

    :return: days; 0: the client is never missed
    """
    base = limits.of_base(own.number)
    if own.number < OWN_FROM:
        return base if limits.fixed else 0
    late = own.mean + limits.spreads * own.spread
    if base:
        late = min(late, max(base, own.mean + own.spread))
    return max(round(late), limits.least, 1)


def lapses_on(last: date | None, days: int) -> date | None:
    """:param last: day of the last purchase
    :param days: the client's :func:`limit`
    :return: the first day on which the client has not bought for longer than usual; None for who never bought or never lapses"""
    return last + timedelta(days=days + 1) if last and days else None
