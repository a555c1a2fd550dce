"""Warming and closing in turn (R8, R10)."""

from __future__ import annotations

from .facts import CLOSING, HOT, WARMING, History, Step


def purpose(step: Step, temperature: str, history: History, rhythm: int) -> str:
    """What the next touch is for.

    * A hot client is closed, no warming first (R8).
    * Between two closing touches lie at least ``rhythm`` warming ones, whatever the step says (R10, invariant 4).
    * A step that names its purpose gets it within that bound; the others follow the rhythm.
    """
    if temperature == HOT:
        return CLOSING
    if step.purpose == WARMING:
        return WARMING
    warmed = history.warming >= rhythm
    if step.purpose == CLOSING:
        return CLOSING if warmed or not history.closed_before else WARMING
    return CLOSING if warmed else WARMING


def at_once(temperature: str, history: History) -> bool:
    """A client who turned hot is closed today, not when the next step is due (R8): until a closing touch was made."""
    return temperature == HOT and (history.warming > 0 or not history.closed_before)
