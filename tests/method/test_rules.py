"""Each rule of the method by its number, on decide() alone."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from method.client import losses, outcomes, purchases, temperature, worth
from method.plan import capacity, channels, facts, hand_over, history, occasions, review, rhythm
from method.plan.decide import decide, hindrance
from method.plan.decision import HandOver, Keep, Stop, Touch, Wait
from method.plan.facts import Cadence, OpenTouch, Reason, Step
from method.plan.workdays import Workdays
from world import MONDAY, REASONS, STANDARD, at, client, past, steps, workdays


def codes(decision):
    return [code for code, _values in decision.why]


def known(*touches):
    return history.read(touches)


def test_first_touch_is_today():
    decision = decide(client())
    assert isinstance(decision, Touch)
    assert (decision.day, decision.number, decision.purpose, decision.step) == (MONDAY, 1, "warming", 1)


def test_a_weekend_start_begins_on_monday():
    saturday = MONDAY + timedelta(days=5)
    assert decide(client(today=saturday, started=saturday)).day == MONDAY + timedelta(days=7)


# --- R1: every touch counts ---------------------------------------------------------------------


def test_R1_a_logged_touch_counts_but_uses_no_step():
    decision = decide(client(history=known(past(from_step=False)), today=MONDAY))
    assert (decision.number, decision.step) == (2, 1)


def test_R1_an_unanswered_call_is_a_try_and_leaves_its_reason_new():
    seen = known(past(counts=False, reason=1))
    assert (seen.tries, seen.number, seen.step_touches, seen.warming, dict(seen.reasons)) == (1, 0, 0, 0, {})
    assert decide(client(history=seen, today=MONDAY + timedelta(days=2))).reason == 1


def test_a_skipped_touch_uses_up_its_step_only():
    seen = known(past(skipped=True, reason=1))
    assert (seen.tries, seen.number, seen.step_touches, dict(seen.reasons)) == (0, 0, 1, {})


# --- R6: what a temperature means for the next touch ----------------------------------------------


@pytest.mark.parametrize(("degree", "purpose"), [("cold", "warming"), ("warm", "warming"), ("hot", "closing")])
def test_R6_cold_and_warm_clients_are_warmed_hot_ones_closed(degree, purpose):
    assert decide(client(temperature=degree)).purpose == purpose


# --- R8: hot clients are closed at once ---------------------------------------------------------


def test_R8_hot_is_closed_today_without_warming():
    decision = decide(client(temperature="hot", history=known(past(day=MONDAY)), today=MONDAY))
    assert (decision.purpose, decision.day) == ("closing", MONDAY)
    assert "hot_at_once" in codes(decision)


def test_R8_after_a_closing_touch_a_hot_client_is_not_closed_twice_a_day():
    closed = known(past(purpose="closing", reason=11))
    decision = decide(client(temperature="hot", history=closed))
    assert (decision.day, decision.purpose) == (MONDAY + timedelta(days=2), "closing")


@pytest.mark.parametrize("said", ["closing", "warming"])
def test_R8_who_says_yes_is_asked_no_later_than_who_did_not_answer(said):
    history = {yes: known(past(purpose=said, reason=11, counts=yes, warmed=yes)) for yes in (True, False)}
    days = {yes: decide(client(temperature="hot", history=its)).day for yes, its in history.items()}
    assert days[False] == MONDAY + timedelta(days=1)
    assert days[True] == MONDAY + timedelta(days=1 if said == "closing" else 0)


def test_R8_a_planned_warming_touch_gives_way_when_the_client_turns_hot():
    opened = client(open_touch=OpenTouch("warming", "call"))
    assert isinstance(decide(opened), Keep)
    assert decide(replace(opened, temperature="hot")).purpose == "closing"
    assert isinstance(decide(replace(opened, temperature="hot", open_touch=OpenTouch("closing", "call"))), Keep)


def test_R8_hot_turns_warm_when_the_window_is_over_and_goes_to_nurture():
    late = MONDAY + timedelta(days=40)
    over = decide(client(today=late, temperature="hot"))
    assert (over.state, over.reason, over.temperature) == ("exhausted", "window_over", "warm")
    assert decide(client(today=late)).temperature is None
    # somebody said himself that he is hot: that stays, and only the closing pauses
    asked = known(past(purpose="closing", day=late - timedelta(days=7)))
    by_hand = client(today=late, temperature="hot", set_by_hand=True, history=asked)
    assert decide(by_hand).purpose == "warming"
    tried = known(*(past(day=late - timedelta(days=7), warmed=False) for _n in range(12)))
    assert decide(replace(by_hand, history=tried)).purpose == "closing", "five warming touches came before it"
    assert decide(client(temperature="hot", history=tried)).temperature == "warm"


def test_R8_used_up_steps_repeat_the_last_one_for_a_hot_client():
    short = replace(STANDARD, steps=steps(0, 2), stop_after=0)
    made = known(past(step=1), past(step=2))
    assert decide(client(cadence=short, history=made)).reason == "steps_done"
    repeated = decide(client(cadence=short, history=made, temperature="hot"))
    assert (repeated.step, repeated.purpose) == (2, "closing")


def test_R8_three_closing_touches_without_a_yes_then_five_warming_ones():
    """Hot or not: day by day, as the method decides, for a client who listens and never says yes."""
    touches, day, purposes = [], MONDAY, []
    for _turn in range(17):
        decision = decide(
            client(
                today=day,
                temperature="hot",
                history=known(*touches),
                cadence=replace(STANDARD, window_days=0, stop_after=0),
                reasons=tuple(replace(one, repeatable=True) for one in REASONS),
            )
        )
        purposes.append(decision.purpose)
        touches.append(
            past(day=decision.day, purpose=decision.purpose, reason=decision.reason, channel=decision.channel, step=decision.step)
        )
        assert decision.day > day or not touches[:-1], "one a day at most"
        day = decision.day
    assert purposes == [*["closing"] * 3, *["warming"] * 5, *["closing"] * 3, *["warming"] * 5, "closing"]
    # a yes begins the row anew
    asked = [past(purpose="closing") for _n in range(3)]
    agreed = past(day=MONDAY, purpose="closing", step_effect="agreed", next_step=1, warmed=True)
    assert decide(client(today=MONDAY + timedelta(days=2), temperature="hot", history=known(*asked))).purpose == "warming"
    assert decide(client(today=MONDAY + timedelta(days=2), temperature="hot", history=known(*asked, agreed))).purpose == "closing"


def test_R45_who_missed_an_agreed_step_is_called_on_the_next_day():
    """A demonstration that did not take place was followed by a paper letter, a week later."""
    for missed in (
        past(purpose="asking", from_step=False, step_effect="missed"),
        past(purpose="closing", channel="meeting", from_step=False, counts=False, step_effect="missed"),
    ):
        then = decide(client(temperature="warm", history=known(past(reason=1), missed)))
        assert (then.day, then.channel) == (MONDAY + timedelta(days=1), "call")
        # once; after it the plan goes on
        called = past(day=MONDAY + timedelta(days=1), reason=2)
        later = decide(client(today=MONDAY + timedelta(days=1), temperature="warm", history=known(past(reason=1), missed, called)))
        assert later.day > MONDAY + timedelta(days=2)


def test_R45_a_meeting_of_the_calendar_that_was_held_is_a_meeting():
    """Igor came to the show room, and was asked for a meeting again: "nobody was reached last time"."""
    tried = past(counts=False, channel="call", purpose="closing", reason=1)
    held = past(
        day=MONDAY + timedelta(days=1), purpose="asking", channel="call", from_step=False, reached=True, step_effect="kept", about="event:5"
    )
    seen = known(tried, held)
    assert (seen.met, seen.failed, seen.failures) == (True, None, 0)
    asked = known(tried, held._replace(step_effect="", about="event:5"))
    assert (asked.met, asked.failures) == (False, 1)


def test_R15_who_came_to_us_is_not_told_who_we_are():
    """Anna asked for an offer of twenty desks, and the next touch was "Who we are"."""
    reasons = (Reason(1, moment="first"), Reason(2))
    planned = OpenTouch(purpose="warming", channel="call", day=MONDAY + timedelta(days=3), reason=1, user=7)
    came = past(incoming=True, reached=True, channel="email", purpose="warming", from_step=False)
    assert decide(client(reasons=reasons)).reason == 1
    assert decide(client(reasons=reasons, history=known(came))).reason == 2
    assert isinstance(decide(client(reasons=reasons, open_touch=planned)), Keep)
    assert decide(client(reasons=reasons, history=known(came), open_touch=planned)).reason == 2


def test_R16_who_missed_an_agreed_step_and_cannot_be_spoken_to_is_touched_in_turn():
    """A third mail in a row, though a letter was possible: only who can be spoken to finds another day at once (found by the simulation)."""
    missed = past(purpose="asking", channel="email", from_step=False, step_effect="missed")
    seen = known(past(reason=1, channel="email"), past(reason=2, channel="email"), missed)
    then = decide(client(temperature="warm", history=seen, open_channels=frozenset({"email", "letter"})))
    assert then.channel == "letter"


def test_R45_who_missed_two_agreed_steps_is_warmed_again():
    missed = [past(purpose="asking", from_step=False, step_effect="missed") for _n in range(2)]
    later = MONDAY + timedelta(days=2)
    assert decide(client(today=later, temperature="hot", history=known(*missed[:1]))).purpose == "closing"
    assert decide(client(today=later, temperature="hot", history=known(*missed))).purpose == "warming"
    kept = past(purpose="asking", from_step=False, step_effect="kept", warmed=True)
    assert decide(client(today=later, temperature="hot", history=known(missed[0], kept, missed[1]))).purpose == "closing"


def test_R1_a_failed_try_is_repeated_and_uses_its_step_up_the_third_time():
    tried = past(counts=False, step=1, reason=1)
    again = decide(client(history=known(tried), today=MONDAY + timedelta(days=1)))
    assert (again.step, again.day) == (1, MONDAY + timedelta(days=1))
    assert decide(client(history=known(tried, tried), today=MONDAY + timedelta(days=1))).step == 1
    assert decide(client(history=known(tried, tried, tried), today=MONDAY + timedelta(days=2))).step == 2


def test_the_approach_begins_anew_after_a_purchase_and_a_clear_no():
    warmed = [past(day=MONDAY - timedelta(days=20)) for _n in range(5)]
    assert known(*warmed).warming == 5
    assert known(*warmed, past(day=MONDAY - timedelta(days=10), ends=True)).warming == 0
    bought = history.read(warmed, bought=MONDAY - timedelta(days=10))
    assert (bought.warming, bought.closed_before) == (0, False)
    assert history.read([*warmed, past()], bought=MONDAY - timedelta(days=10)).warming == 1


# --- R9: temperature ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "effect", "after"),
    [
        ("cold", "warmer", "warm"),
        ("hot", "warmer", "hot"),
        ("cold", "cooler", "cold"),
        ("hot", "cooler", "warm"),
        ("hot", "not_hot", "warm"),
        ("warm", "not_hot", "warm"),
        ("warm", "", "warm"),
        ("cold", "hot", "hot"),
        ("cold", "thaw", "warm"),
        ("hot", "thaw", "hot"),
    ],
)
def test_R9_temperature_moves_by_outcome(before, effect, after):
    assert temperature.move(before, effect) == after


def test_R12_a_clear_no_ends_it_for_the_whole_company():
    effect = outcomes.effect("warm", "cold", "refused")
    assert (effect.ends, effect.whole_company, effect.temperature) == (("refused", "refused"), True, "cold")
    assert outcomes.effect("warm", "", "").ends is None


# --- R10: five warming to one closing -----------------------------------------------------------


def test_R10_the_sixth_touch_closes():
    purposes, touches = [], []
    day = MONDAY
    cadence = replace(STANDARD, steps=(Step(1, 1, times=0),), stop_after=0, window_days=0)
    many = tuple(Reason(number) for number in range(1, 40))
    for _turn in range(14):
        decision = decide(client(today=day, history=known(*touches), cadence=cadence, reasons=many))
        purposes.append(decision.purpose[0])
        touches.append(past(day=decision.day, purpose=decision.purpose, channel=decision.channel, reason=decision.reason))
        day = decision.day
    assert "".join(purposes) == "wwwwwcwwwwwcww"


def test_R10_a_step_that_says_warming_says_so_when_the_rhythm_would_close():
    says = replace(STANDARD, steps=(Step(1, 0, purpose="warming", times=0),))
    five = known(*in_row("email", "call", "email", "call", "email"))
    why = codes(decide(client(history=five, cadence=says, today=in_days(9))))
    assert "warming_step" in why and "warming_rhythm" not in why


def test_R10_logged_touches_count():
    warmed = known(*(past(day=MONDAY - timedelta(days=n), this_run=False, from_step=False) for n in range(5, 0, -1)))
    assert decide(client(history=warmed)).purpose == "closing"


def test_R10_a_closing_step_waits_for_its_warming_ones():
    cadence = replace(STANDARD, steps=(Step(1, 0, purpose="closing", times=0),))
    first = decide(client(cadence=cadence))
    assert first.purpose == "closing"
    again = decide(client(cadence=cadence, history=known(past(purpose="closing", reason=11)), today=MONDAY + timedelta(days=1)))
    assert again.purpose == "warming"
    assert "closing_too_early" in codes(again)


# --- R15: a new reason each time ----------------------------------------------------------------


def test_R15_no_reason_twice():
    seen = known(past(reason=1), past(reason=2))
    assert decide(client(history=seen, today=MONDAY + timedelta(days=3))).reason == 3


def test_R15_no_reason_left_no_touch():
    used = known(*(past(reason=reason.id, this_run=False, from_step=False, purpose=None) for reason in REASONS))
    decision = decide(client(history=used))
    assert isinstance(decision, Wait)
    assert codes(decision) == ["no_reason"]


def test_R11_next_steps_are_asked_again_in_turn():
    asks = (Reason(1, "closing", repeatable=True), Reason(2, "closing", repeatable=True))
    touches, day, asked = [], MONDAY, []
    for _turn in range(3):
        decision = decide(client(today=day, temperature="hot", reasons=asks, history=known(*touches)))
        asked.append(decision.reason)
        touches.append(past(day=decision.day, purpose="closing", reason=decision.reason))
        day = decision.day
    assert asked == [1, 2, 1]


def test_R15_a_yearly_reason_comes_back_next_year():
    wishes = (Reason(1, yearly=True),)
    seen = known(past(day=date(2026, 1, 5), reason=1))
    assert isinstance(decide(client(reasons=wishes, history=seen)), Wait)
    next_year = date(2027, 1, 4)
    decision = decide(
        client(today=next_year, started=next_year, reasons=wishes, history=seen, workdays=workdays(next_year - timedelta(days=60)))
    )
    assert decision.reason == 1
    # what was told in November is no news in January
    lately = replace(seen, reasons={1: date(2026, 11, 20)})
    here = client(today=next_year, started=next_year, reasons=wishes, history=lately, workdays=workdays(next_year - timedelta(days=60)))
    assert isinstance(decide(here), Wait)


# --- R16: channels in turn, among the open ones -------------------------------------------------


def test_R16_the_sense_not_addressed_for_longest():
    """Ear and eye had their turn: paper and web come before another meeting or message."""
    seen = known(past(channel="call", reason=1), past(channel="email", reason=2))
    assert decide(client(history=seen, today=MONDAY + timedelta(days=3))).channel == "letter"
    open_channels = frozenset({"call", "email", "sms", "meeting", "social"})
    assert decide(client(history=seen, today=MONDAY + timedelta(days=3), open_channels=open_channels)).channel == "social"


def test_R16_within_a_sense_what_worked_before_with_the_client():
    tuesday = MONDAY + timedelta(days=1)
    seen = known(
        past(channel="sms", reason=1, reached=True),
        past(channel="email", reason=2, counts=False),
        past(day=tuesday, channel="call", reason=3, counts=False),
        past(day=tuesday, channel="letter", reason=4),
        past(day=tuesday, channel="social", reason=5),
    )
    assert decide(client(history=seen, today=MONDAY + timedelta(days=3))).channel == "sms"


def test_R16_a_run_of_four_goes_through_ear_eye_web_and_paper():
    touches, day = [], MONDAY
    cadence = replace(STANDARD, steps=(Step(1, 1, times=0),), stop_after=0, window_days=0)
    for _turn in range(4):
        decision = decide(client(today=day, history=known(*touches), cadence=cadence))
        touches.append(past(day=decision.day, channel=decision.channel, reason=decision.reason))
        day = decision.day
    assert {channels.sense(touch.channel, channels.BUILT_IN) for touch in touches} == {"ear", "eye", "web", "paper"}


def decided(**values):
    """:return: the channel of the next touch, and its why of channels"""
    decision = decide(client(today=MONDAY + timedelta(days=9), **values))
    return decision.channel, [(code, its) for code, its in decision.why if code.startswith(("channel_", "asks_"))]


def in_row(*used, day=MONDAY, **values):
    return [past(day=day + timedelta(days=number), channel=code, reason=number + 1, **values) for number, code in enumerate(used)]


EVERY_DAY = replace(STANDARD, steps=(Step(1, 1, times=0),), stop_after=0, window_days=0)
BY_CALL = replace(EVERY_DAY, steps=(Step(1, 1, channel="call", times=0),))
WARM_ONLY = replace(EVERY_DAY, rhythm=99)
CALL_AND_MAIL = frozenset({"call", "email"})


@pytest.mark.parametrize("counts", [True, False])
def test_R16_no_channel_thrice_in_a_row_whatever_the_step_says(counts):
    two = known(*in_row("call", "call", counts=counts))
    values = {"planned": "call", "channel": "email"}
    assert decided(cadence=BY_CALL, history=two, open_channels=CALL_AND_MAIL) == ("email", [("channel_row", values)])
    one = known(*in_row("call", "email", "call", counts=counts))
    assert decided(cadence=BY_CALL, history=one, open_channels=CALL_AND_MAIL) == ("call", [("channel_step", {"channel": "call"})])


def test_R16_thrice_in_a_row_where_nothing_else_is_open_or_told_and_the_why_says_so():
    two = known(*in_row("call", "call"))
    alone = frozenset({"call"})
    assert decided(cadence=EVERY_DAY, history=two, open_channels=alone) == ("call", [("channel_only", {"channel": "call"})])
    for_calls = tuple(Reason(number, channels=alone) for number in range(1, 9))
    here = {"history": two, "open_channels": CALL_AND_MAIL, "reasons": for_calls}
    assert decided(cadence=BY_CALL, **here) == ("call", [("channel_again", {"channel": "call"})])
    values = {"planned": "email", "channel": "call"}
    assert decided(cadence=EVERY_DAY, **here) == ("call", [("channel_without_reason", values)])


def test_R16_campaigns_make_no_row_either():
    two = known(*in_row("sms", "sms"))
    campaign = Reason(50, campaign=True, channels=frozenset({"sms"}))
    assert decided(cadence=EVERY_DAY, history=two, open_channels=frozenset({"sms", "call"}), reasons=(campaign, *REASONS))[0] == "call"
    assert decided(cadence=EVERY_DAY, history=known(), open_channels=frozenset({"sms", "call"}), reasons=(campaign, *REASONS)) == (
        "sms",
        [("channel_campaign", {"channel": "sms"})],
    )


def test_R16_turns_come_before_what_worked():
    """Somebody who answers every call is written to when it is the eye's turn."""
    seen = known(*in_row("email", "call", "call", reached=True))
    assert decided(cadence=EVERY_DAY, history=seen, open_channels=CALL_AND_MAIL)[0] == "email"


