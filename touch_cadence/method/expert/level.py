"""How far a rep is, and which deals may not be worked without an expert (R40)."""

from __future__ import annotations

from ..plan.facts import HIGH

BEGINNER, EXPERIENCED = LEVELS = ("beginner", "experienced")


def propose(won: int, months: int, won_from: int, months_from: int) -> str:
    """:param won: deals the rep won
    :param months: since the rep's first deal
    :return: the level that is proposed for a rep (R40)"""
    return EXPERIENCED if won >= won_from and months >= months_from else BEGINNER


def needs_expert(potential: str | None, rep_level: str) -> bool:
    """Whether the deal must be worked with an expert, no discussion (R40). An experienced rep decides alone."""
    return potential == HIGH and rep_level == BEGINNER
