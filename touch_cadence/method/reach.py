"""What a client is reached by: numbers and addresses as people and programs write them, several in one field (R16, invariant 2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from .mail import domain, find_addresses

# fewer digits are no number that anybody calls from outside, more are two numbers
LEAST_DIGITS, MOST_DIGITS = 5, 15
# what stands between two numbers of one field; ":::" is Google's. A single slash may belong to a number (0471/12.34.56)
_BETWEEN = re.compile(r":::|[;,|\n\r\t]|\s/\s|//")
_RUN = re.compile(r"(?:\+|\(|\d)[\d\s().\-/]*\d")
# 1-800-FLOWERS
_LETTERED = re.compile(r"[+\d\s().\-]*\d[\s\-.]?[A-Z]{4,}[A-Z\d\-]*")
# what is written into a field that may not stay empty
_NOTHING = frozenset(
    [
        "n/a",
        "na",
        "n.a.",
        "n.a",
        "nn",
        "none",
        "no",
        "null",
        "nil",
        "x",
        "xx",
        "xxx",
        "tbd",
        "unknown",
        "unbekannt",
        "inconnu",
        "desconocido",
        "nvt",
        "n.v.t.",
        "нет",
    ]
)
_SITE = re.compile(r"(?:[a-z]+://)?[^\s/@]+\.[^\s/@.]{2,}(?:[/?#:].*)?", re.IGNORECASE)


class Number(NamedTuple):
    """``text``: as it is shown; ``dial``: as it is dialled, empty where nobody can tell (no country, or no such number)."""

    text: str
    dial: str


class Reach(NamedTuple):
    """What is open to a client. ``number``: to dial, ``shown``: what a person may see of it, also where it cannot be dialled; ``email``: one
    address; ``address``: whose postal address is whole, "contact" or "lead"; ``website``: there is one."""

    number: str = ""
    shown: str = ""
    email: str = ""
    address: str = ""
    website: bool = False

    @property
    def have(self) -> frozenset[str]:
        """:return: what :func:`channels.reachable` asks for"""
        known = {"phone": self.number, "email": self.email, "address": self.address, "website": self.website}
        return frozenset(name for name, value in known.items() if value)


def numbers(text: str | None, dial: Callable[[str], str]) -> list[Number]:
    """The numbers in one field, in their order.

    * A field is cut where two numbers can be told apart; a single slash is looked at last, since it may belong to a number.
    * Words beside a number ("mobile", a name) are left out.
    * What has no digits of a number (``n/a``, ``-``, ``0``) is none.

    :param dial: answers a single number as it is dialled (E.164), empty where it is not valid or its country is not known
    """
    found: list[Number] = []
    for part in _BETWEEN.split(unicodedata.normalize("NFKC", text or "")):
        found += _of_part(part.strip(), dial)
    return list(dict.fromkeys(found))


def _of_part(part: str, dial: Callable[[str], str]) -> list[Number]:
    if _LETTERED.fullmatch(part) and (called := dial(part)):
        return [Number(part, called)]
    result = []
    for run in _RUN.findall(part):
        whole = run.strip()
        pieces = [piece.strip() for piece in whole.split("/")]
        called = _called(whole, dial)
        if called or len(pieces) == 1 or not any(_called(piece, dial) for piece in pieces):
            pieces = [whole]
        result += [Number(piece, _called(piece, dial)) for piece in pieces if _is_number(piece)]
    return result


def _called(text: str, dial: Callable[[str], str]) -> str:
    if not _is_number(text):
        return ""
    # people write 0032… for +32…
    return dial(text) or (dial(f"+{text[2:].strip()}") if text.startswith("00") else "")


def _is_number(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    return LEAST_DIGITS <= len(digits) <= 2 * MOST_DIGITS and len(set(digits)) > 1


def plain(text: str, country_known: bool) -> str:
    """A number as it is dialled, where no library knows the numbers of all countries.

    :return: its digits; empty for one of an unknown country, and for what is too long to be one
    """
    digits = re.sub(r"\D", "", text)
    if not LEAST_DIGITS <= len(digits) <= MOST_DIGITS:
        return ""
    if text.strip().startswith("+"):
        return f"+{digits}"
    return digits if country_known else ""


def emails(text: str | None) -> list[str]:
    """:return: the addresses in one field, in their order and in lower case; ``n/a`` and ``none@none`` are none"""
    return list(dict.fromkeys(address for address in find_addresses(text or "") if "." in domain(address)))


def is_known(text: str | None) -> bool:
    """:return: whether a text says something, and does not only fill a field: a street, a city"""
    said = (text or "").strip().strip("#?!*_-–—./ ").lower()
    return any(char.isalnum() for char in said) and said not in _NOTHING and (text or "").strip().lower() not in _NOTHING


def is_site(text: str | None) -> bool:
    return is_known(text) and bool(_SITE.fullmatch((text or "").strip()))


def best(
    known: Iterable[Number],
    addresses: Iterable[str],
    closed: Collection[str],
    postal: str = "",
    website: bool = False,
) -> Reach:
    """The first number and address that are valid and on no blacklist.

    :param closed: numbers and addresses on a blacklist
    :param postal: whose postal address is whole
    """
    left = [number for number in known if number.dial not in closed or not number.dial]
    called = next((number for number in left if number.dial), None)
    shown = called or next(iter(left), None)
    return Reach(
        number=called.dial if called else "",
        shown=shown.text if shown else "",
        email=next((address for address in addresses if address not in closed), ""),
        address=postal,
        website=website,
    )
