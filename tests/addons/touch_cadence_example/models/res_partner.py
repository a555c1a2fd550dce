from odoo import api, fields, models
from odoo.tools import SQL


class ResPartner(models.Model):
    _inherit = "res.partner"

    closing_from = fields.Date(string="Closed from", help="The client's closing week: nobody is there.")
    closing_to = fields.Date(string="Closed until")
    linkedin = fields.Char(string="LinkedIn", help="Address of the contact's page: https://www.linkedin.com/in/…")
    key_account = fields.Boolean(help="Served like a VIP, whatever the list of VIPs says.")

    @api.model
    def _touch_fields_to_review(self):
        """A change of these may change what is planned: it is decided again at once."""
        return super()._touch_fields_to_review() | {"closing_from", "closing_to", "linkedin", "key_account"}

    @api.model
    def _touch_personal_fields(self):
        """Exported and erased with the rest of the client's data."""
        return super()._touch_personal_fields() | {"linkedin"}

    @api.model
    def _touch_purchases(self):
        """Orders of the web shop are purchases."""
        return SQL(
            "%s UNION ALL SELECT partner_id, day, amount, company_id, NULL, FALSE FROM shop_order",
            super()._touch_purchases(),
        )
