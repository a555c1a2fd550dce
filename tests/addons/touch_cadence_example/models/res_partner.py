from odoo import api, fields, models
from odoo.tools import SQL


class ResPartner(models.Model):
    _inherit = "res.partner"

    closing_from = fields.Date(string="Closed from", help="The client's closing week: nobody is there.")
    closing_to = fields.Date(string="Closed until")
    key_account = fields.Boolean(help="Served like a VIP, whatever the list of VIPs says.")

    @api.model
    def _touch_fields_to_review(self):
        """A change of these may change what is planned: it is decided again at once."""
        return super()._touch_fields_to_review() | {"closing_from", "closing_to", "key_account"}

    @api.model
    def _touch_purchases(self):
        """Orders of the web shop are purchases."""
        return SQL(
            "%s UNION ALL SELECT partner_id, day, amount, company_id, NULL, FALSE FROM shop_order",
            super()._touch_purchases(),
        )
