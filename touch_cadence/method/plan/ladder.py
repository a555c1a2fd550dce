"""The ladder of next steps (R8, R11): a closing touch asks for the next step that is not agreed yet, never for the payment first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .facts import INVOICE, MEETING, PAYMENT, Facts, Reason
from .history import CLOSINGS_MOST


def in_turn(facts: Facts, reasons: Iterable[Reason], meeting: bool = False) -> list[tuple[Reason, ...]]:
    """Lay out what a closing touch may ask for: the rung that comes next, then those above it, then what asks for no step.

    * The client agreed to the steps below: they are not asked for again. Who said "send the invoice, I'm ready" gets the invoice.
    * The payment is asked for only when something was agreed.
    * The last of the closing touches in a row that may go without a yes asks for a clear yes or no, where a reason does so, and the client heard
      what was asked before.
    * What is asked for on one rung takes turns, but what the client was interested in is asked for until he has answered.
    * A step that names a meeting asks for it first, while the client neither agreed to one nor met us.

    :param reasons: those that suit the client, in the company's order
    :param meeting: the step names one
    :return: groups, the one that goes first in front
    """
    ladder = _positions(facts, reasons := tuple(reasons))
    next_rung = _next_rung(facts, ladder)
    asked = facts.history.reasons

    def rung(reason: Reason) -> int:
        return len(ladder) if reason.next_step is None else ladder[reason.next_step]

    may = [
        one
        for one in reasons
        if one.next_step is None or (ladder.get(one.next_step, -1) >= next_rung and (one.kind != PAYMENT or facts.history.agreed))
    ]
    may.sort(key=lambda one: (rung(one), asked[one.id].toordinal() if one.id in asked else 0))  # stable: else the company's order
    groups = [tuple(one for one in may if rung(one) == at) for at in sorted({rung(one) for one in may})]
    past = facts.history
    heard = past.closings_heard >= CLOSINGS_MOST - 1  # nobody says yes or no to what he has not heard
    if groups and groups[-1][0].next_step is None and heard and past.closings_in_vain % CLOSINGS_MOST == CLOSINGS_MOST - 1:
        groups.insert(0, groups.pop())
    elif meeting and not had_meeting(facts):
        first = tuple(
            one for one in reasons if one.kind == MEETING and (one.next_step is None or ladder.get(one.next_step, next_rung) >= next_rung)
        )
        groups = [first, *groups] if first else groups
    if wanted := tuple(one for one in may if one.id == past.interest):
        groups.insert(0, wanted)
    return groups


def had_meeting(facts: Facts) -> bool:
    """:return: whether the client met us, or agreed to a meeting, since the last purchase or clear no"""
    meetings = {one.next_step for one in facts.reasons if one.kind == MEETING}
    return facts.history.met or bool(meetings & facts.history.agreed)


def _positions(facts: Facts, reasons: Sequence[Reason]) -> dict[int, int]:
    """:return: {next step: number of its rung}; without a ladder the steps follow each other as their reasons do"""
    if facts.cadence.ladder:
        return {step: number for number, rung in enumerate(facts.cadence.ladder) for step in sorted(rung)}
    steps = dict.fromkeys(one.next_step for one in reasons if one.next_step is not None)
    return {step: number for number, step in enumerate(steps)}


def _next_rung(facts: Facts, ladder: dict[int, int]) -> int:
    done = facts.history.agreed
    if facts.history.met:
        done |= {one.next_step for one in facts.reasons if one.kind == MEETING and one.next_step is not None}
    agreed = max((ladder[step] for step in done if step in ladder), default=-1)
    if facts.history.ready:
        # also where it was asked for today, and cannot be asked for again: who is ready is not asked for a meeting
        invoice = min((ladder[one.next_step] for one in facts.reasons if one.kind == INVOICE and one.next_step in ladder), default=0)
        return max(agreed + 1, invoice)
    return agreed + 1
