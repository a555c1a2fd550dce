"""What the outcome of a touch does (R8, R9, R12)."""

from __future__ import annotations

from dataclasses import dataclass

from ..plan.facts import HOT, TEMPERATURES
from . import temperature as scale

# what an outcome says about the next step that was asked for, or agreed before (R45); ready: the client asks for the invoice (R8)
AGREED, KEPT, MOVED, MISSED, READY = STEP_EFFECTS = ("agreed", "kept", "moved", "missed", "ready")
# a yes: the client came a step nearer
YES = (AGREED, KEPT, READY)
# what an outcome ends: nothing, or the enrolment in a state, for a reason
ENDS = {"": None, "won": ("won", "bought"), "refused": ("refused", "refused"), "stopped": ("stopped", "wrong_contact")}


@dataclass(frozen=True, slots=True)
class Effect:
    """``warmed``: there was progress: the client came nearer to buying, or said something that brings a client nearer; ``ends``: state and
    reason of the stop, or None to go on; ``whole_company``: other contacts stop too (R12)."""

    temperature: str
    warmed: bool = False
    ends: tuple[str, str] | None = None
    whole_company: bool = False


def effect(temperature: str, moves: str, ends: str, step_effect: str = "") -> Effect:
    """:param temperature: the client's before the touch
    :param moves: the outcome's effect on it, of :data:`temperature.EFFECTS`
    :param ends: what the outcome ends, a key of :data:`ENDS`
    :param step_effect: what it says about the next step, of :data:`STEP_EFFECTS`"""
    after = scale.move(temperature, moves)
    rose = TEMPERATURES.index(after) > TEMPERATURES.index(temperature)
    warmed = rose or moves in ("warmer", "thaw", HOT) or step_effect in YES
    return Effect(after, warmed, ENDS[ends], ends == "refused")
