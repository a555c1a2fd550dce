"""The desk: which touch comes first, what an outcome would bring, what would change a plan, and scripts filled in."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from method.desk import placeholders, queue
from method.plan import decide, facts, forecast, history
from method.why import CODES
from world import MONDAY, client, past

TODAY = date(2026, 3, 18)
WAITING = st.builds(
    queue.Waiting,
    id=st.integers(1, 10_000),
    temperature=st.sampled_from(facts.TEMPERATURES),
    purpose=st.sampled_from(facts.PURPOSES),
    potential=st.sampled_from([*facts.POTENTIALS, None]),
    day=st.dates(TODAY - timedelta(days=60), TODAY + timedelta(days=10)),
    channel=st.sampled_from(["call", "email", "letter"]),
    kind=st.sampled_from(["news", "birthday"]),
    hour=st.one_of(st.none(), st.datetimes(datetime(2026, 3, 18), datetime(2026, 3, 19))),
    unsure=st.booleans(),
)


def waiting(id_=1, temperature="cold", purpose="warming", potential=None, day=TODAY):
    return queue.Waiting(id_, temperature, purpose, potential, day)


def order(*touches):
    return [touch.id for touch in queue.first(touches, TODAY, 99)]


def test_hot_then_closing_then_overdue_then_potential_then_oldest():
    assert order(
        waiting(7),
        waiting(6, day=TODAY - timedelta(days=1)),
        waiting(5, potential="high", day=TODAY - timedelta(days=1)),
        waiting(4, day=TODAY - timedelta(days=9), potential="high"),
        waiting(3, purpose="closing"),
        waiting(2, purpose="closing", day=TODAY - timedelta(days=1)),
        waiting(1, temperature="hot"),
    ) == [1, 2, 3, 4, 5, 6, 7]


def test_work_ahead_waits_for_what_is_due():
    assert order(waiting(1, temperature="hot", purpose="closing", day=TODAY + timedelta(days=1)), waiting(2, potential="low")) == [2, 1]


def test_who_wrote_belongs_to_today_whatever_day_is_planned():
    wrote = waiting(3, potential="low", day=TODAY + timedelta(days=9))._replace(answered=True)
    assert queue.is_due(wrote, TODAY) and not queue.is_due(wrote._replace(answered=False), TODAY)
    assert order(waiting(1, temperature="hot"), waiting(2, day=TODAY + timedelta(days=1)), wrote) == [3, 1, 2]


def test_nobody_is_put_behind_low_potential():
    assert order(waiting(1, potential="low"), waiting(2), waiting(3, potential="standard"), waiting(4, potential="high")) == [4, 3, 2, 1]


def test_a_touch_of_another_hour_stands_behind_those_of_today():
    at_two = waiting(1, temperature="hot")._replace(hour=datetime(2026, 3, 18, 14))
    at_ten = waiting(2)._replace(hour=datetime(2026, 3, 18, 10))
    assert order(at_two, at_ten, waiting(3, potential="low"), waiting(4, day=TODAY + timedelta(days=1))) == [3, 2, 1, 4]


FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "channel": st.lists(st.sampled_from(["call", "email", "letter"])),
        "temperature": st.lists(st.sampled_from(facts.TEMPERATURES)),
        "overdue": st.just(["overdue"]),
    },
)


@given(st.lists(WAITING, unique_by=lambda touch: touch.id), FILTERS)
def test_a_count_is_what_choosing_it_leaves(touches, filters):
    chosen, counts = queue.choose(touches, TODAY, filters)
    assert queue.choose(touches, TODAY, {})[0] == touches
    for facet in queue.FACETS:
        for value, count in counts[facet].items():
            assert len(queue.choose(touches, TODAY, {**filters, facet: [value]})[0]) == count
    assert all(not asked or queue.facets(touch, TODAY)[facet] in asked for touch in chosen for facet, asked in filters.items())


def test_groups_come_one_after_the_other():
    touches = [waiting(1, "cold"), waiting(2, "hot"), waiting(3, "cold", purpose="closing")]
    in_groups = queue.first(touches, TODAY, 9, lambda touch: ["cold", "hot"].index(touch.temperature))
    assert [touch.id for touch in in_groups] == [3, 1, 2]


@given(st.lists(WAITING, unique_by=lambda touch: touch.id), st.integers(0, 20), st.randoms())
def test_the_order_is_the_same_however_they_come(touches, most, random):
    shuffled = random.sample(touches, len(touches))
    first = queue.first(touches, TODAY, most)
    assert first == queue.first(shuffled, TODAY, most) == sorted(touches, key=lambda touch: queue.rank(touch, TODAY))[:most]


@given(WAITING)
def test_the_order_explains_itself(touch):
    """What has a reason goes before what has none."""
    said = [code for code, _values in queue.why(touch, TODAY)]
    assert all(set(values) == set(CODES[code]) for code, values in queue.why(touch, TODAY))
    assert ("queue_hot" in said) == (touch.temperature == "hot")
    assert ("queue_overdue" in said) == (touch.day < TODAY)
    if said:
        plain = waiting(99_999, day=max(touch.day, TODAY))._replace(hour=touch.hour)
        assert queue.rank(touch, TODAY) < queue.rank(plain, TODAY), "said before the plain ones of its day and hour"


# ------------------------------------------------------------------ what an outcome brings

REACHED = forecast.Outcome()
NO_ANSWER = forecast.Outcome(counts=False, reached=False)
SENT = forecast.Outcome(reached=False)
INTERESTED = forecast.Outcome(moves="thaw")
READY = forecast.Outcome(moves="hot", step_effect="ready")
CLEAR_NO = forecast.Outcome(moves="cold", ends="refused")


def planned(**values):
    return client(open_touch=facts.OpenTouch("warming", "call", MONDAY, 1), **values)


def test_r9_each_outcome_says_what_follows():
    known = planned()
    cold = forecast.after(known, REACHED, 1)
    assert (cold.temperature, cold.decision.number, cold.decision.purpose, cold.decision.day) == ("cold", 2, "warming", date(2026, 3, 4))
    assert cold.decision.channel != "call" and cold.decision.reason != 1
    again = forecast.after(known, NO_ANSWER, 1)
    assert again.decision.number == 1, "an unanswered call is a try"
    assert forecast.after(known, INTERESTED).temperature == "warm"
    hot = forecast.after(known, READY, 1)
    assert (hot.temperature, hot.decision.purpose, hot.decision.day) == ("hot", "closing", MONDAY), "R8: the same day"


def test_r45_what_follows_an_agreed_step_is_what_comes_then():
    """The confirming call foretold itself, and a step that was kept was asked for again."""
    step = facts.AgreedStep("touch:9", MONDAY + timedelta(days=1), made=MONDAY - timedelta(days=3))
    confirming = facts.OpenTouch(facts.CONFIRMING, "call", MONDAY, about=step.key)
    after = forecast.after(client(open_touch=confirming, agreed=(step,)), REACHED).decision
    assert (after.purpose, after.day) == (facts.ASKING, MONDAY + timedelta(days=2)), "asked after it"
    past_step = replace(step, day=MONDAY - timedelta(days=1), confirmed=True)
    asking = facts.OpenTouch(facts.ASKING, "call", MONDAY, about=step.key)
    known = client(open_touch=asking, agreed=(past_step,))
    for effect in ("kept", "missed", "moved"):
        after = forecast.after(known, forecast.Outcome(step_effect=effect)).decision
        assert after.purpose not in facts.OF_AGREED_STEP, effect
    assert forecast.after(known, NO_ANSWER).decision.purpose == facts.ASKING, "asked again"


def test_r12_an_end_is_said():
    ended = forecast.after(planned(), CLEAR_NO)
    assert (ended.decision.state, ended.decision.reason) == ("refused", "refused")


@given(st.sampled_from([REACHED, NO_ANSWER, SENT, INTERESTED, READY]), st.sampled_from(facts.TEMPERATURES), st.sampled_from([1, None]))
def test_the_outlook_is_what_will_be_decided(outcome, temperature, step):
    """Once the touch is made, the same decision is taken for what is then true."""
    known = planned(temperature=temperature)
    found = forecast.after(known, outcome, step)
    made = past(
        reason=1,
        from_step=step is not None,
        step=step,
        counts=outcome.counts,
        reached=outcome.reached,
        warmed=outcome in (INTERESTED, READY),
        user=7,
    )
    true = client(temperature=found.temperature, history=history.read([made], 7), horizon=forecast.FORECAST_DAYS)
    assert found.decision == decide.decide(true)


@given(st.lists(st.builds(past, day=st.dates(MONDAY, MONDAY + timedelta(days=40)), counts=st.booleans()), max_size=8), st.integers(0, 8))
def test_a_history_is_read_on(touches, cut):
    assert history.read(touches[cut:], 7, history.read(touches[:cut], 7)) == history.read(touches, 7)


# ------------------------------------------------------------------ what would change the plan


def test_what_would_change_a_planned_touch():
    found = dict(forecast.changes(planned()))
    assert found["if_hot"].purpose == "closing"
    assert found["if_low"] == decide.Stop("stopped", "low_potential", (("low_potential", {}),))
    assert found["if_won"].state == "won"
    assert found["if_channel_closed"].channel != "call"
    assert "if_cold" not in found, "he is cold already"


def test_what_happened_already_changes_nothing():
    assert "if_hot" not in dict(
        forecast.changes(replace(planned(temperature="hot"), open_touch=facts.OpenTouch("closing", "call", MONDAY, 11)))
    )


# ------------------------------------------------------------------ scripts


def test_names_are_filled_in():
    values = {"first_name": "Anna", "company": "Acme {{ name }}", "name": "never"}
    assert placeholders.fill("Dear {{ first_name }} of {{company}},{{ nothing }} {{", values) == "Dear Anna of Acme {{ name }}, {{"
    assert placeholders.unknown("{{ first_name }} {{ surname }} {{x}}") == ["surname", "x"]


def test_whatever_stands_between_braces_is_seen():
    assert placeholders.fill("{{&nbsp;name }} {{name&nbsp;}}", {"name": "Anna"}) == "Anna Anna"
    for wrong in ("object.name", "first name", "<b>name</b>", ""):
        assert placeholders.unknown("Dear {{ " + wrong + " }}") == [wrong]


def test_no_value_gets_into_a_tag():
    link = '<a href="{{ company }}">{{ company }}</a>'
    assert placeholders.fill(link, {"company": "javascript:alert(1)"}) == '<a href="{{ company }}">javascript:alert(1)</a>'
    assert placeholders.unknown(link) == ["company"]


@given(st.text(), st.dictionaries(st.sampled_from(placeholders.PLACEHOLDERS), st.text()))
def test_what_names_nothing_stays_as_it_is(text, values):
    if not placeholders.has_places(text):
        assert placeholders.fill(text, values) == text
