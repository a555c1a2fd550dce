"""To 19.0.1.3.0, when models and data stand as this version has them: one function for each thing to do, with the environment of the
system as its only argument. Data that a manager changed stays as it is."""

from odoo import SUPERUSER_ID, api
from odoo.addons.touch_cadence import upgrade
from odoo.addons.touch_cadence.method.desk import scripts
from odoo.tools import html2plaintext
from odoo.tools.sql import column_exists
from psycopg2.extras import Json

# next steps that reasons asked for before
ASKED = ("meeting", "viewing", "audit", "contract", "invoice", "payment")
# records that came with this version
NEW = (
    *(f"touch_outcome_{name}" for name in ("sent", "posted", "met_unsure", "did_not_come", "answered", "bounced", "came_back")),
    *(f"touch_outcome_step_{name}" for name in ("kept", "moved", "missed")),
    "touch_reason_who_decides",
    "mail_activity_type_lost",
    "ir_cron_meetings",
    "touch_cadence_monthly",
    "touch_cadence_monthly_step_1",
    "touch_cadence_campaign",
    "touch_cadence_campaign_step_1",
    *(f"touch_next_step_{name}" for name in (*ASKED, "trial", "consultation")),
    *(f"touch_reason_ask_{name}" for name in ("trial", "consultation")),
    *(f"touch_obstacle_{name}" for name in ("money", "time", "item", "unsure", "ask", "supplier")),
    *(f"touch_reason_{name}" for name in ("smaller_start", "what_fits", "for_the_decider", "as_agreed")),
    "touch_cadence_monthly_deals",
    "touch_cadence_monthly_deals_step_1",
    "touch_cadence_contacts",
    *(f"touch_cadence_contacts_step_{step}" for step in range(1, 8)),
    *(
        f"touch_reason_{name}"
        for name in ("after_purchase", "win_back", "after_meeting", "anew", "use_more", "plans", "how_to", "trade_figures", "invitation")
    ),
    *(
        f"touch_cadence_{name}_rung_{rung}"
        for name in ("standard", "nurture", "high", "contacts", "care", "win_back")
        for rung in range(1, 6)
    ),
)
# reasons for who never bought
FOR_STRANGERS = tuple(
    f"touch_reason_{name}" for name in ("introduction", "question", "checklist", "comparison", "how_we_work", "people", "reference_visit")
)
# what outcomes say since this version
OUTCOME_FIELDS = ("channel_ids", "in_sight_channel_ids", "step_effect", "asks")
OUTCOMES = (
    "reached", "no_answer", "voicemail", "interested", "ready_to_buy", "next_step", "met", "wrote", "not_now", "clear_no", "wrong_contact", "bought",
)  # fmt: skip
# what shipped records had before: where a field still holds it, the record follows its data file. {record: {field: values that it had}}
FOLLOW = {
    "touch_outcome_interested": {"temperature_effect": ("warmer",)},
    "touch_outcome_next_step": {"temperature_effect": ("hot",)},
    "touch_outcome_not_now": {"temperature_effect": ("cooler",)},
    "touch_outcome_met": {"temperature_effect": ("warmer",), "name": ("Met in person",), "sequence": (65,)},
    "touch_reason_behind_scenes": {"name": ("What we learned this year",)},
    "touch_reason_changed_detail": {"name": ("A changed detail of the offer",)},
    "touch_reason_new_structure": {"name": ("A new structure of the offer",)},
    "touch_reason_new_timetable": {"name": ("A new timetable",)},
    # nurture keeps its tries without a limit: many clients at once would rest after the update
    # a month is 20 working days: with holidays in it, it was more than a month
    **{f"touch_cadence_{name}_step_2": {"delay": (21,)} for name in ("care", "nurture")},
    "touch_cadence_nurture_step_1": {"delay_few": (21,)},
    "touch_cadence_win_back_step_1": {"purpose": (False,)},
    **{f"touch_cadence_{name}": {"hand_over_after": (False,)} for name in ("standard", "high", "nurture", "win_back")},
}