def test_R16_what_worked_is_answers_among_tries_so_that_a_text_message_can_win():
    often = in_row(*["email", "call"] * 5)
    answered = [touch._replace(reached=True) if touch.day < MONDAY + timedelta(days=5) else touch for touch in often]
    texts = in_row("sms", "call", day=MONDAY - timedelta(days=5), reached=True)
    seen = known(*texts, *answered)
    assert (seen.channel_tries["email"].answers, seen.channel_tries["sms"].answers) == (3, 1)
    ways = frozenset({"call", "email", "sms"})
    assert decided(cadence=WARM_ONLY, history=seen, open_channels=ways, reasons=(Reason(50),))[0] == "sms"


def test_R16_what_worked_has_two_turns_of_three_and_the_why_says_it():
    touches, day, used, said = in_row("email", "sms", day=MONDAY - timedelta(days=9)), MONDAY, [], []
    touches[0] = touches[0]._replace(reached=True)
    many = tuple(Reason(number) for number in range(10, 40))
    for _turn in range(6):
        decision = decide(
            client(today=day, history=known(*touches), cadence=WARM_ONLY, reasons=many, open_channels=frozenset({"email", "sms"}))
        )
        used.append(decision.channel)
        said += [code for code in codes(decision) if code.startswith("channel_")]
        touches.append(past(day=decision.day, channel=decision.channel, reason=decision.reason, reached=decision.channel == "email"))
        day = decision.day + timedelta(days=1)
    assert used == ["email", "email", "sms", "email", "email", "sms"]
    assert said == ["channel_turn", "channel_answers", "channel_turn"] * 2


def test_R16_an_answer_to_another_way_of_writing_counts_for_it_without_a_try():
    seen = known(past(channel="email"), past(channel="email", incoming=True, reached=True), past(channel="email", skipped=True))
    assert seen.channel_tries["email"] == facts.Tries(tries=1, answers=1, unanswered=0)
    assert seen.recent_channels == ("email",)


def test_R16_who_never_answers_a_channel_in_six_tries_is_tried_by_it_once_a_quarter():
    silent = in_row(*["call", "email"] * 6, counts=False)
    silent = [touch._replace(counts=True, reached=touch.channel == "email") for touch in silent]
    here = {"cadence": BY_CALL, "open_channels": CALL_AND_MAIL}
    last = silent[-2].day
    values = {"planned": "call", "channel": "email", "tries": 6}
    for days, channel in ((1, "email"), (89, "email"), (90, "call")):
        today = last + timedelta(days=days)
        long = workdays(days=800)
        many = tuple(Reason(number) for number in range(20, 30))
        decision = decide(client(today=today, history=known(*silent), reasons=many, workdays=long, rep_days=long, horizon=9, **here))
        assert (decision.channel, ("channel_silent", values) in decision.why) == (channel, channel == "email"), days
    five = known(*silent[2:])
    assert decided(history=five, reasons=(Reason(30),), **here)[0] == "call"
    answered = known(*silent[:-2], silent[-2]._replace(reached=True), silent[-1])
    assert decided(history=answered, reasons=(Reason(30),), **here)[0] == "call"


def test_R16_between_two_that_are_silent_it_is_the_row_that_decides_and_the_why_says_so():
    silent = known(*in_row(*["sms", "call"] * 6, "call", day=MONDAY - timedelta(days=6)))
    values = {"planned": "call", "channel": "sms"}
    here = {"cadence": BY_CALL, "reasons": (Reason(50),), "open_channels": frozenset({"call", "sms"})}
    assert decided(history=silent, **here) == ("sms", [("channel_row", values)])


def test_R16_who_answers_nothing_is_still_touched():
    silent = known(*(past(day=MONDAY - timedelta(days=9 - number), channel="email", reason=number + 1) for number in range(7)))
    decision = decide(client(history=silent, cadence=EVERY_DAY, open_channels=frozenset({"email"}), temperature="warm", today=MONDAY))
    assert (decision.channel, decision.purpose) == ("email", "closing")


# --- R8, R11, R16: who is asked can answer -------------------------------------------------------


def test_R11_closing_goes_where_the_client_can_answer_talking_first():
    five = known(*in_row("call", "email", "letter", "social", "voice"))
    by = {channel: decided(history=five, cadence=EVERY_DAY, open_channels=frozenset(ways)) for channel, ways in CLOSING_WAYS.items()}
    assert {channel: found[0] for channel, found in by.items()} == {channel: channel for channel in CLOSING_WAYS}
    assert by["call"][1] == [("channel_quick", {"channel": "call"})]
    assert by["letter"][1] == [("channel_only", {"channel": "letter"})]


CLOSING_WAYS = {
    "call": ("letter", "email", "sms", "call", "voice", "social"),
    "email": ("letter", "email", "sms", "voice", "social"),
    "sms": ("letter", "sms", "voice", "social"),
    "social": ("letter", "social", "voice"),
    "letter": ("letter",),
}


def test_R11_a_closing_step_by_letter_goes_where_the_client_can_answer():
    cadence = replace(STANDARD, steps=(Step(1, 0, "letter", "closing"),))
    values = {"planned": "letter", "channel": "call"}
    assert decided(cadence=cadence) == ("call", [("channel_one_way", values)])
    assert decided(cadence=cadence, open_channels=frozenset({"letter", "voice"}))[0] == "letter"
    planned = client(cadence=cadence, open_touch=OpenTouch("closing", "letter", MONDAY, 11), open_channels=frozenset({"letter"}))
    assert isinstance(decide(planned), Keep)
    assert decide(replace(planned, open_channels=frozenset({"letter", "email"}))).channel == "email", "an address is known by now"


