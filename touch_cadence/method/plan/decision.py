"""What may be decided for a client, one class a kind, each with its why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ..why import Why


@dataclass(frozen=True, slots=True)
class Touch:
    """Make this touch. ``reason``: None for one that belongs to an agreed step, ``about`` it (R45). ``day``: the working day, and the client's own day; ``when``: the first allowed moment of it, in UTC; ``user``: the
    substitute who makes it, None for the responsible; ``by_hand``: a rep planned it, with a reason of the rep's own (R50)."""

    day: date
    when: datetime
    number: int
    purpose: str
    channel: str
    reason: int | None
    step: int
    why: tuple[Why, ...]
    expert: int | None = None
    user: int | None = None
    about: str | None = None
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """No touch yet; look again on ``until``, or not before something happens when it is None. ``ahead``: the day of the touch that is
    settled already, and only not near enough to be put before the rep."""

    until: date | None
    why: tuple[Why, ...]
    ahead: date | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """The run is over: the enrolment goes to ``state`` for ``reason``. ``temperature``: what the client's becomes with it."""

    state: str
    reason: str
    why: tuple[Why, ...]
    temperature: str | None = None

    @classmethod
    def because(cls, state: str, reason: str, **values: Any) -> Stop:
        """:return: a stop whose why is its reason, with the values that the sentence names"""
        return cls(state, reason, ((reason, values),))


@dataclass(frozen=True, slots=True)
class Keep:
    """The touch that is planned stays as it is."""

    why: tuple[Why, ...] = (("keep", {}),)


@dataclass(frozen=True, slots=True)
class HandOver:
    """Another rep takes the client over (R21); :func:`hand_over.assign` chooses among ``successors`` for the whole batch."""

    successors: frozenset[int]
    why: tuple[Why, ...]


Decision = Touch | Wait | Stop | Keep | HandOver