# Large deals as they were delivered: of each step its order and days. Their meetings are asked for now, with warming touches between
# the two, so that the closing touch is the expert's
LARGE_DEALS = {
    "1": (10, 0),
    "2": (20, 2),
    "3": (30, 2),
    "4": (40, 3),
    "5": (50, 4),
    "6": (60, 4),
    "7": (70, 3),
    "8": (80, 5),
}
# reasons of which a meeting was one of the channels
OF_MEETINGS = {
    "touch_reason_checklist": ("email", "letter", "meeting"),
    "touch_reason_comparison": ("email", "letter", "meeting"),
    "touch_reason_figures": ("call", "email", "letter", "meeting"),
}
# channels that took the reason's text for the client
WRITTEN = ("email", "sms", "letter")
# Texts as they were delivered in steps and reasons, words without markup: where one still stands there, the ready texts of this version take its place
OLD_STEP_TEXTS = (
    "Ask how the start went and what is missing. Note every wish: it is the reason for the next touch.",
    "Ask what has changed since the last purchase. Listen; offer nothing yet.",
    "Open with their benefit in one sentence. Ask how they do it today. Agree on what you will send.",
    "Short. First line: their benefit. Then the one thing you promised on the phone.",
    "Ask for the next step and name it: a meeting, a viewing, an audit, the contract. Propose two dates.",
    "Find out who decides, by when, and what it would cost them to leave things as they are. Ask who else should be in the meeting.",
    "Ask for a meeting with the expert: say what it will bring them, and propose two times. Prepare it with the expert: goal of the meeting, who sits "
    "at the table, three questions, the next step to ask for.",
    "Prepare it with the expert: goal of the meeting, who sits at the table, three questions, the next step to ask for.",
    "Send what you heard from them, in their words, within two days.",
    "Send what you heard in the meeting, in their words, within two days.",
    "Ask for a meeting in which the expert presents and you ask for the next step; propose two times.",
    "The expert presents, you ask for the next step.",
)
OLD_LETTERS = (
    "may I propose half an hour together, to talk it through? Which suits you better: the beginning or the end of next week?",
    "would you like to see it for yourself: at our place, at a client of ours, or on the screen? Tell me what suits you, and I will arrange it.",
    "may we look at how you do it today, and write down what we find? You keep the findings, whatever you decide. Which day would suit you?",
    "would you like to try it first, free of charge? Tell me from when, and I will arrange it.",
    "may I offer you half an hour of advice on your question, free of charge? Which day suits you?",
    "may I send you the draft of the contract, so that you can look through it? I will gladly go through it with you: tell me which day suits you.",
    "may I send you the invoice? Please tell me in whose name it should be.",
    "on which day do you plan to make the payment? If anything stands in its way, tell me, and we will find a way.",
    "may I ask you openly where you stand with our offer? A clear no is a good answer, too: then I will not take more of your time.",
    "all the best on your birthday: health, joy, and time for what you love. We keep a small gift for you. Come and see us.",
    "a happy New Year to you, and health and joy to your family!",
)
OLD_SUBJECTS = (
    *(
        "Half an hour together?",
        "See it for yourself",
        "A look at how you do it today",
        "Try it first",
        "Half an hour of advice",
        "The draft contract",
    ),
    *("May we send the invoice?", "The payment", "Yes or no?", "All the best on your birthday", "A happy New Year"),
)
# what versions before told the salesperson
OLD_HINTS = {
    "touch_reason_changed_detail": "Name the one detail that is better now: a term, an option, a guarantee.",
    "touch_reason_new_structure": "Show the same offer laid out differently: in stages, as a smaller start, with another package.",
}
# steps whose text is a record of this version
STEPS_WITH_TEXT = ("high_step_1", "high_step_2", "high_step_7")


def make_new_records(env):
    # the ready sets for a kind of business, archived until somebody picks one
    of_businesses = (name for name in upgrade.records() if "_equipment" in name or "_retail" in name)
    upgrade.load(env, dict.fromkeys((*NEW, *of_businesses)))


def miss_by_spread(env):
    """Nobody is missed before 60 days now, where the company kept the 30 of old (R22). The night sees who is missed since when."""
    env["res.company"].search([("touch_lapse_least", "=", 30)]).write({"touch_lapse_least": 60})


def know_buyers(env):
    """Reasons that nobody rewrote say by themselves that they are not for buyers (R22). One did by a filter on the contact, and did not know
    what the contact's company had bought; a filter that a manager wrote stays."""
    for name in FOR_STRANGERS:
        reason = env.ref(f"touch_cadence.{name}", raise_if_not_found=False)
        if reason and upgrade.as_delivered(env, name, "name", "text") and (reason.domain or "[]") in ("[]", "[('purchase_count', '=', 0)]"):
            reason.write({"buyers": "not", "domain": False})


def know_hot_clients(env):
    """A hot client knows us, and is asked for a meeting first (R8, R11), where nobody rewrote the reasons."""
    question = env.ref("touch_cadence.touch_reason_question", raise_if_not_found=False)
    if question and not question.channel_ids and upgrade.as_delivered(env, "touch_reason_question", "name", "text"):
        upgrade.load(env, {"touch_reason_question": ["channel_ids"]})  # a question goes where it can be answered
    if upgrade.as_delivered(env, "touch_reason_introduction", "name", "text"):
        upgrade.load(env, {"touch_reason_introduction": ["kind", "hot", "moment"]})
    if upgrade.as_delivered(env, "touch_reason_ask_meeting", "name", "text"):
        env.ref("touch_cadence.touch_reason_ask_meeting").hot = True


