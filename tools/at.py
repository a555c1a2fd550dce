"""Serve Odoo with the clock at another moment, from where it goes on: at.py MOMENT ODOO-ARGUMENTS…"""

import sys

import odoo.cli
from freezegun import freeze_time

moment = sys.argv.pop(1)
with freeze_time(moment, tick=True):
    odoo.cli.main()
