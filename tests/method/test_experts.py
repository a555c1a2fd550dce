"""Potential and experts (R32 to R34, R37 to R40), and invariant 7 under random weeks."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from method.client import potential
from method.client.potential import Answer
from method.expert import experts, level
from method.expert.experts import Expert, Request, Span
from method.why import CODES
from world import MONDAY

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
WEEK = NOW + timedelta(days=7)


def hours(day, start, stop):
    midnight = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=day)
    return Span(midnight + timedelta(hours=start), midnight + timedelta(hours=stop))


def answers(text, *weights):
    groups = {"l": "low", "s": "standard", "h": "high"}
    return [Answer(groups[letter], weight) for letter, weight in zip(text, weights or [1] * len(text))]


@pytest.mark.parametrize(
    ("rule", "given_answers", "expected"),
    [
        ("majority", "hhs", "high"),
        ("majority", "lls", "low"),
        ("majority", "h", "high"),
        ("majority", "lh", "standard"),  # nobody leads
        ("majority", "sshh", "standard"),
        ("majority", "lsh", "standard"),
        ("any_low", "hhl", "low"),
        ("any_low", "hhs", "high"),
        ("weights", "hs", "high"),
        ("weights", "hhs", "high"),
        ("weights", "lls", "low"),
        ("weights", "lh", "standard"),
    ],
)
def test_R32_answers_sort_clients(rule, given_answers, expected):
    assert potential.judge(answers(given_answers), rule)[0] == expected


def test_R32_weights_let_one_question_count_more():
    assert potential.judge(answers("hll", 5, 1, 1), "weights")[0] == "high"
    assert potential.judge(answers("hll", 1, 1, 1), "weights")[0] == "standard"


def test_R32_nobody_is_judged_without_answers():
    with pytest.raises(ValueError):
        potential.judge([])


def test_R45_on_the_agreed_day_where_one_of_the_experts_has_room():
    tuesday, thursday = hours(1, 14, 16), hours(3, 14, 16)
    idle, loaded = Expert(1, UTC, (tuesday,)), Expert(2, UTC, (tuesday, thursday), load=9.0)
    asked = Request(5, NOW, rep=7, day=date(2026, 3, 5))
    assert experts.assign([asked], [idle, loaded], NOW, WEEK)[5] == experts.Place(2, hours(3, 14, 15)), (
        "the less loaded has no room that day"
    )
    assert experts.assign([asked], [idle], NOW, WEEK)[5] == experts.Place(1, hours(1, 14, 15)), "another day where nobody has"
    assert experts.assign([asked._replace(day=None)], [idle, loaded], NOW, WEEK)[5].expert == 1


def test_R45_an_agreed_day_beyond_the_weeks_ahead_is_waited_for():
    idle = Expert(1, UTC, (hours(1, 14, 16),))
    assert experts.assign([Request(5, NOW, rep=7, day=date(2026, 3, 19))], [idle], NOW, WEEK) == {}


@given(st.lists(st.sampled_from("lsh"), min_size=1, max_size=4), st.sampled_from(potential.RULES))
def test_R32_all_of_one_kind_is_that_kind_and_order_does_not_matter(letters, rule):
    given_answers = answers("".join(letters))
    found = potential.judge(given_answers, rule)
    assert found == potential.judge(list(reversed(given_answers)), rule)
    code, values = found[1]
    assert set(values) == set(CODES[code])
    if len(set(letters)) == 1:
        assert found[0] == given_answers[0].potential


def test_R32_clients_are_judged_in_the_first_third_and_again_after_a_while():
    assert [potential.past_first_third(position, 3) for position in range(3)] == [False, True, True]
    assert [potential.past_first_third(position, 6) for position in range(6)] == [False, False, True, True, True, True]
    assert not potential.past_first_third(0, 1)
    assert potential.is_due(None, MONDAY, 180)
    assert not potential.is_due(MONDAY - timedelta(days=179), MONDAY, 180)
    assert potential.is_due(MONDAY - timedelta(days=180), MONDAY, 180)
    assert not potential.is_due(MONDAY - timedelta(days=9999), MONDAY, 0)


def test_R33_low_has_no_strategy_and_who_is_not_judged_the_first():
    assert [potential.STRATEGIES[one] for one in ("low", None, "standard", "high")] == [0, 1, 1, 2]


def test_R37_a_large_deal_brings_as_much_as_ten():
    assert potential.is_large(1000, 100, 10)
    assert not potential.is_large(999, 100, 10)
    assert not potential.is_large(1000, 0, 10)  # nothing was won yet
    assert not potential.is_large(1000, 100, 0)


def test_R40_beginners_need_an_expert_for_high_potential():
    assert level.needs_expert("high", "beginner")
    assert not level.needs_expert("high", "experienced")
    assert not level.needs_expert("standard", "beginner")
    assert not level.needs_expert(None, "beginner")
    assert level.propose(10, 6, 10, 6) == "experienced"
    assert level.propose(9, 60, 10, 6) == level.propose(90, 5, 10, 6) == "beginner"


# --- R38, R39: experts' windows ---------------------------------------------------------------------


def expert(id_=1, **values):
    return Expert(id_, UTC, **{"windows": (hours(1, 14, 17), hours(3, 14, 17)), **values})


def ask(id_, minutes=0, **values):
    return Request(id_, NOW + timedelta(minutes=minutes), rep=100 + id_, **values)


def test_R39_an_expert_with_three_hours_gets_exactly_three_and_the_fourth_waits():
    places = experts.assign([ask(n, n) for n in range(1, 5)], [expert()], NOW, WEEK)
    assert sorted(places) == [1, 2, 3]
    assert [places[n].span.start.hour for n in (1, 2, 3)] == [14, 15, 16]
    later = experts.assign(
        [ask(n, n) for n in range(1, 5)], [expert(windows=(*expert().windows, hours(8, 14, 17)))], NOW, WEEK + timedelta(days=7)
    )
    assert later[4].span == hours(8, 14, 15)


def test_R38_by_skill_then_least_loaded_then_longest_waiting():
    law, tech = 1, 2
    lawyer = expert(1, skills=frozenset({law}), load=5)
    engineer = expert(2, skills=frozenset({tech}), load=0)
    both = expert(3, skills=frozenset({law, tech}), load=1)
    one = lambda *pool, **values: experts.assign([ask(1, **values)], pool, NOW, WEEK)[1].expert  # noqa: E731
    assert one(lawyer, engineer, both, skill=law) == 3
    assert one(lawyer, engineer, both, skill=tech) == 2
    assert one(lawyer, engineer, both) == 2
    waited = replace(engineer, id=4, last=NOW - timedelta(days=9))
    recent = replace(engineer, id=5, last=NOW - timedelta(days=1))
    assert one(recent, waited) == 4
    assert one(recent, waited, replace(engineer, id=6)) == 6  # never booked


def test_who_declined_is_not_asked_again_and_nobody_assists_himself():
    assert experts.assign([ask(1, without=frozenset({1}))], [expert(1)], NOW, WEEK) == {}
    assert experts.assign([ask(1)], [expert(1, user=101)], NOW, WEEK) == {}


def test_first_come_within_priority():
    pool = [expert(hours=1)]
    assert list(experts.assign([ask(1, 5), ask(2, 1)], pool, NOW, WEEK)) == [2]
    assert list(experts.assign([ask(1, 5, priority=1), ask(2, 1)], pool, NOW, WEEK)) == [1]


def test_a_rep_is_in_one_meeting_at_a_time():
    pool = [expert(1), expert(2)]
    requests = [ask(1)._replace(rep=7), ask(2)._replace(rep=7)]
    places = experts.assign(requests, pool, NOW, WEEK, {7: [hours(1, 14, 15)]})
    assert places[1].span == hours(1, 15, 16)
    assert places[2].span == hours(1, 16, 17)


spans = st.builds(
    lambda day, start, length: hours(day, start, min(start + length, 24)), st.integers(0, 20), st.integers(0, 23), st.integers(1, 6)
)


@st.composite
def pools(draw):
    result = []
    for id_ in range(1, draw(st.integers(1, 3)) + 1):
        windows, last = [], None
        for window in sorted(draw(st.lists(spans, max_size=5))):
            if last is None or window.start >= last:
                windows.append(window)
                last = window.stop
        result.append(
            Expert(
                id_,
                UTC,
                tuple(windows),
                tuple(draw(st.lists(spans, max_size=3))),
                hours=draw(st.sampled_from([1.0, 2.5, 3.0])),
                slot=draw(st.sampled_from([0.5, 1.0, 1.5])),
                skills=frozenset(draw(st.sets(st.integers(1, 2)))),
                booked={date(2026, 3, 2): draw(st.sampled_from([0.0, 1.0]))},
            )
        )
    return result


@given(pools(), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 1), st.sampled_from([None, 1, 2]), st.integers(1, 3)), max_size=15))
def test_invariant_7_never_outside_windows_never_over_hours_never_twice(pool, wishes):
    requests = [
        Request(n, NOW + timedelta(minutes=minute), priority, skill, rep=rep) for n, (minute, priority, skill, rep) in enumerate(wishes)
    ]
    places = experts.assign(requests, pool, NOW, NOW + timedelta(days=21))
    for one in pool:
        its = [place.span for place in places.values() if place.expert == one.id]
        for number, span in enumerate(its):
            assert any(window.start <= span.start and span.stop <= window.stop for window in one.windows)
            assert span.start >= NOW
            assert not any(other.overlaps(span) for other in (*one.busy, *its[:number]))
        for week in {experts.monday(span.start, UTC) for span in its}:
            used = sum(one.slot for span in its if experts.monday(span.start, UTC) == week)
            assert used + one.booked.get(week, 0) <= one.hours + 1e-9
    for rep in {request.rep for request in requests}:
        its = [places[request.id].span for request in requests if request.rep == rep and request.id in places]
        assert not any(a.overlaps(b) for number, a in enumerate(its) for b in its[:number])
    for request in requests:
        if request.id in places:
            able = next(one for one in pool if one.id == places[request.id].expert)
            assert request.skill is None or request.skill in able.skills
    # nobody is booked past someone who came before him, asked for the same and has the same rep
    for early, late in ((a, b) for a in requests for b in requests if experts.in_order([a, b])[0] is a and a is not b):
        if (early.skill, early.rep) == (late.skill, late.rep) and late.id in places:
            assert early.id in places