def care_after_win_back(env):
    """Who could not be won back goes to monthly care, where nurture followed as delivered: nurture is for deals."""
    win_back, nurture, monthly = (
        env.ref(f"touch_cadence.touch_cadence_{name}", raise_if_not_found=False) for name in ("win_back", "nurture", "monthly")
    )
    if win_back and nurture and monthly and win_back.exhausted_cadence_id == nurture:
        win_back.exhausted_cadence_id = monthly
        if (win_back.with_context(lang="en_US").description or "").endswith("four touches in six weeks, then nurture."):
            upgrade.load(env, {"touch_cadence_win_back": ["description"]})


def fill_outcomes(env):
    upgrade.load(env, {f"touch_outcome_{name}": OUTCOME_FIELDS for name in OUTCOMES})


def lay_the_ladder(env):
    """Reasons for a next step say which. The ladder says when the invoice and the payment are asked for, so they need not wait until the
    client is hot; who turns hot in nurture, or in the monthly touches, is sold to."""
    upgrade.load(env, {f"touch_reason_ask_{name}": ("next_step_id",) for name in ASKED})
    for name in ("invoice", "payment"):
        if upgrade.as_delivered(env, f"touch_reason_ask_{name}", "name", "text"):
            env.ref(f"touch_cadence.touch_reason_ask_{name}").warm = True
    nurture, standard = (env.ref(f"touch_cadence.touch_cadence_{name}", raise_if_not_found=False) for name in ("nurture", "standard"))
    if nurture and standard and not nurture.hot_cadence_id and not standard.hot_cadence_id:
        nurture.hot_cadence_id = standard
    monthly, contacts = (env.ref(f"touch_cadence.touch_cadence_{name}", raise_if_not_found=False) for name in ("monthly", "contacts"))
    if monthly and contacts:
        monthly.hot_cadence_id = contacts


def follow_data(env):
    for name, fields in FOLLOW.items():
        record = env.ref(f"touch_cadence.{name}", raise_if_not_found=False)
        if record:
            record = record.with_context(lang="en_US")
            upgrade.load(env, {name: [field for field, before in fields.items() if (record[field] or False) in before]})


def ask_for_meetings(env):
    """Meetings are agreed, not planned: Large deals follow where the manager left their steps as they were, and no reason names them as a
    channel."""
    name = "touch_cadence_high_step_{}".format
    steps = {number: env.ref(f"touch_cadence.{name(number)}", raise_if_not_found=False) for number in LARGE_DEALS}
    cadence = env.ref("touch_cadence.touch_cadence_high", raise_if_not_found=False)
    if cadence and all(steps.values()) and cadence.step_ids == cadence.step_ids.union(*steps.values()):
        there = {number: (step.sequence, step.delay, step.purpose) for number, step in steps.items()}
        if there == {number: (sequence, delay, False) for number, (sequence, delay) in LARGE_DEALS.items()}:
            upgrade.load(env, {name(number): ["sequence", "delay", "purpose"] for number in LARGE_DEALS})
            upgrade.load(env, {"touch_cadence_high": ["closing_by_expert"]})
    for name, before in OF_MEETINGS.items():
        reason = env.ref(f"touch_cadence.{name}", raise_if_not_found=False)
        if reason and set(reason.channel_ids.mapped("touch_channel")) == set(before):
            upgrade.load(env, {name: ["channel_ids"]})


def make_texts(env):
    """Texts are records (``touch.script``). What a manager wrote in reasons and steps becomes texts of them. The ready texts of this version come where
    nobody rewrote the reason, and never beside a mail that a manager wrote.

    Texts of steps told the salesperson what to say or write. No client has read them, and none does now: those of steps by mail, text message or
    letter are archived, until somebody has looked at them.
    """
    own = _texts_of_reasons(env)
    wanted = {}
    for name, record in upgrade.records().items():
        if record.get("model") == "touch.script":
            about = record.find("field[@name='reason_id']")
            reason = about is not None and env.ref(f"touch_cadence.{about.get('ref')}", raise_if_not_found=False)
            if about is None:
                comes = not name.removeprefix("touch_script_").startswith(STEPS_WITH_TEXT)
            else:
                rewritten = not reason or not _is_as_delivered(env, about.get("ref"), reason)
                comes = not rewritten and (record.find("field[@name='channel']").text not in WRITTEN or reason.id not in own)
            if comes:
                wanted[name] = None
    upgrade.load(env, wanted)
    _texts_of_steps(env)
    # steps that this very update brought, before there were texts
    for name in STEPS_WITH_TEXT:
        step = env.ref(f"touch_cadence.touch_cadence_{name}", raise_if_not_found=False)
        if step and not step.script_id and step.create_date >= env.cr.now():
            upgrade.load(env, {f"touch_script_{name}": None})
            upgrade.load(env, {f"touch_cadence_{name}": ["script_id"]})


