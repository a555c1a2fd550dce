"""Counting what really happened (R1, R10): one reading of a client's touches for every rule."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from .facts import CLOSING, WARMING, History


class PastTouch(NamedTuple):
    """A touch that is over. ``this_run``: it belongs to the enrolment in question; ``from_step``: the cadence planned it;
    ``reached``: it got through to the client (an unanswered call did not); ``skipped``: the rep left it out."""

    day: date
    purpose: str | None
    channel: str | None
    reason: int | None
    this_run: bool
    from_step: bool
    reached: bool
    skipped: bool


def read(touches: Iterable[PastTouch]) -> History:
    """Boil a client's past touches down to what the rules ask for.

    * A touch that did not reach the client is a try (R33) and uses up its step, but neither its reason nor the rhythm.
    * A skipped touch uses up its step only.
    * Rhythm, channels and reasons look at all runs, numbers and steps at this one.

    :param touches: all of the client's touches that are over, oldest first
    """
    number = tries = position = warming = 0
    closed_before = last_reached = False
    last_day: date | None = None
    channels: dict[str, date] = {}
    reasons: dict[int, date] = {}
    for touch in touches:
        if touch.this_run:
            last_day, last_reached = touch.day, touch.reached and not touch.skipped
            position += touch.from_step
            tries += not touch.skipped
            number += touch.reached and not touch.skipped
        if touch.skipped:
            continue
        if touch.channel:
            channels[touch.channel] = touch.day
        if not touch.reached:
            continue
        if touch.reason:
            reasons[touch.reason] = touch.day
        if touch.purpose == CLOSING:
            warming, closed_before = 0, True
        elif touch.purpose == WARMING:
            warming += 1
    return History(number, tries, position, last_day, last_reached, warming, closed_before, channels, reasons)
