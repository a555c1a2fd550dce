from odoo import api, fields, models
from odoo.tools import email_normalize

from ..base.arguments import single, takes
from ..base.names import SALES
from ..base.rooms import shared
from .touch_reach import emails_of

# characters of what a mail server said
MOST_SAID = 500


class TouchClosedAddress(models.Model):
    """Mail addresses that do not exist, or no longer, as their mail servers said. No touch is planned by such an address; another number or
    contact is taken. An address is open again when somebody writes from it, or says that it works.

    It is no blacklist: nobody refused anything. Records hold no client, so that one address of several clients is closed once.
    """

    _name = "touch.closed.address"
    _inherit = ["touch.guarded.mixin"]
    _description = "Address That Takes No Mail"
    _rec_name = "email"
    _order = "id DESC"

    email = fields.Char(required=True, readonly=True, help="In lower case, as Odoo compares addresses.")
    words = fields.Char(string="What the Server Said", readonly=True)

    _once = models.Constraint("UNIQUE(email)", "The address is closed already.")

    @shared
    @api.model
    def _close_address(self, email, words):
        """:param email: an address that its server refused for good
        :param words: of the server"""
        email = email_normalize(email or "")
        if email and not self.search_count([("email", "=", email)], limit=1):
            self.create({"email": email, "words": (words or "")[:MOST_SAID]})

    @shared
    @api.model
    def _open_addresses(self, emails):
        """:param emails: addresses that work again, in any form"""
        self.search([("email", "in", [email for one in emails if (email := email_normalize(one or ""))])]).unlink()


class TouchClientMixin(models.AbstractModel):
    _inherit = "touch.client.mixin"

    touch_closed_email = fields.Char(string="Takes No Mail", groups=SALES, compute="_compute_touch_closed_email")

    def _compute_touch_closed_email(self):
        """The addresses of a client to which no mail is sent, with what their servers said."""
        known = {client: client._touch_emails() for client in self}
        emails = {email for its in known.values() for email in its}
        # sudo: of the addresses that the user sees on the client
        closed = {one.email: one for one in self.env["touch.closed.address"].sudo().search([("email", "in", list(emails))])}
        for client, its in known.items():
            found = [closed[email] for email in its if email in closed]
            client.touch_closed_email = ", ".join(f"{one.email} ({one.words})" if one.words else one.email for one in found)

    @shared
    def _touch_emails(self):
        """:return: the addresses of this client: the deal's, and the contact's"""
        self.ensure_one()
        return emails_of(self if self._name == "crm.lead" else self.env["crm.lead"], self._touch_contacts())

    @takes(self=single())
    def action_touch_open_address(self):
        """The addresses of this client work again: touches may go there.

        :raise AccessError: for who may not edit the client
        """
        self.check_access("write")
        self.env["touch.closed.address"].sudo()._open_addresses(self._touch_emails())  # sudo: of a client that the user may edit
        return True