@pytest.mark.parametrize("channel", ["meeting", "call"])
def test_R11_what_can_be_answered_is_no_wrong_way(channel):
    """Neither a meeting, which is planned by nobody, nor a channel that has closed: that it is closed is seen before, and said so."""
    facts = client(open_channels=frozenset({"email", "letter"}))
    assert channel not in facts.ways
    assert not review._has_wrong_way(facts, OpenTouch("closing", channel, MONDAY, 11))
    assert review._has_wrong_way(facts, OpenTouch("closing", "letter", MONDAY, 11))


def test_R8_a_hot_client_is_asked_by_the_quickest_way_whatever_the_step_says():
    cadence = replace(STANDARD, steps=(Step(1, 0, "email"),))
    assert decide(client(cadence=cadence)).channel == "email"
    assert decide(client(cadence=cadence, temperature="hot")).channel == "call"


# --- R16: a meeting is agreed, not planned -------------------------------------------------------

MEETING = replace(STANDARD, steps=(Step(1, 0, "meeting", times=0),))


def test_R16_a_step_that_names_a_meeting_asks_for_it():
    assert decided(cadence=MEETING) == ("call", [("asks_for", {"planned": "meeting"}), ("channel_quick", {"channel": "call"})])
    assert decide(client(cadence=MEETING)).purpose == "closing"
    by_mail = frozenset({"email"})
    assert decided(cadence=MEETING, open_channels=by_mail)[0] == "email", "a client who is reached only by mail gets no meeting"


def test_R10_a_meeting_is_asked_for_within_the_rhythm():
    closed = known(past(purpose="closing", reason=11), past(channel="email", reason=1))
    decision = decide(client(cadence=MEETING, history=closed, today=MONDAY + timedelta(days=3)))
    assert (decision.purpose, decision.channel) == ("warming", "letter"), "paper and web have had no turn"
    assert ("asks_too_early", {"planned": "meeting", "warming": 1, "rhythm": 5}) in decision.why
    assert not {"asks_for", "channel_closed", "channel_without_reason"}.intersection(codes(decision))


def test_R16_a_meeting_that_was_planned_before_is_asked_for_instead():
    planned = client(cadence=MEETING, open_touch=OpenTouch("warming", "meeting", MONDAY + timedelta(days=1), 1))
    decision = decide(planned)
    assert (decision.channel, decision.purpose, decision.day) == ("call", "closing", MONDAY + timedelta(days=1))
    old = replace(planned, open_channels=planned.open_channels | {"meeting"})
    assert decide(old).channel == "call", "facts that were recorded before"


def test_R16_a_closed_channel_gives_way():
    cadence = replace(STANDARD, steps=(Step(1, 0, channel="call"),))
    decision = decide(client(cadence=cadence, open_channels=frozenset({"email", "letter"})))
    assert decision.channel == "email"
    assert "channel_closed" in codes(decision)


def test_R16_the_planned_touch_moves_when_its_channel_closes():
    decision = decide(client(open_touch=OpenTouch("warming", "email"), open_channels=frozenset({"call"})))
    assert decision.channel == "call"


def test_R27_R28_vip_and_others_never_see_each_others_sales():
    sales = (Reason(1, vip=False), Reason(2, vip=True))
    assert decide(client(reasons=sales)).reason == 1
    assert decide(client(reasons=sales, vip=True)).reason == 2


def test_a_reason_with_a_period_and_channels_and_temperature():
    day = MONDAY
    assert decide(client(reasons=(Reason(1, valid_to=day - timedelta(days=1)), Reason(2, valid_from=day, valid_to=day)))).reason == 2
    assert decide(client(reasons=(Reason(1, channels=frozenset({"letter"})),))).channel == "letter"
    assert decide(client(reasons=(Reason(1, temperatures=frozenset({"hot"})), Reason(2)))).reason == 2
    assert decide(client(reasons=(Reason(1, clients=frozenset({99})), Reason(2, clients=frozenset({1}))))).reason == 2


# --- R15: a step names its reason ------------------------------------------------------------------


def named(reason, **values):
    """:return: (reason, codes of the why about it) of the touch of a step that names ``reason``"""
    cadence = replace(STANDARD, steps=(Step(1, 0, times=0, reason=reason),))
    decision = decide(client(cadence=cadence, **values))
    return decision.reason, [code for code, _values in decision.why if code.startswith("reason")]


def test_R15_the_step_names_its_reason():
    assert named(None) == (1, ["reason"])
    assert named(5) == (5, ["reason_step"])


def test_R15_a_named_reason_that_does_not_suit_or_was_told_gives_way_and_the_why_says_so():
    instead = ["reason", "reason_instead"]
    told = history.read([past(day=MONDAY - timedelta(days=9), reason=5)])
    assert named(5, history=told) == (1, instead), "never the same twice"
    assert named(11) == (1, instead), "it is a closing one, and the touch warms"
    assert named(99) == (1, instead), "it is archived"
    assert named(2, reasons=(Reason(1), Reason(2, vip=True))) == (1, instead)
    assert named(2, reasons=(Reason(1), Reason(2, occasion="birthday"))) == (1, instead), "a birthday has its day"


def test_R15_a_named_reason_goes_by_its_own_channels():
    reasons = (Reason(1), Reason(2, channels=frozenset({"letter"})))
    decision = decide(client(cadence=replace(STANDARD, steps=(Step(1, 0, reason=2),)), reasons=reasons))
    assert (decision.reason, decision.channel) == (2, "letter")


# --- R14, R18, R33: when it ends ----------------------------------------------------------------


def test_R14_the_window_ends_the_cadence():
    decision = decide(client(today=MONDAY + timedelta(days=31)))
    assert (decision.state, decision.reason) == ("exhausted", "window_over")


def test_a_pause_takes_nothing_of_the_window():
    pauses = ((MONDAY + timedelta(days=3), MONDAY + timedelta(days=13)), (MONDAY + timedelta(days=20), MONDAY + timedelta(days=22)))
    assert isinstance(decide(client(today=MONDAY + timedelta(days=42), pauses=pauses)), Touch)
    assert decide(client(today=MONDAY + timedelta(days=43), pauses=pauses)).reason == "window_over"


def test_a_pause_moves_the_dates_by_its_length():
    """The second touch is due two working days after the first, on Wednesday; a pause from Tuesday for two weeks makes it that Wednesday."""
    day = timedelta(days=1)
    paused = client(today=MONDAY + 15 * day, history=known(past()), pauses=((MONDAY + day, MONDAY + 15 * day),), horizon=5)
    assert decide(replace(paused, pauses=())).day == MONDAY + 15 * day, "without it the delay is long over"
    assert decide(paused).day == MONDAY + 16 * day


def test_R8_a_hot_client_is_not_kept_waiting_by_a_pause_that_is_over():
    today = MONDAY + timedelta(days=15)
    decision = decide(client(today=today, temperature="hot", history=known(past()), pauses=((MONDAY + timedelta(days=1), today),)))
    assert decision.day == today


@given(st.integers(0, 12), st.integers(1, 40), st.integers(1, 60))
def test_a_pause_moves_a_wait_by_its_working_days(delay, begins, length):
    days = workdays()
    first, until = MONDAY + timedelta(days=begins), MONDAY + timedelta(days=begins + length)
    without = rhythm.after_pauses(days, MONDAY, delay, ())
    assert without == days.after(MONDAY, delay)
    paused = sum(first <= day < until for day in days.days)
    assert days.between(first, until) == paused
    assert rhythm.after_pauses(days, MONDAY, delay, [(first, until)]) == days.after(without, paused)
    earlier = (MONDAY - timedelta(days=length), MONDAY)
    assert rhythm.after_pauses(days, MONDAY, delay, [earlier]) == without, "what was paused before the wait began is over"


def test_R18_after_the_last_step_it_is_over():
    decision = decide(client(history=known(*(past(reason=number) for number in range(1, 8)))))
    assert (decision.state, decision.reason) == ("exhausted", "steps_done")


def test_R18_a_step_without_end_goes_on():
    cadence = Cadence(1, (Step(1, 5, times=2), Step(2, 21, times=0)))
    assert [cadence.step_at(position).id for position in (0, 1, 2, 50)] == [1, 1, 2, 2]


def test_R33_stop_after_so_many_tries():
    tried = known(*(past(counts=False, from_step=False) for _n in range(12)))
    decision = decide(client(history=tried))
    assert (decision.state, decision.reason) == ("exhausted", "stop_after")


def test_R33_a_try_that_brought_progress_was_no_failure():
    failed = [past(counts=False, from_step=False) for _n in range(8)]
    seen = known(*failed, past(warmed=True), *failed)
    assert seen.tries == 8
    assert isinstance(decide(client(history=seen)), Touch)


def test_R33_tries_are_counted_over_the_whole_approach():
    selling = [past(counts=False, this_run=False, before=True) for _n in range(7)]
    nurture = [past(counts=False) for _n in range(5)]
    seen = known(*selling, *nurture)
    assert (seen.tries, seen.number, seen.step_touches) == (12, 0, 1)
    assert decide(client(history=seen)).reason == "stop_after"
    long_ago = [past(counts=False, this_run=False) for _n in range(7)]
    assert known(*long_ago, *nurture).tries == 5


def days(*numbers):
    return [MONDAY + timedelta(days=number) for number in numbers]


@pytest.mark.parametrize(
    ("last", "found"),
    [
        ({"state": "exhausted", "reason": "window_over"}, {1, 2}),
        ({"state": "exhausted", "reason": "stop_after"}, {1, 2}),
        ({"state": "stopped", "reason": "strategy"}, {1, 2}),
        ({"state": "won", "reason": "bought"}, set()),
        ({"state": "refused", "reason": "lost"}, {1, 2}),
        ({"state": "refused", "reason": "refused"}, set()),
        ({"state": "exhausted", "reason": "lapsed"}, set()),
        ({"state": "stopped", "reason": "manual", "ended": MONDAY + timedelta(days=40)}, set()),
    ],
)
def test_R20_an_approach_is_the_runs_that_follow_each_other(last, found):
    first, second, third, fourth = days(0, 30, 60, 90)
    runs = [
        history.PastRun(1, first, second, "exhausted", "window_over"),
        history.PastRun(**{"id": 2, "started": second, "ended": third, **last}),
        history.PastRun(4, fourth, fourth, "exhausted"),  # began later: no matter of this one
    ]
    assert history.approach(runs, history.PastRun(3, third, None, "running")) == found


def test_R20_what_came_before_a_purchase_is_another_approach_and_who_may_begin_counts_on():
    first, second, third = days(0, 30, 60)
    runs = [history.PastRun(1, first, second, "won", "bought"), history.PastRun(2, second, third, "exhausted", "steps_done")]
    assert history.approach(runs, history.PastRun(3, third, None, "running")) == {2}
    assert history.approach(runs, history.PastRun(0, third, None, "running")) == {2}
    assert history.approach([], history.PastRun(1, first, None, "running")) == frozenset()


def test_R20_what_was_merged_into_an_approach_belongs_to_it():
    """Whichever of the two runs is the older; what was merged into the client before is another story."""
    merged = [history.PastRun(number, MONDAY, MONDAY + timedelta(days=9), "stopped", "merged") for number in (1, 3)]
    this = history.PastRun(2, MONDAY + timedelta(days=2), None, "running")
    assert history.approach(merged, this) == {1, 3}
    later = this._replace(id=4, started=MONDAY + timedelta(days=30))
    assert history.approach(merged, later) == frozenset()


def test_R33_each_deal_is_an_approach_of_its_own():
    first, second, third = days(0, 30, 60)
    runs = [history.PastRun(1, first, second, "exhausted", deal=1), history.PastRun(2, second, third, "exhausted", deal=2)]
    assert history.approach(runs, history.PastRun(3, third, None, "running", deal=2)) == {2}
    assert history.approach(runs, history.PastRun(3, third, None, "running", deal=3)) == frozenset()


@pytest.mark.parametrize(
    ("state", "reason", "ended", "rested"),
    [
        ("exhausted", "stop_after", 0, True),
        ("exhausted", "stop_after", 90, False),
        ("won", "bought", 0, False),
        ("exhausted", "lapsed", 0, False),
    ],
)
def test_R10_warming_begins_anew_after_a_rest(state, reason, ended, rested):
    first, second = days(0, 90)
    runs = [history.PastRun(1, first, in_days(ended), state, reason)]
    this = history.PastRun(2, second, None, "running")
    assert history.after_rest(runs, this, history.approach(runs, this)) is rested
    warmed = [past(reason=number, this_run=False) for number in range(1, 6)]
    closed = past(purpose="closing", this_run=False, counts=False)
    assert history.read([*warmed, closed], rested=True).warming == 0
    after = history.read([*warmed, closed, past(reason=9)], rested=True)
    assert (after.warming, after.closings_failed) == (1, 0)


