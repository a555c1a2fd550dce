"""What the client base is worth, what it loses, and who in it is worth most (R5, R19, R23 to R25)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

A, B, C = ABC = ("a", "b", "c")
X, Y, Z = XYZ = ("x", "y", "z")
PROMOTER, NEUTRAL, CRITIC = NPS_GROUPS = ("promoter", "neutral", "critic")
# purchases from which on a rhythm can be told from chance: two gaps between them
RHYTHM_FROM = 3


def _month(day: date) -> int:
    return day.year * 12 + day.month


def month_before(today: date, months: int) -> date:
    """:return: the first day of the month that lies ``months`` months before that of ``today``"""
    year, month = divmod(_month(today) - 1 - months, 12)
    return date(year, month + 1, 1)


def missed_months(first: date, contacted: int, today: date, months: int) -> int:
    """Months in which nobody touched the client (R19). The present month is not over, so it is not missed yet.

    :param first: day of the first contact ever, a touch or a purchase
    :param contacted: of the ``months`` calendar months before the present one, those in which there was contact
    :return: missed months among them; those before the first contact do not count
    """
    known = min(_month(today) - _month(first), months)
    return max(0, known - contacted)


def lost(value: float, missed: int, decay: float) -> float:
    """:param decay: percent of its value that the base loses with each missed month, compounding (R19: 10)
    :return: the loss by the missed months, in the money of ``value``"""
    return value * (1 - (1 - min(decay, 100) / 100) ** missed)


def abc(values: Sequence[float], a_share: float, b_share: float) -> list[str]:
    """Rank by volume (R25): the clients who together bring the first ``a_share`` percent are A, those up to ``b_share`` percent B, others C.

    Clients who bring the same are in the same class; clients who bring nothing are C.

    :return: a class for each value, in order
    """
    total = sum(value for value in values if value > 0)
    classes = [C] * len(values)
    before = 0.0
    ranked = sorted((number for number, value in enumerate(values) if value > 0), key=lambda number: -values[number])
    share, last = 0.0, None
    for number in ranked:
        if values[number] != last:  # clients who bring the same are in the same class
            share, last = before / total * 100, values[number]
        classes[number] = A if share < a_share else B if share < b_share else C
        before += values[number]
    return classes


def xyz(purchases: int, variation: float, x_limit: float, y_limit: float) -> str:
    """Rank by regularity (R25).

    :param purchases: days on which the client bought
    :param variation: how much the gaps between purchases vary, their standard deviation in percent of their mean
    :return: X for up to ``x_limit`` percent, Y for up to ``y_limit``, Z for others and for who bought too seldom to tell
    """
    if purchases < RHYTHM_FROM:
        return Z
    return X if variation <= x_limit else Y if variation <= y_limit else Z


def is_loyal(purchases: int, lapses_on: date | None, today: date, loyal_from: int) -> bool:
    """Whether the client came back often enough, and is not missed (R23)."""
    return purchases >= loyal_from and (lapses_on is None or today < lapses_on)


def nps_group(score: int) -> str:
    """:param score: "would you recommend us", 0 to 10 (R24)"""
    return PROMOTER if score >= 9 else NEUTRAL if score >= 7 else CRITIC


def share(part: float, whole: float) -> float:
    """:return: ``part`` of ``whole`` as a fraction; 0 of nothing"""
    return part / whole if whole else 0.0


def nps(promoters: int, critics: int, answers: int) -> float:
    """:return: promoters less critics in percent of all answers, -100 to 100 (R24)"""
    return 100 * share(promoters - critics, answers)
