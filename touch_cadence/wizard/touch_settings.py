from odoo import api, fields, models

from ..models.base.arguments import single, takes


class TouchSettings(models.TransientModel):
    """The company's settings for touches, for sales managers: only administrators may open Odoo's own settings page."""

    _name = "touch.settings"
    _inherit = ["touch.named.mixin"]
    _description = "Settings for Touches"

    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    touch_horizon = fields.Integer()
    touch_hour_from = fields.Float()
    touch_hour_to = fields.Float()
    touch_per_deal = fields.Boolean()
    touch_min_gap = fields.Integer()
    touch_per_day = fields.Integer()
    touch_cool_days = fields.Integer()
    touch_few_means = fields.Boolean()
    touch_paper_age = fields.Integer()
    touch_paper_size = fields.Integer()
    touch_lapse_days = fields.Integer()
    touch_lapse_least = fields.Integer()
    touch_decay = fields.Integer()
    touch_value_months = fields.Integer()
    touch_loyal_from = fields.Integer()
    touch_abc_a = fields.Integer()
    touch_abc_b = fields.Integer()
    touch_xyz_x = fields.Integer()
    touch_xyz_y = fields.Integer()
    touch_keep_months = fields.Integer()
    touch_judge_days = fields.Integer()
    touch_large_factor = fields.Float()
    touch_expert_weeks = fields.Integer()
    touch_expert_notice = fields.Integer()
    touch_experienced_won = fields.Integer()
    touch_experienced_months = fields.Integer()

    @property
    def _settings(self):
        """:return: the names of the settings: they are the company's fields of the same names"""
        return [name for name in self._fields if name.startswith("touch_")]

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Labels and explanations are those of the company's fields."""
        found = super().fields_get(allfields, attributes)
        own = [name for name in self._settings if name in found]
        words = self.env["res.company"].fields_get(own, ["string", "help"]) if own else {}
        for name in own:
            found[name].update({what: text for what, text in words[name].items() if not attributes or what in attributes})
        return found

    @api.model
    def default_get(self, fields_list):
        company = self.env.company.sudo()  # sudo: a manager of sales may not read all of a company
        return super().default_get(fields_list) | {name: company[name] for name in self._settings if name in fields_list}

    @takes(self=single())
    def action_save(self):
        self.check_access("write")
        # sudo: these settings are the sales manager's to make, a company's others are not
        self.env.company.sudo().write({name: self[name] for name in self._settings})
        return {"type": "ir.actions.act_window_close"}