def test_R16_a_planned_touch_takes_another_way_where_two_went_by_its_own_meanwhile():
    planned = OpenTouch("warming", "call", in_days(3), 5)
    by_chance = [past(day=in_days(day), channel="call", from_step=False, reason=None) for day in (0, 1)]
    here = client(today=in_days(2), now=at(in_days(2)), history=known(*by_chance), open_touch=planned)
    moved = decide(here)
    assert isinstance(moved, Touch) and moved.channel != "call" and moved.day >= planned.day
    assert isinstance(decide(replace(here, history=known(by_chance[0]))), Keep)
    assert isinstance(decide(replace(here, open_channels=frozenset({"call"}))), Keep), "nothing else is open"


# ------------------------------------------------------------------ the first word at a moment

WHO_WE_ARE, AFTER_PURCHASE, WE_MISS_YOU, AFTER_MEETING, KNOWN = (
    Reason(70 + number, "warming", moment=moment, channels=frozenset({"call", "email"})) for number, moment in enumerate(facts.MOMENTS)
)
FIRST_WORDS = (*REASONS, WHO_WE_ARE, AFTER_PURCHASE, WE_MISS_YOU, AFTER_MEETING, KNOWN)


def test_R22_the_first_word_after_a_purchase_is_about_it_each_time():
    care = client(reasons=FIRST_WORDS, bought=in_days(-3), buyer=True)
    assert decide(care).reason == AFTER_PURCHASE.id
    asked = past(reason=AFTER_PURCHASE.id)
    assert decide(replace(care, today=in_days(3), history=known(asked))).reason != AFTER_PURCHASE.id
    assert decide(replace(care, today=in_days(5), bought=in_days(4), history=known(asked))).reason == AFTER_PURCHASE.id
    # nobody heard it: it is still the first word
    assert decide(replace(care, today=in_days(1), history=known(replace_counts(asked)))).reason == AFTER_PURCHASE.id


def replace_counts(touch):
    return touch._replace(counts=False)


def test_R22_who_stopped_buying_is_asked_what_has_changed():
    cadence = replace(STANDARD, of_deals=False)
    before = known(past(day=in_days(-30), this_run=False))
    late = client(reasons=FIRST_WORDS, bought=in_days(-200), buyer=True, lapsed=True, cadence=cadence, history=before)
    assert decide(late).reason == WE_MISS_YOU.id
    assert decide(replace(late, cadence=STANDARD)).reason != WE_MISS_YOU.id, "who has a deal with us is on his way to buy"
    again = replace(late, history=known(past(reason=WE_MISS_YOU.id)), today=in_days(3))
    assert decide(again).reason != WE_MISS_YOU.id
    assert decide(client(reasons=FIRST_WORDS)).reason == WHO_WE_ARE.id, "a stranger is none of these"


def test_R45_a_meeting_is_what_the_next_warming_touch_is_about():
    cadence = replace(STANDARD, steps=tuple(Step(number, 2, purpose="warming") for number in (1, 2, 3)))
    here = client(reasons=FIRST_WORDS, cadence=cadence)
    meeting = past(channel="meeting", step=1)
    assert decide(replace(here, history=known(meeting), today=in_days(2))).reason == AFTER_MEETING.id
    asked_after = past(purpose="asking", from_step=False, step_effect="kept", step_kind="viewing")
    assert decide(replace(here, history=known(asked_after), today=in_days(2))).reason == AFTER_MEETING.id
    told = past(day=in_days(2), reason=AFTER_MEETING.id, step=2)
    assert decide(replace(here, history=known(meeting, told), today=in_days(4))).reason != AFTER_MEETING.id
    assert decide(replace(here, history=known(meeting._replace(day=in_days(-20))))).reason != AFTER_MEETING.id, "long ago"
    paper = asked_after._replace(step_kind="contract")
    assert decide(replace(here, history=known(paper), today=in_days(2))).reason != AFTER_MEETING.id


def test_R20_who_is_approached_anew_is_no_stranger():
    before = past(day=in_days(-100), reason=1, this_run=False)
    here = client(reasons=FIRST_WORDS)
    assert decide(replace(here, history=known(before))).reason == KNOWN.id
    said = past(reason=KNOWN.id)
    assert decide(replace(here, history=known(before, said), today=in_days(3))).reason != KNOWN.id
    # an earlier run of the same approach is no other one
    assert decide(replace(here, history=known(before._replace(before=True)))).reason != KNOWN.id
    assert decide(replace(here, history=known(replace_counts(before)))).reason == WHO_WE_ARE.id, "nobody has heard of us yet"
    assert decide(replace(here, history=known(past(reason=2)), today=in_days(3))).reason not in (KNOWN.id, WHO_WE_ARE.id)


def test_what_is_planned_for_a_moment_is_told_though_the_moment_is_over():
    """A mail that nobody planned went out meanwhile; the planned touch waits, and is no other one."""
    planned = OpenTouch("warming", "call", in_days(1), WHO_WE_ARE.id)
    by_chance = past(channel="email", from_step=False)
    here = client(reasons=FIRST_WORDS, history=known(by_chance), open_touch=planned)
    assert isinstance(decide(here), Keep)
    assert decide(replace(here, open_touch=None)).reason != WHO_WE_ARE.id


def test_R18_outside_a_decision_window_offers_come_last():
    offers = (Reason(1, "warming", offer=True), Reason(2, "warming"), Reason(3, "warming", offer=True))
    asked = past(day=in_days(-3), purpose="closing", reason=12, reached=True)
    spoke = client(reasons=offers, history=known(asked))
    assert decide(spoke).reason == 1
    # nobody knows of an offer in nurture, in care, or before anybody was spoken to
    for other in (
        replace(spoke, cadence=replace(STANDARD, window_days=0)),
        replace(spoke, cadence=replace(STANDARD, of_deals=False)),
        replace(spoke, history=known(past(day=in_days(-3), reason=9))),
    ):
        assert decide(other).reason == 2
        assert decide(replace(other, reasons=(offers[0], offers[2]))).reason == 1


@pytest.mark.parametrize(("delay", "warmed", "day"), [(20, True, 7), (20, False, 28), (3, True, 3)])
def test_R7_who_came_nearer_is_touched_again_within_a_week(delay, warmed, day):
    cadence = replace(STANDARD, window_days=0, steps=(Step(1, 0), Step(2, delay, times=0)))
    here = client(cadence=cadence, temperature="warm", history=known(past(reason=1, step=1, reached=True, warmed=warmed)))
    decision = decide(here)
    assert (decision.day if isinstance(decision, Touch) else decision.ahead) == in_days(day)


def test_R33_low_potential_gets_nothing():
    decision = decide(client(potential="low"))
    assert (decision.state, decision.reason) == ("stopped", "low_potential")


@pytest.mark.parametrize(
    ("fact", "state", "reason"),
    [
        ({"won": True}, "won", "won"),
        ({"lost": True}, "refused", "lost"),
        ({"archived": True}, "stopped", "archived"),
        ({"opted_out": True}, "stopped", "opt_out"),
        ({"open_channels": frozenset()}, "stopped", "no_channel"),
        ({"superseded": True}, "stopped", "superseded"),
    ],
)
@pytest.mark.parametrize("open_touch", [None, OpenTouch("warming", "call")])
def test_R44_what_stops_a_client_stops_the_planned_touch_too(fact, state, reason, open_touch):
    decision = decide(client(open_touch=open_touch, **fact))
    assert isinstance(decision, Stop)
    assert (decision.state, decision.reason) == (state, reason)


@pytest.mark.parametrize("open_touch", [None, OpenTouch("warming", "call")])
def test_d10_channels_that_the_company_switched_off_end_no_run(open_touch):
    off = client(open_channels=frozenset(), channels_off=True, channel_order=(), open_touch=open_touch)
    assert decide(off) == Wait(MONDAY + timedelta(days=1), (("channels_off", {}),))
    assert hindrance(off) is None
    assert hindrance(client(open_channels=frozenset())) == ("stopped", "no_channel")


@given(returned=st.booleans(), state=st.sampled_from(["running", "resting", "paused"]), channel=st.sampled_from(["email", "sms", "call"]))
def test_what_came_back_and_closed_the_last_way_waits_for_another_address(returned, state, channel):
    touch = OpenTouch("warming", channel, day=MONDAY, returned=returned)
    unreachable = client(open_channels=frozenset(), state=state, open_touch=touch)
    if returned and state in facts.DUE_STATES:
        assert decide(unreachable) == Keep((("no_way_open", {}),))
    else:
        assert decide(unreachable).reason == "no_channel"
    assert decide(replace(unreachable, open_touch=None)).reason == "no_channel", "who was let go is done with"
    assert decide(replace(unreachable, opted_out=True)).reason == "opt_out"


def test_R20_a_rest_is_kept():
    until = MONDAY + timedelta(days=10)
    resting = client(state="resting", not_before=until)
    assert decide(resting) == Wait(until, (("resting", {"date": until}),))
    assert isinstance(decide(replace(resting, today=until, now=resting.now + timedelta(days=10), started=until)), Touch)


@pytest.mark.parametrize("state", ["paused", "blocked", "won", "refused", "exhausted", "stopped"])
def test_nothing_is_planned_outside_running(state):
    assert decide(client(state=state)).until is None


# --- days ---------------------------------------------------------------------------------------


def test_the_reps_leave_moves_the_touch():
    days = workdays()
    away = {MONDAY + timedelta(days=n) for n in range(3)}
    decision = decide(client(workdays=days, rep_days=workdays(off=away)))
    assert decision.day == MONDAY + timedelta(days=3)


def test_a_leave_of_four_years_does_not_crash():
    decision = decide(client(rep_days=workdays(first=MONDAY + timedelta(days=1500))))
    assert isinstance(decision, (Wait, Touch))
    nobody = decide(client(rep_days=workdays(days=10)))
    assert codes(nobody) == ["no_working_day"]


def test_nobody_responsible_waits_and_says_so():
    assert codes(decide(client(rep=None, rep_days=None))) == ["no_rep"]


def test_after_hours_the_touch_falls_on_the_next_working_day():
    friday = MONDAY + timedelta(days=4)
    late = client(today=friday, started=friday)
    assert decide(replace(late, now=late.now.replace(hour=19))).day == MONDAY + timedelta(days=7)


def test_beyond_the_horizon_it_waits():
    cadence = replace(STANDARD, steps=(Step(1, 20),))
    decision = decide(client(cadence=cadence))
    assert isinstance(decision, Wait)
    assert decision.until == workdays().after(MONDAY, 15)
    assert isinstance(decide(client(cadence=cadence, today=decision.until)), Touch)


def test_every_channel_has_its_needs():
    assert [code for code, one in channels.BUILT_IN.items() if not one.needs] == ["web"]
    assert channels.reachable({"email"}, channels.BUILT_IN) == {"email"}, "a meeting is agreed first"
    assert channels.reachable((), channels.BUILT_IN) == frozenset()


# --- what other addons bring --------------------------------------------------------------------


def test_a_rule_of_another_addon_holds_days_and_says_so():
    friday = MONDAY + timedelta(days=4)
    closing = facts.Hold(MONDAY, friday, ("closing_week", {"date": friday}))
    decision = decide(client(holds=(closing,), horizon=9))
    assert decision.day == MONDAY + timedelta(days=7)
    assert ("closing_week", {"date": friday}) in decision.why
    hot = decide(client(holds=(closing,), temperature="hot", horizon=9))
    assert hot.day == decision.day, "a rule holds for hot clients, too"
    late = decide(client(holds=(closing,), open_touch=OpenTouch("warming", "call", MONDAY - timedelta(days=3), 1), horizon=9))
    assert late.day == decision.day, "an overdue touch would be made today"
    for_good = decide(client(holds=(facts.Hold(MONDAY, date.max, closing.why),)))
    assert (for_good.until > MONDAY, for_good.why) == (True, (("no_working_day", {}), closing.why))


def test_a_channel_of_another_addon_takes_its_turn():
    known_channels = channels.table([*channels.BUILT_IN.values(), channels.Channel("whatsapp", ("phone",), "eye", talk=True)])
    assert "whatsapp" in channels.reachable({"phone"}, known_channels)
    order = (*facts.CHANNELS, "whatsapp")
    here = {"channels": known_channels, "channel_order": order, "open_channels": frozenset({"email", "whatsapp"})}
    seen = known(past(channel="email", reason=1))
    assert decide(client(**here, history=seen, today=MONDAY + timedelta(days=3))).channel == "whatsapp"
    # one that went with its addon is history: it says its name, and is planned no more
    seen = known(past(channel="telegram", reason=1))
    assert decide(client(history=seen, today=MONDAY + timedelta(days=3))).channel == "call"
    gone = decide(client(open_touch=OpenTouch("warming", "telegram", MONDAY, 1)))
    assert gone.channel in facts.CHANNELS


