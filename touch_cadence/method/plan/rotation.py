"""Channels take turns (R16), among those that are open to the client (invariant 2)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from .channels import BUILT_IN, Channels, of, sense
from .facts import History, Step

# touches of a run before the one that must be on paper: the letter refers to what was said
PAPER_AFTER = 2


def preference(
    step: Step,
    open_channels: Collection[str],
    history: History,
    order: tuple[str, ...],
    paper_since: date | None = None,
    channels: Channels = BUILT_IN,
) -> list[str]:
    """The open channels, best first: paper where it is owed, then the step's own, then the sense that was not addressed for longest (R16);
    within it what worked before with this client, then what was not used for longest.

    Ties are settled by ``order``, so that the same facts always give the same channel.

    :param order: codes of channels; open ones that are missing come last
    :param paper_since: for clients who must get paper, the day since which one letter must have gone
    """
    last_used, never = history.channels, date.min
    addressed: dict[str, date] = {}
    last_paper = never
    for code, day in last_used.items():
        addressed[sense(code, channels)] = max(day, addressed.get(sense(code, channels), never))
        last_paper = max(day, last_paper) if of(code, channels).paper else last_paper
    owed = paper_since is not None and history.number >= PAPER_AFTER and last_paper < paper_since
    order = (*order, *sorted(set(open_channels).difference(order)))
    return sorted(
        (code for code in order if code in open_channels),
        key=lambda code: (
            not (owed and of(code, channels).paper),
            code != step.channel,
            addressed.get(sense(code, channels), never),
            -history.channel_score.get(code, 0),
            last_used.get(code, never),
            order.index(code),
        ),
    )
