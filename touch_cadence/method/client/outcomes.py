"""What the outcome of a touch does (R8, R9, R12)."""

from __future__ import annotations

from dataclasses import dataclass

from ..plan.facts import HOT, TEMPERATURES
from . import temperature as scale

# what an outcome ends: nothing, or the enrolment in a state, for a reason
ENDS = {"": None, "won": ("won", "bought"), "refused": ("refused", "refused"), "stopped": ("stopped", "wrong_contact")}


@dataclass(frozen=True, slots=True)
class Effect:
    """``warmed``: the client came nearer to buying, or confirmed that he is as near as can be; ``ends``: state and reason of the stop, or
    None to go on; ``whole_company``: other contacts stop too (R12)."""

    temperature: str
    warmed: bool = False
    ends: tuple[str, str] | None = None
    whole_company: bool = False


def effect(temperature: str, moves: str, ends: str) -> Effect:
    """:param temperature: the client's before the touch
    :param moves: the outcome's effect on it, of :data:`temperature.EFFECTS`
    :param ends: what the outcome ends, a key of :data:`ENDS`"""
    after = scale.move(temperature, moves)
    warmed = TEMPERATURES.index(after) > TEMPERATURES.index(temperature) or (after == HOT and moves in ("warmer", HOT))
    return Effect(after, warmed, ENDS[ends], ends == "refused")