# --- R9: silence cools --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "silent", "per_degree", "after"),
    [("hot", 30, 30, "warm"), ("hot", 29, 30, "hot"), ("warm", 400, 30, "cold"), ("cold", 400, 30, "cold"), ("hot", 400, 0, "hot")],
)
def test_R9_silence_cools_one_degree(before, silent, per_degree, after):
    assert temperature.cool(before, silent, per_degree) == after


# --- R14: the window ----------------------------------------------------------------------------


@pytest.mark.parametrize(("window", "touches"), [(30, 7), (21, 7), (21, 5), (30, 12), (60, 8), (10, 2)])
def test_R14_touches_spread_over_the_window_with_gaps_that_widen(window, touches):
    delays = rhythm.spread(window, touches)
    assert len(delays) == touches
    assert delays[0] == 0
    assert delays[1:] == sorted(delays[1:]), "gaps widen"
    assert 0 <= window * 5 // 7 - sum(delays) <= 1, "the window is used, and kept"
    if touches > 2:
        assert delays[-1] > delays[1]


def test_R14_one_touch_needs_no_room():
    assert rhythm.spread(30, 1) == [0]
    assert rhythm.spread(0, 3) == [0, 0, 0]


# --- R17: paper ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("age", "size"), [(51, 250), (51, 10), (30, 250), (51, None), (None, 250), (30, 10), (None, None)])
def test_R17_people_over_50_in_large_companies_always_get_paper_either_alone_by_setting(age, size):
    old, large = age == 51, size == 250
    assert channels.wants_paper(age, size, 50, 250, either=False) is (old and large)
    assert channels.wants_paper(age, size, 50, 250, either=True) is (old or large)
    assert not channels.wants_paper(age, size, 0, 250, either=False), "without a rule of age nobody is both"


@pytest.mark.parametrize(
    ("age", "size", "expected"),
    [(51, None, True), (50, None, False), (None, 250, True), (None, 249, False), (None, None, False), (30, 10, False)],
)
def test_R17_large_companies_and_people_over_50_get_paper(age, size, expected):
    assert channels.wants_paper(age, size, 50, 250) is expected


def test_R17_a_threshold_of_nothing_is_no_rule():
    assert not channels.wants_paper(99, 10_000, 0, 0)


def test_R17_the_third_touch_is_a_letter_whatever_the_step_says_and_only_once():
    cadence = replace(STANDARD, steps=(Step(1, 1, channel="call", times=0),))
    two = [past(reason=1), past(day=MONDAY + timedelta(days=1), channel="email", reason=2)]
    day = MONDAY + timedelta(days=2)
    decision = decide(client(cadence=cadence, history=known(*two), today=day, paper=True))
    assert decision.channel == "letter"
    assert "paper" in codes(decision)
    assert decide(client(cadence=cadence, history=known(*two), today=day)).channel == "call"
    three = [*two, past(day=day, channel="letter", reason=3)]
    assert decide(client(cadence=cadence, history=known(*three), today=day + timedelta(days=1), paper=True)).channel == "call"


def test_R17_the_touch_before_asks_for_an_address_that_is_missing():
    here = {"cadence": EVERY_DAY, "paper": True, "open_channels": frozenset({"call", "email", "voice"})}

    def asks(history, **values):
        return "ask_address" in codes(decide(client(**{**here, "today": MONDAY + timedelta(days=9), "history": history, **values})))

    assert not asks(known()), "the first touch is no time for it"
    assert asks(known(past()))
    assert not asks(known(past()), paper=False)
    assert not asks(known(past()), open_channels=here["open_channels"] | {"letter"}), "it is known"
    assert not asks(known(past()), open_channels=frozenset({"voice"})), "nobody answers there"
    assert not asks(known(past()), channel_order=("call", "email", "voice")), "the company writes no letters"
    assert not asks(known(past(channel="letter"), past(reason=2))), "the letter went"
    assert not asks(known(past()), temperature="hot"), "who is asked for the next step is asked for nothing else"


# --- R21: handing over --------------------------------------------------------------------------


def stalled(count, **values):
    return history.read([past(day=MONDAY, reason=number, user=7, **values) for number in range(1, count + 1)], rep=7)


def test_R21_after_so_many_touches_without_progress_another_rep_takes_over():
    cadence = replace(STANDARD, hand_over_after=4)
    case = client(cadence=cadence, successors=frozenset({8, 9}), today=MONDAY + timedelta(days=3))
    assert isinstance(decide(replace(case, history=stalled(3))), Touch)
    decision = decide(replace(case, history=stalled(4)))
    assert isinstance(decision, HandOver)
    assert decision.successors == {8, 9}
    assert codes(decision) == ["hand_over"]


def test_R21_progress_colleagues_touches_and_the_lack_of_a_successor_keep_the_rep():
    cadence = replace(STANDARD, hand_over_after=4)
    case = client(cadence=cadence, successors=frozenset({8}), today=MONDAY + timedelta(days=3))
    warmed = history.read([*[past(reason=n, user=7) for n in range(1, 5)], past(reason=5, user=7, warmed=True)], rep=7)
    assert isinstance(decide(replace(case, history=warmed)), Touch)
    others = history.read([past(reason=number, user=8) for number in range(1, 6)], rep=7)
    assert isinstance(decide(replace(case, history=others)), Touch)
    assert isinstance(decide(replace(case, history=stalled(5), successors=frozenset())), Touch)


def test_R21_by_strength_then_by_load():
    reps = [hand_over.Candidate(1, "contact", 5), hand_over.Candidate(2, "closing", 9), hand_over.Candidate(3, "product", 0)]
    everyone = frozenset({1, 2, 3})
    assert hand_over.assign([("cold", everyone), ("hot", everyone), ("warm", everyone)], reps) == [1, 2, 3]
    assert hand_over.assign([("hot", frozenset({1, 3})), ("hot", frozenset({1, 3}))], reps) == [3, 3]
    equal = [hand_over.Candidate(1, None, 1), hand_over.Candidate(2, None, 0)]
    assert hand_over.assign([("cold", frozenset({1, 2}))] * 3, equal) == [2, 1, 2]
    assert hand_over.assign([("cold", frozenset())], equal) == [None]


def test_a_holiday_that_comes_first_because_the_one_before_is_held_says_so():
    tuesday = MONDAY + timedelta(days=1)
    wishes = [Reason(number, "warming", occasion="holiday") for number in (61, 62)]
    hold = facts.Hold(MONDAY, MONDAY, ("closing_week", {}))
    case = client(holidays={MONDAY: "One", tuesday: "Two"}, reasons=(*REASONS, *wishes), holds=(hold,))
    decision = decide(case)
    assert (decision.day, decision.why[1]) == (tuesday, ("holiday", {"date": tuesday}))
    assert ("closing_week", {}) in decision.why


# --- R3, R47: given up early --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "reason", "early"),
    [(0, "lost", True), (6, None, True), (7, "lost", False), (9, None, False), (1, "refused", False), (1, "refused_by_colleague", False)],
)
def test_R47_early_is_below_the_target_and_never_after_a_clear_no(made, reason, early):
    assert losses.is_early(made, 7, reason) is early


def test_R47_a_rest_that_was_going_on_was_no_approach():
    first, second, third = days(0, 30, 90)
    refused, rest = losses.Run(1, first, second, "refused"), losses.Run(2, third, second, "lost")
    assert losses.last_run([rest, refused], second) == refused
    assert losses.last_run([refused, losses.Run(2, third)], second) == refused
    assert losses.last_run([refused, losses.Run(2, third)], third).id == 2
    assert losses.last_run([], first) is None


# --- R34: need, wish, money, authority ----------------------------------------------------------

EVERYTHING = frozenset(facts.READINESS)
WHO_DECIDES = Reason(50, missing="authority")


def test_R34_who_is_ready_and_warm_is_asked_whatever_the_step_says():
    cadence = replace(STANDARD, steps=(Step(1, 0, purpose="warming", times=0),))
    case = client(cadence=cadence, temperature="warm", history=known(past(reason=1)), today=MONDAY + timedelta(days=1))
    assert decide(case).purpose == "warming"
    decision = decide(replace(case, readiness=EVERYTHING))
    assert (decision.purpose, "closing_ready" in codes(decision)) == ("closing", True)
    assert decide(replace(case, readiness=EVERYTHING, temperature="cold")).purpose == "warming"
    assert decide(replace(case, readiness=EVERYTHING - {"wish"})).purpose == "warming"


def test_R34_who_is_ready_is_not_asked_again_before_the_warming_touches_of_the_rhythm():
    ready = client(temperature="warm", readiness=EVERYTHING, today=MONDAY + timedelta(days=20))
    asked = past(purpose="closing", reason=11)
    for count, purpose in ((0, "warming"), (4, "warming"), (5, "closing")):
        seen = known(asked, *(past(reason=number) for number in range(count)))
        assert decide(replace(ready, history=seen)).purpose == purpose


def test_R34_a_planned_warming_touch_gives_way_when_the_client_is_ready_but_for_an_occasion():
    planned = OpenTouch("warming", "call", MONDAY, reason=1)
    case = client(temperature="warm", open_touch=planned)
    assert isinstance(decide(case), Keep)
    decision = decide(replace(case, readiness=EVERYTHING))
    assert (decision.purpose, decision.day) == ("closing", MONDAY)
    wishes = Reason(1, "warming", occasion="birthday")
    assert isinstance(decide(replace(case, readiness=EVERYTHING, reasons=(wishes, *REASONS[1:]))), Keep)


def test_R34_who_decides_is_the_next_reason_where_authority_alone_is_missing():
    campaign = Reason(60, "warming", campaign=True)
    case = client(reasons=(*REASONS, campaign, WHO_DECIDES))
    assert decide(case).reason == 60, "nothing is known of any of the four"
    asked = replace(case, readiness=frozenset({"need"}))
    assert decide(asked).reason == 50
    assert decide(replace(asked, readiness=frozenset({"need", "authority"}))).reason == 60
    assert decide(replace(asked, history=known(past(reason=50)), today=MONDAY + timedelta(days=2))).reason == 60
    assert decide(replace(asked, temperature="hot")).reason == 50, "a hot client is asked it first, too"


def test_R34_a_planned_touch_asks_who_decides_as_soon_as_that_is_known_and_stays_then():
    planned = OpenTouch("warming", "call", MONDAY, reason=1)
    case = client(reasons=(*REASONS, WHO_DECIDES), readiness=frozenset({"need"}), open_touch=planned)
    assert decide(case).reason == 50
    asking = replace(planned, reason=50)
    assert isinstance(decide(replace(case, open_touch=asking)), Keep)
    assert decide(replace(case, open_touch=asking, readiness=EVERYTHING)).reason != 50
    by_mail = replace(WHO_DECIDES, channels=frozenset({"email"}))
    assert isinstance(decide(replace(case, reasons=(*REASONS, by_mail))), Keep), "the planned channel cannot carry it: the next touch does"


def test_R6_hot_is_who_wants_it_has_the_means_and_knows_what():
    three = frozenset({"need", "wish", "money"})
    assert temperature.turns_hot(frozenset(), three)
    assert temperature.turns_hot(frozenset({"need", "authority"}), EVERYTHING)
    assert not temperature.turns_hot(three, EVERYTHING), "said once"
    assert not temperature.turns_hot(frozenset(), frozenset({"need", "wish", "authority"}))


# --- R56: two hands by stage --------------------------------------------------------------------


def test_R56_a_closer_takes_the_hot_client_over_where_the_manager_set_it_so():
    closing = replace(STANDARD, hand_over_hot=True)
    case = client(cadence=closing, temperature="hot", closers=frozenset({8}), successors=frozenset({8, 9}))
    decision = decide(case)
    assert isinstance(decision, HandOver)
    assert (decision.successors, codes(decision)) == ({8}, ["hand_over_hot"])
    for other in ({"cadence": STANDARD}, {"temperature": "warm"}, {"closers": frozenset()}):
        assert isinstance(decide(replace(case, **other)), Touch)


def test_R56_also_with_a_touch_planned_already():
    closing = replace(STANDARD, hand_over_hot=True)
    planned = OpenTouch("closing", "call", MONDAY, reason=11)
    case = client(cadence=closing, temperature="hot", closers=frozenset({8}), open_touch=planned)
    assert isinstance(decide(case), HandOver)
    assert isinstance(decide(replace(case, closers=frozenset())), Keep)


# --- R22: purchases -----------------------------------------------------------------------------


BASE = purchases.Limits(fixed=180, least=30, spreads=3.0, learned=(308, 238, 182))


