"""How near the client is to buying, and how it moves (R6, R9)."""

from __future__ import annotations

from ..plan.channels import BUILT_IN, Channels, of
from ..plan.facts import COLD, TEMPERATURES, WARM

EFFECTS = ("", "warmer", "cooler", "thaw", *TEMPERATURES)


def move(temperature: str, effect: str) -> str:
    """:param effect: one of :data:`EFFECTS`: a degree up or down, from cold to warm only (``thaw``), straight to a temperature, or nothing
    :return: the new temperature; it never leaves the scale"""
    if effect == "thaw":
        return WARM if temperature == COLD else temperature
    if effect in TEMPERATURES:
        return effect
    degree = TEMPERATURES.index(temperature) + {"warmer": 1, "cooler": -1}.get(effect, 0)
    return TEMPERATURES[min(max(degree, 0), len(TEMPERATURES) - 1)]


def is_answer(answer: str, channel: str | None, incoming: bool, reached: bool, channels: Channels = BUILT_IN) -> bool:
    """Whether a touch showed that the client still listens; anything else is silence (R9).

    :param answer: what the outcome says: ``yes``, ``no``, or ``talk``: if it was a conversation, in which people answer
    :param channels: the channels there are
    """
    talked = answer == "talk" and channel is not None and of(channel, channels).talk
    return incoming or (reached and (answer == "yes" or talked))


def cool(temperature: str, silent_days: int, days_per_degree: int) -> str:
    """A client who is silent cools, one degree at a time (R9).

    :param silent_days: days since the client last answered, or last changed temperature
    :param days_per_degree: the company's setting; 0: nobody cools
    """
    return move(temperature, "cooler") if days_per_degree and temperature != COLD and silent_days >= days_per_degree else temperature
