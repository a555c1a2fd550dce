"""A new reason for every touch (R15, R26 to R31; invariant 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from .facts import Facts, Reason


def fits(reason: Reason, facts: Facts, purpose: str, channel: str, day: date) -> bool:
    """Whether ``reason`` may carry a touch of ``purpose`` by ``channel`` on ``day``."""
    return (
        (reason.purpose is None or reason.purpose == purpose)
        and (not reason.channels or channel in reason.channels)
        and (not reason.temperatures or facts.temperature in reason.temperatures)
        and (reason.vip is None or reason.vip == facts.vip)
        and (reason.clients is None or facts.client in reason.clients)
        and (reason.valid_from is None or reason.valid_from <= day)
        and (reason.valid_to is None or day <= reason.valid_to)
        and is_new(reason, facts.history.reasons, day)
    )


def is_new(reason: Reason, used: Mapping[int, date], day: date) -> bool:
    """Never the same reason twice for one client; a yearly one once in a calendar year."""
    last = used.get(reason.id)
    return last is None or (reason.yearly and last.year < day.year)


def pick(facts: Facts, purpose: str, channels: Iterable[str], day: date) -> tuple[str, Reason] | None:
    """The first channel, best first, for which a reason is left; among its reasons the first in the company's order.

    :return: channel and reason, or None when no reason is left for any channel
    """
    for channel in channels:
        for reason in facts.reasons:
            if fits(reason, facts, purpose, channel, day):
                return channel, reason
    return None
