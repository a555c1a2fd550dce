from odoo import api, fields, models

SETTINGS = (
    "touch_horizon",
    "touch_hour_from",
    "touch_hour_to",
    "touch_per_deal",
    "touch_min_gap",
    "touch_per_day",
    "touch_cool_days",
    "touch_few_means",
    "touch_paper_age",
    "touch_paper_size",
    "touch_lapse_days",
    "touch_lapse_least",
)


class TouchSettings(models.TransientModel):
    """The company's settings for touches, for the sales manager: Odoo's own settings page is the administrator's."""

    _name = "touch.settings"
    _description = "Settings for Touches"

    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    touch_horizon = fields.Integer(string="Plan Ahead (working days)")
    touch_hour_from = fields.Float(string="Touch from")
    touch_hour_to = fields.Float(string="Touch until")
    touch_per_deal = fields.Boolean(string="One Touch per Deal")
    touch_min_gap = fields.Integer(string="Least Days between Touches")
    touch_per_day = fields.Integer(string="Touches a Day")
    touch_cool_days = fields.Integer(string="Cools after (days)")
    touch_few_means = fields.Boolean(string="Few Means")
    touch_paper_age = fields.Integer(string="Paper for Clients over (years)")
    touch_paper_size = fields.Integer(string="Paper for Companies from (employees)")
    touch_lapse_days = fields.Integer(string="Missed after (days)")
    touch_lapse_least = fields.Integer(string="Missed at the Earliest after (days)")

    @api.model
    def default_get(self, fields_list):
        company = self.env.company.sudo()  # sudo: a manager of sales may not read all of a company
        return super().default_get(fields_list) | {name: company[name] for name in SETTINGS if name in fields_list}

    def action_save(self):
        self.check_access("write")
        # sudo: these settings are the sales manager's to make, a company's others are not
        self.env.company.sudo().write({name: self[name] for name in SETTINGS})
        return {"type": "ir.actions.act_window_close"}
