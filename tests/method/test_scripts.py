"""Which text a touch shows (R42), and what it lacks for a client."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from method.desk import scripts
from method.desk.scripts import Script, choose, missing, repeats
from method.plan.channels import BUILT_IN
from method.plan.facts import ASKING, CLOSING, CONFIRMING, OF_AGREED_STEP, PURPOSES, WARMING
from method.why import CODES

CHANNELS = sorted(BUILT_IN)
VALUES = {"first_name": "Anna", "name": "Anna Weber", "company": "Azure", "deal": "Chairs", "salesperson": "Rita", "our_company": "Ours"}
ANNA = ("Anna Weber", True)


def chosen(channel, purpose=WARMING, step=None, of_reason=(), general=()):
    found = choose(channel, purpose, step, of_reason, general)
    return found and found.id


def test_R42_the_steps_own_text_then_the_reasons_then_a_general_one():
    step, reason, general = Script(1, "email"), [Script(2, "email"), Script(3, "email")], [Script(4, "email"), Script(5, "email", WARMING)]
    assert chosen("email", WARMING, step, reason, general) == 1
    assert chosen("email", WARMING, None, reason, general) == 2, "the first in their order"
    assert chosen("email", WARMING, None, (), general) == 5, "that for the purpose goes first"
    assert chosen("email", CLOSING, None, (), general) == 4
    assert chosen("email", WARMING) is None


def test_R42_who_has_read_the_first_text_gets_the_second_and_nobody_else():
    first, second = Script(1, "email"), Script(2, "email", again=True)

    def its(read, step=None, of_reason=(), general=(), channel="email"):
        found = choose(channel, CLOSING, step, of_reason, general, read)
        return found and found.id

    assert [its(read, None, [second, first]) for read in (False, True)] == [1, 2]
    assert its(True, None, [first]) == 1
    assert its(False, None, [second]) is None
    assert its(False, second, [first]) == 1
    assert its(True, Script(3, "email"), [first, second]) == 3, "what the step says goes first"
    assert its(True, None, [Script(3, "letter"), second], channel="letter") == 3, "the text of the channel goes first"
    assert its(True, None, [first, Script(2, "email", WARMING, True)]) == 1, "R10"
    assert [repeats(False, times) for times in range(3)] == [False, True, True]
    assert [repeats(True, times) for times in range(3)] == [False, False, True]


def test_R42_a_step_in_rotation_has_its_text_where_the_channel_is_the_texts():
    assert chosen("call", step=Script(1, "call"), of_reason=[Script(2, "email")]) == 1
    assert chosen("email", step=Script(1, "call"), of_reason=[Script(2, "email")]) == 2, "a mail never says: listen"


def test_R10_a_closing_touch_never_shows_a_warming_text():
    warming = [Script(1, "call", WARMING)]
    assert chosen("call", CLOSING, warming[0], warming, warming) is None
    assert chosen("call", CLOSING, warming[0], [Script(2, "call", CLOSING)]) == 2


def test_R45_what_was_agreed_is_confirmed_without_news():
    news = Script(1, "email")
    for purpose in OF_AGREED_STEP:
        assert chosen("email", purpose, news, [news], [Script(2, "email", purpose)]) == 2
        assert chosen("email", purpose, news, [news]) is None
        assert chosen("email", purpose, Script(3, "email", purpose)) == 3, "a step may say it in its own words"
    assert {CONFIRMING, ASKING} == set(OF_AGREED_STEP)


def test_what_a_channel_falls_back_on():
    every = [Script(number, channel) for number, channel in enumerate(CHANNELS, 1)]

    def falls(channel, *without):
        found = choose(channel, WARMING, None, [one for one in every if one.channel not in (channel, *without)], ())
        return found and found.channel

    assert {channel: falls(channel) for channel in CHANNELS} == {
        "call": None, "email": None, "letter": "email", "meeting": None, "sms": None, "social": "sms", "voice": "sms", "web": None,
    }  # fmt: skip
    assert falls("social", "sms") == "email"
    assert falls("voice", "sms") is None, "no mail is read aloud"


def test_a_reasons_mail_goes_before_a_general_letter():
    assert chosen("letter", of_reason=[Script(1, "email")], general=[Script(2, "letter")]) == 1
    assert chosen("letter", of_reason=[Script(1, "email"), Script(3, "letter")]) == 3


TEXTS = st.lists(
    st.builds(Script, id=st.integers(1, 30), channel=st.sampled_from(CHANNELS), purpose=st.none() | st.sampled_from(PURPOSES)), max_size=6
)


@given(st.sampled_from(CHANNELS), st.sampled_from(PURPOSES), st.none() | TEXTS.filter(bool).map(lambda its: its[0]), TEXTS, TEXTS)
def test_whatever_there_is_the_text_fits_channel_and_purpose(channel, purpose, step, of_reason, general):
    found = choose(channel, purpose, step, of_reason, general)
    if found:
        assert found.purpose in (purpose, None)
        assert found.channel in (channel, *scripts.FALLS_BACK.get(channel, ()))
        assert scripts.is_read(found.channel, BUILT_IN) == scripts.is_read(channel, BUILT_IN), "a client never reads a call plan"


def lacks(channel, text, greeted=ANNA, unknown=(), told_on=None, **values):
    texts = text if text is None else ("", text)
    return missing(channel, BUILT_IN, texts, greeted, {**VALUES, **values}, unknown, told_on)


def test_what_the_client_has_read_already_is_said_so():
    """Two mails with one text in three days."""
    day = date(2026, 12, 1)
    assert lacks("email", "<p>Half an hour?</p>", told_on=day) == (("lacks_new", {"date": day}),)
    assert lacks("call", "<p>Half an hour?</p>", told_on=day) == (), "nobody reads a call plan"
    assert lacks("email", None, told_on=day) == (("lacks_text", {"channel": "email"}),)


def test_nothing_is_missing_where_all_is_known():
    every = " ".join(f"{{{{ {place} }}}}" for place in VALUES)
    assert [lacks(channel, f"<p>{every}</p>") for channel in CHANNELS] == [()] * len(CHANNELS)


def test_a_text_that_is_missing_is_named_where_the_client_reads_it():
    for none in (None, "", "<p><br></p>", "<p>&nbsp;</p>"):
        assert lacks("email", none) == (("lacks_text", {"channel": "email"}),)
        assert lacks("letter", none) == (("lacks_paper", {"channel": "letter"}),)
        assert lacks("call", none) == ()


def test_who_is_not_known_by_name_is_named_as_the_text_does_it():
    text = "<p>{{ first_name }}, look</p>"
    firm, nobody = ("Azure Interior", False), ("", False)
    unknown = {"first_name"}
    assert lacks("email", text, firm, unknown, first_name="Azure Interior") == (("lacks_person", {"said": "Azure Interior"}),), "once"
    assert lacks("sms", text, firm, unknown, first_name="Azure Interior") == (("lacks_first_name", {"said": "Azure Interior"}),)
    assert lacks("email", text, ("Weber", True), unknown, first_name="Weber") == (("lacks_first_name", {"said": "Weber"}),)
    assert lacks("email", "<p>Look</p>", nobody) == (("lacks_name", {}),)
    assert lacks("sms", "<p>Look</p>", nobody) == ()


def test_a_place_for_which_nothing_is_known_is_named_where_the_text_has_it():
    unknown = {"deal", "company"}
    assert lacks("email", "<p>About {{ deal }}</p>", unknown=unknown, deal="") == (("lacks_place", {"place": "deal"}),)
    assert lacks("email", "<p>About {{ company }}</p>", unknown=unknown, company="Anna Weber") == (
        ("lacks_company", {"said": "Anna Weber"}),
    )
    assert lacks("email", "<p>News</p>", unknown=unknown, deal="") == ()
    assert missing("email", BUILT_IN, ("{{ deal }}", "<p>News</p>"), ANNA, {**VALUES, "deal": ""}, unknown), "in the subject, too"


@given(st.sampled_from(CHANNELS), st.none() | st.text(max_size=3) | st.sampled_from(sorted(VALUES)).map(lambda name: f"<p>{{{{{name}}}}}</p>"),
       st.tuples(st.sampled_from(["", "Anna"]), st.booleans()), st.frozensets(st.sampled_from(sorted(VALUES))))  # fmt: skip
def test_every_code_carries_what_its_sentence_names(channel, text, greeted, unknown):
    for code, values in lacks(channel, text, greeted, unknown):
        assert tuple(values) == CODES[code]
