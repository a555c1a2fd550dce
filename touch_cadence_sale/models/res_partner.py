from odoo import api, models
from odoo.tools import SQL


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _touch_purchases(self):
        return SQL(
            "%s UNION ALL SELECT partner_id, date_order::date AS day FROM sale_order WHERE state = 'sale'",
            super()._touch_purchases(),
        )
