from urllib.parse import quote

from odoo import models
from odoo.tools import html2plaintext


class TouchTouch(models.Model):
    _inherit = "touch.touch"

    def _prepare_whatsapp(self):
        """:return: an action that opens the chat with the client, the text filled in"""
        number = "".join(sign for sign in self._reach()[self].number if sign.isdigit())
        text = html2plaintext(self._message_text()).strip()
        return {"type": "ir.actions.act_url", "url": f"https://wa.me/{number}?text={quote(text)}", "target": "new"}

    def _prepare_linkedin(self):
        """:return: an action that opens the contact's page"""
        return {"type": "ir.actions.act_url", "url": self.partner_id.linkedin, "target": "new"}
