"""Which ready text a touch shows, and what it lacks for this client (R42)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..plan.channels import Channels, of
from ..plan.facts import OF_AGREED_STEP
from ..why import Why
from . import placeholders

_TAGS = re.compile(r"<[^>]*>|&nbsp;")
# Whose text a channel takes where it has none: the first that has one. A text message is no mail cut short, and nobody reads a call plan.
FALLS_BACK: Mapping[str, tuple[str, ...]] = {"letter": ("email",), "voice": ("sms",), "social": ("sms", "email")}

# places that another name of the client fills where their own is not known
STANDS_IN = ("first_name", "company")


@dataclass(frozen=True, slots=True)
class Script:
    """A text. ``purpose``: of the touches that it is for, of a reason's text the reason's where it says none; None for any. ``again``: for the second
    time, for who has read the first one."""

    id: int
    channel: str
    purpose: str | None = None
    again: bool = False


def choose(
    channel: str, purpose: str, step: Script | None, of_reason: Sequence[Script], general: Sequence[Script], read: bool = False
) -> Script | None:
    """The text of a touch: the step's own, else the reason's, else a general one for the purpose, else a general one for any purpose.

    * A text for another purpose is never shown: no warming text on a closing touch.
    * What was agreed is confirmed, and asked after, by texts that say so, and by general ones: news has no place there (R45).
    * The text of the channel goes before one that it falls back on (:data:`FALLS_BACK`).
    * Who has read the first text gets the one for the second time, where there is one; nobody else does.

    :param step: the text that the step names
    :param of_reason, general: in order, the first goes first
    :param read: whether the client got a text of this reason by this channel before
    :return: None where there is none
    """
    own = [step] if step else []
    about_news = [
        [one for one in its if one.purpose == purpose or not (one.purpose or purpose in OF_AGREED_STEP)] for its in (own, of_reason)
    ]
    groups = (*about_news, [one for one in general if one.purpose == purpose], [one for one in general if not one.purpose])
    for group in groups:
        for code in (channel, *FALLS_BACK.get(channel, ())):
            its = [one for one in group if one.channel == code and (read or not one.again)]
            if its:
                return max(its, key=lambda one: one.again)  # of several the first
    return None


def repeats(again: bool, times: int) -> bool:
    """:param again: whether the text is for the second time
    :param times: how often the client got a text of this reason by this channel
    :return: whether the client has read the very text"""
    return times > (1 if again else 0)


def is_read(channel: str, channels: Channels) -> bool:
    """:return: whether the client gets the text of the channel word for word; where people talk it is a plan for the salesperson"""
    its = of(channel, channels)
    return not (its.talk or its.agreed)


def greets(channel: str, channels: Channels) -> bool:
    """:return: whether a text of the channel comes after “Dear …”: mails and what is on paper"""
    return channel == "email" or of(channel, channels).paper


def missing(
    channel: str,
    channels: Channels,
    texts: Sequence[str] | None,
    addressee: tuple[str, bool],
    values: Mapping[str, str],
    unknown: Collection[str],
    told_on: date | None = None,
) -> tuple[Why, ...]:
    """What a salesperson should know before the text goes out.

    :param texts: subject and text (HTML), None for a touch without a text
    :param addressee: whom the text greets, and whether that is a person
    :param values: {place: what stands there}
    :param unknown: places of which nothing is known; what stands there, if anything, stands in
    :param told_on: the day on which the client read the same, None for never
    :return: codes with values, the most important first
    """
    read = is_read(channel, channels)
    if texts is None or not _TAGS.sub("", texts[-1]).strip():
        if not read:
            return ()
        return (("lacks_paper" if of(channel, channels).paper else "lacks_text", {"channel": channel}),)
    found: list[Why] = [("lacks_new", {"date": told_on})] if told_on and read else []
    name, is_person = addressee
    greeted = greets(channel, channels)
    if greeted and not name:
        found.append(("lacks_name", {}))
    elif greeted and not is_person:
        found.append(("lacks_person", {"said": name}))
    for place in dict.fromkeys(place for text in texts for place in placeholders.used(text)):
        if place not in unknown:
            continue
        said = values.get(place) or ""
        if place == "what_we_do":
            found.append(("lacks_what_we_do", {}))
        elif not said:
            found.append(("lacks_place", {"place": place}))
        elif place in STANDS_IN and not (place == "first_name" and greeted and not is_person):  # said above
            found.append((f"lacks_{place}", {"said": said}))
    return tuple(found)