def _is_as_delivered(env, name, reason):
    """:return: whether nobody rewrote the reason, as this version or one before brought it"""
    hint = _words(reason.with_context(lang="en_US").text)
    return upgrade.as_delivered(env, name, "name") and (upgrade.as_delivered(env, name, "text") or hint == OLD_HINTS.get(name))


def _words(text):
    return " ".join(html2plaintext(text or "").split())


def _texts_of_reasons(env):
    """:return: ids of the reasons whose text for the client somebody wrote"""
    if not column_exists(env.cr, "touch_reason", "letter"):
        return set()
    # SQL: columns of the version before, whose fields are gone
    env.cr.execute("SELECT id, letter, subject FROM touch_reason WHERE letter IS NOT NULL OR subject IS NOT NULL ORDER BY id")
    rows = [(id_, letter or {}, subject or {}) for id_, letter, subject in env.cr.fetchall()]
    delivered = {"", *(" ".join(text.split()) for text in (*OLD_LETTERS, *OLD_SUBJECTS))}
    # what was translated was translated by somebody: no version brought translations of texts
    own = {
        id_: (letter, subject)
        for id_, letter, subject in rows
        if not delivered.issuperset(_words(text) for texts in (letter, subject) for text in texts.values())
    }
    for reason in env["touch.reason"].with_context(active_test=False).browse(own):
        open_ = set(reason.channel_ids.mapped("touch_channel"))
        for channel in WRITTEN:
            # a letter takes the text of the mail
            if (open_ and channel not in open_) or (channel == "letter" and (not open_ or "email" in open_)):
                continue
            letter, subject = own[reason.id]
            script = env["touch.script"].create({"reason_id": reason.id, "channel": channel, "company_id": reason.company_id.id})
            if channel == "sms":  # a mail greets by itself
                letter = {lang: f"<p>{{{{ name }}}},</p>{text}" for lang, text in letter.items()}
            _write_texts(env, script, letter, subject if channel == "email" else {})
    return set(own)


def _texts_of_steps(env):
    if not column_exists(env.cr, "touch_cadence_step", "script"):
        return
    # SQL: as above
    env.cr.execute("SELECT id, script FROM touch_cadence_step WHERE script IS NOT NULL ORDER BY id")
    texts = dict(env.cr.fetchall())
    known = {" ".join(text.split()) for text in OLD_STEP_TEXTS}
    kinds = env["touch.channel"]._channels()
    delivered = {}
    for name in STEPS_WITH_TEXT:
        step = env.ref(f"touch_cadence.touch_cadence_{name}", raise_if_not_found=False)
        if step:
            delivered[step.id] = name
    for step in env["touch.cadence.step"].with_context(active_test=False).browse(texts):
        words = _words(texts[step.id].get("en_US") or next(iter(texts[step.id].values()), ""))
        if words in known:
            if step.id in delivered:
                name = delivered[step.id]
                upgrade.load(env, {f"touch_script_{name}": None})
                upgrade.load(env, {f"touch_cadence_{name}": ["script_id"]})
            continue
        if not words:
            continue
        written = step.channel and scripts.is_read(step.channel, kinds)
        its = {
            touch["purpose"] for touch in step.cadence_id.timeline["touches"] if step.cadence_id._steps_in_order()[touch["step"]] == step
        }
        script = env["touch.script"].create(
            {
                "name": f"{step.cadence_id.name}: {step.display_name}"[:200],
                # who talks finds it; a meeting is asked for in a call
                "channel": step.channel if written else "call",
                "purpose": step.purpose or (its.pop() if len(its) == 1 else False),
                "only_steps": True,
                "active": not written,
                "company_id": step.cadence_id.company_id.id,
            }
        )
        _write_texts(env, script, texts[step.id], {})
        step.script_id = script


def _write_texts(env, script, text, subject):
    """All languages as they stand: what was there was checked when it was written."""
    env.flush_all()
    # SQL: a script of an update, with texts of the database itself
    env.cr.execute(
        "UPDATE touch_script SET text = %s, subject = %s WHERE id = %s",
        [Json(text) if text else None, Json(subject) if subject else None, script.id],
    )
    script.invalidate_recordset(["text", "subject"])


def count_from_zero(env):
    """Who had no touch stands first in the report on where enrolments end, not behind all others."""
    # SQL: a script of an update; as many rows as there are enrolments
    env.cr.execute("UPDATE touch_enrollment SET touch_count = 0 WHERE touch_count IS NULL")


STEPS = (
    make_new_records,
    count_from_zero,
    fill_outcomes,
    lay_the_ladder,
    follow_data,
    miss_by_spread,
    know_buyers,
    know_hot_clients,
    care_after_win_back,
    ask_for_meetings,
    make_texts,
)


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for step in STEPS:
        step(env)
