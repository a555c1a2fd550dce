"""The ladder of next steps (R8, R11) and agreed steps (R45)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from method.plan import agreed, facts, history
from method.plan.decide import decide
from method.plan.decision import Keep, Stop, Touch, Wait
from method.plan.facts import AgreedStep, OpenTouch, Reason
from world import MONDAY, REASONS, STANDARD, client, past, workdays

MEETING, VIEWING, AUDIT, CONTRACT, INVOICE, PAYMENT = range(1, 7)
NAMES = ("meeting", "viewing", "audit", "contract", "invoice", "payment")
LADDER = (
    frozenset({MEETING}),
    frozenset({VIEWING, AUDIT}),
    *(frozenset({step}) for step in (CONTRACT, INVOICE, PAYMENT)),
)
ASKS = tuple(Reason(20 + step, "closing", repeatable=True, next_step=step, kind=NAMES[step - 1]) for step in range(1, 7))
YES_OR_NO = Reason(30, "closing", repeatable=True)
WARMINGS = tuple(replace(one, repeatable=True) for one in REASONS[:10])
SELLING = replace(STANDARD, ladder=LADDER, window_days=0, stop_after=0)
FRIDAY = MONDAY + timedelta(days=4)


def hot(*touches, **values):
    values = {
        "cadence": SELLING,
        "reasons": (*WARMINGS, YES_OR_NO, *ASKS),
        "temperature": "hot",
        "today": MONDAY + timedelta(days=1),
        **values,
    }
    return client(history=history.read(touches, 7), **values)


def asked(decision):
    """:return: the next step that a decision asks for"""
    return decision.reason - 20 if decision.reason != YES_OR_NO.id else None


def yes(step, effect="agreed", **values):
    return past(purpose="closing", step_effect=effect, next_step=step, warmed=True, **values)


def test_R11_the_next_step_not_yet_agreed_is_asked_for():
    assert asked(decide(hot())) == MEETING
    assert asked(decide(hot(yes(MEETING)))) == VIEWING
    assert asked(decide(hot(yes(CONTRACT)))) == INVOICE, "steps may be skipped"
    assert asked(decide(hot(yes(MEETING), yes(VIEWING), yes(CONTRACT), yes(INVOICE)))) == PAYMENT


def test_R11_steps_on_one_rung_take_turns():
    once = past(purpose="closing", reason=20 + VIEWING)
    assert asked(decide(hot(yes(MEETING), once))) == AUDIT


def test_R11_the_payment_is_never_asked_for_first():
    only = (*WARMINGS, ASKS[PAYMENT - 1], YES_OR_NO)
    assert asked(decide(hot(reasons=only))) is None, "nothing was agreed: a clear yes or no"
    assert asked(decide(hot(yes(MEETING), reasons=only))) == PAYMENT
    assert isinstance(decide(hot(reasons=(*WARMINGS, ASKS[PAYMENT - 1]))), Wait)


def test_R8_who_is_ready_gets_the_invoice_today_by_a_call():
    said = past(day=MONDAY + timedelta(days=1), step_effect="ready", warmed=True)
    decision = decide(hot(said))
    assert (asked(decision), decision.day, decision.channel) == (INVOICE, MONDAY + timedelta(days=1), "call")
    assert asked(decide(hot(said, yes(INVOICE)))) == PAYMENT
    # also where he said so when he was asked for something else
    asked_for = said._replace(purpose="closing", reason=20 + MEETING)
    again = decide(hot(asked_for))
    assert (asked(again), again.day) == (INVOICE, MONDAY + timedelta(days=1))


def test_R8_who_was_asked_today_is_asked_on_tomorrow_and_never_left_without_a_question():
    today = MONDAY + timedelta(days=1)
    said = past(day=today, step_effect="ready", warmed=True)
    invoice = past(day=today, purpose="closing", reason=20 + INVOICE, warmed=True, reached=True, from_step=False)
    assert decide(hot(said, today=today)).day == today
    assert decide(hot(said, invoice, today=today)).day == today + timedelta(days=1)
    again = invoice._replace(step_effect="ready")
    yes_or_no = again._replace(reason=YES_OR_NO.id)
    assert decide(hot(said, again, yes_or_no, today=today)).day == today + timedelta(days=1)


def test_R12_the_third_closing_touch_in_vain_asks_for_a_clear_yes_or_no():
    once = past(purpose="closing", reason=20 + MEETING, reached=True)
    assert asked(decide(hot(once, once))) is None
    assert asked(decide(hot(once))) == MEETING
    sent = once._replace(reached=False)
    assert asked(decide(hot(once, sent))) == MEETING, "who heard one question has nothing to say no to"


def test_R45_who_is_interested_in_what_was_asked_is_asked_on_and_not_warmed():
    five = [past(channel="email", reason=number) for number in range(1, 6)]
    asked_once = past(purpose="closing", reason=20 + MEETING, reached=True, from_step=False)
    interested = asked_once._replace(warmed=True)
    here = {"temperature": "warm", "today": MONDAY + timedelta(days=9)}
    again = decide(hot(*five, interested, **here))
    assert (again.purpose, asked(again), again.why[1][0]) == ("closing", MEETING, "closing_interest"), "the same, until he has answered"
    soon = {**here, "today": MONDAY + timedelta(days=1)}
    assert decide(hot(*five, interested._replace(day=MONDAY), **soon)).day == MONDAY + timedelta(days=2)
    assert decide(hot(*five, asked_once, **here)).purpose == "warming"
    assert decide(hot(*five, interested, asked_once, **here)).purpose == "warming", "asked on once"
    assert decide(hot(*five, *[interested] * 3, **here)).purpose == "warming", "three in a row, whatever the interest"


def test_R8_a_call_that_nobody_answers_is_no_closing_touch_but_three_of_them_are():
    dial = past(purpose="closing", reason=20 + MEETING, counts=False)
    assert asked(decide(hot(dial, dial, today=MONDAY))) == MEETING, "nobody was asked yet: no yes or no"
    assert history.read([dial] * 2).closings_in_row == 0
    assert history.read([dial] * 3).closings_in_row == 1
    assert history.read([dial, dial, past(purpose="closing")]).closings_in_row == 1
    assert decide(hot(*[dial] * 9, today=MONDAY)).purpose == "warming"


def test_R8_a_single_warming_touch_by_chance_makes_no_closing_one_forgotten():
    once = past(purpose="closing", reason=20 + MEETING)
    by_chance = past(purpose="warming", from_step=False, channel="web")
    assert decide(hot(once, once, by_chance, once)).purpose == "warming"
    assert history.read([once, once, *[by_chance] * 5, once]).closings_in_row == 1
    assert history.read([once, once, *[by_chance] * 2, once], rhythm=2).closings_in_row == 1


def test_R11_a_step_that_is_not_on_the_ladder_is_not_asked_for():
    short = replace(SELLING, ladder=LADDER[2:])
    assert asked(decide(hot(cadence=short))) == CONTRACT
    # without a ladder the steps follow each other as their reasons do
    assert asked(decide(hot(cadence=replace(SELLING, ladder=())))) == MEETING


def test_R11_a_step_that_names_a_meeting_asks_for_it():
    """Until the client agreed to one or met us; then for what the ladder says next."""
    viewing_first = (frozenset({VIEWING}), frozenset({MEETING}), *LADDER[2:])
    cadence = replace(SELLING, ladder=viewing_first, steps=(facts.Step(1, 0, "meeting"), facts.Step(2, 2, "meeting")))
    here = {"cadence": cadence, "temperature": "warm"}
    first = decide(hot(**here))
    assert asked(first) == MEETING
    assert "asks_for" in dict(first.why)
    warmed = [past(purpose="warming", reason=number, from_step=False) for number in range(1, 6)]

    def at_step(touch):
        return touch._replace(step=1)

    for yes_to_it in (at_step(yes(MEETING)), past(channel="meeting", purpose="closing", step=1)):
        after = decide(hot(yes_to_it, *warmed, **here))
        assert (asked(after), "asks_for" in dict(after.why)) == (CONTRACT, False)
    # a meeting below what was agreed is not gone back to, and one that is not on the ladder is asked for where a step names it
    assert asked(decide(hot(at_step(yes(CONTRACT)), *warmed, **here))) == INVOICE
    assert asked(decide(hot(cadence=replace(cadence, ladder=LADDER[1:]), temperature="warm"))) == MEETING
    # a hot client is asked for what comes next, whatever the step says
    assert asked(decide(hot(cadence=cadence))) == VIEWING


STEPS = st.integers(MEETING, PAYMENT)
PASTS = st.lists(
    st.builds(
        past,
        day=st.dates(MONDAY - timedelta(days=60), MONDAY),
        purpose=st.sampled_from(["warming", "closing"]),
        counts=st.booleans(),
        step_effect=st.sampled_from(["", "", "", "agreed", "kept", "missed", "moved", "ready"]),
        next_step=st.none() | STEPS,
        ends=st.sampled_from([False] * 9 + [True]),
    ),
    max_size=14,
)


@given(PASTS, st.sampled_from(facts.TEMPERATURES), st.booleans())
def test_R8_R11_whatever_was_never_more_than_three_and_never_the_payment_first(touches, temperature, by_hand):
    touches.sort(key=lambda touch: touch.day)
    known = hot(*touches, temperature=temperature, set_by_hand=by_hand)
    decision = decide(known)
    if not isinstance(decision, Touch) or decision.purpose != "closing":
        return
    since = touches[max((n + 1 for n, touch in enumerate(touches) if touch.ends), default=0) :]
    agreed_steps = {touch.next_step for touch in since if touch.step_effect in ("agreed", "kept", "ready")} - {None}
    if asked(decision) == PAYMENT:
        assert agreed_steps, "never the payment first"
    row = tries = warmed = 0
    for touch in reversed(since):
        warmed += touch.purpose == "warming" and touch.counts
        if touch.step_effect in ("agreed", "kept", "ready") or warmed >= SELLING.rhythm:
            break
        if touch.purpose == "closing":
            row, tries, warmed = row + touch.counts, tries + 1, 0 if touch.counts else warmed
    assert row < history.CLOSINGS_MOST
    assert tries < history.CLOSINGS_MOST * history.FAILURES, "nobody is dialled for ever"
    if asked(decision):
        assert asked(decision) not in agreed_steps


# ------------------------------------------------------------------ agreed steps


def agree(day, step=MEETING, made=MONDAY, **values):
    """A touch by which a step was agreed for ``day``."""
    return past(day=made, purpose="closing", step_effect="agreed", next_step=step, agreed_day=day, id=1, warmed=True, **values)


def told(*touches, today=MONDAY, events=(), **values):
    """Facts after these touches."""
    return hot(
        *touches, today=today, now=values.pop("now", client(today).now), agreed=agreed.read(touches, events), temperature="warm", **values
    )


THE_DAY = MONDAY + timedelta(days=10)  # a Thursday


def test_R45_other_touches_wait_for_an_agreed_step():
    decision = decide(told(agree(THE_DAY), today=MONDAY + timedelta(days=1)))
    assert isinstance(decision, Wait)
    assert decision.why == (("agreed", {"date": THE_DAY, "next_step": MEETING}),)
    assert decision.ahead == THE_DAY - timedelta(days=1)
    # it is confirmed on the working day before, without a reason
    near = decide(told(agree(THE_DAY), today=MONDAY + timedelta(days=3)))
    assert (near.purpose, near.day, near.reason, near.channel) == ("confirming", THE_DAY - timedelta(days=1), None, "call")
    assert (near.number, near.step, near.about) == (0, 0, "touch:1")


def test_R45_after_it_is_asked_what_came_of_it():
    sure = past(day=THE_DAY - timedelta(days=1), purpose="confirming", from_step=False, about="touch:1")
    on_the_day = decide(told(agree(THE_DAY), sure, today=THE_DAY))
    assert (on_the_day.purpose, on_the_day.day) == ("asking", THE_DAY + timedelta(days=1))
    kept = past(
        day=THE_DAY + timedelta(days=1),
        purpose="asking",
        from_step=False,
        about="touch:1",
        step_effect="kept",
        next_step=MEETING,
        warmed=True,
    )
    # who kept it is asked for the next step, and not warmed first
    after = decide(told(agree(THE_DAY), sure, kept, today=THE_DAY + timedelta(days=4)))
    assert (after.purpose, asked(after), after.why[1][0]) == ("closing", VIEWING, "closing_kept")
    # until he has heard it: then the rhythm goes on. A step that says warming keeps its word
    sent = past(day=THE_DAY + timedelta(days=4), purpose="closing", channel="email", reason=20 + VIEWING)
    assert decide(told(agree(THE_DAY), sure, kept, sent, today=THE_DAY + timedelta(days=8))).purpose == "closing"
    heard = sent._replace(channel="call", reached=True)
    assert decide(told(agree(THE_DAY), sure, kept, heard, today=THE_DAY + timedelta(days=8))).purpose == "warming"
    assert decide(told(agree(THE_DAY), sure, kept, *[sent] * 3, today=THE_DAY + timedelta(days=8))).purpose == "warming", (
        "three times at most"
    )
    says_warming = replace(SELLING, steps=tuple(replace(step, purpose="warming") for step in SELLING.steps))
    assert decide(told(agree(THE_DAY), sure, kept, today=THE_DAY + timedelta(days=4), cadence=says_warming)).purpose == "warming"
    assert kept.purpose not in history.read([kept]).channels


@pytest.mark.parametrize("kind", sorted(facts.BY_THE_DAY))
def test_R45_what_nobody_meets_for_is_asked_after_and_not_confirmed(kind):
    step = replace(agreed.read([agree(THE_DAY)])[0], kind=kind)
    before = decide(told(events=(step,), today=MONDAY + timedelta(days=3)))
    assert isinstance(before, Wait) and before.ahead == THE_DAY + timedelta(days=1)
    assert decide(told(events=(step,), today=THE_DAY - timedelta(days=1))).purpose == "asking"
    assert agreed.read([agree(THE_DAY, step_kind=kind)])[0].kind == kind


def test_R45_nobody_picks_up_it_is_asked_three_times():
    nobody = [
        past(day=THE_DAY + timedelta(days=number), purpose="asking", from_step=False, about="touch:1", counts=False) for number in (1, 4, 5)
    ]
    again = decide(told(agree(THE_DAY), nobody[0], today=THE_DAY + timedelta(days=1)))
    assert (again.purpose, again.day) == ("asking", THE_DAY + timedelta(days=4)), "Friday, then Monday"
    assert decide(told(agree(THE_DAY), *nobody, today=THE_DAY + timedelta(days=6))).purpose in facts.PURPOSES[:2]


@pytest.mark.parametrize(("made", "purpose"), [(THE_DAY - timedelta(days=1), "asking"), (THE_DAY - timedelta(days=2), "confirming")])
def test_R45_what_was_agreed_yesterday_needs_no_confirmation(made, purpose):
    assert decide(told(agree(THE_DAY, made=made), today=THE_DAY - timedelta(days=1))).purpose == purpose


def test_R45_a_step_far_away_holds_nothing_yet():
    far = MONDAY + timedelta(days=60)
    assert decide(told(agree(far), today=MONDAY + timedelta(days=4), reasons=(*WARMINGS, *ASKS))).purpose == "warming"
    assert isinstance(decide(told(agree(far), agreed_days=70)), Wait)


def test_R45_a_step_that_was_moved_waits_for_its_new_day():
    later = THE_DAY + timedelta(days=14)
    moved = past(
        day=THE_DAY - timedelta(days=1),
        purpose="confirming",
        from_step=False,
        about="touch:1",
        step_effect="moved",
        next_step=MEETING,
        agreed_day=later,
        id=2,
    )
    decision = decide(told(agree(THE_DAY), moved, today=THE_DAY))
    assert decision.why == (("agreed", {"date": later, "next_step": MEETING}),)


def test_R45_a_meeting_in_the_calendar_on_its_day_is_the_same_fact():
    event = AgreedStep("event:5", THE_DAY, made=MONDAY)
    [step] = agreed.read([agree(THE_DAY)], [event])
    assert (step.key, step.step) == ("event:5", MEETING)
    assert len(agreed.read([agree(THE_DAY)], [replace(event, day=THE_DAY + timedelta(days=1))])) == 2


def test_R45_a_purchase_and_a_clear_no_leave_nothing_agreed():
    assert not agreed.read([agree(THE_DAY), past(day=THE_DAY, ends=True)])


def test_R45_what_is_planned_gives_way_and_comes_back():
    waiting = told(agree(THE_DAY), open_touch=OpenTouch("warming", "call", MONDAY + timedelta(days=2), 1))
    assert isinstance(decide(waiting), Wait)
    sure = OpenTouch("confirming", "call", THE_DAY - timedelta(days=1), about="touch:1")
    near = MONDAY + timedelta(days=3)
    assert isinstance(decide(told(agree(THE_DAY), today=near, open_touch=sure)), Keep)
    # the meeting was moved: the confirmation is
    event = AgreedStep("touch:1", THE_DAY + timedelta(days=1), made=MONDAY)
    assert decide(replace(told(today=near, open_touch=sure), agreed=(event,))).day == THE_DAY
    # it is agreed no more: the next touch takes its place
    gone = decide(told(today=near, open_touch=sure))
    assert isinstance(gone, Touch) and gone.about is None
    # the client's channel is closed meanwhile
    assert decide(told(agree(THE_DAY), today=near, open_touch=sure, open_channels=frozenset({"email"}))).channel == "email"


def test_R45_it_keeps_to_leave_opt_outs_and_what_ends_a_run():
    assert isinstance(decide(told(agree(THE_DAY), opted_out=True)), Stop)
    assert isinstance(decide(told(agree(THE_DAY), won=True)), Stop)
    away = workdays(off=[THE_DAY - timedelta(days=1)])
    assert decide(told(agree(THE_DAY), today=MONDAY + timedelta(days=3), rep_days=away)).day == THE_DAY - timedelta(days=2)
    # but neither the window nor the tries end a run while a step is agreed
    late = replace(SELLING, window_days=5, stop_after=1)
    assert isinstance(decide(told(agree(THE_DAY), today=MONDAY + timedelta(days=7), cadence=late)), Touch)


def test_R45_a_meeting_that_was_moved_along_stands_on_its_new_day():
    """The expert's meeting follows the client's word at once: it is no earlier day of the step, and nothing else is planned before it."""
    new = MONDAY + timedelta(days=9)
    event = AgreedStep("event:5", new, made=MONDAY - timedelta(days=8))
    moved = past(
        day=MONDAY, purpose="confirming", step_effect="moved", about="event:5", next_step=MEETING, agreed_day=new, id=2, step_kind="meeting"
    )
    (step,) = agreed.read([agree(new, made=MONDAY - timedelta(days=8)), moved], [event])
    assert (step.key, step.day, step.settled, step.confirmed) == ("event:5", new, False, False), (
        "it is further away than a confirmation holds"
    )


def test_R45_a_meeting_that_stays_where_it_was_is_over_when_the_step_was_moved():
    event = AgreedStep("event:5", MONDAY + timedelta(days=1), made=MONDAY - timedelta(days=8))
    moved = past(day=MONDAY, purpose="confirming", step_effect="moved", about="event:5", agreed_day=MONDAY + timedelta(days=9), id=2)
    steps = {step.key: step for step in agreed.read([moved], [event])}
    assert steps["event:5"].settled and not steps["touch:2"].settled


@pytest.mark.parametrize("effect", ["missed", "kept", ""])
def test_R45_what_came_of_an_earlier_day_says_nothing_of_a_meeting_that_was_moved_since(effect):
    event = AgreedStep("event:5", MONDAY + timedelta(days=6), made=MONDAY - timedelta(days=8))
    asked = past(day=MONDAY, purpose="asking", step_effect=effect, about="event:5", id=2)
    (step,) = agreed.read([asked], [event])
    assert not step.settled and not step.asked


def test_R37_a_client_whom_nobody_asked_is_asked_at_once_for_a_few_days_and_then_on_the_day_before():
    day = MONDAY + timedelta(days=17)
    event = AgreedStep("event:5", day, made=MONDAY, by_client=False)
    decision = decide(told(events=(event,)))
    assert (decision.purpose, decision.day, decision.why[0][0]) == ("confirming", MONDAY, "asks_whether")
    tries = []
    for at in range(3):
        tries.append(past(day=MONDAY + timedelta(days=at), purpose="confirming", about="event:5", id=at, counts=False, reached=False))
    (step,) = agreed.read(tries, [event])
    assert (step.tried, step.confirmed, step.by_client) == (3, False, False)
    (step,) = agreed.read(tries[:1], [event])
    assert step.tried == 1
    (reached,) = agreed.read([tries[0]._replace(reached=True, counts=True)], [event])
    assert reached.tried == 3, "who was reached is not called again on the next day"


def test_R37_an_expert_whose_day_the_client_agreed_to_is_agreed():
    day = MONDAY + timedelta(days=8)
    event = AgreedStep("event:5", day, made=MONDAY, by_client=False)
    (step,) = agreed.read([past(day=MONDAY, purpose="confirming", about="event:5", step_effect="agreed", agreed_day=day, id=4)], [event])
    assert step.by_client and not step.settled


EVENTS = st.lists(
    st.builds(
        AgreedStep, st.sampled_from(["event:1", "event:2", "event:3"]), st.dates(MONDAY - timedelta(days=9), MONDAY + timedelta(days=70))
    ),
    max_size=3,
)


@given(EVENTS, st.dates(MONDAY, MONDAY + timedelta(days=50)), st.sampled_from(facts.TEMPERATURES))
def test_R45_nothing_is_made_between_now_and_an_agreed_step_but_its_confirmation(events, today, temperature):
    known = replace(told(events=events, today=today), temperature=temperature)
    step = agreed.holding(known)
    decision = decide(known)
    if step is None or not isinstance(decision, Touch):
        return
    assert decision.purpose in facts.OF_AGREED_STEP
    assert decision.about == step.key and decision.reason is None
    assert decision.day < step.day if decision.purpose == "confirming" else decision.day > step.day
    assert decision.day in known.workdays
