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
