"""The texts that come with the addon: each reason has one for each channel, and any company could send it as it stands (R42)."""

import ast
import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from method.desk.placeholders import fill, unknown
from method.plan.facts import Cadence, Step
from method.plan.timeline import findings, lay_out

ADDON = Path(__file__).parents[2] / "touch_cadence"
DATA = ADDON / "data"
# what comes ready for a kind of business, archived until a company picks it
BUSINESS = "touch_business_data.xml"
CHANNELS = {"mail_activity_data_call": "call", "mail_activity_data_email": "email", "mail_activity_data_meeting": "meeting"}
# where a reason names no channel, these are asked for; the others fall back or have the general text
USUAL = ("call", "email", "sms", "letter")
FALLBACK = {"letter": ("email",), "voice": ("sms",), "social": ("sms", "email")}
# what a sender and a house are called at some length
VALUES = {
    "first_name": "Maximilian",
    "name": "Maximilian Oberhauser",
    "company": "Oberhauser Nachfolger",
    "deal": "New line for hall 2",
    "salesperson": "Alexandra Richter",
    "our_company": "Hofmann Maschinenbau",
    "what_we_do": "We build and service packing machines for bakeries.",
    "agreed": "A look at your site, Wednesday, 30 September, 11:30 AM",
}
# a text is sent to people without a deal, too
PLACES = {"salesperson", "our_company", "what_we_do"}
# what was agreed is known where a touch belongs to it
OF_AGREED = {"confirming", "asking"}
GSM = set("@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà\n") | set(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)
FORBIDDEN = (
    *("how are you", "checking in", "check in with", "finds you well", "touch base", "touching base", "circle back", "follow up on"),
    *("just wanted", "last chance", "act now", "limited time", "do not miss", "don't miss", "special offer", "colleague will", "attached"),
    *("enclosed you", "kind regards", "best regards", "dear ", "lorem", "todo", "xxx", "number below", "[", "]", "…", "%"),
)
# wishes and confirmations are as short as they are
SHORT = {"birthday", "holiday", "general"}
WORDS_MAIL, WORDS_SHORT, WORDS_LETTER, LINES_CALL = (50, 110), (25, 110), (35, 120), (3, 5)


def _records(name, model):
    for record in ElementTree.parse(DATA / name).iter("record"):
        if record.get("model") == model:
            yield record.get("id"), {field.get("name"): field for field in record.iter("field")}


def _all(model):
    """:return: the records of the model for every business, and of the kinds of business"""
    return [*_records(f"{model.replace('.', '_')}_data.xml", model), *_records(BUSINESS, model)]


def _reasons():
    """:return: {reason: the channels that it names}"""
    named = {}
    for xmlid, fields in _all("touch.reason"):
        refs = re.findall(r"ref\('(?:\w+\.)?(\w+)'\)", fields["channel_ids"].get("eval")) if "channel_ids" in fields else ()
        named[xmlid] = [CHANNELS.get(ref, ref.removeprefix("mail_activity_type_")) for ref in refs]
    return named


class Text:
    def __init__(self, xmlid, fields):
        self.xmlid = xmlid
        self.id = xmlid.removeprefix("touch_script_")
        self.reason = fields["reason_id"].get("ref") if "reason_id" in fields else None
        self.stem = self.reason.removeprefix("touch_reason_") if self.reason else "general"
        self.channel = fields["channel"].text
        self.again = "again" in fields
        self.purpose = fields["purpose"].text if "purpose" in fields else None
        self.name = fields["name"].text if "name" in fields else None
        self.subject = fields["subject"].text if "subject" in fields else None
        body = fields["text"]
        self.html = "".join(ElementTree.tostring(each, encoding="unicode") for each in body)
        self.lines = len(body.findall("ol/li")) + len(body.findall("ul/li"))
        self.plain = " ".join("".join(each.itertext()).strip() for each in body.iter() if each.tag in ("p", "li"))

    def __repr__(self):
        return self.id


