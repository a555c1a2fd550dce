"""What a client is reached by: numbers and addresses as people and programs write them, several in one field (R16, invariant 2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from html import unescape
from typing import NamedTuple

from .mail import domain, find_addresses

# fewer digits are no number that anybody calls from outside, more are two numbers
LEAST_DIGITS, MOST_DIGITS = 5, 15
# a text with fewer digits may be half of another number
WHOLE_DIGITS = 7
# of a field; the rest is a text and no number
MOST_LETTERS = 1000
# what stands between two numbers of one field; ":::" is Google's. A slash may belong to a number (0471/12.34.56, 089 / 123456)
_BETWEEN = re.compile(r":::|[;,|\n\r\t]|//")
# where a run of digits may be cut, when all that comes of it are numbers
_CUTS = [re.compile(cut) for cut in (r"\s*/\s*", r"\s-+\s", r"\s{2,}", r"\s*(?=\+)", r"-(?=0)", r"\s(?=0)")]
# other facts in a field for numbers, where the columns of a file were shifted: a date, a tax number, an account, Excel's 3,2471E+10
_OTHER = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])[/.\-](?:0?[1-9]|1[0-2])[/.\-](?:19|20)\d\d|(?:19|20)\d\d[/.\-](?:0?[1-9]|1[0-2])[/.\-](?:0?[1-9]|[12]\d|3[01])"
    r"|[A-Z]{2}\d{8,12}|[A-Z]{2}\d{2}(?:\s?[\dA-Z]){11,30}|\d+[.,]\d+E\+?\d+",
    re.IGNORECASE,
)  # fmt: skip
# beside a number that nobody is to call: a fax, a wrong one
_SPOILT = re.compile(
    r"\b(?:tele)?fax\b|\bfaks|\btélécopie|\bфакс|\bdo not call|\bdon't call|\bdnc\b|\bwrong\b|\binvalid\b|\bnicht anrufen|\bfalsch|\bungültig|"
    r"\bne pas appeler|\bfaux\b|\bno llamar|\bnon chiamare|\bniet bellen|\bnão ligar|\bnie dzwonić|\bне звонить|\bnu sunați",
    re.IGNORECASE,
)  # fmt: skip
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63]")
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
        "нет данных",
        "неизвестно",
        "待定",
        "keine",
        "aucun",
        "aucune",
        "geen",
        "onbekend",
        "brak",
        "nieznany",
        "nincs",
        "ninguno",
        "ninguna",
        "nenhum",
        "nessuno",
        "sconosciuto",
        "undefined",
        "n / a",
        "test",
    ]
)
# as other programs write that there is nothing
_EMPTY = frozenset(
    ["nan", "NaN", "<NA>", "\\N", "(leer)", "(blank)", "(empty)", "(vide)", "(none)", "#REF!", "#VALUE!", "#NAME?", "#NULL!"]
)
# of an address that was made up: none@none.com
_NOBODY = frozenset(
    ["none", "no", "na", "nn", "x", "xx", "xxx", "test", "noemail", "nomail", "unknown", "example", "asdf", "null", "keine", "noreply"]
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
    * What has no digits of a number (``n/a``, ``-``, ``0``) is none; nor is a date, a fax, or what stands beside "do not call".

    :param dial: answers a single number as it is dialled (E.164), empty where it is not valid or its country is not known
    """
    found: list[Number] = []
    plain = _plain(text or "").strip()
    for part in [] if _OTHER.fullmatch(plain) else _BETWEEN.split(plain):
        found += _of_part(part.strip(), dial)
    return list(dict.fromkeys(found))


def _plain(text: str) -> str:
    """:return: the text with plain digits and dashes, and without signs that nobody sees"""
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", text[:MOST_LETTERS]))
    plain = "".join(one for one in plain if unicodedata.category(one) != "Cf")
    return re.sub(r"(?<=\d)[·•_*](?=\d)", ".", plain)


def _of_part(part: str, dial: Callable[[str], str]) -> list[Number]:
    if _OTHER.fullmatch(part):
        return []
    part = re.sub(r"^(\d{7,})\.0$", r"\1", part)  # a number of Excel
    if _LETTERED.fullmatch(part) and (called := dial(part)):
        return [Number(part, called)]
    runs = list(_RUN.finditer(part))
    ends = [0, *(run.end() for run in runs)]
    gaps = [part[end:begin] for end, begin in zip(ends, [*(run.start() for run in runs), len(part)])]
    # words stand before their number, or behind it, up to a bracket or slash: "02 512 34 57 (fax) / 02 512 34 56"
    cuts = [max(gap.rfind(sign) for sign in "/)") + 1 for gap in gaps[:-1]]
    before = [gap[cut:] for gap, cut in zip(gaps, cuts)]
    behind = [*(gap[:cut] for gap, cut in zip(gaps[1:], cuts[1:])), gaps[-1]]
    result = []
    for run, *words in zip(runs, before, behind):
        if not any(map(_SPOILT.search, words)):
            result += [Number(piece, _called(piece, dial)) for piece in _pieces(run[0].strip(), dial) if _is_number(piece)]
    return result


def _pieces(run: str, dial: Callable[[str], str]) -> list[str]:
    """:return: the numbers in a run of digits and signs: itself, or what it is cut into where that makes numbers of all"""
    for cut in _CUTS:
        pieces = [piece for piece in (piece.strip() for piece in cut.split(run)) if piece]
        if len(pieces) > 1 and all(_is_whole(piece, dial) for piece in pieces):
            return pieces
    head, slash, tail = (piece.strip() for piece in run.rpartition("/"))
    # "089 123456/57": the last digits of another line
    if slash and len(re.sub(r"\D", "", tail)) < 4 and _is_whole(head, dial):
        return [head]
    if _called(run, dial):
        return [run]
    # "0471 12 34 56 (9-17)"
    head = run.partition("(")[0].strip()
    if _is_whole(head, dial):
        return [head]
    pieces = [piece.strip() for piece in run.split("/")]
    return pieces if any(_called(piece, dial) for piece in pieces) else [run]


def _is_whole(text: str, dial: Callable[[str], str]) -> bool:
    """:return: whether it is a number by itself, and not the second half of one"""
    return len(re.sub(r"\D", "", text)) >= WHOLE_DIGITS and bool(_called(text, dial))


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
    """:return: the addresses in one field, in their order and in lower case; ``n/a``, ``none@none.com`` and what is no host are none"""
    found = find_addresses(unescape(text or "").replace("\\n", "\n"))
    return list(dict.fromkeys(address for address in found if _is_address(address)))


def _is_address(address: str) -> bool:
    local, host = address.split("@")[0], domain(address)
    labels = host.split(".")
    whole = all(label and not label.startswith("-") and not label.endswith("-") for label in labels)
    return len(labels) > 1 and whole and len(labels[-1]) > 1 and not labels[-1].isdigit() and not (local == labels[0] and local in _NOBODY)


def is_known(text: str | None) -> bool:
    """:return: whether a text says something, and does not only fill a field: a street, a city"""
    said = (text or "").strip().strip("#?!*_-–—./ ").lower()
    if (text or "").strip() in _EMPTY or not said.strip("0"):
        return False
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
