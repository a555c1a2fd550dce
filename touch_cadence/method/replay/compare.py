"""Decides recorded facts again, and lists by rule what comes out differently."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from ..plan.decide import decide
from ..plan.decision import Decision
from ..plan.facts import Facts
from ..why import RULES, Why, rule_of
from .recording import Record

# codes that stand in most whys: they name the rule only where nothing else differs
COMMON = ("nth", "keep", "planned_later", "reason")
# where only these differ, no code says which rule it was
FIELD_RULES = {
    "day": "invariant 5",
    "until": "invariant 5",
    "ahead": "invariant 5",
    "user": "invariant 5",
    "when": "R44",
    "successors": "R21",
}
NO_RULE = "no rule is named"
# the longest value that is told
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing was decided: an error ended it."""

    error: str
    why: tuple[Why, ...] = ()


class Difference(NamedTuple):
    """``number``: of the record, from 1 on; ``was``: what was decided when it was recorded; ``now``: what is decided of the same facts."""

    number: int
    facts: Facts
    was: Decision
    now: Decision | Failed


class Change(NamedTuple):
    """What many differences have in common: kind and codes before and now, and which fields differ."""

    was: str
    now: str
    changed: tuple[str, ...]


def replay(records: Iterable[Record]) -> list[Difference]:
    """Decide again. What a fact cannot be decided any more is a difference like another.

    :return: the decisions that differ
    """
    result = []
    for number, (facts, was) in enumerate(records, 1):
        now = attempt(facts)
        if now != was:
            result.append(Difference(number, facts, was, now))
    return result


def attempt(facts: Facts) -> Decision | Failed:
    """:return: the decision, or what ended it"""
    try:
        return decide(facts)
    except Exception as error:  # a changed method may fail in any way, and the list is to show on how many
        return Failed(f"{type(error).__name__}: {error}")


def listed(differences: Sequence[Difference], total: int) -> str:
    """What differs, as text: by rule, the one with most first; in it by kind of change, each with its number and one example.

    :param total: how many were decided again
    """
    if not differences:
        return f"{total} decisions are what they were."
    by_rule: dict[str, dict[Change, list[Difference]]] = defaultdict(lambda: defaultdict(list))
    for one in differences:
        by_rule[rules(one)][_change(one)].append(one)
    lines = [f"{len(differences)} of {total} decisions differ."]
    count = {rule: sum(map(len, changes.values())) for rule, changes in by_rule.items()}
    for rule in sorted(by_rule, key=lambda rule: (-count[rule], rule)):
        lines += ["", f"{rule}: {count[rule]}"]
        for change, its in sorted(by_rule[rule].items(), key=lambda each: (-len(each[1]), each[0])):
            example = its[0]
            lines += [
                f"  {len(its)} ×  was  {change.was}",
                f"  {' ' * len(str(len(its)))}    is   {change.now}",
                f"       record {example.number}: {_client(example.facts)}",
                *(f"         {name}: {_told(_of(example.was, name))} → {_told(_of(example.now, name))}" for name in change.changed),
            ]
    return "\n".join(lines)


def rules(difference: Difference) -> str:
    """:return: the rules behind a difference, with what they say: those of the codes that are there before or now only, or with other
    values"""
    if isinstance(difference.now, Failed):
        return f"fails, {difference.now.error}"
    was, now = (Counter(map(_as_key, one.why)) for one in (difference.was, difference.now))
    codes = {code for code, _values in (was - now) | (now - was)}
    codes = codes.difference(COMMON) or codes
    found = {rule_of(code) for code in codes} or {FIELD_RULES.get(name) for name in _change(difference).changed}
    named = sorted(filter(None, found), key=_in_order)
    return ", ".join(f"{rule} ({RULES[rule][0]})" if rule in RULES else rule for rule in named) or NO_RULE


def _as_key(why: Why) -> tuple[str, str]:
    return why[0], repr(sorted(why[1].items()))


def _in_order(rule: str) -> tuple[bool, int]:
    return not rule.startswith("R"), int("".join(filter(str.isdigit, rule)) or 0)


def _change(difference: Difference) -> Change:
    was, now = difference.was, difference.now
    names = dict.fromkeys(each.name for one in (was, now) for each in fields(one))
    changed = tuple(name for name in names if _of(was, name) != _of(now, name))
    return Change(_kind(was), _kind(now), changed)


def _kind(decision: Decision | Failed) -> str:
    return f"{type(decision).__name__}: {', '.join(code for code, _values in decision.why)}"


def _of(decision: Decision | Failed, name: str) -> Any:
    return getattr(decision, name, None)


def _told(value: Any) -> str:
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        value = " ".join(f"{code}({', '.join(f'{name}={_told(its)}' for name, its in sorted(values.items()))})" for code, values in value)
    told = "none" if value is None else str(value)
    return told if len(told) <= SHOWN else f"{told[:SHOWN]}…"


def _client(facts: Facts) -> str:
    return f"client {facts.client}, {facts.state}, {facts.temperature}, {facts.today}, touches so far {facts.history.number}"
