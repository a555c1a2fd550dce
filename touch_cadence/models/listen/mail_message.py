from odoo import models
from odoo.tools import html2plaintext

from ...method.client import mail
from ..client.mail_message import LOST


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _touch_on_delivery(self, failure_type, failure_reason=None, bounced=False):
        """Odoo has sent these mails or text messages, or could not.

        :param failure_type: of the notification; empty for what was sent
        :param failure_reason: what the server said
        :param bounced: it was sent, and came back
        """
        touches = self.env["touch.touch"].sudo()  # sudo: of any rep
        if failure_type:
            said = dict(self.env["mail.notification"]._fields["failure_type"]._description_selection(self.env))
            why = html2plaintext(failure_reason or "").strip()
            if failure_type in ("mail_smtp", "unknown"):  # the server's own words, without those of the machine that asked it
                why = mail.server_words(why) or (said.get(failure_type) if mail.is_machine_talk(why) else why)
            why = why or said.get(failure_type, "")
            touches._came_back(self, why=why, delivery="bounced" if bounced else "failed")
        else:
            touches._went_out(self)

    def _touch_was_refused(self):
        """:return: whether none of these text messages will go out: a number is missing, or the gateway is"""
        notices = self.sudo().notification_ids.filtered(lambda one: one.notification_type == "sms")  # sudo: of any rep
        return bool(notices) and all(one.notification_status in LOST for one in notices)
