from email.message import Message

from odoo import api, models

from ...method.client import mail


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """The headers go along to the record, where it is told who wrote (:meth:`touch.client.mixin._touch_who_wrote`)."""
        # raw: a header that cannot be parsed is no reason to lose the mail
        self = self.with_context(touch_mail_headers=tuple(mail.read_headers(message)))
        return super()._message_route_process(message, message_dict, routes)

    @api.model
    def message_parse(self, message, save_original=False):
        """Mails with NUL characters or an unknown charset are received, too, although PostgreSQL or Python could not process them."""
        # public: a browser may send anything, and that is Odoo's to refuse
        if isinstance(message, Message):
            mail.mend_charsets(message)
        parsed = super().message_parse(message, save_original=save_original)
        return {name: value.replace("\0", "") if isinstance(value, str) else value for name, value in parsed.items()}

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """A mail that came back reached nobody: the touch that it made is a try, and its rep is told. No address is closed by it: most of
        the bounces that Odoo counts are soft ones."""
        result = super()._routing_handle_bounce(email_message, message_dict)
        if self.env["touch.presence"]._in_use():
            parts = list(email_message.walk())
            types = [str(part.get("Content-Type") or "") for part in parts]
            actions = [str(part["Action"]) for part in parts if part.get("Action")]
            if mail.is_failure(types, actions):
                touches = self.env["touch.touch"].sudo()  # sudo: of any rep
                touches._came_back(message_dict["bounced_message"], email=message_dict["bounced_email"], why=message_dict.get("body"))
        return result
