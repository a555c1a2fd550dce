"""Changing channels (R16), among those that are open to the client (invariant 2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from .facts import PAPER, History, Step

# what a channel needs of the client: any one of these
NEEDS: Mapping[str, tuple[str, ...]] = {
    "call": ("phone",),
    "email": ("email",),
    "meeting": ("phone", "email"),
    "sms": ("phone",),
    "voice": ("phone",),
    "letter": ("address",),
    "social": ("website",),
    "web": (),  # seen by the client, never planned
}


def reachable(have: Collection[str], known: Collection[str]) -> frozenset[str]:
    """:param have: what is known and not closed of phone, email, address, website
    :param known: the channels that are asked for
    :return: those of them by which the client may be touched"""
    return frozenset(channel for channel in known if any(need in have for need in NEEDS[channel]))


# how people take things in (R16)
SENSES: Mapping[str, str] = {
    "call": "ear",
    "voice": "ear",
    "meeting": "eye",
    "email": "eye",
    "sms": "eye",
    "social": "web",
    "web": "web",
    "letter": "paper",
}
# touches of a run before the one that must be on paper: the letter refers to what was said
PAPER_AFTER = 2


def wants_paper(age: int | None, size: int | None, age_from: int, size_from: int) -> bool:
    """Whether a client must get touches on paper too (R17).

    :param age, size: years and employees; None where unknown, and then there is no rule
    :param age_from, size_from: the thresholds; 0 switches one off
    """
    return bool((age_from and age is not None and age > age_from) or (size_from and size is not None and size >= size_from))


def preference(
    step: Step,
    open_channels: Collection[str],
    history: History,
    order: tuple[str, ...],
    paper_since: date | None = None,
) -> list[str]:
    """The open channels, best first: paper where it is owed, then the step's own, then the sense that was not addressed for longest (R16);
    within it what worked before with this client, then what was not used for longest.

    Ties are settled by ``order``, so that the same facts always give the same channel.

    :param paper_since: for who must get paper, the day since which one letter must have gone
    """
    last_used, worked = history.channels, history.channel_score
    addressed: dict[str, date] = {}
    for channel, day in last_used.items():
        addressed[SENSES[channel]] = max(day, addressed.get(SENSES[channel], date.min))
    owed = paper_since is not None and history.number >= PAPER_AFTER and last_used.get(PAPER, date.min) < paper_since
    return sorted(
        (channel for channel in order if channel in open_channels),
        key=lambda channel: (
            not (owed and channel == PAPER),
            channel != step.channel,
            addressed.get(SENSES[channel], date.min),
            -worked.get(channel, 0),
            last_used.get(channel, date.min),
            order.index(channel),
        ),
    )