# what a step names is a hint for its one touch
TEXTS = [Text(xmlid, fields) for xmlid, fields in _all("touch.script") if "only_steps" not in fields]
REASONS = _reasons()
CLOSING = {xmlid for xmlid, fields in _all("touch.reason") if "purpose" in fields and fields["purpose"].text == "closing"}
OF = {(text.reason, text.channel): text for text in TEXTS if text.reason and not text.again}
AGAIN = {(text.reason, text.channel): text for text in TEXTS if text.again}
GENERAL = [
    *(("call", purpose) for purpose in ("warming", "closing", "confirming", "asking")),
    *((channel, purpose) for channel in ("email", "sms") for purpose in ("confirming", "asking")),
    ("meeting", None),
]


def _of(*channels):
    return pytest.mark.parametrize("text", [text for text in TEXTS if text.channel in channels], ids=repr)


def _words(text):
    return len(text.plain.split())


def _questions(text):
    """:return: the questions that the text itself asks; those in a list or in quotes are the client's to use"""
    said = re.sub(r"<(ol|ul)>.*?</\1>|“[^”]*”", "", text.html)
    return said.count("?")


@pytest.mark.parametrize("reason", REASONS)
def test_each_reason_has_a_text_for_each_of_its_channels(reason):
    without = [
        channel for channel in REASONS[reason] or USUAL if not any((reason, one) in OF for one in (channel, *FALLBACK.get(channel, ())))
    ]
    assert not without


def test_no_text_is_for_a_channel_that_its_reason_does_not_allow():
    assert not [text for text in TEXTS if text.reason and REASONS[text.reason] and text.channel not in REASONS[text.reason]]


def test_each_text_belongs_to_a_reason_or_is_general():
    assert len(OF) + len(AGAIN) == sum(1 for text in TEXTS if text.reason)
    assert all(text.reason in REASONS and text.id == f"{text.stem}_{text.channel}{'_again' * text.again}" for text in TEXTS if text.reason)
    assert not any(text.purpose or text.name for text in TEXTS if text.reason)
    general = {(text.channel, text.purpose): text.name for text in TEXTS if not text.reason}
    assert sorted(general, key=str) == sorted(GENERAL, key=str)
    assert all(general.values())


def test_each_next_step_is_asked_for_by_mail_and_text_message_in_other_words_the_second_time():
    asked = {xmlid for xmlid in CLOSING if xmlid.startswith("touch_reason_ask_")}
    assert set(AGAIN) == {(reason, channel) for reason in asked for channel in ("email", "sms")}


def test_each_text_differs():
    assert len({text.plain for text in TEXTS}) == len(TEXTS)
    subjects = [text.subject for text in TEXTS if text.subject]
    assert len(set(subjects)) == len(subjects)
    # no sentence of a mail, text message or letter comes twice to one client
    told = [(text.reason, one) for text in TEXTS if text.channel != "call" for one in _sentences(text)]
    seen = {}
    for reason, sentence in told:
        assert seen.setdefault(sentence, reason) == reason, sentence


def _sentences(text):
    """:return: sentences of some length, without the sender's name"""
    plain = re.sub(r"(This is )?\{\{ salesperson \}\}(,| of) \{\{ our_company \}\}[.,]?", "", text.plain)
    return {one.strip() for one in re.split(r"(?<=[.?!:])\s+", plain) if len(one.split()) > 5}


@pytest.mark.parametrize("text", TEXTS, ids=repr)
def test_a_text_can_be_filled_in_for_everybody(text):
    for one in (text.html, text.subject or ""):
        assert not unknown(one)
        assert set(re.findall(r"\{\{ (\w+) \}\}", one)) <= PLACES | ({"agreed"} if text.purpose in OF_AGREED else set())
        assert "{" not in fill(one, VALUES)


@pytest.mark.parametrize("text", TEXTS, ids=repr)
def test_a_text_says_nothing_that_nobody_set_up(text):
    said = f"{text.subject or ''} {text.plain}".lower()
    assert not [phrase for phrase in FORBIDDEN if phrase in said]
    assert not re.search(r"https?:|www\.|\bhere:|\S@\S", said)


