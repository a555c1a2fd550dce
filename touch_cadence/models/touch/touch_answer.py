from markupsafe import Markup
from odoo import models

from .touch_message import Told


class TouchClientMixin(models.AbstractModel):
    """An answer to what the client wrote begins, and is signed, as the mails of touches are."""

    _inherit = "touch.client.mixin"

    def action_touch_answer(self):
        action = super().action_touch_answer()
        context = action.get("context") or {}
        if action["res_model"] != "mail.compose.message":
            return action
        record = self.env[context["default_model"]].browse(context["default_res_ids"])
        writer = self.env["res.partner"].browse(context["default_partner_ids"])[:1]
        is_lead = record._name == "crm.lead"
        # the contact's name on a lead is not the name of a colleague who wrote
        lead = record if is_lead and writer in (record.partner_id, writer.browse()) else self.env["crm.lead"]
        values = {
            "lead_id": lead.id,
            "partner_id": (writer or (record.partner_id if is_lead else record)).id,
            "user_id": self.env.uid,
            "company_id": (record.company_id or self.env.company).id,
            "channel": "email",
        }
        # sudo: the user may read the client, which super() checked, and greets who wrote; nothing is saved
        touch = self.env["touch.touch"].sudo().new(values)
        context = {
            **context,
            "default_body": touch._laid_out("touch_cadence.touch_mail_text", Told(self.env["touch.script"], "", Markup(), ())),
            "default_email_add_signature": not touch._is_signed(),
        }
        return {**action, "context": context}