def days_after(*gaps, first=date(2026, 1, 1)):
    """:return: the days of purchases with these gaps between them"""
    return [first + timedelta(days=sum(gaps[:number])) for number in range(len(gaps) + 1)]


def test_R22_the_clients_own_rhythm_and_its_spread_say_when_he_is_missed():
    steady = purchases.gaps(days_after(60, 60, 60))
    assert steady == purchases.Gaps(3, 60, 0)
    assert purchases.limit(steady, BASE) == 60
    own = purchases.gaps(days_after(50, 60, 70))
    assert own == purchases.Gaps(3, 60, 10)
    assert purchases.limit(own, BASE) == 90, "the mean and three spreads"
    assert purchases.lapses_on(date(2026, 6, 30), 90) == date(2026, 9, 29)
    assert purchases.interval(date(2026, 1, 1), date(2026, 6, 30), 4) == 60


def test_R22_odd_gaps_do_not_put_a_client_off_for_years_and_nobody_is_called_before_a_spread_is_over():
    odd = purchases.gaps(days_after(5, 5, 200))
    assert purchases.limit(odd, BASE) == 183, "one spread over the mean, just over what the base says"
    yearly = purchases.gaps(days_after(340, 365, 390))
    assert purchases.limit(yearly, BASE) == 390, "in a base of monthly buyers, too"


def test_R22_who_bought_less_often_is_missed_by_what_the_base_has_taught():
    assert [purchases.limit(purchases.gaps(days_after(*[10] * count)), BASE) for count in range(3)] == [308, 238, 182]
    untaught = BASE._replace(learned=())
    assert [purchases.limit(purchases.gaps(days_after(*[10] * count)), untaught) for count in range(3)] == [180, 180, 180]
    assert purchases.limit(purchases.Gaps(0, 0, 0), BASE._replace(learned=(0, 0, 182))) == 180
    assert purchases.taught(purchases.BASE_FROM - 1, 100.0) == 0, "too few gaps to learn from"
    assert purchases.taught(purchases.BASE_FROM, 99.5) == 105, "whole weeks"


def test_R22_who_buys_every_week_is_left_in_peace_and_zero_is_never():
    assert purchases.limit(purchases.gaps(days_after(2, 2, 2)), BASE) == 30, "who bought twice in a week is not missed after two days"
    assert purchases.limit(purchases.Gaps(0, 0, 0), BASE._replace(fixed=0)) == 0
    assert purchases.interval(date(2026, 1, 1), date(2026, 1, 1), 1) == 0
    assert purchases.lapses_on(None, 180) is None
    assert purchases.lapses_on(date(2026, 1, 1), 0) is None


def test_R22_who_lapsed_leaves_care():
    caring = replace(STANDARD, until_lapsed=True)
    assert decide(client(cadence=caring, lapsed=True)).reason == "lapsed"
    assert decide(client(cadence=caring, lapsed=True, open_touch=OpenTouch("warming", "call"))).reason == "lapsed"
    assert isinstance(decide(client(cadence=caring)), Touch)
    assert isinstance(decide(client(lapsed=True)), Touch)


# --- R26 to R31: reasons by audience ------------------------------------------------------------


def test_R26_a_campaign_goes_before_the_general_reasons_and_picks_its_channel():
    arrival = Reason(90, "warming", channels=frozenset({"sms"}), campaign=True)
    cadence = replace(STANDARD, steps=(Step(1, 0, channel="call"),))
    decision = decide(client(cadence=cadence, reasons=(*REASONS, arrival)))
    assert (decision.reason, decision.channel) == (90, "sms")
    assert "channel_campaign" in codes(decision)
    closed = decide(client(cadence=cadence, reasons=(*REASONS, arrival), open_channels=frozenset({"call"})))
    assert closed.reason == 1


def test_R22_a_buyer_is_never_treated_as_a_stranger():
    known = (Reason(1, buyers=False), Reason(2, buyers=True))
    assert decide(client(reasons=known)).reason == 1
    assert decide(client(reasons=known, buyer=True)).reason == 2
    planned = OpenTouch("warming", "call", MONDAY, reason=1)
    opened = client(reasons=known, buyer=True, open_touch=planned)
    assert decide(opened).reason == 2, "who buys loses what was planned for strangers"


# a cadence of one touch in three weeks, and a sale that begins on Thursday
SLOW = replace(STANDARD, steps=(Step(1, 15, times=0),))
THURSDAY = MONDAY + timedelta(days=3)
SALE = Reason(90, "warming", campaign=True, valid_from=THURSDAY, valid_to=THURSDAY + timedelta(days=6))


def test_R26_a_campaign_brings_the_next_touch_forward_to_its_day():
    case = client(cadence=SLOW, reasons=(*REASONS, SALE), history=known(past(reason=1)))
    touch = decide(case)
    assert (touch.day, touch.reason, touch.step) == (THURSDAY, 90, 1)
    assert ("campaign_day", {"date": THURSDAY}) in touch.why
    assert not isinstance(decide(replace(case, reasons=REASONS)), Touch)
    used = replace(case, history=known(past(reason=1), past(reason=90)))
    assert not isinstance(decide(used), Touch), "nobody hears of it twice"
    assert not isinstance(decide(replace(case, reasons=(*REASONS, replace(SALE, valid_from=None)))), Touch), (
        "without a day of its own it waits"
    )


def test_R26_a_campaign_breaks_neither_gap_nor_hold_nor_the_end_of_its_days():
    case = client(cadence=SLOW, reasons=(*REASONS, SALE), history=known(past(reason=1)))
    friday = THURSDAY + timedelta(days=1)
    assert decide(replace(case, min_gap=4)).day == friday
    closed = facts.Hold(MONDAY, friday, ("closing_week", {}))
    assert decide(replace(case, holds=(closed,))).day == MONDAY + timedelta(days=7)
    over = facts.Hold(MONDAY, MONDAY + timedelta(days=9), ("closing_week", {}))
    assert not isinstance(decide(replace(case, holds=(over,))), Touch), "the sale is over before the hold is"
    assert isinstance(decide(replace(case, not_before=MONDAY + timedelta(days=30))), Wait)
    assert decide(replace(case, opted_out=True)).reason == "opt_out"
    assert not isinstance(decide(replace(case, reasons=(*REASONS, replace(SALE, vip=True)))), Touch)
    asked = [past(reason=number) for number in range(1, 6)]
    assert not isinstance(decide(replace(case, history=known(*asked))), Touch), "a closing touch asks for something, it tells of no sale"


def test_R26_a_touch_that_is_planned_comes_forward_for_a_campaign_and_what_was_put_off_does_not():
    later = MONDAY + timedelta(days=21)
    case = client(cadence=SLOW, reasons=(*REASONS, SALE), history=known(past(reason=1)), horizon=30)
    planned = replace(case, open_touch=OpenTouch("warming", "call", later, 2))
    assert (decide(planned).day, decide(planned).reason) == (THURSDAY, 90)
    assert isinstance(decide(replace(planned, open_touch=OpenTouch("warming", "call", THURSDAY, 90))), Keep)
    assert isinstance(decide(replace(planned, open_touch=OpenTouch("warming", "call", later + timedelta(days=7), 2))), Keep)


def test_R29_a_campaign_does_not_take_the_day_of_a_birthday():
    friday = THURSDAY + timedelta(days=1)
    case = client(
        cadence=SLOW, reasons=(*REASONS, SALE, BIRTHDAY), history=known(past(reason=1)), birthdate=friday.replace(year=1980), min_gap=1
    )
    assert decide(case).reason == BIRTHDAY.id, "the gap behind the sale would put the wishes off"
    assert decide(replace(case, min_gap=0)).reason == 90
    assert decide(replace(case, birthdate=(friday + timedelta(days=3)).replace(year=1980))).reason == 90


def test_R26_R29_who_was_enrolled_for_one_reason_hears_that_one_and_no_other():
    alone = replace(STANDARD, steps=(Step(1),))
    open_now = replace(SALE, valid_from=MONDAY)
    case = client(cadence=alone, reasons=(open_now,), only_reason=90)
    assert (decide(case).day, decide(case).reason) == (MONDAY, 90)
    assert decide(replace(case, reasons=())).reason == "campaign_over"
    assert decide(replace(case, today=MONDAY + timedelta(days=20))).reason == "campaign_over"
    assert decide(replace(case, history=known(past(reason=90, counts=False)))).reason == "campaign_over", "tried once"
    over = replace(case, reasons=(), open_touch=OpenTouch("warming", "call", MONDAY, 90))
    assert decide(over).reason == "campaign_over", "what is planned for it goes with it"
    birthday = client(cadence=alone, reasons=(BIRTHDAY,), only_reason=BIRTHDAY.id, birthdate=date(1980, 3, 5))
    wishes = decide(birthday)
    assert (wishes.day, wishes.reason) == (date(2026, 3, 5), BIRTHDAY.id)
    assert decide(replace(birthday, birthdate=date(1980, 9, 5))).reason == "campaign_over"


def test_R27_who_becomes_vip_loses_the_planned_sale():
    sale = Reason(90, vip=False, campaign=True)
    opened = client(reasons=(sale, *REASONS), open_touch=OpenTouch("warming", "call", MONDAY, 90))
    assert isinstance(decide(opened), Keep)
    assert decide(replace(opened, vip=True)).reason == 1


def test_R28_an_expired_coupon_is_not_told():
    coupon = Reason(90, valid_to=MONDAY - timedelta(days=1))
    opened = client(reasons=(coupon, *REASONS), open_touch=OpenTouch("warming", "call", MONDAY - timedelta(days=3), 90))
    assert decide(opened).reason == 1


BIRTHDAY = Reason(80, "warming", channels=frozenset({"call", "letter"}), occasion="birthday")


@pytest.mark.parametrize(
    ("born", "year", "expected"),
    [
        (date(1980, 2, 29), 2026, date(2026, 2, 28)),
        (date(1980, 2, 29), 2028, date(2028, 2, 29)),
        (date(1980, 7, 1), 2026, date(2026, 7, 1)),
    ],
)
def test_R29_a_birthday_in_every_year(born, year, expected):
    assert occasions.birthday(born, year) == expected


def test_R29_the_birthday_falls_on_its_day_and_uses_no_step():
    thursday = MONDAY + timedelta(days=3)
    seen = known(past(reason=1))
    case = client(
        history=seen,
        reasons=(*REASONS, BIRTHDAY),
        birthdate=thursday.replace(year=1980),
        cadence=replace(STANDARD, steps=(Step(1, 5, times=0),)),
    )
    decision = decide(case)
    assert (decision.day, decision.reason, decision.step, decision.purpose) == (thursday, 80, 0, "warming")
    assert "birthday" in codes(decision)
    assert decision.number == 2


def test_R29_a_birthday_on_sunday_is_wished_on_monday_and_once():
    monday = MONDAY + timedelta(days=7)
    case = client(
        history=known(past(reason=1)),
        reasons=(*REASONS, BIRTHDAY),
        birthdate=(monday - timedelta(days=1)).replace(year=1980),
        cadence=replace(STANDARD, steps=(Step(1, 10, times=0),)),
    )
    assert decide(case).day == monday
    for past_touch in (past(day=monday, reason=80), past(day=monday, reason=80, skipped=True)):
        again = decide(replace(case, today=monday, history=known(past(reason=1), replace_step(past_touch))))
        assert not isinstance(again, Touch) or again.reason != 80


def test_R29_wishes_that_nobody_heard_are_said_another_way_within_days():
    case = client(
        reasons=(*REASONS, BIRTHDAY), birthdate=MONDAY.replace(year=1980), cadence=replace(STANDARD, steps=(Step(1, 10, times=0),))
    )

    def after(*failed):
        touches = [past(day=day, channel=way, reason=80, from_step=False, counts=False, wishes=True) for day, way in failed]
        today = touches[-1].day
        return decide(replace(case, today=today, now=at(today, 11), history=known(past(day=in_days(-5), reason=1), *touches)))

    again = after((MONDAY, "call"))
    assert (again.day, again.reason, again.channel) == (MONDAY, 80, again.channel) and again.channel != "call"
    assert after((MONDAY, "call"), (in_days(1), "email")).channel not in ("email",)
    late = after((MONDAY, "call"), (in_days(7), "email"))
    assert not isinstance(late, Touch) or late.reason != 80, "a birthday a week ago is over"
    # only one way is open: one try is enough
    alone = replace(
        case, open_channels=frozenset({"call"}), history=known(past(channel="call", reason=80, from_step=False, counts=False, wishes=True))
    )
    assert getattr(decide(alone), "reason", None) != 80