@_of("email")
def test_a_mail_is_short_and_has_a_subject(text):
    assert text.subject
    assert len(text.subject) <= 60
    low, high = WORDS_SHORT if text.stem in SHORT else WORDS_MAIL
    assert low <= _words(text) <= high
    assert "{{ salesperson }}" not in text.plain  # the signature follows


def test_only_a_mail_has_a_subject():
    assert not [text for text in TEXTS if text.subject and text.channel != "email"]


@_of("sms")
def test_a_text_message_fits_and_names_its_sender_once(text):
    filled = fill(text.plain, VALUES)
    assert len(filled) <= 160
    assert not set(filled) - GSM
    assert text.plain.count("{{ salesperson }}, {{ our_company }}") == 1
    assert text.plain.replace("{{ agreed }}", "").count("{{") == 2


@_of("voice")
def test_a_voice_message_names_its_sender_first(text):
    assert text.plain.startswith("This is {{ salesperson }} of {{ our_company }}")
    assert _words(text) <= 80


@_of("letter")
def test_a_letter_is_short(text):
    assert WORDS_LETTER[0] <= _words(text) <= WORDS_LETTER[1]
    assert "{{ salesperson }}" not in text.plain  # it is signed


@pytest.mark.parametrize("reason", [reason for reason in REASONS if (reason, "letter") not in OF and (reason, "email") in OF])
def test_a_mail_that_goes_on_paper_does_not_speak_of_itself_as_a_mail(reason):
    if REASONS[reason] and "letter" not in REASONS[reason]:
        return
    assert not re.search(r"\b(reply|this mail|inbox|click|next week)\b", OF[reason, "email"].plain.lower())


@_of("call")
def test_a_call_plan_is_a_short_list_that_begins_with_what_to_say(text):
    assert LINES_CALL[0] <= text.lines <= LINES_CALL[1]
    assert "Open: “" in text.plain
    assert "{{ salesperson }} of {{ our_company }}" in text.plain


@_of("email", "sms", "letter", "voice")
def test_a_closing_text_asks_once_and_a_warming_one_at_most_once(text):
    """R11, R10; a text message may put its one question in two"""
    most = 2 if text.channel == "sms" else 1
    if text.reason in CLOSING:
        assert 1 <= _questions(text) <= most
    else:
        assert not re.search(r"tuesday or thursday|wednesday or friday", text.plain.lower())
        assert text.channel == "sms" or _questions(text) <= 2


# --------------------------------------------------------------
# The sets for a kind of business
# --------------------------------------------------------------

KINDS = ("equipment", "retail")
# a set is picked as one: these say to which they belong, all else hangs on them
PICKED = ("touch.reason", "touch.cadence", "touch.marker.question")
# true for some days, so with days of its own: a set has none, and would be told to everybody at once
DATED = {"arrival", "sale", "private_sale", "coupon"}


def _set(model, kind):
    return {xmlid: fields for xmlid, fields in _records(BUSINESS, model) if f"_{kind}" in xmlid}


@pytest.mark.parametrize("model", PICKED)
def test_a_set_is_archived_and_says_for_which_business_it_is(model):
    for xmlid, fields in _records(BUSINESS, model):
        assert fields["active"].get("eval") == "False", xmlid
        assert fields["business"].text in KINDS, xmlid
        assert f"_{fields['business'].text}" in xmlid


@pytest.mark.parametrize("kind", KINDS)
def test_a_set_has_reasons_a_cadence_and_three_questions(kind):
    assert 8 <= len(_set("touch.reason", kind)) <= 10
    assert f"touch_cadence_{kind}" in _set("touch.cadence", kind)
    questions = _set("touch.marker.question", kind)
    options = [fields for _xmlid, fields in _records(BUSINESS, "touch.marker.option") if fields["question_id"].get("ref") in questions]
    assert len(questions) == 3
    assert set(Counter(fields["question_id"].get("ref") for fields in options).values()) <= {3, 4}
    for question in questions:  # R32: each answer belongs to a group, and each group has one
        its = {fields["potential"].text for fields in options if fields["question_id"].get("ref") == question}
        assert its == {"low", "standard", "high"}


