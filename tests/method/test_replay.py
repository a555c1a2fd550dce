"""Recorded facts come back as they were, anonymous where they are a company's; what is decided otherwise is listed by rule."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, make_dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Union, get_args, get_origin
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from method.plan import occasions, rhythm, rotation
from method.plan.channels import BUILT_IN, Channels
from method.plan.decide import decide
from method.plan.decision import Decision, Keep, Stop, Touch, Wait
from method.plan.facts import Facts, History, OpenTouch, Reason, Tries
from method.plan.workdays import Workdays
from method.replay import anonymous, plain, recording
from method.replay.__main__ import main
from method.replay.compare import listed, replay
from method.replay.plain import Decoder, Encoder, Unreadable, inner, kinds
from method.why import RULES, rule_of
from test_properties import cases
from world import MONDAY, REASONS, client, often, workdays

DAYS = st.dates(date(1, 1, 1), date(2400, 1, 1))
ZONES = st.sampled_from([UTC, ZoneInfo("UTC"), ZoneInfo("Europe/Brussels"), ZoneInfo("Asia/Kolkata")])
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
LEAVES = {
    bool: st.booleans(),
    int: st.integers(),
    float: NUMBERS,
    str: st.text(max_size=5),
    date: DAYS,
    datetime: st.datetimes(datetime(2, 1, 1), datetime(2400, 1, 1), timezones=ZONES),
    tzinfo: ZONES,
    Workdays: st.builds(
        Workdays, st.lists(DAYS, max_size=9) | st.just(workdays().days), st.dictionaries(DAYS, st.floats(0, 1), max_size=2)
    ),
    Any: st.none() | st.booleans() | st.integers() | NUMBERS | st.text(max_size=5) | DAYS | st.lists(st.integers(), max_size=2).map(tuple),
}


def any_of(kind):
    """:return: a strategy of any value that is of a declared type, whatever a rule would say to it; new fields are in it by themselves"""
    if inner(kind) != kind:
        return st.none() | any_of(inner(kind))
    if kind in LEAVES:
        return LEAVES[kind]
    origin, args = get_origin(kind), get_args(kind)
    if origin is Union:
        return st.one_of(*map(any_of, args))
    if is_dataclass(kind):
        return st.builds(kind, **{name: any_of(its) for name, its in kinds(kind).items()})
    if origin is frozenset:
        return st.frozensets(any_of(args[0]), max_size=3)
    if origin is tuple and args[-1] is Ellipsis:
        return st.lists(any_of(args[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(any_of, args))
    assert issubclass(origin, Mapping)
    if kind == Channels:  # what a channel of the house is, is a rule and no fact
        return st.dictionaries(LEAVES[str].filter(lambda code: code not in BUILT_IN), any_of(args[1]), max_size=3)
    return st.dictionaries(any_of(args[0]), any_of(args[1]), max_size=3)


def whole(value):
    """:return: what two values have in common when they are the same; working days know no equality of their own,
    and a moment is the same by any clock"""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, Workdays):
        return "workdays", value.days, dict(value.shares)
    if is_dataclass(value):
        return type(value), {each.name: whole(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {whole(one): whole(other) for one, other in value.items()}
    return tuple(map(whole, value)) if isinstance(value, tuple) else value


def through_text(records):
    """:return: the same records, written and read"""
    return list(recording.read("\n".join(recording.write(records)).split("\n")))


@often(0.5)
@given(st.lists(st.tuples(any_of(Facts), any_of(inner(Decision))), max_size=3))
def test_whatever_is_recorded_comes_back_as_it_was(records):
    back = through_text(records)
    assert [tuple(map(whole, one)) for one in back] == [tuple(map(whole, one)) for one in records]
    assert recording.write(back) == recording.write(records), "the same facts give the same text"


@given(st.lists(cases(), max_size=3))
def test_recorded_facts_are_decided_as_before(several):
    assert not replay(through_text(recording.decided(known for known, _touches in several)))


def test_what_many_facts_share_is_written_once():
    lines = recording.write(recording.decided(client(client=number) for number in range(50)))
    assert len(lines) == 1 + 2 + len(REASONS) + 1 + 50  # the head; workdays and cadence; each reason, and which of them; facts
    assert max(map(len, lines[-50:])) < 1000


# --- an old recording and a newer method ---------------------------------------------------------


def old_text(change):
    """:return: lines of a recording of one client, as ``change`` would have left them in older times: a function of (head, facts)"""
    head, *shared, facts = map(json.loads, recording.write(recording.decided([client(rep=8)])))
    change(head, facts)
    return [plain.as_text(each) for each in (head, *shared, facts)]


def test_a_field_that_is_new_has_its_default():
    def change(head, _facts):
        del head["defaults"]["Facts"]["horizon"]

    (record,) = recording.read(old_text(change))
    assert record.facts.horizon == Facts.__dataclass_fields__["horizon"].default


def test_a_default_that_changed_later_changes_nothing_recorded():
    def change(head, _facts):
        head["defaults"]["Facts"]["horizon"] = 3

    (record,) = recording.read(old_text(change))
    assert record.facts.horizon == 3


def test_a_field_that_was_renamed_is_found_and_one_that_is_gone_is_left_out(monkeypatch):
    def change(head, facts):
        facts["facts"]["salesperson"] = facts["facts"].pop("rep")
        facts["facts"]["shoe_size"] = head["defaults"]["Facts"]["shoe_size"] = 44

    with pytest.raises(Unreadable, match=r"Line \d+: Facts has no field “shoe_size”"):
        list(recording.read(old_text(change)))
    monkeypatch.setattr(plain, "FIELDS", {"Facts": {"salesperson": "rep", "shoe_size": None}})
    (record,) = recording.read(old_text(change))
    assert record.facts.rep == 8


def test_a_decision_that_was_renamed_is_found(monkeypatch):
    def change(head, facts):
        facts["decision"]["kind"] = "Contact"
        head["defaults"]["Contact"] = head["defaults"].pop("Touch")

    with pytest.raises(Unreadable, match="There is no “Contact” among Touch, Wait"):
        list(recording.read(old_text(change)))
    monkeypatch.setattr(plain, "CLASSES", {"Contact": "Touch"})
    assert not replay(recording.read(old_text(change)))


def test_a_field_without_a_default_and_without_a_value_is_an_error():
    def change(_head, facts):
        del facts["facts"]["state"]

    with pytest.raises(Unreadable, match=r"state.*A field that is new needs a default"):
        list(recording.read(old_text(change)))


def test_a_type_that_nobody_taught_it_says_so():
    odd = make_dataclass("Odd", [("color", complex)])
    with pytest.raises(TypeError, match="cannot hold a value of type <class 'complex'>"):
        Encoder().encode(odd(1j), odd)
    with pytest.raises(TypeError, match="cannot hold a value of type <class 'complex'>"):
        Decoder({}).decode({"color": "1j"}, odd)
    with pytest.raises(TypeError, match="in a why"):
        Encoder().encode(Wait(None, (("x", {"y": object()}),)), Wait)
    with pytest.raises(TypeError, match="has none"):
        Encoder().encode(type("Zone", (tzinfo,), {})(), tzinfo)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([""], "Line 1 is none of a recording"),
        ([], "It is empty"),
        (['{"recording":2}'], "Line 1: the form is 2, and this version reads form 1"),
        (['{"recording":1,"defaults":{}}', '{"color":1}'], "Line 2 is none of a recording"),
        (['{"recording":1,"defaults":{}}', '{"facts":{"zone":"Middle-earth/Shire"},"decision":{}}'], "does not know the time zone"),
    ],
)
def test_what_is_no_recording_is_refused_in_a_sentence(lines, says):
    with pytest.raises(Unreadable, match=re.escape(says)):
        list(recording.read(lines))


# --- a company's own -----------------------------------------------------------------------------


def leaves(cls, seen):
    """:return: "Class.field" of all that a dataclass and those in it hold, with the keys and the values of mappings apart"""
    if cls in seen:
        return
    seen.add(cls)
    for name, kind in kinds(cls).items():
        waiting = [(f"{cls.__name__}.{name}", inner(kind))]
        while waiting:
            place, its = waiting.pop()
            origin, args = get_origin(its), get_args(its)
            if is_dataclass(its):
                yield from leaves(its, seen)
            elif isinstance(origin, type) and issubclass(origin, Mapping):
                waiting += [(place, inner(args[0])), (f"{place}[]", inner(args[1]))]
            elif args:
                waiting += [(place, inner(each)) for each in args if each is not Ellipsis]
            else:
                yield place, its


def test_of_each_fact_it_is_said_whether_it_says_who_it_is():
    places = {place for place, kind in leaves(Facts, set()) if kind not in (bool, tzinfo, Workdays)}
    assert places == anonymous.KEYS.keys() | anonymous.KEPT, "method/replay/anonymous.py: a key of something, or may it stay as it is?"
    assert not anonymous.KEYS.keys() & anonymous.KEPT


def test_a_fact_of_which_nothing_is_said_is_not_recorded(monkeypatch):
    monkeypatch.setattr(anonymous, "KEPT", anonymous.KEPT - {"Facts.horizon"})
    with pytest.raises(TypeError, match=r"Facts\.horizon is not recorded yet"):
        anonymous.anonymous([client()])


def without_keys(decision):
    """:return: a decision without what is numbered anew"""
    if isinstance(decision, Touch):
        decision = replace(decision, reason=0, step=0, user=decision.user and 1, expert=decision.expert and 1)
    if hasattr(decision, "successors"):
        decision = replace(decision, successors=len(decision.successors))
    return replace(decision, why=tuple((code, {**values, "reason": 0}) for code, values in decision.why))


class InDatabase(anonymous.Numbers):
    """Keys as a large database has them, of small ones."""

    def of(self, kind, key):
        return 700_000 + key


@given(st.lists(cases(), max_size=3), st.frozensets(st.integers(0, 3)))
def test_anonymous_facts_are_decided_as_the_real_ones(several, chosen):
    def some(reason):
        return reason if reason.id % 3 else replace(reason, clients=chosen)

    known = [
        replace(facts, client=number, expert=number, stand_in=9, reasons=tuple(map(some, facts.reasons)))
        for number, (facts, _touches) in enumerate(several)
    ]
    real = [InDatabase().renumber(facts, Facts) for facts in known]
    assert not real or "70000" in "".join(recording.write(recording.decided(real)))
    made = anonymous.anonymous(real)
    assert [without_keys(decide(facts)) for facts in made] == [without_keys(decide(facts)) for facts in real]
    assert "70000" not in "".join(recording.write(recording.decided(made))), "a key of the database"
    assert all(facts.birthdate is None or facts.birthdate.year == occasions.NO_YEAR for facts in made)


def test_nothing_that_somebody_wrote_is_recorded():
    secret = "Call Mrs. Smith"
    reasons = (Reason(5, occasion="holiday", holiday=f"{secret}, King"), Reason(6, occasion="holiday", holiday="Easter"), Reason(7))
    known = client(
        state=secret,
        temperature=secret,
        reasons=reasons,
        holidays={MONDAY: "King's Day", MONDAY + timedelta(days=9): "Easter"},
        open_channels=frozenset({secret, "call"}),
        open_touch=OpenTouch(secret, secret, MONDAY, 7),
        history=History(channels={secret: MONDAY}, channel_tries={"whatsapp": Tries(3, 2)}),
    )
    (made,) = anonymous.anonymous([known])
    text = "\n".join(recording.write([recording.Record(made, Keep())]))
    assert not re.search("Smith|King|Easter", text)
    assert "whatsapp" in text, "a channel is a word of the method"
    first, second = (one for one in made.reasons if one.holiday)
    for one, name in ((first, "King's Day"), (second, "Easter")):
        day = next(day for day, its in known.holidays.items() if its == name)
        assert [occasions.is_named(its, one.holiday) for its in made.holidays.values()] == [its == day for its in made.holidays]
    assert not occasions.is_named("<1>", anonymous.anonymous([replace(known, holidays={})])[0].reasons[0].holiday)


def test_of_the_clients_of_a_reason_only_the_own_one_is_recorded():
    reasons = (Reason(1, clients=frozenset({1, 2, 3})), Reason(2, clients=frozenset({2, 3})))
    (made,) = anonymous.anonymous([client(reasons=reasons)])
    assert [one.clients for one in made.reasons] == [frozenset({made.client}), frozenset()]


def test_a_birthdate_is_recorded_only_where_a_wish_depends_on_it():
    known = client(birthdate=date(1984, 3, 2), reasons=(Reason(1, occasion="birthday"), *client().reasons))
    near, far = anonymous.anonymous([known, replace(known, birthdate=date(1984, 8, 3))])
    assert (near.birthdate, far.birthdate) == (date(occasions.NO_YEAR, 3, 2), None)
    assert anonymous.anonymous([known], made_up=True)[0].birthdate == date(1984, 3, 2)


# --- what differs --------------------------------------------------------------------------------


def test_a_changed_rule_is_listed_with_an_example(monkeypatch):
    known = [client(client=1), client(client=2), client(temperature="hot"), client(won=True)]
    records = through_text(recording.decided([replace(one, open_channels=frozenset({"call"})) for one in known]))
    assert listed(replay(records), len(records)) == "4 decisions are what they were."
    monkeypatch.setattr(rhythm, "purpose", lambda *_facts: "closing")
    assert listed(replay(records), len(records)).splitlines() == [
        "2 of 4 decisions differ.",
        "",
        "R10 (warming and closing in turn): 2",
        "  2 ×  was  Touch: nth, warming_rhythm, channel_only, reason",
        "       is   Touch: nth, closing_rhythm, channel_only, reason",
        "       record 1: client 1, running, cold, 2026-03-02, touches so far 0",
        "         purpose: warming → closing",
        "         reason: 1 → 11",
        "         why: nth(number=1, target=7) warming_rhythm(rhythm=5, warming=0) channel_only(channel=call) reason(reason=1)"
        " → nth(number=1, target=7) closing_rhythm(warming=0) channel_only(channel=call) reason(reason=11)",
    ]


def test_only_the_rules_that_differ_are_named(monkeypatch):
    past = History(number=3, channels={"call": MONDAY - timedelta(days=200), "letter": MONDAY - timedelta(days=100)})
    records = through_text(recording.decided([client(paper=True, history=past, open_channels=frozenset({"call", "letter"}))]))
    monkeypatch.setattr(rotation, "PAPER_AFTER", 9)
    assert "\nR16 (channels in turn), R17 (some of it on paper): 1\n" in listed(replay(records), 1)


def test_a_moved_day_a_stop_and_a_fault_are_listed_apart(monkeypatch):
    @dataclass(frozen=True)
    class Odd:
        """What the method of tomorrow may decide, too."""

        why = ()

    records = recording.decided([client(), client(won=True), client(archived=True), client(lost=True)])
    touch = records[0].decision

    def tomorrow(facts):
        if facts.archived:
            raise KeyError("whatsapp")
        if facts.won:
            return Stop("won", "bought", (("bought", {}),))
        return Odd() if facts.lost else replace(touch, when=touch.when + timedelta(hours=1))

    monkeypatch.setattr("method.replay.compare.decide", tomorrow)
    text = listed(replay(records), len(records))
    assert "4 of 4 decisions differ." in text
    assert "\nR44 (clients are left time): 1\n" in text
    assert "         when: 2026-03-02 09:00:00+00:00 → 2026-03-02 10:00:00+00:00" in text
    assert "\ninvariant 2 (who is not touched): 2\n" in text
    assert "was  Stop: won\n       is   Stop: bought" in text
    assert "\nfails, KeyError: 'whatsapp': 1\n" in text


def test_every_rule_that_a_why_names_is_known_once():
    codes = [code for _words, its in RULES.values() for code in its]
    assert len(codes) == len(set(codes))
    assert rule_of("hot_at_once") == "R8" and rule_of("noted") is None


def test_the_command_says_what_differs_and_accepts_it(tmp_path, monkeypatch, capsys):
    path = tmp_path / "facts.jsonl.gz"
    recording.save(path, recording.decided([client(open_channels=frozenset({"call"})), client(won=True)]))
    before = path.read_bytes()
    assert main([str(path)]) == 0
    assert capsys.readouterr().out == "2 decisions are what they were.\n"
    monkeypatch.setattr(rhythm, "purpose", lambda *_facts: "closing")
    assert main([str(path)]) == 1
    assert "1 of 2 decisions differ." in capsys.readouterr().out
    assert path.read_bytes() == before
    assert main([str(path), "--accept"]) == 0
    assert "R10 (warming and closing in turn): 1" in capsys.readouterr().out
    assert main([str(path)]) == 0
    monkeypatch.undo()
    assert main([str(path), "--accept"]) == 0
    assert path.read_bytes() == before, "the same facts give the same file"


def test_the_command_refuses_what_it_cannot_read(tmp_path, capsys):
    assert main([str(tmp_path / "none.gz")]) == 2
    (tmp_path / "text.gz").write_text("no recording")
    assert main([str(tmp_path / "text.gz")]) == 2
    said = capsys.readouterr().err.splitlines()
    assert "none.gz cannot be read" in said[0] and "text.gz cannot be read" in said[1]
