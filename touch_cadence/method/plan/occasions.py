"""Birthdays and official holidays: reasons that fall on their own day (R29, R30)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from . import reasons
from .facts import BIRTHDAY, HOLIDAY, WARMING, Facts, Hold, Reason

# wishes may come so many days after a birthday on which nobody works, or before such a holiday
BELATED = 4
EARLY = 7
# a touch that would fall so many days before wishes gives way to them: nobody is written to two days in a row
NEAR = 4


# Nobody who buys is older. A birthday without a year is kept under one: 1604 by Apple, 0001 and 1900 by others.
OLDEST = 120


# "--03-04" of an address book, "0001-03-04" of a phone
_WITHOUT_YEAR = re.compile(r"\s*(?:--|0\d{3}-)(\d\d)-?(\d\d)\s*")
# a leap year in which nobody was born who buys, as Apple's: one with leading zeros is not written back as it was read
NO_YEAR = 1604


class Occasion(NamedTuple):
    """``day``: on which the touch is made; ``date``: of the birthday or holiday itself; ``kind``: which of the two it is."""

    day: date
    date: date
    reason: Reason
    kind: str


def birthday(born: date, year: int) -> date:
    """:return: the birthday in ``year``; for clients born on 29 February it is the 28th in other years"""
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def birthdate(text: str) -> str:
    """:return: a birthdate as files have it, as a date; one without a year under :data:`NO_YEAR`, any other text as it stands"""
    found = _WITHOUT_YEAR.fullmatch(text)
    return f"{NO_YEAR}-{found[1]}-{found[2]}" if found else text


def age(born: date | None, today: date) -> int | None:
    """The age in years (R17).

    :return: None where it is not known: without a birthdate, for one without its true year, and for one that is still to come
    """
    if born is None or born > today:
        return None
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return years if years <= OLDEST else None


def upcoming(facts: Facts, first: date, last: date) -> Occasion | None:
    """The first occasion that is to be touched from ``first`` to ``last``.

    A birthday on which nobody works is wished on the next working day, a holiday on the last one before it. An occasion that was offered
    once, made or left out, is over; one of which the client heard nothing is wished once more within a few days, also after the holiday.
    """
    found: list[Occasion] = []
    for reason in facts.reasons:
        if not reason.occasion or not reasons.suits(reason, facts, first):
            continue
        if not any(reasons.carries(reason, WARMING, channel) for channel in facts.ways):
            continue
        for when in _dates(reason, facts, first - timedelta(days=BELATED), last + timedelta(days=EARLY)):
            offered = facts.history.offered.get(reason.id)
            again = is_unheard(reason, facts) and len(facts.ways) > 1
            if offered is not None and offered >= when - timedelta(days=EARLY) and not again:
                continue
            day = _day(reason, facts, when, first, again)
            if day is not None and first <= day <= last:
                found.append(Occasion(day, when, reason, reason.occasion))
    return min(found, key=lambda one: (one.day, one.kind != BIRTHDAY, one.reason.id), default=None)


def is_named(holiday: str, names: str) -> bool:
    """:param names: parts of names, with commas between; empty for every holiday"""
    return not names or any(part.strip().casefold() in holiday.casefold() for part in names.split(",") if part.strip())


def wished(known: Iterable[Reason], holidays: Mapping[date, str]) -> tuple[Hold, ...]:
    """The official holidays on which we wish are nobody's working days: who calls on New Year's Day disturbs, and the wishes come on the
    working day before (R30).

    :param known: the company's reasons
    :param holidays: of the client's country
    """
    names = [reason.holiday for reason in known if reason.occasion == HOLIDAY]
    return tuple(
        Hold(day, day, ("wished_holiday", {})) for day, name in sorted(holidays.items()) if any(is_named(name, one) for one in names)
    )


def _dates(reason: Reason, facts: Facts, first: date, last: date) -> list[date]:
    if reason.occasion == BIRTHDAY:
        days = [birthday(facts.birthdate, year) for year in range(first.year, last.year + 1)] if facts.birthdate else []
    else:
        days = [day for day, name in facts.holidays.items() if is_named(name, reason.holiday)]
    return sorted(day for day in days if first <= day <= last)


def is_unheard(reason: Reason, facts: Facts) -> bool:
    """:return: whether the last try to wish it reached nobody"""
    return reason.id in facts.history.unheard


def _day(reason: Reason, facts: Facts, when: date, first: date, belated: bool) -> date | None:
    days = facts.days
    if days is None:
        return None
    if reason.occasion == BIRTHDAY or (belated and first > when):
        day = days.on_or_after(max(when, first))
        return day if day is not None and day <= when + timedelta(days=BELATED) else None
    day = days.on_or_before(when)
    return day if day is not None and day >= when - timedelta(days=EARLY) else None
