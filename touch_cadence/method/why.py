"""Why a decision was made: a code, and the values that its sentence names. The models put it into words (touch.words)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Why = tuple[str, dict[str, Any]]

DAY, CHANNEL, PURPOSE, TEMPERATURE, REASON, PLAIN = ("day", "channel", "purpose", "temperature", "reason", "plain")
# What a value is follows from its name, in every sentence: a channel is "call" or "letter", a reason the id of one, a day a date. What somebody
# wrote in his own words, counts and names are plain, and said as they are.
KINDS: Mapping[str, str] = {
    "date": DAY,
    "channel": CHANNEL,
    "planned": CHANNEL,
    "purpose": PURPOSE,
    "temperature": TEMPERATURE,
    "reason": REASON,
    **dict.fromkeys(
        (
            *("cadence", "client", "company", "error", "field", "model", "note", "outcome", "state", "user"),
            *("count", "day", "days", "first", "high", "last", "low", "most", "moves", "number", "points", "rhythm", "second", "standard"),
            *("step", "target", "touches", "tries", "warming"),
        ),
        PLAIN,
    ),
}

# The rules behind decisions, by their numbers in docs/design.md: what each says in short, and the codes that name it in a why.
RULES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "R2": ("seven touches", ("nth",)),
    "R8": ("a hot client is closed at once", ("hot", "hot_at_once", "hot_next_day")),
    "R10": ("warming and closing in turn", ("closing_rhythm", "closing_step", "closing_too_early", "warming_rhythm")),
    "R14": ("the decision window", ("window_over",)),
    "R15": ("a new reason for each touch", ("reason", "no_reason")),
    "R16": ("channels in turn", ("channel_step", "channel_turn", "channel_closed", "channel_without_reason")),
    "R17": ("some of it on paper", ("paper",)),
    "R18": ("until the steps are done", ("steps_done",)),
    "R20": ("rests and pauses", ("resting", "paused", "waiting")),
    "R21": ("another rep takes over", ("hand_over",)),
    "R22": ("who buys, and who is missed", ("lapsed",)),
    "R26": ("campaigns first", ("channel_campaign",)),
    "R29": ("birthdays", ("birthday",)),
    "R30": ("official holidays", ("holiday",)),
    "R33": ("when it ends", ("stop_after", "low_potential")),
    "R37": ("experts help with large deals", ("with_expert", "expert_missing", "expert_booked")),
    "R44": ("clients are left time", ("after_reply", "min_gap", "day_full")),
    "invariant 1": ("one run a client", ("superseded",)),
    "invariant 2": ("who is not touched", ("won", "lost", "archived", "moved", "opt_out", "no_channel", "channels_off")),
    "invariant 5": ("working days of whoever makes it", ("planned_later", "no_working_day", "no_rep", "stand_in")),
    "invariant 6": ("what is planned stays", ("keep",)),
}
_RULE_OF = {code: rule for rule, (_words, codes) in RULES.items() for code in codes}


def rule_of(code: str) -> str | None:
    """:return: the number of the rule that a code names, None for one that names none"""
    return _RULE_OF.get(code)
