"""A forecast: the same decision, for facts that are not true yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from ..client import outcomes
from . import agreed
from .decide import decide
from .decision import Decision, Keep, Stop
from .facts import COLD, HOT, LOW, Facts
from .history import PastTouch, read

# working days within which the next touch is looked for; nothing is put before the rep, so the horizon does not matter
FORECAST_DAYS = 260


class Outcome(NamedTuple):
    """What an outcome does, as the manager laid it down: see :mod:`outcomes` and :mod:`temperature`."""

    counts: bool = True
    reached: bool = True
    moves: str = ""
    ends: str = ""
    step_effect: str = ""


@dataclass(frozen=True, slots=True)
class Forecast:
    """``temperature``: of the client then; ``decision``: what is done next, a stop where the outcome ends the run."""

    temperature: str
    decision: Decision


def after(facts: Facts, outcome: Outcome, step: int | None = None) -> Forecast:
    """What happens when the planned touch is made now with ``outcome``: the client's temperature moves (R9), the run ends (R12), or the
    next touch follows.

    :param facts: with the open touch that is being made
    :param step: the cadence's step that planned it, None for an occasion, which uses up none
    :raise ValueError: for facts without a planned touch
    """
    if facts.open_touch is None:
        raise ValueError("without a planned touch there is none to be made")
    effect = _effect(facts, outcome)
    if effect.ends:
        state, reason = effect.ends
        return Forecast(effect.temperature, Stop(state, reason, ((reason, {}),)))
    return Forecast(effect.temperature, decide(made(facts, outcome, step)))


def _effect(facts: Facts, outcome: Outcome) -> outcomes.Effect:
    return outcomes.effect(facts.temperature, outcome.moves, outcome.ends, outcome.step_effect)


def made(facts: Facts, outcome: Outcome, step: int | None = None) -> Facts:
    """:param facts, outcome, step: as for :func:`after`; an outcome that does not end the run
    :return: the facts when the planned touch was made with ``outcome``
    :raise ValueError: for facts without a planned touch"""
    touch = facts.open_touch
    if touch is None:
        raise ValueError("without a planned touch there is none to be made")
    effect = _effect(facts, outcome)
    past = PastTouch(
        day=facts.today,
        purpose=touch.purpose,
        channel=touch.channel,
        reason=touch.reason,
        this_run=True,
        from_step=step is not None,
        counts=outcome.counts,
        skipped=False,
        reached=outcome.reached,
        warmed=effect.warmed,
        user=facts.rep,
        step=step,
        about=touch.about,
        step_effect=outcome.step_effect,
    )
    return replace(
        facts,
        state="running",
        temperature=effect.temperature,
        history=read([past], facts.rep, facts.history, facts.channels),
        agreed=agreed.made(facts.agreed, past, facts.channels),
        open_touch=None,
        horizon=FORECAST_DAYS,
    )


def changes(facts: Facts) -> list[tuple[str, Decision]]:
    """What would change a planned touch: for each thing that may happen to the client, what would be decided instead.

    :return: (what happens, the other decision), without what would change nothing
    """
    touch = facts.open_touch
    ways = facts.open_channels - {touch.channel} if touch else facts.open_channels
    happenings = {
        "if_hot": replace(facts, temperature=HOT),
        "if_cold": replace(facts, temperature=COLD),
        "if_reply": replace(facts, history=replace(facts.history, last_reply=facts.today)),
        "if_channel_closed": replace(facts, open_channels=ways),
        "if_low": replace(facts, potential=LOW),
        "if_won": replace(facts, won=True),
    }
    decided = [(code, decide(then)) for code, then in happenings.items() if then != facts]
    return [(code, decision) for code, decision in decided if not isinstance(decision, Keep)]
