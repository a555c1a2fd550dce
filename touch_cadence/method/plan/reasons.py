"""A new reason for every touch (R15, R26 to R31; invariant 3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from . import ladder
from .channels import Turn
from .facts import CLOSING, Facts, Reason

# days between two uses of a yearly reason, at least
HALF_A_YEAR = 180


def suits(reason: Reason, facts: Facts, day: date) -> bool:
    """Whether ``reason`` is for this client and valid on ``day``: VIP clients and the others never see each other's sales (R27, R28),
    and who bought is never treated as a stranger (R22)."""
    return (
        (not reason.temperatures or facts.temperature in reason.temperatures)
        and (reason.vip is None or reason.vip == facts.vip)
        and (reason.buyers is None or reason.buyers == facts.buyer)
        and (reason.clients is None or facts.client in reason.clients)
        and (reason.missing is None or reason.missing in facts.missing)
        and (not reason.obstacles or facts.obstacle in reason.obstacles)
        and (not reason.moment or reason.moment in facts.moments)
        and (reason.valid_from is None or reason.valid_from <= day)
        and (reason.valid_to is None or day <= reason.valid_to)
    )


def carries(reason: Reason, purpose: str, channel: str) -> bool:
    """Whether ``reason`` may carry a touch of ``purpose`` by ``channel``."""
    return (reason.purpose is None or reason.purpose == purpose) and (not reason.channels or channel in reason.channels)


def answers(reason: Reason) -> bool:
    """Whether ``reason`` is made for what stands between a client and the purchase: such a one comes next (R34, R46)."""
    return reason.missing is not None or bool(reason.obstacles)


def is_new(reason: Reason, facts: Facts, day: date) -> bool:
    """Never the same reason twice for one client; a yearly one once in a calendar year, and not in December and January; a next step on another
    day; the first word after a purchase or a meeting once after each."""
    last = facts.history.reasons.get(reason.id)
    if last is None or (reason.repeatable and last < day):
        return True
    if reason.yearly and last.year < day.year and (day - last).days >= HALF_A_YEAR:
        return True
    since = facts.moments.get(reason.moment) if reason.moment else None
    return since is not None and last < since


def campaign_days(facts: Facts, purpose: str, turn: Turn, first: date) -> list[tuple[date, Reason]]:
    """The campaigns with a day of their own that could carry the next touch (R26 to R28).

    :param first: the first day on which the client may be touched
    :return: (the first day of each from ``first`` on, the campaign), the earliest first
    """
    free = [one for one in turn.ways if one not in turn.held]
    found = []
    for reason in facts.reasons:
        if not reason.campaign or reason.valid_from is None:
            continue
        day = max(first, reason.valid_from)
        fits = suits(reason, facts, day) and is_new(reason, facts, day)
        if fits and any(carries(reason, purpose, channel) for channel in free):
            found.append((day, reason))
    return sorted(found, key=lambda one: (one[0], one[1].id))


def pick(facts: Facts, purpose: str, turn: Turn, day: date, meeting: bool = False) -> tuple[str, Reason] | None:
    """What answers the client's own situation first (:func:`answers`), then a campaign of these days, then the first word at a moment (a purchase, a
    meeting, another approach), by the best channel that it goes by; else the first channel, best first, for which a reason is left, and among its
    reasons the first in the company's order. Where nothing is being decided on, what teaches goes before what is about an offer (R15, R18).
    A closing touch asks for what :mod:`ladder` says. Channels that stand behind the others come when nothing is left for these, whatever the
    reason. Occasions have their own day and are no choice here.

    :param meeting: the step asks for a meeting
    :return: channel and reason, or None when no reason is left for any channel
    """
    left = _left(facts, day)
    urgent = [one for one in left if one.campaign or one.moment or answers(one)]
    urgent.sort(key=lambda one: (not one.obstacles, not answers(one), not one.campaign))
    # a closing touch goes by the ladder first; what a warming one tells depends on the channel
    groups = ladder.in_turn(facts, left, meeting) if purpose == CLOSING else _by_part(facts, left)
    free = [one for one in turn.ways if one not in turn.held]
    for ways in (free, *([one] for one in turn.ways if one in turn.held)):
        choices = [(channel, one) for one in urgent for channel in ways]
        choices += [(channel, one) for group in groups for channel in ways for one in group]
        found = next(((channel, one) for channel, one in choices if carries(one, purpose, channel)), None)
        if found:
            return found
    return None


def named(facts: Facts, reason: int | None, purpose: str, turn: Turn, day: date, meeting: bool = False) -> tuple[str, Reason] | None:
    """The reason that a step names, where it suits the client and is new; a closing touch asks for nothing that :mod:`ladder`
    forbids, and settles first what the client was interested in.

    :param reason: its id, None for a step that names none
    :return: the best channel by which it goes, and the reason; None where it cannot carry the touch
    """
    if reason is None:
        return None
    left = _left(facts, day)
    fits = [one for one in left if one.id == reason]
    if purpose == CLOSING and fits:
        allowed = {one.id for group in ladder.in_turn(facts, left, meeting) for one in group}
        allowed = allowed & {facts.history.interest} or allowed  # what the client was interested in is settled first
        fits = [one for one in fits if one.id in allowed]
    ways = sorted(turn.ways, key=lambda one: one in turn.held)
    return next(((channel, one) for one in fits for channel in ways if carries(one, purpose, channel)), None)


def _left(facts: Facts, day: date) -> list[Reason]:
    """:return: what may be told or asked on ``day``, in the company's order"""
    return [one for one in facts.reasons if not one.occasion and suits(one, facts, day) and is_new(one, facts, day)]


def _by_part(facts: Facts, left: Sequence[Reason]) -> list[Sequence[Reason]]:
    """:return: what may be told, the best first: while an offer is decided on in the company's order, else the offers last"""
    if facts.knows_offer:
        return [left]
    return [[one for one in left if one.offer is about_offer] for about_offer in (False, True)]
