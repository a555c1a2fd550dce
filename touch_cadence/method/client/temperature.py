"""How near the client is to buying, and how it moves (R6, R9)."""

from __future__ import annotations

from ..plan.facts import COLD, HOT, MONEY, NEED, TEMPERATURES, WARM, WISH

# wants it now, has the means, knows what: three of the four that a client needs to buy (R6, R34)
WANTS = frozenset({WISH, MONEY, NEED})
EFFECTS = ("", "warmer", "cooler", "thaw", "not_hot", *TEMPERATURES)


def move(temperature: str, effect: str) -> str:
    """:param effect: one of :data:`EFFECTS`: a degree up or down, from cold to warm only (``thaw``), from hot to warm
        only (``not_hot``), straight to a temperature, or nothing
    :return: the new temperature; it never leaves the scale"""
    if effect == "thaw":
        return WARM if temperature == COLD else temperature
    if effect == "not_hot":
        return WARM if temperature == HOT else temperature
    if effect in TEMPERATURES:
        return effect
    degree = TEMPERATURES.index(temperature) + {"warmer": 1, "cooler": -1}.get(effect, 0)
    return TEMPERATURES[min(max(degree, 0), len(TEMPERATURES) - 1)]


def turns_hot(before: frozenset[str], now: frozenset[str]) -> bool:
    """Whether a client turns hot by what has become known of him (R6): he wants it now, has the means and knows what. Said once, when the last of
    the three is there: whoever sets another temperature afterwards knows better.

    :param before, now: of :data:`facts.READINESS`
    """
    return now >= WANTS and not before >= WANTS


def cool(temperature: str, silent_days: int, days_per_degree: int) -> str:
    """A client who is silent cools, one degree at a time (R9).

    :param silent_days: days since the client last answered, or last changed temperature
    :param days_per_degree: the company's setting; 0: nobody cools
    """
    return move(temperature, "cooler") if days_per_degree and temperature != COLD and silent_days >= days_per_degree else temperature
