from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _action_confirm(self):
        """A confirmed order is a purchase: selling ends, and what the cadence says comes after it begins (R22)."""
        result = super()._action_confirm()
        self._touch_see_purchases()
        # sudo: who confirms the order may have no part in the client's touches
        self.sudo().partner_id._touch_bought()
        return result

    def _action_cancel(self):
        result = super()._action_cancel()
        self._touch_see_purchases()
        return result

    def _message_post_after_hook(self, message, msg_values):
        """An answer to a quotation is an answer (R1, R44)."""
        result = super()._message_post_after_hook(message, msg_values)
        self.partner_id._touch_on_message(message)
        return result

    def _touch_see_purchases(self):
        if self.env["touch.presence"]._in_use():
            partners = self.sudo().partner_id  # sudo: figures only
            partners._touch_see_purchases(partners)
