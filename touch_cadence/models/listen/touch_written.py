from odoo import SUPERUSER_ID, models
from odoo.tools.misc import clean_context

from ...method.client.mail import find_addresses

# characters of a mail that the touch tells
MOST_TOLD = 120


class TouchClientMixin(models.AbstractModel):
    """What a colleague writes to the client is a touch, wherever it is written (R1): in the chatter, or in a mail that the gateway hears."""

    _inherit = "touch.client.mixin"

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        """Count what goes to the client now; what is to go later comes here again when it does."""
        recipients = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        if self and not self._is_notification_scheduled(kwargs.get("scheduled_date")) and self.env["touch.presence"]._in_use():
            if message.message_type == "sms" and message._touch_was_refused():
                notice = message.sudo().notification_ids[:1]  # sudo: why
                message._touch_on_delivery(notice.failure_type or notice.notification_status, notice.failure_reason)
            else:
                self._touch_on_written(message, recipients)
        return recipients

    def _touch_on_written(self, message, recipients):
        """Count a message of ours to the client as a touch. What Odoo writes by itself is none, and a message is never lost because this
        fails."""
        author = self._touch_author(message)
        if not author or not self._touch_goes_to_client(message, recipients):
            return
        with self._touch_ignore_errors("a message of ours could not be counted as a touch"):
            # as the author's own, who may not work every client; what a browser put into the context stays outside
            env = self.env(user=author.id, su=False, context=clean_context({**self.env.context, "touch_prepared": False}))
            touches = env["touch.touch"]
            client = self.with_env(env)
            if not touches.has_access("write") or not client.has_access("read"):
                return
            made = touches.sudo().search([("message_id", "=", message.id)], limit=1)  # sudo: whether the composer of a touch sent it
            if not made:
                told = message.subject or message.preview or ""
                values = {"note": told[:MOST_TOLD], "message_id": message.id}
                touches._log_seen(client, "sms" if message.message_type == "sms" else "email", {client: values})

    def _touch_author(self, message):
        """:return: the colleague who wrote it: who posted it, or, of what the gateway brings, whoever the author is; nobody for what
        Odoo writes by itself"""
        if message.message_type not in ("comment", "email", "sms"):
            return self.env["res.users"]
        author = message.author_id.sudo()  # sudo: whether it is one of us
        nobody, by_system = author.user_ids.browse(), self.env.uid == SUPERUSER_ID
        if message.message_type == "email":
            # over RPC anybody may say that a mail has arrived: only the gateway is believed
            return author.user_ids.filtered(lambda user: not user.share)[:1] if by_system else nobody
        # what was to go later is sent by the system
        own = message.sudo().create_uid if by_system else self.env.user  # sudo: who posted it
        return own if own.partner_id == author and not own.share and own.id != SUPERUSER_ID else nobody

    def _touch_goes_to_client(self, message, recipients):
        """:param recipients: whom Odoo notifies, as it says it
        :return: whether one of them is the client: of the client's people, or at an address of theirs"""
        if message.message_type == "sms":
            return True
        if message.subtype_id.internal:
            return False
        client = self.sudo()  # sudo: whether the message is the client's; nothing of it is told
        company = client._touch_contacts().commercial_partner_id
        partners = self.env["res.partner"].sudo().browse([one["id"] for one in recipients or () if one.get("id") and one.get("share")])
        if partners.commercial_partner_id & company:
            return True
        addresses = {one.get("email_normalized") for one in recipients or () if not one.get("id")}
        addresses.update(*(find_addresses(text or "") for text in (message.incoming_email_to, message.incoming_email_cc)))
        return bool(addresses & client._touch_addresses())
