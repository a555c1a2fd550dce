"""Changing channels (R16), among those that are open to the client (invariant 2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from .facts import Step

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
    :param known: the channels that the company works with
    :return: the channels by which the client may be touched"""
    return frozenset(channel for channel in known if any(need in have for need in NEEDS[channel]))


def preference(step: Step, open_channels: Collection[str], last_used: Mapping[str, date], order: tuple[str, ...]) -> list[str]:
    """The open channels, best first: the step's own, then the one that was not used for longest (R16).

    Ties are settled by ``order``, so that the same facts always give the same channel.
    """
    turn = sorted(
        (channel for channel in order if channel in open_channels),
        key=lambda channel: (channel != step.channel, last_used.get(channel, date.min), order.index(channel)),
    )
    return turn
