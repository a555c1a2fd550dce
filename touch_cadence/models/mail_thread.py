from odoo import api, models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Out-of-office notes and other automatic answers are no reply of a client (RFC 3834, and what Exchange sends)."""
        automatic = (message.get("Auto-Submitted") or "no").lower() != "no" or message.get("X-Autoreply") or message.get("X-Autorespond")
        if automatic:
            self = self.with_context(touch_automatic_reply=True)
        return super()._message_route_process(message, message_dict, routes)
