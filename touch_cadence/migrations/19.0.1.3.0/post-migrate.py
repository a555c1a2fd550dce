"""To 19.0.1.3.0, when models and data stand as this version has them: one function for each thing to do, with the environment of the
system as its only argument. Data that a manager changed stays as it is."""

from odoo import SUPERUSER_ID, api
from odoo.addons.touch_cadence import upgrade
from odoo.tools import html2plaintext

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
    *(
        f"touch_reason_{name}"
        for name in ("after_purchase", "win_back", "after_meeting", "anew", "use_more", "plans", "how_to", "trade_figures", "invitation")
    ),
    *(f"touch_cadence_{name}_rung_{rung}" for name in ("standard", "nurture", "high", "care", "win_back") for rung in range(1, 6)),
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

# Large deals as they were delivered: of each step its order, days and script. Their meetings are asked for now, with warming touches between
# the two, so that the closing touch is the expert's
LARGE_DEALS = {
    "1": (10, 0, None),
    "2": (20, 2, "Prepare it with the expert: goal of the meeting, who sits at the table, three questions, the next step to ask for."),
    "3": (30, 2, "Send what you heard in the meeting, in their words, within two days."),
    "4": (40, 3, None),
    "5": (50, 4, None),
    "6": (60, 4, None),
    "7": (70, 3, "The expert presents, you ask for the next step."),
    "8": (80, 5, None),
}
# reasons of which a meeting was one of the channels
OF_MEETINGS = {
    "touch_reason_checklist": ("email", "letter", "meeting"),
    "touch_reason_comparison": ("email", "letter", "meeting"),
    "touch_reason_figures": ("call", "email", "letter", "meeting"),
}


def make_new_records(env):
    upgrade.load(env, dict.fromkeys(NEW))


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
    client is hot; who turns hot in nurture is sold to."""
    upgrade.load(env, {f"touch_reason_ask_{name}": ("next_step_id",) for name in ASKED})
    for name in ("invoice", "payment"):
        if upgrade.as_delivered(env, f"touch_reason_ask_{name}", "name", "text"):
            env.ref(f"touch_cadence.touch_reason_ask_{name}").warm = True
    nurture, standard = (env.ref(f"touch_cadence.touch_cadence_{name}", raise_if_not_found=False) for name in ("nurture", "standard"))
    if nurture and standard and not nurture.hot_cadence_id and not standard.hot_cadence_id:
        nurture.hot_cadence_id = standard


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
        if there == {number: (sequence, delay, False) for number, (sequence, delay, _script) in LARGE_DEALS.items()}:
            upgrade.load(env, {name(number): ["sequence", "delay", "purpose"] for number in LARGE_DEALS})
            upgrade.load(env, {"touch_cadence_high": ["closing_by_expert"]})
    for number, (_sequence, _delay, script) in LARGE_DEALS.items():
        step = steps[number] and steps[number].with_context(lang="en_US")
        if step and script and html2plaintext(step.script or "").split() == script.split():
            upgrade.load(env, {name(number): ["script"]})
    for name, before in OF_MEETINGS.items():
        reason = env.ref(f"touch_cadence.{name}", raise_if_not_found=False)
        if reason and set(reason.channel_ids.mapped("touch_channel")) == set(before):
            upgrade.load(env, {name: ["channel_ids"]})


STEPS = (
    make_new_records,
    fill_outcomes,
    lay_the_ladder,
    follow_data,
    miss_by_spread,
    know_buyers,
    know_hot_clients,
    care_after_win_back,
    ask_for_meetings,
)


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for step in STEPS:
        step(env)
