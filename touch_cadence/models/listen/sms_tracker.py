from odoo import models

from ..client.mail_message import LOST


class SmsTracker(models.Model):
    _inherit = "sms.tracker"

    def _update_sms_notifications(self, notification_status, failure_type=False, failure_reason=False):
        """A text message that was refused reached nobody: its touch is open again, until Odoo sends it after all."""
        result = super()._update_sms_notifications(notification_status, failure_type=failure_type, failure_reason=failure_reason)
        if self.env["touch.presence"]._in_use():
            messages = self.sudo().mail_notification_id.mail_message_id  # sudo: of any rep
            lost = notification_status in LOST and (failure_type or notification_status)
            messages._touch_on_delivery(lost, failure_reason, bounced=notification_status == "bounce")
        return result
