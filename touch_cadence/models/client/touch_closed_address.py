from odoo import api, fields, models
from odoo.tools import email_normalize

from ..base.rooms import shared

# characters of what a mail server said
MOST_SAID = 500


class TouchClosedAddress(models.Model):
    """Mail addresses that do not exist, or no longer, as their mail servers said. No touch is planned by such an address; another number or
    contact is taken. An address is open again when somebody writes from it, or says that it works.

    It is no blacklist: nobody refused anything. Records hold no client, so that one address of several clients is closed once.
    """

    _name = "touch.closed.address"
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
