"""How near the client is to buying, and how it moves (R6, R9)."""

from __future__ import annotations

from .facts import TEMPERATURES

EFFECTS = ("", "warmer", "cooler", *TEMPERATURES)


def move(temperature: str, effect: str) -> str:
    """:param effect: one of :data:`EFFECTS`: a degree up or down, straight to a temperature, or nothing
    :return: the new temperature; it never leaves the scale"""
    if effect in TEMPERATURES:
        return effect
    degree = TEMPERATURES.index(temperature) + {"warmer": 1, "cooler": -1}.get(effect, 0)
    return TEMPERATURES[min(max(degree, 0), len(TEMPERATURES) - 1)]
