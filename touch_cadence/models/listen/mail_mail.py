from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        """The mail of a touch carries the link by which its client wants no more (R44, R55)."""
        outgoing = super()._prepare_outgoing_list(mail_server=mail_server, doc_to_followers=doc_to_followers)
        if touch := self._touch_told():
            self.env["touch.unsubscribe"]._add_to(touch, outgoing)
        return outgoing

    def _touch_told(self):
        """:return: the touch whose prepared text this mail brings, with all rights; empty for any other mail"""
        touches = self.env["touch.touch"].sudo()  # sudo: the mail goes out, whoever sends it
        if not self.model or not self.res_id or not self.env["touch.presence"]._in_use():
            return touches
        # before the mail is handed over its touch is told by who wrote it, later by itself
        told = touches.browse(self.env.context.get("touch_prepared") or ()).exists()
        told = told or touches.search([("message_id", "=", self.mail_message_id.id), ("direction", "=", "out")], limit=1)
        record = told._client_record() if told else told
        return told if told and (record._name, record.id) == (self.model, self.res_id) else touches

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        """A mail that the mail server refused reached nobody: its touch is open again, until Odoo sends it after all."""
        messages = self.mail_message_id if self.env["touch.presence"]._in_use() else self.env["mail.message"]
        result = super()._postprocess_sent_message(success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type)
        if messages:
            messages._touch_on_delivery(failure_type, failure_reason)
        return result
