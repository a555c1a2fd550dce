from odoo import fields, models

from ..base.touch_business_mixin import BUSINESSES


class ResCompany(models.Model):
    """What was settled in the first hour."""

    _inherit = "res.company"

    touch_business = fields.Selection(
        [("general", "Any business"), *BUSINESSES], string="Kind of Business", help="Which ready reasons, texts and cadences are in use."
    )
    touch_mail_checked = fields.Boolean(string="Test Mail Was Sent")
    touch_hours_checked = fields.Boolean(string="Hours Were Checked")
    touch_first_hour_over = fields.Boolean(string="Checklist Was Closed", help="The desk does not show the checklist of the first hour.")
