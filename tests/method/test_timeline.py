"""The plan that a manager sees is the plan that runs: purposes by the rhythm, days by the delays, and findings that are true."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import example, given
from hypothesis import strategies as st
from method.plan import history, rhythm, timeline
from method.plan.decide import decide
from method.plan.decision import Keep, Touch
from method.plan.facts import CHANNELS, CLOSING, WARM, WARMING, Cadence, OpenTouch, Reason, Step
from method.why import CODES
from world import MONDAY, STANDARD, client, often, past, steps, workdays


@st.composite
def plans(draw):
    lines = draw(
        st.lists(
            st.tuples(
                st.integers(0, 15),
                st.none() | st.sampled_from(CHANNELS[:3]),
                st.none() | st.sampled_from([WARMING, CLOSING, CLOSING]),
                st.sampled_from([1, 1, 1, 2, 4, 0]),
            ),
            max_size=10,
        )
    )
    return Cadence(
        1,
        tuple(Step(number, delay, channel, purpose, times) for number, (delay, channel, purpose, times) in enumerate(lines, 1)),
        rhythm=draw(st.integers(0, 6)),
        target=draw(st.integers(1, 12)),
        stop_after=draw(st.sampled_from([0, 0, 3, 8, 20])),
        window_days=draw(st.sampled_from([0, 10, 30, 60])),
    )


def codes(cadence):
    return {finding.code: finding for finding in timeline.findings(cadence, timeline.lay_out(cadence))}


# --- the timeline --------------------------------------------------------------------------------


def test_the_standard_cadence_has_nothing_against_it():
    plan = timeline.lay_out(STANDARD)
    assert [touch.work_day for touch in plan] == [0, 2, 5, 8, 12, 16, 20]
    assert [touch.day for touch in plan] == [0, 2, 7, 11, 16, 22, 28]
    assert [touch.purpose for touch in plan] == [WARMING] * 5 + [CLOSING, WARMING]
    assert timeline.findings(STANDARD, plan) == []


@given(plans())
@example(Cadence(1, steps(*[15] * 10, times=4), rhythm=5, target=7))
@often(3)
def test_the_timeline_is_what_the_planner_will_make(cadence):
    """Each touch of the plan is the one that the method makes for a warm client who is reached every time."""
    cadence = replace(cadence, stop_after=0, window_days=0)
    reasons = tuple(Reason(number, repeatable=True) for number in range(1, 3))
    long = workdays(days=1000)  # ten steps, each four times with three weeks between, take over two years
    done = []
    day = MONDAY
    for touch in timeline.lay_out(cadence):
        facts = client(
            today=day,
            started=MONDAY,
            cadence=cadence,
            temperature=WARM,
            reasons=reasons,
            history=history.read(done),
            horizon=200,
            workdays=long,
        )
        made = decide(facts)
        assert isinstance(made, Touch)
        assert (made.number, made.purpose, made.step) == (touch.number, touch.purpose, cadence.steps[touch.step].id)
        assert made.day == facts.workdays.after(MONDAY, touch.work_day)
        assert abs((made.day - MONDAY).days - touch.day) <= 2
        done.append(past(day=made.day, purpose=made.purpose, channel=None, step=made.step))
        day = made.day
    if not any(touch.repeats for touch in timeline.lay_out(cadence)):
        over = decide(client(today=day, cadence=cadence, temperature=WARM, history=history.read(done)))
        assert over.reason == "steps_done"


@given(plans())
def test_days_never_go_back_and_a_step_without_end_is_last(cadence):
    plan = timeline.lay_out(cadence)
    assert [touch.day for touch in plan] == sorted(touch.day for touch in plan)
    assert [touch.number for touch in plan] == list(range(1, len(plan) + 1))
    assert not any(touch.repeats for touch in plan[:-1])


@given(st.integers(1, 90), st.integers(1, 12))
def test_what_is_spread_over_the_window_lies_in_it(window, touches):
    cadence = Cadence(1, steps(*rhythm.spread(window, touches)), window_days=window)
    assert "plan_behind_window" not in codes(cadence)


def test_a_step_of_thousands_is_laid_out_in_part():
    assert len(timeline.lay_out(Cadence(1, steps(1, times=5000)))) == timeline.MAX_TIMELINE_TOUCHES


# --- findings --------------------------------------------------------------------------------------


def closing_at(*numbers, count=9, **values):
    return Cadence(1, tuple(Step(n, 1, purpose=CLOSING if n in numbers else WARMING) for n in range(1, count + 1)), **values)


def test_two_closing_steps_with_three_warming_between():
    finding = codes(closing_at(2, 6))["plan_closing_near"]
    assert (finding.severity, finding.steps) == ("wrong", (1, 5))
    assert finding.values == {"first": 2, "second": 6, "warming": 3, "rhythm": 5}
    assert "plan_closing_near" not in codes(closing_at(2, 8))


def test_a_closing_step_after_one_that_closes_by_the_rhythm():
    cadence = Cadence(1, (*steps(0, 1, 1, 1, 1, 1), Step(7, 1, purpose=CLOSING)))
    assert codes(cadence)["plan_closing_turns"].values == {"first": 6, "second": 7, "warming": 0, "rhythm": 5}


def test_a_closing_step_of_several_touches_closes_once():
    cadence = Cadence(1, (Step(1, 1, purpose=CLOSING, times=4),))
    assert codes(cadence)["plan_closing_turns"].steps == (0,)


@given(plans())
def test_a_finding_of_closing_says_what_the_timeline_shows(cadence):
    plan = timeline.lay_out(cadence)
    closing = {line for line, step in enumerate(cadence.steps) if step.purpose == CLOSING or step.channel == "meeting"}
    turned = {touch.step for touch in plan if touch.step in closing and touch.purpose == WARMING}
    codes_told = ("plan_closing_near", "plan_closing_turns", "plan_asking_early")
    told = [finding for finding in timeline.findings(cadence, plan) if finding.code in codes_told]
    assert {finding.steps[-1] for finding in told} == turned
    assert all(count == 1 for count in Counter(finding.steps[-1] for finding in told).values())
    for finding in told:
        between = plan[finding.values["first"] : finding.values["second"] - 1]
        assert [touch.purpose for touch in between] == [WARMING] * finding.values["warming"]
        assert finding.values["warming"] < cadence.rhythm


def test_an_empty_cadence():
    assert list(codes(Cadence(1, ()))) == ["plan_empty"]


def test_no_closing_touch():
    assert "plan_no_closing" in codes(closing_at(count=7))
    assert "plan_no_closing" in codes(Cadence(1, steps(0, 5, 5)))
    assert "plan_no_closing" not in codes(Cadence(1, steps(0, 5, times=0)))
    assert "plan_no_closing" in codes(Cadence(1, (Step(1, 5, purpose=WARMING, times=0),)))


def test_fewer_touches_than_a_deal_takes():
    assert codes(Cadence(1, steps(0, 5, 5)))["plan_few_touches"].values == {"touches": 3, "target": 7}
    assert "plan_few_touches" not in codes(Cadence(1, steps(0, times=0)))


def test_steps_after_one_without_end_are_never_reached():
    cadence = Cadence(1, (Step(1, 5), Step(2, 5, times=0), Step(3, 5), Step(4, 5)))
    finding = codes(cadence)["plan_never_reached"]
    assert (finding.values, finding.steps) == ({"step": 2, "count": 2}, (1, 2, 3))
    assert "plan_never_reached" not in codes(Cadence(1, (Step(1, 5), Step(2, 5, times=0))))


def test_touches_behind_the_window():
    finding = codes(replace(STANDARD, window_days=21))["plan_behind_window"]
    assert (finding.values, finding.steps) == ({"number": 6, "day": 22, "days": 21}, (5, 6))
    # what goes on until the window ends is no mistake, unless it never begins
    assert "plan_behind_window" not in codes(Cadence(1, (Step(1), Step(2, 30, times=0)), window_days=21))
    assert "plan_behind_window" in codes(Cadence(1, (Step(1, 30, times=0),), window_days=21))


def test_the_approach_ends_before_the_plan():
    finding = codes(replace(STANDARD, stop_after=4))["plan_stops_before"]
    assert (finding.values, finding.steps) == ({"tries": 4, "touches": 7, "number": 5}, (4, 5, 6))
    assert "plan_stops_before" not in codes(replace(STANDARD, stop_after=7))


def test_one_channel_in_a_row():
    cadence = Cadence(1, (Step(1), *(Step(n, 1, "email") for n in (2, 3, 4)), Step(5, 1, "call")))
    assert codes(cadence)["plan_channel_row"].values == {"channel": "email", "first": 2, "last": 4}
    assert "plan_channel_row" not in codes(Cadence(1, (Step(1, 1, "email"), Step(2, 1, "email"), Step(3, 1))))
    assert "plan_channel_stays" in codes(Cadence(1, (Step(1, 5, "email", times=0),)))


@given(plans())
def test_what_is_wrong_comes_first_and_names_lines_that_exist(cadence):
    found = timeline.findings(cadence, timeline.lay_out(cadence))
    assert [finding.severity for finding in found] == sorted((finding.severity for finding in found), key=timeline.SEVERITIES.index)
    assert all(0 <= line < len(cadence.steps) for finding in found for line in finding.steps)
    assert all(set(finding.values) == set(CODES[finding.code]) for finding in found)


def test_values_that_are_still_being_typed_break_nothing():
    cadence = Cadence(1, (Step(1, -5, times=-3), Step(2, 1)), rhythm=-1, target=-1, stop_after=-2, window_days=-3)
    assert len(timeline.lay_out(cadence)) == 2
    timeline.findings(cadence, timeline.lay_out(cadence))


# --- steps that change while clients are under way -------------------------------------------------


@st.composite
def runs(draw):
    """A run of some steps, and the steps as they are after an edit: other order, some gone, some new, other times."""
    before = [Step(number, 1, times=draw(st.integers(1, 3))) for number in range(1, draw(st.integers(1, 6)) + 1)]
    sequence = [step.id for step in before for _time in range(step.times)]
    made = sequence[: draw(st.integers(0, len(sequence)))]
    kept = [replace(step, times=draw(st.integers(1, 3))) for step in draw(st.permutations(before)) if draw(st.booleans())]
    added = [Step(number, 1) for number in range(10, 10 + draw(st.integers(0, 2)))]
    return made, tuple(draw(st.permutations([*kept, *added])))


@given(runs())
def test_after_an_edit_nothing_is_repeated_and_nothing_left_out(run):
    made, after = run
    # the database empties the step of touches whose step was removed
    known = {step.id for step in after}
    done = [past(from_step=step in known, step=step if step in known else None) for step in made]
    before = Counter(touch.step for touch in done if touch.step)
    cadence = Cadence(1, after)
    for _touch in range(50):
        seen = history.read(done)
        step = cadence.step_at(seen.step_touches, seen.touches_by_step)
        if step is None:
            break
        assert seen.touches_by_step.get(step.id, 0) < step.times
        done.append(past(step=step.id))
    total = Counter(touch.step for touch in done if touch.step)
    assert total == {step.id: max(step.times, before[step.id]) for step in after}


@given(runs())
def test_without_an_edit_steps_go_by_their_order(run):
    _made, after = run
    cadence = Cadence(1, after)
    done = []
    for position in range(sum(step.times for step in after)):
        seen = history.read(done)
        step = cadence.step_at(seen.step_touches, seen.touches_by_step)
        assert step == cadence.step_at(position)
        done.append(past(step=step.id))


def planned(**values):
    """A touch that was planned for Thursday, for the second step of the standard cadence."""
    touch = OpenTouch(WARMING, "email", MONDAY + timedelta(days=3), 2, outdated=True)
    case = client(today=MONDAY + timedelta(days=2), history=history.read([past(step=1, reason=1)]), open_touch=touch)
    return decide(replace(case, **values))


def test_a_planned_touch_follows_the_new_steps():
    new = replace(STANDARD, steps=(Step(1), Step(9, 2, "sms", CLOSING), *STANDARD.steps[1:]))
    decision = planned(cadence=new)
    assert (decision.step, decision.channel, decision.purpose) == (9, "sms", CLOSING)
    assert decision.day == MONDAY + timedelta(days=3)  # what was put off stays put off
    unchanged = OpenTouch(WARMING, "email", MONDAY + timedelta(days=3), 2)
    assert isinstance(planned(cadence=new, open_touch=unchanged), Keep)


def test_a_planned_touch_waits_where_the_new_step_waits_longer():
    wait = planned(cadence=replace(STANDARD, steps=(Step(1), Step(2, 15))))
    assert wait.why[0][0] == "planned_later"


def test_a_planned_touch_goes_where_the_new_steps_are_done():
    assert planned(cadence=replace(STANDARD, steps=(Step(1),))).reason == "steps_done"


def test_a_planned_touch_stays_where_something_else_is_missing():
    assert isinstance(planned(reasons=()), Keep)
    assert isinstance(planned(rep_days=None), Keep)
