from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    touch_horizon = fields.Integer(related="company_id.touch_horizon", readonly=False)
    touch_hour_from = fields.Float(related="company_id.touch_hour_from", readonly=False)
    touch_hour_to = fields.Float(related="company_id.touch_hour_to", readonly=False)
    touch_per_deal = fields.Boolean(related="company_id.touch_per_deal", readonly=False)
