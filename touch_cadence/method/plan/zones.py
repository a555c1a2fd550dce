"""Time zones by name. People, imports and old databases write the names, so nothing here ever raises."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytz

from .zone_names import SAME_ZONE

# where most people of a country with several zones do business; a client elsewhere has the zone set by hand
MAIN_ZONES = {
    "AQ": "Antarctica/McMurdo", "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo",
    "CA": "America/Toronto", "CD": "Africa/Kinshasa", "CL": "America/Santiago", "CN": "Asia/Shanghai", "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin", "EC": "America/Guayaquil", "ES": "Europe/Madrid", "FM": "Pacific/Pohnpei", "GL": "America/Nuuk",
    "ID": "Asia/Jakarta", "KI": "Pacific/Tarawa", "KZ": "Asia/Almaty", "MH": "Pacific/Majuro", "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City", "MY": "Asia/Kuala_Lumpur", "NZ": "Pacific/Auckland", "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby", "PS": "Asia/Gaza", "PT": "Europe/Lisbon", "RU": "Europe/Moscow", "UA": "Europe/Kyiv",
    "US": "America/New_York", "UZ": "Asia/Tashkent", "XK": "Europe/Belgrade",
}  # fmt: skip


def _same() -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for line in SAME_ZONE.strip().splitlines():
        first, *others = line.split()
        groups[first] += others
    return {name: (first, *others) for first, others in groups.items() for name in (first, *others)}


SAME = _same()


def today_name(name: str) -> str:
    """:return: the name that the tz database has for the zone today"""
    return SAME[name][0] if name in SAME else name


@lru_cache(maxsize=4096)
def known(name: object) -> str | None:
    """:param name: whatever stands in a zone's field
    :return: a name by which this system knows that zone: the same, or another one of it (``Asia/Kolkata`` for ``Asia/Calcutta`` where
        the old name is gone); None for no zone at all"""
    if not isinstance(name, str) or not name:
        return None
    return next((one for one in (name, *SAME.get(name, ())) if _readable(one)), None)


def _readable(name: str) -> bool:
    try:
        ZoneInfo(name)
        pytz.timezone(name)  # Odoo's intervals ask for this one
    except (KeyError, ValueError, OSError):
        return False
    return True


def zone(*names: object) -> tzinfo:
    """:param names: of zones, the wanted one first
    :return: the first of them that can be read; UTC when none can"""
    found = next(filter(None, map(known, names)), None)
    return ZoneInfo(found) if found else timezone.utc


def pytz_zone(*names: object) -> pytz.BaseTzInfo:
    """:return: the same as :func:`zone`, as Odoo's working intervals want it"""
    return pytz.timezone(next(filter(None, map(known, names)), "UTC"))


@lru_cache(maxsize=512)
def of_country(code: object) -> tuple[str, ...]:
    """:param code: two letters
    :return: the country's zones that this system knows, the one in which most people do business first; empty for an unknown country"""
    if not isinstance(code, str):
        return ()
    code = code.upper()
    names = pytz.country_timezones.get(code, [])
    main = MAIN_ZONES.get(code)
    return tuple(name for name in dict.fromkeys([*([main] if main else []), *names]) if known(name))


def of_client(chosen: Iterable[object], country: object = None, own: object = None, entered: object = None) -> str | None:
    """In which zone a client lives (R44: nobody is touched outside decent hours).

    * What somebody chose for touches holds first; then what the client's own browser said.
    * Then the country. One with several zones is that of its main city, unless the zone that stands on the contact lies in the country.
    * That zone alone is the one of whoever entered the contact: it counts only where no country is known.

    :param chosen: zones chosen by hand, the nearest first: of the deal, the contact, the company
    :param country: two letters
    :param own: the zone of a contact who logs in
    :param entered: the zone that stands on the contact
    :return: a name, None where nothing is known
    """
    for name in (*chosen, own):
        if found := known(name):
            return found
    zones = of_country(country)
    if not zones:
        return known(entered)
    here = known(entered)
    inside = here and today_name(here) in map(today_name, zones)
    return here if inside and len(zones) > 1 else zones[0]