def test_R29_R30_a_touch_gives_way_to_wishes_that_stand_right_behind_it():
    here = client(
        reasons=(*REASONS, BIRTHDAY),
        birthdate=in_days(7).replace(year=1980),  # a Monday
        history=known(past(day=in_days(-7), reason=1, step=1)),
        cadence=replace(STANDARD, steps=(Step(1, 0), Step(2, 9, times=0))),
    )
    assert (decide(here).day, decide(here).reason) == (in_days(7), 80), "not on Friday and again on Monday"
    # strangers are called first
    assert decide(replace(here, history=known(), started=MONDAY)).reason != 80
    # a day later it is a touch of its own
    assert decide(replace(here, birthdate=in_days(9).replace(year=1980))).reason != 80


@pytest.mark.parametrize(("behind", "due"), [(1, 20), (9, 20), (15, 25), (19, 29)])
def test_R29_wishes_stand_beside_the_steps(behind, due):
    """Of a wait of twenty working days half lies behind the wishes: neither two touches at once nor two waits in a row."""
    days = workdays()
    wished = past(day=days.after(MONDAY, behind), reason=80, from_step=False, wishes=True)
    here = client(
        history=known(past(reason=1, step=1), wished), cadence=replace(STANDARD, window_days=0, steps=(Step(1, 0), Step(2, 20, times=0)))
    )
    decision = decide(replace(here, today=wished.day, now=at(wished.day)))
    assert decision.ahead == days.after(MONDAY, due)


def test_R29_wishes_are_no_try_and_use_up_no_step():
    wished = past(day=in_days(1), reason=80, from_step=False, wishes=True)
    seen = history.read([past(reason=1, step=1), wished, wished._replace(day=in_days(2), counts=False)])
    assert (seen.tries, seen.step_touches, seen.number, seen.failures) == (1, 1, 2, 0)


def replace_step(touch):
    return touch._replace(from_step=False)


def test_R29_the_clients_time_zone_says_which_day_it_is():
    from zoneinfo import ZoneInfo

    late = client(
        now=at(MONDAY, 22),
        client_zone=ZoneInfo("Pacific/Auckland"),  # Tuesday there, since noon of Monday here
        history=known(past(day=MONDAY - timedelta(days=3), reason=1)),
        reasons=(*REASONS, BIRTHDAY),
        birthdate=(MONDAY + timedelta(days=1)).replace(year=1980),
    )
    decision = decide(late)
    assert (decision.day, decision.reason) == (MONDAY + timedelta(days=1), 80)
    assert decision.when.astimezone(ZoneInfo("Pacific/Auckland")).date() == MONDAY + timedelta(days=1)


def test_R29_the_birthday_takes_the_place_of_a_planned_touch():
    tuesday = MONDAY + timedelta(days=1)
    case = client(
        reasons=(*REASONS, BIRTHDAY),
        birthdate=tuesday.replace(year=1980),
        open_touch=OpenTouch("warming", "call", MONDAY + timedelta(days=2), 1),
    )
    assert decide(case).reason == 80
    assert isinstance(decide(replace(case, birthdate=None)), Keep)
    assert isinstance(decide(replace(case, open_touch=OpenTouch("warming", "call", tuesday, 80))), Keep)
    assert decide(replace(case, temperature="hot", open_touch=None)).reason != 80


def test_R30_a_holiday_is_wished_on_the_last_working_day_before_it():
    friday = MONDAY + timedelta(days=4)
    holiday = Reason(81, "warming", channels=frozenset({"email"}), occasion="holiday", holiday="women")
    days = workdays(off={friday})
    case = client(
        reasons=(*REASONS, holiday),
        holidays={friday: "International Women's Day", MONDAY + timedelta(days=2): "Another"},
        history=known(past(reason=1)),
        workdays=days,
        rep_days=days,
        cadence=replace(STANDARD, steps=(Step(1, 5, times=0),)),
    )
    decision = decide(case)
    assert (decision.day, decision.reason, decision.channel) == (friday - timedelta(days=1), 81, "email")
    assert decide(replace(case, holidays={})).reason != 81


def test_R30_new_year_is_wished_on_the_working_day_before_and_nobody_is_called_on_it():
    """Where a calendar does not know the holiday of the client's country, the day is none all the same."""
    new_year, day_before = date(2026, 1, 1), date(2025, 12, 31)
    wishes = Reason(81, "warming", channels=frozenset({"email"}), occasion="holiday", holiday="New Year")
    holidays = {new_year: "New Year's Day", date(2026, 1, 6): "Epiphany"}
    days = workdays(first=date(2025, 11, 1))
    case = client(
        today=day_before - timedelta(days=2),
        started=day_before - timedelta(days=2),
        reasons=(*REASONS, wishes),
        holidays=holidays,
        wished=occasions.wished((wishes,), holidays),
        workdays=days,
        rep_days=days,
    )
    wishing = decide(replace(case, cadence=replace(STANDARD, steps=(Step(1, 3),))))
    assert (wishing.day, wishing.reason) == (day_before, 81)
    case = replace(case, history=known(past(day=day_before, reason=81, from_step=False)), today=day_before, now=at(day_before))
    after = decide(replace(case, cadence=replace(STANDARD, steps=(Step(1, 1),))))
    assert (after.day, after.reason) == (date(2026, 1, 2), 1)
    assert ("wished_holiday", {}) in after.why
    planned = OpenTouch("warming", "call", new_year, 1)
    assert decide(replace(case, open_touch=planned)).day != new_year
    epiphany = OpenTouch("warming", "call", date(2026, 1, 6), 1)
    assert isinstance(decide(replace(case, open_touch=epiphany)), Keep), "on other holidays the calendar says who works"


# --- R37: a step with the expert ------------------------------------------------------------------

WITH_EXPERT = Cadence(8, (Step(1, 0, "meeting", expert=True), Step(2, 2)))


def in_days(days):
    return MONDAY + timedelta(days=days)


def test_R37_the_meeting_with_the_expert_is_asked_for_and_then_agreed():
    """The whole way: ask, agree, book, confirm, meet, go on."""
    asking = decide(client(cadence=WITH_EXPERT, expert=9))
    assert (asking.channel, asking.purpose, asking.expert) == ("call", "closing", 9)
    assert {"asks_for", "with_expert"} <= set(codes(asking))
    yes = past(purpose="closing", reason=11, step=1, warmed=True, step_effect="agreed")
    booked = facts.AgreedStep("event:1", in_days(16), made=MONDAY)
    here = client(cadence=WITH_EXPERT, expert=9, history=known(yes), agreed=(booked,), today=in_days(1))
    assert (codes(decide(here)), decide(here).ahead) == (["agreed"], in_days(15))
    sure = decide(replace(here, today=in_days(11), now=at(in_days(11))))
    assert (sure.purpose, sure.day, sure.expert) == ("confirming", in_days(15), None)
    # the expert says on the day what came of it
    met = past(day=in_days(16), channel="meeting", step=1, user=9)
    after = replace(here, history=known(yes, met), agreed=(replace(booked, settled=True),), today=in_days(17), now=at(in_days(17)))
    # who met us is asked for what comes next
    assert (decide(after).step, decide(after).purpose, codes(decide(after))[1]) == (2, "closing", "closing_kept")


def test_R37_the_question_stays_while_the_rep_makes_the_appointment():
    asking = OpenTouch("closing", "call", MONDAY, 11)
    entered = facts.AgreedStep("event:1", in_days(2), made=MONDAY)
    booked = client(cadence=WITH_EXPERT, expert=9, agreed=(entered,), open_touch=asking)
    assert isinstance(decide(booked), Keep), "its outcome is still to be said"
    assert decide(replace(booked, agreed=(replace(entered, made=in_days(-1)),))).purpose == "confirming"


def test_R37_what_is_told_while_it_is_too_early_for_the_meeting_is_told_alone():
    closed = known(past(purpose="closing", reason=11, step=9), past(channel="email", reason=1, step=9))
    cadence = replace(WITH_EXPERT, steps=(Step(9, 0, times=2), *WITH_EXPERT.steps))
    here = client(cadence=cadence, expert=9, history=closed, today=in_days(3))
    decision = decide(here)
    assert (decision.purpose, decision.expert, "with_expert" in codes(decision)) == ("warming", None, False)
    planned = OpenTouch(decision.purpose, decision.channel, decision.day, decision.reason)
    assert isinstance(decide(replace(here, open_touch=planned)), Keep)
    asked = decide(replace(here, history=replace(closed, warming=5)))
    assert (asked.purpose, asked.expert, "with_expert" in codes(asked)) == ("closing", 9, True)


def test_R37_wishes_before_the_expert_comes_along_are_the_reps_alone():
    wishes = Reason(80, occasion="birthday", channels=frozenset({"email"}))
    told = replace(WITH_EXPERT, steps=(Step(1, 0, expert=True), Step(2, 2)))
    here = client(cadence=told, expert=9, reasons=(*REASONS, wishes), birthdate=date(1984, 3, 2))
    decision = decide(here)
    assert (decision.reason, decision.channel, decision.expert) == (80, "email", None)
    planned = OpenTouch(decision.purpose, decision.channel, decision.day, decision.reason)
    assert isinstance(decide(replace(here, open_touch=planned)), Keep)


def test_R37_nobody_is_forgotten_for_want_of_an_expert():
    decision = decide(client(cadence=WITH_EXPERT))
    assert (decision.day, decision.expert) == (MONDAY, None)
    assert "expert_missing" in codes(decision)


def test_R37_another_expert_takes_the_planned_touch():
    planned = OpenTouch("closing", "call", in_days(2), 11, 9)
    assert isinstance(decide(client(cadence=WITH_EXPERT, expert=9, open_touch=planned)), Keep)
    assert decide(client(cadence=WITH_EXPERT, expert=8, open_touch=planned)).expert == 8


def test_R37_every_closing_touch_of_a_cadence_may_be_the_experts():
    large = replace(STANDARD, closing_by_expert=True)
    closing = client(cadence=large, expert=9, history=replace(known(past(reason=1)), warming=5))
    assert (decide(closing).purpose, decide(closing).expert) == ("closing", 9)
    assert "with_expert" in codes(decide(closing))
    assert decide(replace(closing, cadence=STANDARD)).expert is None
    assert "expert_missing" in codes(decide(replace(closing, expert=None)))
    assert decide(replace(closing, history=known(past(reason=1)))).expert is None, "warming is the rep's"
    assert decide(replace(closing, temperature="hot", history=known())).expert == 9
    alone = OpenTouch("closing", "call", in_days(3), 11)
    assert decide(replace(closing, open_touch=alone)).expert == 9, "the planned one follows"


def test_R8_c3_a_hot_client_on_saturday_is_closed_on_monday_and_told_so():
    saturday = MONDAY + timedelta(days=5)
    decision = decide(client(today=saturday, started=saturday, temperature="hot"))
    assert decision.day == MONDAY + timedelta(days=7)
    assert ("hot_next_day", {"date": decision.day}) in decision.why
    assert "hot_at_once" not in codes(decision)


def test_R8_a_hot_client_does_not_wait_for_the_expert():
    decision = decide(client(cadence=WITH_EXPERT, expert=9, temperature="hot"))
    assert (decision.day, decision.purpose) == (MONDAY, "closing")


def test_R45_what_a_hot_client_agreed_to_holds_as_well():
    booked = facts.AgreedStep("event:1", in_days(16), made=MONDAY)
    hot = client(cadence=WITH_EXPERT, expert=9, temperature="hot", agreed=(booked,), today=in_days(1))
    assert codes(decide(hot)) == ["agreed"]
    assert decide(replace(hot, today=in_days(11), now=at(in_days(11)))).purpose == "confirming"


# --- capacity and gaps --------------------------------------------------------------------------


def level(cases, per_day, load=None):
    return capacity.level(cases, [decide(case) for case in cases], lambda _rep: per_day, load or {})


def test_R45_what_belongs_to_an_agreed_step_keeps_its_day_and_takes_its_room():
    booked = facts.AgreedStep("event:1", in_days(1), made=in_days(-7))
    sure = client(cadence=WITH_EXPERT, expert=9, agreed=(booked,))
    other = client(started=MONDAY - timedelta(days=30), cadence=replace(STANDARD, window_days=0))
    assert [one.day for one in level([other, sure], 1)] == [in_days(1), MONDAY]
    assert level([sure], 1, {7: {MONDAY: 5}})[0].day == MONDAY


def test_capacity_the_hotter_the_higher_and_the_longer_waiting_go_first():
    cases = [
        client(client=1),
        client(client=2, temperature="warm"),
        client(client=3, potential="high"),
        client(client=4, started=MONDAY - timedelta(days=3)),
    ]
    days = [decision.day for decision in level(cases, 1)]
    assert days == [MONDAY + timedelta(days=n) for n in (3, 0, 1, 2)]
    assert "day_full" in codes(level(cases, 1)[0])


