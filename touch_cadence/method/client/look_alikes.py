"""Deals and contacts that may be one person's: nobody is worked twice at once because somebody was entered twice."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

# why the other deal is the one that is worked
HELD, FURTHER, OLDER = WHY = ("held", "further", "older")


class Deal(NamedTuple):
    """A deal or contact that is to be enrolled, or one that is worked (``held``). ``id``: a contact's, or minus a deal's; ``email``, ``phone``: in
    the one form in which they can be compared; ``person``, ``company``: names, as somebody wrote them; ``domain``: of the company's own
    addresses; ``client``: whose it is, where that is known; ``stage``: the higher, the further; ``opened``: when it came to be, any number that
    grows with time; ``alone``: of nobody's company, so that people of one company are not known as such."""

    id: int
    email: str | None = None
    phone: str | None = None
    person: str | None = None
    company: str | None = None
    domain: str | None = None
    client: int | None = None
    stage: float = 0.0
    opened: float = 0.0
    held: bool = False
    alone: bool = False


class Twin(NamedTuple):
    """What is worked instead, and why that one."""

    of: int
    why: str


@dataclass(frozen=True, slots=True)
class LookAlikes:
    """``twins``: {deal or contact: the one of the same person that is worked instead}; ``shared``: {address: those of different people who share
    it}; ``companies``: {company: those of different people of it}."""

    twins: dict[int, Twin] = field(default_factory=dict)
    shared: dict[str, list[int]] = field(default_factory=dict)
    companies: dict[str, list[int]] = field(default_factory=dict)


def group(deals: Iterable[Deal], once_an_address: bool = False) -> LookAlikes:
    """Who is one person, and who only looks like it.

    * The same mail address or phone number, and names that can be one person's, are one person. Of the deals one is worked: the one that is worked
      already, else the one that is further, else the older.
    * An address that people of different names share (info@) says nothing of those without a name.
    * Of two contacts, and of deals of two contacts, the same address is not enough: both have a name, and it is one person's. Deals that are known
      to be of one client are left alone: the client's places say which is worked.

    :param once_an_address: of those who share an address one is worked, whatever their names are
    """
    known = sorted(deals, key=lambda one: (not one.held, -one.stage, one.opened, abs(one.id)))
    at: dict[str, list[Deal]] = defaultdict(list)
    for one in known:
        for address in _addresses(one):
            at[address].append(one)
    shared = {address for address, its in at.items() if _names_differ(its)}
    twins: dict[int, Twin] = {}
    worked: dict[str, list[Deal]] = defaultdict(list)  # those that stay, by their addresses, the best first
    for one in known:
        found = None if one.held else _twin(one, worked, shared, once_an_address)
        if found:
            twins[one.id] = Twin(found.id, HELD if found.held else FURTHER if found.stage > one.stage else OLDER)
            continue
        for address in _addresses(one):
            worked[address].append(one)
    left = [one for one in known if one.id not in twins]
    companies: dict[str, list[int]] = defaultdict(list)
    for one in left:
        if (one.client is None or one.alone) and (company := one.domain or _plain(one.company)):
            companies[company].append(one.id)
    both = {address: [one.id for one in worked[address]] for address in sorted(shared) if len(worked[address]) > 1}
    told = [set(ids) for ids in both.values()]  # who shares an address is told already
    return LookAlikes(
        twins, both, {company: ids for company, ids in companies.items() if len(ids) > 1 and not any(map(set(ids).issubset, told))}
    )


def _addresses(deal: Deal) -> list[str]:
    return [address for address in (deal.email, deal.phone) if address]


def _twin(one: Deal, worked: dict[str, list[Deal]], shared: set[str], once_an_address: bool) -> Deal | None:
    """:return: the deal of the same person that is worked"""
    for address in _addresses(one):
        for other in worked[address]:
            both_known = one.client is not None and other.client is not None
            if both_known and one.client == other.client and (_is_deal(one) or _is_deal(other)):
                continue
            if once_an_address or (_is_named_alike(one, other) if both_known or address in shared else not _differ(one, other)):
                return other
    return None


def _is_deal(one: Deal) -> bool:
    return one.id < 0


def _names_differ(deals: list[Deal]) -> bool:
    """:return: whether people of different names are among these; those of one name are compared once"""
    names = {(_plain(one.person), _plain(one.company)): one for one in deals}
    distinct = list(names.values())
    return any(_differ(one, other) for number, one in enumerate(distinct) for other in distinct[:number])


def _differ(one: Deal, other: Deal) -> bool:
    """:return: whether the names tell that these are two people; without names, companies do"""
    if one.person and other.person:
        return not _is_named_alike(one, other)
    if not one.person and not other.person and one.company and other.company:
        return _plain(one.company) != _plain(other.company)
    return False


def _is_named_alike(one: Deal, other: Deal) -> bool:
    """:return: whether both have a name, and it can be that of one person: "A. Weber", "WEBER Anna" and "Dr. Anna Weber" can"""
    few, many = sorted((_plain(one.person).split(), _plain(other.person).split()), key=len)
    return bool(few) and all(any(_fits(word, name) for name in many) for word in few)


def _fits(word: str, name: str) -> bool:
    return word == name or (1 in (len(word), len(name)) and word[0] == name[0])


def _plain(name: str | None) -> str:
    """:return: a name without case, accents, signs and doubled spaces"""
    bare = "".join(one for one in unicodedata.normalize("NFKD", name or "") if not unicodedata.combining(one))
    return " ".join(re.findall(r"\w+", bare.casefold()))
