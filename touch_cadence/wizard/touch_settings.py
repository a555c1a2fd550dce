from odoo import api, fields, models


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
    touch_decay = fields.Integer(string="Lost by a Missed Month (%)")
    touch_value_months = fields.Integer(string="Value of so many Months")
    touch_loyal_from = fields.Integer(string="Loyal from (purchases)")
    touch_abc_a = fields.Integer(string="Class A up to (%)")
    touch_abc_b = fields.Integer(string="Class B up to (%)")
    touch_xyz_x = fields.Integer(string="Class X up to (%)")
    touch_xyz_y = fields.Integer(string="Class Y up to (%)")
    touch_judge_days = fields.Integer(string="Judge again after (days)")
    touch_large_factor = fields.Float(string="Large Deal (times the average)")
    touch_expert_weeks = fields.Integer(string="Book Experts Ahead (weeks)")
    touch_expert_notice = fields.Integer(string="Notice for Experts (hours)")
    touch_experienced_won = fields.Integer(string="Experienced from (won deals)")
    touch_experienced_months = fields.Integer(string="Experienced from (months)")

    @property
    def _settings(self):
        """:return: the names of the settings: they are the company's fields of the same names"""
        return [name for name in self._fields if name.startswith("touch_")]

    @api.model
    def default_get(self, fields_list):
        company = self.env.company.sudo()  # sudo: a manager of sales may not read all of a company
        return super().default_get(fields_list) | {name: company[name] for name in self._settings if name in fields_list}

    def action_save(self):
        self.check_access("write")
        # sudo: these settings are the sales manager's to make, a company's others are not
        self.env.company.sudo().write({name: self[name] for name in self._settings})
        return {"type": "ir.actions.act_window_close"}
