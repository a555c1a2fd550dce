"""Why this touch: purpose, channel, reason and expert, each with its rule (invariant 10)."""

from __future__ import annotations

from datetime import date

from ..why import Why
from . import ladder, retry, rotation
from .channels import ROW, SILENT, Turn, of, sense
from .facts import CLOSING, HOT, MEETING, WARMING, Facts, Reason, Step
from .history import CLOSINGS_MOST
from .rhythm import temperature


def purpose(facts: Facts, step: Step, day: date, delay: int, chosen: str) -> Why:
    """:param day: of the touch
    :param delay: working days that a hot client was left, 0 for none
    :param chosen: the purpose of the touch"""
    warming, rhythm = facts.history.warming, facts.cadence.rhythm
    if chosen == WARMING and facts.history.closings_in_row >= CLOSINGS_MOST:
        return "warmed_again", {"warming": facts.history.warming_in_row, "rhythm": rhythm}
    if temperature(facts) == HOT:
        if day == facts.today:
            return "hot_at_once", {}
        return ("hot", {}) if delay else ("hot_next_day", {"date": day})
    if chosen == CLOSING and facts.is_ready and warming < rhythm:
        return "closing_ready", {}
    if chosen == CLOSING and facts.history.kept and warming < rhythm:
        return "closing_interest" if facts.history.interest else "closing_kept", {}
    if chosen == CLOSING:
        return "closing_step" if step.purpose and warming < rhythm else "closing_rhythm", {"warming": warming}
    if step.purpose == WARMING and warming >= rhythm:
        return "warming_step", {}
    counts = {"warming": warming, "rhythm": rhythm}
    if step.purpose != CLOSING:
        return "warming_rhythm", counts
    if rotation.asks(step, facts.channels):
        return "asks_too_early", {"planned": step.channel, **counts}
    return "closing_too_early", counts


def channel(facts: Facts, step: Step, purpose: str, chosen: str, reason: Reason, turn: Turn) -> tuple[Why, ...]:
    """:param step: as it is made
    :param chosen: the channel of the touch, one of ``turn``"""
    asks = rotation.is_asking(facts, step, purpose) and (reason.kind == MEETING or not (reason.kind or ladder.had_meeting(facts)))
    asked = (("asks_for", {"planned": step.channel}),) if asks else ()
    return (*asked, _way(facts, step, purpose, chosen, reason, turn))


def _way(facts: Facts, step: Step, purpose: str, chosen: str, reason: Reason, turn: Turn) -> Why:
    its: dict[str, str | int | None] = {"channel": chosen}
    # what is asked for is no channel that another one stands in for
    named = None if rotation.asks(step, facts.channels) and chosen != step.channel else step.channel
    if named == chosen and chosen not in turn.held:
        return "channel_step", its
    if turn.paper and of(chosen, facts.channels).paper:
        return "paper", {}
    if reason.campaign and reason.channels:
        return "channel_campaign", its
    if named and named not in facts.ways:
        return "channel_closed", {"planned": named, **its}
    if named and named not in turn.ways:
        return "channel_one_way", {"planned": named, **its}
    if chosen != turn.first:
        return _instead(facts, chosen, turn)
    quick = "channel_quick" if of(chosen, facts.channels).talk else "channel_two_way"
    if len(turn.ways) == 1:
        return "channel_only" if len(facts.ways) == 1 else quick, its
    if chosen in turn.held and set(turn.ways).difference(turn.held):
        return "channel_again", its
    if purpose == CLOSING:
        return quick, its
    return _turn(facts, chosen, turn)


def _instead(facts: Facts, chosen: str, turn: Turn) -> Why:
    """Another channel than the one whose turn it would be."""
    its: dict[str, str | int] = {"planned": turn.first, "channel": chosen}
    why = turn.held.get(turn.first)
    if why == SILENT and chosen not in turn.held:
        return why, {**its, "tries": facts.history.channel_tries[turn.first].unanswered}
    return why if why == ROW else "channel_without_reason", its


def _turn(facts: Facts, chosen: str, turn: Turn) -> Why:
    """In turn; within a sense what the client answers may come before what was not used for longer."""
    kinds, last = facts.channels, facts.history.channels
    others = [one for one in turn.ways if one != chosen and sense(one, kinds) == sense(chosen, kinds) and one not in turn.held]
    liked, tried = rotation.liking(chosen, facts.history), facts.history.channel_tries.get(chosen)
    if (
        chosen in last
        and tried
        and tried.answers
        and any((one not in last or last[one] < last[chosen]) and rotation.liking(one, facts.history) < liked for one in others)
    ):
        return "channel_answers", {"channel": chosen}
    return "channel_turn", {"channel": chosen}


def reason(step: Step, chosen: Reason) -> tuple[Why, ...]:
    """Which reason, and whether it is the one that the step names (R15)."""
    if step.reason is None:
        return (("reason", {"reason": chosen.id}),)
    if step.reason == chosen.id:
        return (("reason_step", {"reason": chosen.id}),)
    return ("reason", {"reason": chosen.id}), ("reason_instead", {"reason": step.reason})


def address(facts: Facts, purpose: str, chosen: str) -> tuple[Why, ...]:
    """The next touch would be a letter, and nobody knows where to send it (R17)."""
    return (("ask_address", {}),) if rotation.misses_address(facts, purpose, chosen) else ()


def expert(facts: Facts, step: Step, purpose: str) -> tuple[Why, ...]:
    """Nobody is forgotten for want of an expert: the touch is made without one, and says so (R37)."""
    if not rotation.has_expert(facts, step, purpose):
        return ()
    return (("with_expert" if facts.expert else "expert_missing", {}),)


def tried_again(facts: Facts) -> tuple[Why, ...]:
    """Nobody was there at the last try (R44)."""
    return (("tried_again", {}),) if retry.unanswered(facts) else ()


def stand_in(facts: Facts, day: date) -> tuple[Why, ...]:
    return (("stand_in", {}),) if facts.maker(day) else ()
