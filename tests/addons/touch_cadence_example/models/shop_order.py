from odoo import api, fields, models


class ShopOrder(models.Model):
    """What the web shop sends."""

    _name = "shop.order"
    _description = "Shop Order"

    partner_id = fields.Many2one("res.partner", required=True, index=True, ondelete="cascade")
    day = fields.Date(required=True)
    amount = fields.Float(required=True, help="Without tax, in the company's currency.")
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        # what only the night would see is seen at once: the client is a buyer, and selling ends
        orders.partner_id._touch_see_purchases(orders.partner_id)
        return orders
