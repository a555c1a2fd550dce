from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    touch_horizon = fields.Integer(related="company_id.touch_horizon", readonly=False)
    touch_hour_from = fields.Float(related="company_id.touch_hour_from", readonly=False)
    touch_hour_to = fields.Float(related="company_id.touch_hour_to", readonly=False)
    touch_per_deal = fields.Boolean(related="company_id.touch_per_deal", readonly=False)
    touch_min_gap = fields.Integer(related="company_id.touch_min_gap", readonly=False)
    touch_per_day = fields.Integer(related="company_id.touch_per_day", readonly=False)
    touch_cool_days = fields.Integer(related="company_id.touch_cool_days", readonly=False)
    touch_few_means = fields.Boolean(related="company_id.touch_few_means", readonly=False)
    touch_paper_age = fields.Integer(related="company_id.touch_paper_age", readonly=False)
    touch_paper_size = fields.Integer(related="company_id.touch_paper_size", readonly=False)
    touch_lapse_days = fields.Integer(related="company_id.touch_lapse_days", readonly=False)
    touch_lapse_least = fields.Integer(related="company_id.touch_lapse_least", readonly=False)
    touch_decay = fields.Integer(related="company_id.touch_decay", readonly=False)
    touch_value_months = fields.Integer(related="company_id.touch_value_months", readonly=False)
    touch_loyal_from = fields.Integer(related="company_id.touch_loyal_from", readonly=False)
    touch_abc_a = fields.Integer(related="company_id.touch_abc_a", readonly=False)
    touch_abc_b = fields.Integer(related="company_id.touch_abc_b", readonly=False)
    touch_xyz_x = fields.Integer(related="company_id.touch_xyz_x", readonly=False)
    touch_xyz_y = fields.Integer(related="company_id.touch_xyz_y", readonly=False)
    touch_keep_months = fields.Integer(related="company_id.touch_keep_months", readonly=False)
    touch_judge_days = fields.Integer(related="company_id.touch_judge_days", readonly=False)
    touch_large_factor = fields.Float(related="company_id.touch_large_factor", readonly=False)
    touch_expert_weeks = fields.Integer(related="company_id.touch_expert_weeks", readonly=False)
    touch_expert_notice = fields.Integer(related="company_id.touch_expert_notice", readonly=False)
    touch_experienced_won = fields.Integer(related="company_id.touch_experienced_won", readonly=False)
    touch_experienced_months = fields.Integer(related="company_id.touch_experienced_months", readonly=False)