def test_what_others_have_stays_as_it_is():
    """Whoever picks no kind gets nothing, and nothing of theirs is written."""
    root = ElementTree.parse(DATA / BUSINESS).getroot()
    assert root.get("noupdate") == "1"
    assert {each.tag for each in root} == {"record"}
    assert all(record.get("forcecreate") == "0" for record in root)
    ids = [record.get("id") for record in root]
    assert not set(ids) & set(_loaded(before=BUSINESS))
    assert len(set(ids)) == len(ids)


def test_a_set_holds_no_campaign():
    assert not [xmlid for xmlid, fields in _records(BUSINESS, "touch.reason") if fields["kind"].text in DATED]


def test_whoever_is_no_vip_hears_of_last_seasons_stock_and_vip_of_the_evening():
    """R27, R28"""
    reasons = _set("touch.reason", "retail")
    audiences = {
        xmlid.removeprefix("touch_reason_retail_"): fields["audience"].text for xmlid, fields in reasons.items() if "audience" in fields
    }
    assert audiences == {"stock": "not_vip", "evening": "vip"}


def test_a_set_points_at_what_is_there_already():
    known = set(_loaded(before=BUSINESS))
    for record in ElementTree.parse(DATA / BUSINESS).getroot():
        for field in record:
            named = re.findall(r"ref\('([\w.]+)'\)", field.get("eval") or "") + ([field.get("ref")] if field.get("ref") else [])
            assert {name for name in named if not name.startswith("mail.mail_activity_data_")} <= known, record.get("id")
        known.add(record.get("id"))


def _loaded(before):
    """:return: ids of the records of all files that the addon loads before the one of that name"""
    files = ast.literal_eval((ADDON / "__manifest__.py").read_text())["data"]
    for name in files[: files.index(f"data/{before}")]:
        if name.endswith(".xml"):
            yield from (record.get("id") for record in ElementTree.parse(ADDON / name).iter("record"))


def _cadence(xmlid, fields):
    def number(of, name, without):
        return int(of[name].get("eval")) if name in of else without

    steps = [its for _id, its in _records(BUSINESS, "touch.cadence.step") if its["cadence_id"].get("ref") == xmlid]
    return Cadence(
        id=1,
        steps=tuple(
            Step(at, number(its, "delay", 3), its["channel"].text if "channel" in its else None, None, number(its, "times", 1))
            for at, its in enumerate(sorted(steps, key=lambda its: number(its, "sequence", 10)))
        ),
        rhythm=number(fields, "rhythm", 5),
        target=number(fields, "target", 7),
        stop_after=number(fields, "stop_after", 0),
        window_days=number(fields, "window_days", 0),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_cadence_of_a_set_makes_seven_touches_within_its_window(kind):
    """R2, R10, R14: five warming ones, then the next step, then one more"""
    xmlid = f"touch_cadence_{kind}"
    cadence = _cadence(xmlid, _set("touch.cadence", kind)[xmlid])
    plan = lay_out(cadence)
    assert len(plan) == cadence.target
    assert [touch.purpose for touch in plan] == [*["warming"] * 5, "closing", "warming"]
    assert plan[-1].day > cadence.window_days * 3 // 4
    assert findings(cadence, plan) == []


@pytest.mark.parametrize("kind", KINDS)
def test_each_cadence_of_a_set_has_steps_and_a_ladder_and_somebody_to_go_on_with(kind):
    """R11, R18, R20"""
    for xmlid, fields in _set("touch.cadence", kind).items():
        assert _cadence(xmlid, fields).steps
        rungs = [its for _id, its in _records(BUSINESS, "touch.cadence.rung") if its["cadence_id"].get("ref") == xmlid]
        asked = [re.findall(r"ref\('(\w+)'\)", its["next_step_ids"].get("eval")) for its in rungs]
        assert asked[-1] == ["touch_next_step_payment"]
        assert fields["won_cadence_id"].get("ref") == "touch_cadence_care"
        endless = not _cadence(xmlid, fields).steps[-1].times
        assert endless or fields["exhausted_cadence_id"].get("ref")
