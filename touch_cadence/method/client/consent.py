"""What a client allowed and refused, by channel: the last word counts (R44, R55)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from ..plan.channels import Channel, Channels

EMAIL, TEXT, CALL, PAPER = KINDS = ("email", "text", "call", "paper")
REFUSED, ALLOWED = STATES = ("refused", "allowed")


class Word(NamedTuple):
    """What a client said once. ``kind``: of :data:`KINDS`, empty for every one; ``when``: the moment, and ``id`` settles two of one moment."""

    kind: str
    state: str
    when: datetime
    id: int


def kind(channel: Channel) -> str:
    """:return: what a client refuses who refuses this channel; empty for one that comes to nobody in person, such as an advert. Channels of other
    addons are told by what they need and how they are taken in: a messenger is a text, a voice message a call"""
    if channel.paper:
        return PAPER
    if "email" in channel.needs and not channel.agreed:
        return EMAIL
    if channel.talk or channel.sense == "ear":
        return "" if channel.agreed else CALL  # a client agrees to a meeting itself
    return TEXT if "phone" in channel.needs else ""


def refused(words: Iterable[Word]) -> frozenset[str]:
    """:return: the kinds that are refused now. A word on every channel says something of each; what nobody spoke of is open"""
    last: dict[str, str] = {}
    for word in sorted(words, key=lambda word: (word.when, word.id)):
        last.update(dict.fromkeys((word.kind,) if word.kind else KINDS, word.state))
    return frozenset(one for one, state in last.items() if state == REFUSED)


def closed(refused: frozenset[str], channels: Channels) -> frozenset[str]:
    """:param refused: kinds, as :func:`refused` found them
    :return: codes of the channels by which no touch is planned"""
    return frozenset(code for code, channel in channels.items() if kind(channel) in refused)
