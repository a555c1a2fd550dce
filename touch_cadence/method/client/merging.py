"""What two records of one client are together: the warmer, the judged, the stricter (invariant 9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ..plan.facts import POTENTIALS, TEMPERATURES
from ..plan.occasions import age


def temperature(known: Iterable[tuple[str | None, date | None]]) -> tuple[str, date | None]:
    """:param known: (temperature, since when) of each record
    :return: the warmest, and the last day on which a record became so: a second, cold record does not cool a hot client (R8)"""
    pairs = [(value if value in TEMPERATURES else TEMPERATURES[0], since) for value, since in known]
    warmest = max((value for value, _since in pairs), key=TEMPERATURES.index, default=TEMPERATURES[0])
    return warmest, max((since for value, since in pairs if value == warmest and since), default=None)


def potential(known: Iterable[tuple[str | None, date | None]]) -> tuple[str | None, date | None]:
    """:param known: (potential, judged on) of each record, the one that stays first
    :return: the latest judgement, because later answers know more; without days the higher one, so that a merge gives nobody up"""
    judged = [(value, on) for value, on in known if value in POTENTIALS]
    return max(judged, key=lambda one: (one[1] or date.min, POTENTIALS.index(one[0] or "")), default=(None, None))


def birthdate(known: Iterable[date | None], today: date) -> date | None:
    """:param known: of each record, the one that stays first
    :return: the first that has its true year, else the first"""
    dates = [one for one in known if one]
    return next((one for one in dates if age(one, today) is not None), dates[0] if dates else None)
