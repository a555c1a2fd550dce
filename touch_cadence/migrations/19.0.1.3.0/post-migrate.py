"""To 19.0.1.3.0, when models and data stand as this version has them: one function for each thing to do, with the environment of the
system as its only argument. Data that a manager changed stays as it is."""

from odoo import SUPERUSER_ID, api
from odoo.addons.touch_cadence import upgrade

# records that came with this version
NEW = ()


def make_new_records(env):
    upgrade.load(env, dict.fromkeys(NEW))


def miss_by_spread(env):
    """Nobody is missed before 60 days now, where the company kept the 30 of old (R22). The night sees who is missed since when."""
    env["res.company"].search([("touch_lapse_least", "=", 30)]).write({"touch_lapse_least": 60})


STEPS = (make_new_records, miss_by_spread)


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for step in STEPS:
        step(env)
