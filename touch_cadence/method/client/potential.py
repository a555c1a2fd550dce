"""How much a client could ever bring, and what follows from it (R32 to R34, R37, R40)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from ..plan.facts import HIGH, LOW, POTENTIALS, STANDARD
from ..why import Why

RULES = MAJORITY, ANY_LOW, WEIGHTS = ("majority", "any_low", "weights")
# strategy no. 1 any rep works alone, no. 2 with an expert; none: no effort is spent (R33)
STRATEGIES = {LOW: 0, None: 1, STANDARD: 1, HIGH: 2}


class Answer(NamedTuple):
    """The option that was chosen for a marker question: its group, and how much the question counts by the rule of weights."""

    potential: str
    weight: int = 1


def judge(answers: Sequence[Answer], rule: str = MAJORITY) -> tuple[str, Why]:
    """Sort a client by his answers (R32).

    * ``majority``: the group that most answers belong to; standard where none has more than the others
    * ``any_low``: low with a single low answer, else as by majority
    * ``weights``: low is 0, standard 1, high 2; the weighted mean below a third of the scale is low, above two thirds high

    :return: low, standard or high, and its why
    :raise ValueError: without answers
    """
    if not answers:
        raise ValueError("a client is not judged without answers")
    counts = Counter(answer.potential for answer in answers)
    why = {"low": counts[LOW], "standard": counts[STANDARD], "high": counts[HIGH]}
    if rule == WEIGHTS:
        total = sum(answer.weight for answer in answers)
        points = sum(answer.weight * POTENTIALS.index(answer.potential) for answer in answers)
        # thirds of the scale from 0 to 2, without rounding
        found = LOW if 3 * points < 2 * total else HIGH if 3 * points > 4 * total else STANDARD
        return found, ("judged_weights", {**why, "points": points, "most": 2 * total})
    if rule == ANY_LOW and counts[LOW]:
        return LOW, ("judged_any_low", why)
    best = max(counts.values())
    leaders = [potential for potential in POTENTIALS if counts[potential] == best]
    return (leaders[0], ("judged_majority", why)) if len(leaders) == 1 else (STANDARD, ("judged_tie", why))


def is_due(judged: date | None, today: date, again_days: int) -> bool:
    """:param again_days: days after which a client is judged again; 0: never
    :return: whether the client is unjudged, or was judged too long ago"""
    return judged is None or bool(again_days and today >= judged + timedelta(days=again_days))


def past_first_third(position: int, stages: int) -> bool:
    """:param position: of the deal's stage among the pipeline's open ones, from 0
    :return: whether the first third of the pipeline, in which questions are asked, is behind (R32)"""
    return position > 0 and position * 3 >= stages


def is_large(revenue: float, average_won: float, factor: float) -> bool:
    """:param factor: how many times the average won deal a large one brings (R37: 10); 0: no rule
    :return: whether the deal is proposed for strategy no. 2 whatever the questions say"""
    return bool(factor and average_won and revenue >= factor * average_won)