def test_capacity_zero_is_no_cap():
    assert {decision.day for decision in level([client(client=n) for n in range(99)], 0)} == {MONDAY}


def test_capacity_moves_to_the_next_free_working_day_once():
    load = {7: {MONDAY: 2, MONDAY + timedelta(days=1): 1}}
    first, second = level([client(client=1), client(client=2)], 2, load)
    assert (first.day, second.day) == (MONDAY + timedelta(days=1), MONDAY + timedelta(days=2))
    full = {7: {MONDAY + timedelta(days=n): 1 for n in range(5)}}
    assert level([client()], 1, full)[0].day == MONDAY + timedelta(days=7), "beyond the horizon it is planned all the same"


def test_capacity_hot_clients_and_birthdays_keep_their_day_and_take_its_room():
    birthday = client(client=2, reasons=(*REASONS, BIRTHDAY), birthdate=MONDAY.replace(year=1980))
    cases = [client(client=1), birthday, client(client=3, temperature="hot")]
    assert [decision.day for decision in level(cases, 2)] == [MONDAY + timedelta(days=1), MONDAY, MONDAY]


def test_capacity_a_birthday_on_the_way_to_the_next_free_day_keeps_its_own():
    """Monday is full and Wednesday is free; the birthday on Tuesday is not passed over, nor found again when the touch is looked at next."""
    tuesday = MONDAY + timedelta(days=1)
    known = client(reasons=(*REASONS, BIRTHDAY), birthdate=tuesday.replace(year=1980))
    assert decide(known).reason != BIRTHDAY.id
    load = {7: {MONDAY: 1, tuesday: 1}}
    [moved] = level([known], 1, load)
    assert (moved.day, moved.reason) == (tuesday, BIRTHDAY.id)


def test_capacity_a_hot_client_who_cools_leaves_a_day_that_is_full():
    wednesday = MONDAY + timedelta(days=2)
    cooled = client(open_touch=OpenTouch("closing", "call", wednesday, 11), history=known(past(purpose="closing", reason=12)))
    assert level([cooled], 2, {7: {wednesday: 3}})[0].day == MONDAY + timedelta(days=3)
    assert level([cooled], 2, {7: {wednesday: 2}})[0].day == wednesday


def test_capacity_a_half_day_takes_half():
    days = Workdays(workdays().days, {MONDAY: 0.5})
    decisions = level([client(client=n, rep_days=days) for n in range(1, 7)], 4)
    assert [decision.day for decision in decisions].count(MONDAY) == 2


def overdue(id_, moves=0, **values):
    return capacity.Planned(**{"id": id_, "temperature": "cold", "potential": None, "since": MONDAY, "moves": moves, **values})


def test_capacity_overflow_moves_on_in_order_and_never_three_times():
    planned = [
        overdue(1),
        overdue(2, temperature="hot"),
        overdue(3, moves=capacity.MOVES),
        overdue(4, fixed=True),
        overdue(5, potential="high"),
    ]
    moved = capacity.overflow(planned, MONDAY, workdays(), 4, {})
    assert moved == {1: MONDAY + timedelta(days=1)}
    assert capacity.overflow(planned, MONDAY, workdays(), 0, {}) == {}
    assert set(capacity.overflow(planned, MONDAY, workdays(), 1, {})) == {1, 5}


def test_R44_the_minimum_gap_counts_over_all_cadences_and_mails():
    yesterday = MONDAY - timedelta(days=1)
    other_run = known(past(day=yesterday, this_run=False, from_step=False))
    assert decide(client(history=other_run, min_gap=3)).day == MONDAY + timedelta(days=2)
    assert decide(client(last_mail=yesterday, min_gap=3)).day == MONDAY + timedelta(days=2)
    assert "min_gap" in codes(decide(client(last_mail=yesterday, min_gap=3)))
    assert decide(client(last_mail=yesterday)).day == MONDAY
    assert decide(client(last_mail=MONDAY, min_gap=3, temperature="hot")).day == MONDAY


def test_R44_after_a_reply_the_client_is_left_to_the_conversation():
    cadence = replace(STANDARD, reply_days=2)
    wrote = known(past(reason=1), past(day=MONDAY, channel="email", from_step=False, incoming=True))
    opened = client(cadence=cadence, history=wrote, open_touch=OpenTouch("warming", "call", MONDAY + timedelta(days=1), 2))
    moved = decide(opened)
    assert moved.day == MONDAY + timedelta(days=2)
    assert isinstance(decide(replace(opened, open_touch=OpenTouch("warming", "call", MONDAY + timedelta(days=2), 2))), Keep)
    assert isinstance(decide(replace(opened, cadence=STANDARD)), Keep)
    assert decide(replace(opened, temperature="hot")).day == MONDAY
    # also where the window is over meanwhile: the touch is made, but not before the client had his days
    over = replace(opened, started=in_days(-30), today=in_days(1), now=at(in_days(1)))
    assert decide(over).day == MONDAY + timedelta(days=2)
    assert isinstance(decide(replace(over, open_touch=None)), Stop)


@pytest.mark.parametrize(
    ("hour", "then", "opens"),
    [
        (10, {}, at(MONDAY + timedelta(days=1), 13)),  # in the morning: tomorrow in the afternoon
        (15, {}, at(MONDAY + timedelta(days=1), 9)),  # and the other way round
        (10, {"retry_hours": 2, "retry_days": 0}, at(MONDAY, 12)),  # where the channel counts in hours: today
        (16, {"retry_hours": 4, "retry_days": 0}, at(MONDAY + timedelta(days=1), 9)),  # too late for today
        (10, {"retry_days": 3}, at(MONDAY + timedelta(days=3), 13)),
    ],
)
def test_R44_who_did_not_answer_is_tried_soon_at_another_hour(hour, then, opens):
    kinds = {**channels.BUILT_IN, "call": replace(channels.BUILT_IN["call"], **then)}
    # asked again by the same way: nothing else is open
    case = client(channels=kinds, open_channels=frozenset({"call"}), hours=(8, 18), now=at(MONDAY, hour))
    case = replace(case, history=known(past(reason=1, counts=False, at=at(MONDAY, hour))))
    expected = opens if opens.hour != 9 else opens.replace(hour=8)
    touch = decide(case)
    assert (touch.day, touch.when) == (expected.date(), expected)
    assert "tried_again" in codes(touch)


def test_R44_a_mail_that_came_back_knows_no_hours():
    case = client(now=at(MONDAY, 10), history=known(past(reason=1, channel="email", counts=False, at=at(MONDAY, 10))))
    touch = decide(case)
    assert touch.when == at(MONDAY + timedelta(days=1), 9)
    assert "tried_again" not in codes(touch)


def test_R44_after_a_call_that_got_through_any_hour_is_good():
    case = client(now=at(MONDAY, 10), history=known(past(reason=1, at=at(MONDAY, 10))))
    assert decide(case).when.hour == 9


def test_R20_who_rests_is_looked_at_and_goes_on_resting_while_another_deal_is_worked():
    """An address changes during the rest: the run waits for its day, and then for its turn."""
    resting = client(state="resting", superseded=True, not_before=MONDAY + timedelta(days=20))
    assert decide(resting) == Wait(MONDAY + timedelta(days=20), (("resting", {"date": MONDAY + timedelta(days=20)}),))
    assert decide(replace(resting, today=MONDAY + timedelta(days=20), now=at(MONDAY + timedelta(days=20)))).reason == "superseded"
    assert decide(replace(resting, state="running", not_before=None)).reason == "superseded"


def test_a_planned_touch_leaves_a_day_that_is_no_working_day_any_more():
    tuesday = MONDAY + timedelta(days=1)
    case = client(rep_days=workdays(off={tuesday}), open_touch=OpenTouch("warming", "call", tuesday, 1), history=known(past(reason=2)))
    assert decide(case).day == MONDAY + timedelta(days=2)


# --- R5, R19, R23 to R25: what the base is worth ----------------------------------------------------


def test_R19_each_missed_month_costs_a_tenth_compounding():
    assert worth.lost(1000, 0, 10) == 0
    assert worth.lost(1000, 1, 10) == pytest.approx(100)
    assert worth.lost(1000, 2, 10) == pytest.approx(190)
    assert worth.lost(1000, 12, 10) == pytest.approx(717.57, abs=0.01)
    assert worth.lost(1000, 5, 0) == 0
    assert worth.lost(1000, 5, 100) == 1000


def test_R19_a_month_is_missed_when_it_is_over_without_a_touch():
    first = date(2026, 1, 20)
    assert worth.missed_months(first, 0, date(2026, 1, 31), 12) == 0  # not over yet
    assert worth.missed_months(first, 1, date(2026, 2, 1), 12) == 0  # the month of the first contact
    assert worth.missed_months(first, 1, date(2026, 4, 1), 12) == 2
    assert worth.missed_months(date(2020, 1, 1), 4, date(2026, 4, 1), 12) == 8  # so many months back, no more


@pytest.mark.parametrize(
    ("today", "months", "expected"),
    [
        (date(2026, 3, 31), 0, date(2026, 3, 1)),
        (date(2026, 3, 31), 3, date(2025, 12, 1)),
        (date(2026, 12, 5), 12, date(2025, 12, 1)),
        (date(2026, 1, 5), 1, date(2025, 12, 1)),
    ],
)
def test_R19_months_are_those_of_the_calendar(today, months, expected):
    assert worth.month_before(today, months) == expected


def test_R23_loyal_is_who_came_back_and_is_not_missed():
    assert not worth.is_loyal(1, None, MONDAY, 2)
    assert worth.is_loyal(2, MONDAY + timedelta(days=1), MONDAY, 2)
    assert not worth.is_loyal(9, MONDAY, MONDAY, 2)


def test_R24_promoters_neutral_critics():
    groups = [worth.nps_group(score) for score in range(11)]
    assert groups == ["critic"] * 7 + ["neutral"] * 2 + ["promoter"] * 2
    assert worth.nps(5, 2, 10) == 30
    assert worth.nps(0, 0, 0) == 0
    assert (worth.nps(3, 0, 3), worth.nps(0, 3, 3)) == (100, -100)


def test_R25_the_clients_who_bring_four_fifths_are_A():
    assert worth.abc([50, 30, 10, 6, 4], 80, 95) == ["a", "a", "b", "b", "c"]
    assert worth.abc([4, 50, 0, 30, 6, 10], 80, 95) == ["c", "a", "c", "a", "b", "b"]
    assert worth.abc([], 80, 95) == []
    assert worth.abc([0, 0], 80, 95) == ["c", "c"]
    assert worth.abc([10, 10, 10, 10], 80, 95) == ["a"] * 4  # who brings the same is in the same class


def test_R25_regular_buyers_are_X():
    assert worth.xyz(5, 8.0, 10, 25) == "x"
    assert worth.xyz(5, 20.0, 10, 25) == "y"
    assert worth.xyz(5, 80.0, 10, 25) == "z"
    assert worth.xyz(2, 0.0, 10, 25) == "z"  # one gap tells no rhythm


@given(st.lists(st.floats(0, 1e6), max_size=40), st.floats(0, 100), st.floats(0, 100))
def test_R25_who_brings_more_is_never_in_a_lower_class(values, one, other):
    classes = worth.abc(values, min(one, other), max(one, other))
    ranked = sorted(zip(values, classes), key=lambda pair: -pair[0])
    assert [letter for _value, letter in ranked] == sorted(classes)


# --- R7, R13: what touching is for, and that it has no end by itself --------------------------------


def test_R7_whoever_turns_hot_is_asked_the_same_day_wherever_he_was():
    long_nurtured = known(*(past(day=MONDAY + timedelta(days=7 * n)) for n in range(3)))
    today = MONDAY + timedelta(days=16)
    nurture = Cadence(9, (Step(1, 5, times=0),))
    for state, values in (
        ("running", {}),
        ("running", {"open_touch": OpenTouch("warming", "email", today + timedelta(days=5), 4)}),
        ("running", {"history": known(*(past(day=today),)), "min_gap": 3}),
        ("resting", {"not_before": today + timedelta(days=60)}),
    ):
        facts_ = client(**{"today": today, "cadence": nurture, "history": long_nurtured, "temperature": "hot", "state": state, **values})
        decision = decide(facts_)
        assert isinstance(decision, Touch), (state, values, decision)
        assert (decision.purpose, decision.day) == ("closing", today)


def test_R13_no_number_of_touches_is_too_many():
    nurture = Cadence(9, (Step(1, 5, times=0),), target=7)
    touched = known(*(past(day=MONDAY + timedelta(days=n)) for n in range(200)))
    decision = decide(client(today=MONDAY + timedelta(days=210), cadence=nurture, history=touched, min_gap=0))
    assert isinstance(decision, Touch)
    assert decision.number == 201
