"""To 19.0.1.1.0, when models and data stand as this version has them: one function for each thing to do, with the environment of the
system as its only argument. Texts are those of the data files, in the source language."""

from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields


def give_filters_a_writer(env):
    """Filters run with the rights of who wrote them, and nobody kept who that was: who wrote the record last, or made it, where that is
    still a sales manager; else the first of those who may write it. All who could write filters were sales managers."""
    managers = env.ref("sales_team.group_sale_manager").all_user_ids.filtered(lambda user: user.active and not user.share).sorted("id")
    for model in ("touch.reason", "touch.cadence"):
        for record in env[model].with_context(active_test=False).search([("domain", "!=", False), ("domain_user_id", "=", False)]):
            known = (record.write_uid | record.create_uid) & managers
            may = (user for user in [*known, *managers] if record.with_user(user).has_access("write"))
            record.domain_user_id = next(may, False)


def add_nightly_forgetting(env):
    """The job of the new setting "Keep notes and touches": it does nothing until a company says for how long."""
    if not env.ref("touch_cadence.ir_cron_forget", raise_if_not_found=False):
        cron = env["ir.cron"].create(
            {
                "name": "Touch Cadence: touches kept long enough become anonymous",
                "model_id": env["ir.model"]._get_id("touch.privacy.holding"),
                "state": "code",
                "code": "model._cron_forget()",
                "interval_number": 1,
                "interval_type": "days",
                "nextcall": fields.Datetime.to_string(fields.Datetime.now() + timedelta(days=1))[:11] + "03:00:00",
            }
        )
        values = {"module": "touch_cadence", "name": "ir_cron_forget", "model": "ir.cron", "res_id": cron.id, "noupdate": True}
        env["ir.model.data"].create(values)


STEPS = (give_filters_a_writer, add_nightly_forgetting)


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for step in STEPS:
        step(env)
