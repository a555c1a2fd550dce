from odoo import api, models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """The headers go along to the record, where it is told who wrote (:meth:`touch.client.mixin._touch_who_wrote`)."""
        # raw: a header that cannot be parsed is no reason to lose the mail
        self = self.with_context(touch_mail_headers=tuple(message.raw_items()))
        return super()._message_route_process(message, message_dict, routes)
