from odoo import models

from ..client.mail_message import LOST


class SmsTracker(models.Model):
    _inherit = "sms.tracker"

    def _update_sms_notifications(self, notification_status, failure_type=False, failure_reason=False):
        """A text message that was refused reached nobody: as a mail that came back."""
        result = super()._update_sms_notifications(notification_status, failure_type=failure_type, failure_reason=failure_reason)
        if notification_status in LOST and self.env["touch.presence"]._in_use():
            messages = self.sudo().mail_notification_id.mail_message_id  # sudo: of any rep
            self.env["touch.touch"].sudo()._came_back(messages, why=failure_reason)  # sudo: as above
        return result
