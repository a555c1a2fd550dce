import binascii
from typing import NamedTuple

from markupsafe import Markup
from odoo import api, models
from odoo.tools import hash_sign, mail, verify_hash_signed

from ...method.client import consent

# what the signature is for: a token of another kind opens nothing here
SCOPE = "touch_cadence.unsubscribe"
# a token is shorter; what is longer is not looked at
MOST_SIGNS = 1000


class Unsubscriber(NamedTuple):
    """Who opened the link. ``record``: the deal or contact; ``email``: the address to which the mail went; ``company``: that wrote; ``lang``: in
    which the page speaks."""

    record: models.BaseModel
    email: str
    company: models.BaseModel
    lang: str


class TouchUnsubscribe(models.AbstractModel):
    """The link by which clients say that they want no more mails (RFC 8058)."""

    _name = "touch.unsubscribe"
    _description = "Link in Mails to Unsubscribe"

    @api.model
    def _token(self, touch, email):
        """:return: a signed text that says for which client and address it is; the same for the same ones"""
        record = touch._client_record()
        return hash_sign(self.sudo().env, SCOPE, [record._name, record.id, touch.company_id.id, email])  # sudo: the database's secret

    @api.model
    def _client_of(self, token):
        """:param token: as it came from outside
        :return: :class:`Unsubscriber`; None for a token that is none of ours, or whose client is gone"""
        try:
            told = verify_hash_signed(self.env, SCOPE, token) if len(token) <= MOST_SIGNS else None
        except (binascii.Error, ValueError, IndexError, UnicodeError):  # half a link, copied by hand
            told = None
        if not told:
            return None
        model, id_, company, email = told
        record, company = self.env[model].browse(id_).exists(), self.env["res.company"].browse(company).exists()
        if not record or not company:
            return None
        partner = record.partner_id if model == "crm.lead" else record
        return Unsubscriber(record, email, company, partner.lang or record.user_id.lang or company.partner_id.lang or "en_US")

    @api.model
    def _refuse(self, client, choice):
        """Keep the wish; what is planned is decided anew. The same once more changes nothing.

        :param client: :class:`Unsubscriber`
        :param choice: ``email``: no more mails; ``all``: nothing more
        """
        wishes, said = self.env["touch.consent"], self.env._("By the link in a mail to %(email)s", email=client.email)
        wishes._note_wish(client.record, choice == "email" and consent.EMAIL, consent.REFUSED, "link", said)
        self.env["mail.blacklist"]._add(client.email, message=said)
        if choice == "all":
            lead, partner = wishes._owner(client.record)
            owner = (lead, partner, client.company.id)
            if number := self.env["touch.reach"]._read([owner])[owner].number:
                self.env["phone.blacklist"]._add([number], message=said)

    @api.model
    def _add_to(self, touch, outgoing):
        """Add link and headers to the mails of a touch that go to the client's own address, and to no other: a colleague in copy unsubscribes
        nobody. No ``Precedence`` and no ``X-Auto-Response-Suppress``: who is away shall say so.

        :param outgoing: what Odoo hands to the mail server, a dict for each recipient
        """
        email = touch._reach()[touch].email
        address = mail.email_normalize(email or "")
        for values in outgoing:
            if address and values["email_to_normalized"] == [address] and not values["email_cc"]:
                url = f"{touch._client_record().get_base_url()}/touch_cadence/unsubscribe/{self._token(touch, address)}"
                values["headers"] = {
                    **values["headers"],
                    "List-Unsubscribe": f"<{url}>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                }
                local = touch._in_client_language()
                link = Markup('<p style="font-size: 12px; color: #6c757d"><a href="%s">%s</a></p>') % (
                    url,
                    local.env._("No more mails like this"),
                )
                values["body"] = mail.append_content_to_html(values["body"], link, plaintext=False)
                values["body_alternative"] = mail.html2plaintext(values["body"])
