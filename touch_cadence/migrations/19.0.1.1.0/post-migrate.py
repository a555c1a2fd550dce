"""To 19.0.1.1.0, when models and data stand as this version has them: one function for each thing to do, with the environment of the
system as its only argument. Texts are those of the data files, in the source language."""

from odoo import SUPERUSER_ID, api
from odoo.addons.touch_cadence import upgrade
from odoo.tools import SQL

# records that came with what the database lacked
NEW = {
    "method": (
        "touch_outcome_met",
        "touch_outcome_wrote",
        "touch_cadence_win_back",
        "touch_cadence_win_back_step_1",
        "touch_cadence_win_back_step_2",
        "ir_cron_night",
    ),
    "experts": (
        "ir_cron_see_purchases",
        "ir_cron_cool",
        "ir_cron_assign_experts",
        "mail_activity_type_judge",
        "touch_cadence_high",
        *(f"touch_cadence_high_step_{number}" for number in range(1, 9)),
        *(f"touch_marker_question_{number}" for number in range(1, 4)),
        *(f"touch_marker_option_{question}_{number}" for question in range(1, 4) for number in range(1, 4)),
    ),
    "jobs": ("ir_cron_work",),
    "all": ("ir_cron_forget",),
}
# new fields of records that were there before
FILLED = {
    "method": {
        **{
            f"touch_outcome_{name}": ("reached",) for name in ("no_answer", "voicemail", "wrong_contact")
        },
        "touch_reason_holiday": ("holiday",),
        "touch_cadence_nurture_step_1": ("delay_few",),
    },
    "experts": {"touch_cadence_standard": ("potential",)},
}  # fmt: skip
# reasons that nobody rewrote follow their data file: {name: {field: values that it had}}
REASONS = {
    "method": {
        "touch_reason_ask_meeting": {"hot": (True,)},
        "touch_reason_ask_viewing": {"hot": (True,)},
        "touch_reason_ask_audit": {"hot": (True,)},
        "touch_reason_ask_contract": {"cold": (True,)},
        "touch_reason_ask_invoice": {"cold": (True,), "warm": (True,)},
        "touch_reason_ask_payment": {"cold": (True,), "warm": (True,)},
    },
    "experts": {
        **{
            f"touch_reason_ask_{name}": {"recurrence": ("once", "yearly")}
            for name in ("meeting", "viewing", "audit", "contract", "invoice", "payment", "decision")
        },
        "touch_reason_introduction": {"domain": (False, "", "[]")},
    },
}  # fmt: skip


def make_new_records(env):
    ages = upgrade.recall(env)
    upgrade.load(env, {name: None for age, names in NEW.items() if age == "all" or ages.get(age) for name in names})


def fill_new_fields(env):
    ages = upgrade.recall(env)
    upgrade.load(env, {name: fields for age, rows in FILLED.items() if ages.get(age) for name, fields in rows.items()})
    if ages.get("method"):
        for number in (3, 4, 5, 7):
            step = env.ref(f"touch_cadence.touch_cadence_standard_step_{number}", raise_if_not_found=False)
            if step and not step.name:
                upgrade.load(env, {f"touch_cadence_standard_step_{number}": ("name",)})


def follow_reasons(env):
    """Reasons that a manager rewrote stay as they are; of the others, each field that still holds what it held."""
    ages = upgrade.recall(env)
    holiday = env.ref("touch_cadence.touch_reason_holiday", raise_if_not_found=False)
    if holiday and holiday.with_context(lang="en_US").name == "Holiday wishes":
        upgrade.load(env, {"touch_reason_holiday": ("name",)})
    for age, rows in REASONS.items():
        for name, fields in rows.items() if ages.get(age) else ():
            if upgrade.as_delivered(env, name, "name", "text"):
                reason = env.ref(f"touch_cadence.{name}").with_context(lang="en_US")
                upgrade.load(env, {name: [field for field, before in fields.items() if (reason[field] or False) in before]})
    # a filter by a field that said too little, as two versions had it
    reason = env.ref("touch_cadence.touch_reason_introduction", raise_if_not_found=False)
    if reason and reason.domain == "[('last_purchase_date', '=', False)]":
        upgrade.load(env, {"touch_reason_introduction": ("domain",)})


def follow_care(env):
    """*Care* begins again when its clients buy and gives who stops to *Win back*, where nobody changed it."""
    care, win_back = (env.ref(f"touch_cadence.touch_cadence_{name}", raise_if_not_found=False) for name in ("care", "win_back"))
    if upgrade.recall(env).get("method") and care and win_back and care.write_uid.id == SUPERUSER_ID:
        care.write(
            {
                "domain": "[('purchase_count', '>', 0)]",
                "won_cadence_id": care.id,
                "until_lapsed": True,
                "lapsed_cadence_id": win_back.id,
            }
        )


def say_who_answered(env):
    """Touches made before know whether they count; that somebody was reached follows from outcome, channel and direction: "Reached" was said
    of mails that were sent, too."""
    if not upgrade.recall(env).get("method"):
        return
    touches = env["touch.touch"]
    default = env["touch.outcome"]._default_outcome("call")
    groups = touches._read_group([("state", "=", "done")], ["outcome_id", "channel", "direction"], ["id:array_agg"])
    reached = [
        id_
        for outcome, channel, direction, ids in groups
        if direction == "in" or ((outcome or default).reached and (outcome | default != default or channel in ("call", "meeting")))
        for id_ in ids
    ]
    env.cr.execute(SQL("UPDATE touch_touch SET reached = (id = ANY(%s)) WHERE state = 'done'", reached))
    touches.invalidate_model(["reached"])


def give_filters_a_writer(env):
    """Filters run with the rights of who wrote them, and nobody kept who that was: who wrote the record last, or made it, where that is
    still a sales manager; else the first of those who may write it. All who could write filters were sales managers."""
    managers = env.ref("sales_team.group_sale_manager").all_user_ids.filtered(lambda user: user.active and not user.share).sorted("id")
    for model in ("touch.reason", "touch.cadence"):
        for record in env[model].with_context(active_test=False).search([("domain", "!=", False), ("domain_user_id", "=", False)]):
            known = (record.write_uid | record.create_uid) & managers
            may = (user for user in [*known, *managers] if record.with_user(user).has_access("write"))
            record.domain_user_id = next(may, False)


STEPS = (make_new_records, fill_new_fields, follow_reasons, follow_care, say_who_answered, give_filters_a_writer)


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for step in STEPS:
        step(env)
    upgrade.forget(env)
