"""To 19.0.1.1.0, when models and data stand as this version has them: one function for each thing to do, with the environment of the
system as its only argument. Texts are those of the data files, in the source language."""

from odoo import SUPERUSER_ID, api


def give_filters_a_writer(env):
    """Filters run with the rights of who wrote them, and nobody kept who that was: who wrote the record last, or made it, where that is
    still a sales manager; else the first of those who may write it. All who could write filters were sales managers."""
    managers = env.ref("sales_team.group_sale_manager").all_user_ids.filtered(lambda user: user.active and not user.share).sorted("id")
    for model in ("touch.reason", "touch.cadence"):
        for record in env[model].with_context(active_test=False).search([("domain", "!=", False), ("domain_user_id", "=", False)]):
            known = (record.write_uid | record.create_uid) & managers
            may = (user for user in [*known, *managers] if record.with_user(user).has_access("write"))
            record.domain_user_id = next(may, False)


STEPS = (give_filters_a_writer,)


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for step in STEPS:
        step(env)
