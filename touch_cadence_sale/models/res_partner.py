from odoo import api, models
from odoo.tools import SQL


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _touch_purchases(self):
        """A deal that was won by its orders is one purchase: the orders say when and for how much."""
        return SQL(
            """SELECT * FROM (%s) purchase
                WHERE lead_id IS NULL OR NOT EXISTS (SELECT FROM sale_order WHERE opportunity_id = purchase.lead_id AND state = 'sale')
                UNION ALL
               SELECT sale.partner_id, %s, sale.amount_untaxed / COALESCE(NULLIF(sale.currency_rate, 0), 1),
                      sale.company_id, NULL, COALESCE(lead.referred, '') != ''
                 FROM sale_order sale LEFT JOIN crm_lead lead ON lead.id = sale.opportunity_id
                WHERE sale.state = 'sale'""",
            super()._touch_purchases(),
            self.env["res.company"]._touch_local_day(SQL("sale.date_order"), SQL("sale.company_id")),
        )
