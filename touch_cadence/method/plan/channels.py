"""What a channel is. Those of the house stand in a table; other addons bring more, and facts carry them all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to touch clients.

    ``needs``: what must be known of a client and not be closed, any one of these: ``phone``, ``email``, ``address``, ``website``, or a word
    that another addon reads; without needs the channel is logged, and never planned. ``sense``: how clients take it in (R16), the channel
    itself where nothing is said. ``talk``: people answer each other there. ``two_way``: clients can answer by it, so a closing touch goes by
    it. ``agreed``: there is none until the client agrees to it, so it is asked for and never planned in turn (a meeting). ``paper``: it counts
    as paper (R17). ``message``: a client who comes to us by it has written or spoken to us. ``retry_hours``: hours after a try that
    did not get through at which it is repeated, 0 where ``retry_days`` says so, in working days.
    """

    code: str
    needs: tuple[str, ...] = ()
    sense: str = ""
    talk: bool = False
    paper: bool = False
    message: bool = True
    two_way: bool = False
    agreed: bool = False
    retry_hours: int = 0
    retry_days: int = 1


Channels = Mapping[str, Channel]
# why a channel stands behind the others though it would be its turn; codes of a why
ROW, SILENT = "channel_row", "channel_silent"


class Turn(NamedTuple):
    """``ways``: the channels by which the touch may go, best first; ``held``: those that stand behind the others for now, and why (:data:`ROW`,
    :data:`SILENT`); ``first``: whose turn it would be if none were held; ``paper``: a letter is owed (R17)."""

    ways: tuple[str, ...]
    held: Mapping[str, str] = {}
    first: str = ""
    paper: bool = False


def table(channels: Iterable[Channel]) -> Channels:
    """:return: the channels by their codes, in order"""
    return MappingProxyType({one.code: one for one in channels})


BUILT_IN = table(
    [
        Channel("call", ("phone",), "ear", talk=True, two_way=True),
        Channel("email", ("email",), "eye", two_way=True),
        Channel("meeting", ("phone", "email"), "eye", talk=True, two_way=True, agreed=True),
        Channel("sms", ("phone",), "eye", two_way=True),
        Channel("voice", ("phone",), "ear"),
        Channel("letter", ("address",), "paper", paper=True),
        Channel("social", ("website",), "web", two_way=True),
        Channel("web", (), "web", message=False),  # an advert that was seen is no message to us
    ]
)


def of(code: str, channels: Channels) -> Channel:
    """:return: the channel of that code; one that nobody knows (any more) says nothing but its name, so that old touches still count"""
    return channels.get(code) or Channel(code)


def sense(code: str, channels: Channels) -> str:
    return of(code, channels).sense or code


def reachable(have: Collection[str], channels: Channels) -> frozenset[str]:
    """:param have: what is known and not closed of the client: phone, email, address, website
    :param channels: the channels there are
    :return: codes of those by which a touch may be planned: open to the client, and not one that is agreed first"""
    return frozenset(code for code, channel in channels.items() if not channel.agreed and any(need in have for need in channel.needs))


def quickness(code: str, channels: Channels) -> tuple[bool, bool]:
    """:return: what sorts channels by how soon an answer comes, the quickest first: talking, then what rings in a pocket, then the rest"""
    channel = of(code, channels)
    return not channel.talk, "phone" not in channel.needs


def wants_paper(age: int | None, size: int | None, age_from: int, size_from: int, either: bool = True) -> bool:
    """Whether a client must get touches on paper too: people above an age in large companies always, for one of the two alone it is
    advisable (R17).

    :param age, size: years and employees; None where unknown, and then there is no rule
    :param age_from, size_from: the thresholds; 0 switches one off
    :param either: one of the two is enough
    """
    old = bool(age_from and age is not None and age > age_from)
    large = bool(size_from and size is not None and size >= size_from)
    return (old or large) if either else (old and large)
