from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        """A mail that the mail server refused reached nobody: its touch is open again, until Odoo sends it after all."""
        messages = self.mail_message_id if self.env["touch.presence"]._in_use() else self.env["mail.message"]
        result = super()._postprocess_sent_message(success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type)
        if messages:
            messages._touch_on_delivery(failure_type, failure_reason)
        return result
