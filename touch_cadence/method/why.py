"""Why a decision was made: a code, and the values that its sentence names. The models put it into words (touch.words)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Why = tuple[str, dict[str, Any]]

DAY, CHANNEL, PURPOSE, TEMPERATURE, REASON, NEXT_STEP, OBSTACLE, ITEM, PLAIN = (
    *("day", "channel", "purpose", "temperature", "reason", "next_step", "obstacle", "item"),
    "plain",
)
# What a value is follows from its name, in every sentence: a channel is "call" or "letter", a reason the id of one, a day a date. What somebody
# wrote in his own words, counts and names are plain, and said as they are.
KINDS: Mapping[str, str] = {
    "date": DAY,
    "channel": CHANNEL,
    "planned": CHANNEL,
    "purpose": PURPOSE,
    "temperature": TEMPERATURE,
    "reason": REASON,
    "next_step": NEXT_STEP,
    "obstacle": OBSTACLE,
    "item": ITEM,
    "back": DAY,
    **dict.fromkeys(
        (
            *("cadence", "client", "company", "error", "field", "model", "note", "outcome", "state", "user"),
            *("count", "day", "days", "first", "high", "last", "low", "most", "moves", "number", "points", "rhythm", "second", "standard"),
            *("place", "said", "step", "target", "touches", "tries", "warming"),
        ),
        PLAIN,
    ),
}

# What each code of the method carries, neither more nor less; a sentence may name these values, and no others.
CODES: Mapping[str, tuple[str, ...]] = {
    # a touch
    "nth": ("number", "target"),
    **dict.fromkeys(
        ("hot", "hot_at_once", "closing_ready", "closing_kept", "closing_interest", "warming_step", "paper", "ask_address"), ()
    ),
    **dict.fromkeys(("with_expert", "expert_missing", "stand_in", "day_full", "tried_again"), ()),
    **dict.fromkeys(("hot_next_day", "campaign_day", "birthday", "holiday", "after_reply"), ("date",)),
    **dict.fromkeys(("closing_rhythm", "closing_step"), ("warming",)),
    **dict.fromkeys(("warming_rhythm", "closing_too_early", "warmed_again"), ("warming", "rhythm")),
    **dict.fromkeys(("confirms", "asks_whether", "asks_after"), ("date", "next_step")),
    "asks_too_early": ("planned", "warming", "rhythm"),
    "asks_for": ("planned",),
    **dict.fromkeys(
        ("channel_step", "channel_turn", "channel_answers", "channel_quick", "channel_two_way", "channel_only", "channel_again"),
        ("channel",),
    ),
    "channel_campaign": ("channel",),
    **dict.fromkeys(("channel_closed", "channel_one_way", "channel_row", "channel_without_reason"), ("planned", "channel")),
    "channel_silent": ("planned", "channel", "tries"),
    "reason": ("reason",),
    **dict.fromkeys(("reason_step", "reason_instead"), ("reason",)),
    "min_gap": ("days",),
    "come_back": ("date", "back", "obstacle"),
    "arrived": ("date", "item"),
    "keep": (),
    "by_hand": (),
    # no touch by hand
    "hand_channel": ("channel",),
    "hand_agreed": ("channel",),
    "hand_hot": (),
    "hand_day": ("date", "back"),
    # no touch now
    "planned_later": ("date", "number"),
    "resting": ("date",),
    "begins_on": ("date",),
    **dict.fromkeys(("agreed", "booked"), ("date", "next_step")),
    "no_reason": ("purpose",),
    "hand_over": ("touches",),
    "hand_over_hot": (),
    **dict.fromkeys(("paused", "waiting", "blocked", "channels_off", "no_way_open", "no_rep", "no_working_day", "wished_holiday"), ()),
    # the end
    **dict.fromkeys(
        ("won", "lost", "archived", "moved", "opt_out", "low_potential", "no_channel", "superseded", "lapsed", "turned_hot"), ()
    ),
    **dict.fromkeys(("bought", "refused", "wrong_contact", "campaign_over"), ()),
    "stop_after": ("tries",),
    "steps_done": ("touches",),
    "window_over": ("days",),
    # a plan
    **dict.fromkeys(("plan_empty", "plan_no_closing"), ()),
    **dict.fromkeys(("plan_follow_archived", "plan_follow_empty"), ("cadence",)),
    "plan_follow_foreign": ("cadence", "company"),
    **dict.fromkeys(("plan_closing_near", "plan_closing_turns", "plan_asking_early"), ("first", "second", "warming", "rhythm")),
    "plan_never_reached": ("step", "count"),
    "plan_stops_before": ("tries", "touches", "number"),
    "plan_behind_window": ("number", "day", "days"),
    "plan_few_touches": ("touches", "target"),
    **dict.fromkeys(("plan_channel_row", "plan_channel_stays"), ("channel", "first", "last")),
    # the desk
    **dict.fromkeys(("queue_answered", "queue_hot", "queue_closing", "queue_high"), ()),
    "queue_overdue": ("days",),
    **dict.fromkeys(("if_hot", "if_cold", "if_reply", "if_channel_closed", "if_low", "if_won"), ()),
    # a text
    **dict.fromkeys(("lacks_text", "lacks_paper"), ("channel",)),
    **dict.fromkeys(("lacks_name", "lacks_what_we_do"), ()),
    **dict.fromkeys(("lacks_person", "lacks_first_name", "lacks_company"), ("said",)),
    "lacks_place": ("place",),
    "lacks_new": ("date",),
    # a potential
    **dict.fromkeys(("judged_majority", "judged_tie", "judged_any_low"), ("low", "standard", "high")),
    "judged_weights": ("low", "standard", "high", "points", "most"),
}

# The rules behind decisions, by their numbers in docs/design.md: what each says in short, and the codes that name it in a why.
RULES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "R2": ("seven touches", ("nth",)),
    "R8": ("a hot client is closed at once, but not hammered", ("hot", "hot_at_once", "hot_next_day", "warmed_again", "turned_hot")),
    "R10": (
        "warming and closing in turn",
        ("closing_rhythm", "closing_step", "closing_too_early", "warming_rhythm", "warming_step", "asks_too_early"),
    ),
    "R11": ("a closing touch asks for the next step", ("asks_for",)),
    "R14": ("the decision window", ("window_over",)),
    "R15": ("a new reason for each touch", ("reason", "reason_step", "reason_instead", "no_reason")),
    "R16": (
        "channels in turn",
        (
            *(
                "channel_step",
                "channel_turn",
                "channel_answers",
                "channel_quick",
                "channel_two_way",
                "channel_only",
                "channel_again",
                "channel_closed",
            ),
            *("channel_one_way", "channel_row", "channel_silent", "channel_without_reason"),
        ),
    ),
    "R17": ("some of it on paper", ("paper", "ask_address")),
    "R18": ("until the steps are done", ("steps_done",)),
    "R20": ("rests, pauses and later beginnings", ("resting", "paused", "waiting", "begins_on")),
    "R21": ("another rep takes over", ("hand_over",)),
    "R22": ("who buys, and who is missed", ("lapsed",)),
    "R26": ("campaigns first", ("channel_campaign", "campaign_day", "campaign_over")),
    "R29": ("birthdays", ("birthday",)),
    "R30": ("official holidays", ("holiday", "wished_holiday")),
    "R33": ("when it ends", ("stop_after", "low_potential")),
    "R34": ("need, wish, money, authority", ("closing_ready",)),
    "R37": ("experts help with large deals", ("with_expert", "expert_missing")),
    "R44": ("clients are left time", ("after_reply", "min_gap", "day_full", "tried_again")),
    "R56": ("the closer takes over who is hot", ("hand_over_hot",)),
    "R46": ("when to come back", ("come_back",)),
    "R50": ("the rep's own reason", ("by_hand", "hand_channel", "hand_agreed", "hand_hot", "hand_day")),
    "R57": ("told first when it arrives", ("arrived",)),
    "R45": (
        "an agreed step has a day, and leads to the next one",
        ("agreed", "booked", "confirms", "asks_whether", "asks_after", "closing_kept", "closing_interest"),
    ),
    "invariant 1": ("one run a client", ("superseded",)),
    "invariant 2": ("who is not touched", ("won", "lost", "archived", "moved", "opt_out", "no_channel", "no_way_open", "channels_off")),
    "invariant 5": ("working days of whoever makes it", ("planned_later", "no_working_day", "no_rep", "stand_in")),
    "invariant 6": ("what is planned stays", ("keep",)),
}
_RULE_OF = {code: rule for rule, (_words, codes) in RULES.items() for code in codes}


def inside(name: str) -> str:
    """:return: ``name`` as it stands inside a sentence: small, except words with a capital of their own (WhatsApp, SMS)"""
    return " ".join(word if word[1:] != word[1:].lower() else word.lower() for word in name.split(" "))


def rule_of(code: str) -> str | None:
    """:return: the number of the rule that a code names, None for one that names none"""
    return _RULE_OF.get(code)
