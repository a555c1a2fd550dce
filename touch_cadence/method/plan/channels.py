"""What a channel is. Those of the house stand in a table; other addons bring more, and facts carry them all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to touch clients.

    ``needs``: what must be known of a client and not be closed, any one of these: ``phone``, ``email``, ``address``, ``website``, or a word
    that another addon reads; without needs the channel is logged, and never planned. ``sense``: how clients take it in (R16), the channel
    itself where nothing is said. ``talk``: people answer each other there. ``paper``: it counts as paper (R17). ``message``: a client who
    comes to us by it has written or spoken to us.
    """

    code: str
    needs: tuple[str, ...] = ()
    sense: str = ""
    talk: bool = False
    paper: bool = False
    message: bool = True


Channels = Mapping[str, Channel]


def table(channels: Iterable[Channel]) -> Channels:
    """:return: the channels by their codes, in order"""
    return MappingProxyType({one.code: one for one in channels})


BUILT_IN = table(
    [
        Channel("call", ("phone",), "ear", talk=True),
        Channel("email", ("email",), "eye"),
        Channel("meeting", ("phone", "email"), "eye", talk=True),
        Channel("sms", ("phone",), "eye"),
        Channel("voice", ("phone",), "ear"),
        Channel("letter", ("address",), "paper", paper=True),
        Channel("social", ("website",), "web"),
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
    :return: codes of those by which the client may be touched"""
    return frozenset(code for code, channel in channels.items() if any(need in have for need in channel.needs))


def wants_paper(age: int | None, size: int | None, age_from: int, size_from: int) -> bool:
    """Whether a client must get touches on paper too (R17).

    :param age, size: years and employees; None where unknown, and then there is no rule
    :param age_from, size_from: the thresholds; 0 switches one off
    """
    return bool((age_from and age is not None and age > age_from) or (size_from and size is not None and size >= size_from))
