"""To 19.0.1.1.0, when models and data stand as this version has them: one function for each thing to do, with the environment of the
system as its only argument. Texts are those of the data files, in the source language."""

from odoo import SUPERUSER_ID, api

STEPS = ()


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for step in STEPS:
        step(env)
