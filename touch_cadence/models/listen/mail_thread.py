import logging
from email.message import Message

from odoo import api, models
from odoo.tools import email_normalize

from ...method.client import mail
from ...method.listen import returned
from ..background.touch_background import TRANSACTION_OVER

_logger = logging.getLogger(__name__)
# ids of mails that are looked for, of those that a report names
MOST_IDS = 20


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """The headers go along to the record, where it is told who wrote (:meth:`touch.client.mixin._touch_who_wrote`)."""
        # raw: a header that cannot be parsed is no reason to lose the mail
        self = self.with_context(touch_mail_headers=tuple(mail.read_headers(message)))
        return super()._message_route_process(message, message_dict, routes)

    @api.model
    def message_parse(self, message, save_original=False):
        """Mails with NUL characters or an unknown charset are received, too, although PostgreSQL or Python could not process them."""
        # public: a browser may send anything, and that is Odoo's to refuse
        if isinstance(message, Message):
            mail.mend_charsets(message)
        parsed = super().message_parse(message, save_original=save_original)
        return {name: value.replace("\0", "") if isinstance(value, str) else value for name, value in parsed.items()}

    # --------------------------------------------------------------
    # Reports about mails that were sent
    # --------------------------------------------------------------

    @api.model
    def _message_parse_extract_bounce(self, email_message, message_dict):
        """Reports of mail servers are told by our own reader, too: Odoo misses those in plain words, and fails at malformed ones. A report never
        becomes a lead."""
        reports = returned.read(email_message, self._touch_own_addresses())
        try:
            found = super()._message_parse_extract_bounce(email_message, message_dict)
        except TRANSACTION_OVER:
            raise
        except Exception:
            # a malformed report, or what only calls itself one: the mail is not lost for it
            _logger.info("Odoo could not parse the report %s", message_dict.get("message_id"), exc_info=True)
            found = {} if reports else {"is_bounce": False}
        if not reports:
            return found
        # Odoo knows one recipient: the one that it is to count
        main = next((one for kind in (returned.HARD, *returned.FAILED) for one in reports if one.kind == kind), reports[0])
        email = email_normalize(main.address) or found.get("bounced_email") or False
        message = found.get("bounced_message") or self._touch_returned_message(email_message)
        partners = self.env["res.partner"].sudo()  # sudo: as Odoo does; the mail gateway hears for everybody
        return {
            "bounced_msg_ids": message.mapped("message_id"),
            **found,
            "is_bounce": True,
            "bounced_email": email,
            "bounced_partner": found.get("bounced_partner") or (partners.search([("email_normalized", "=", email)]) if email else partners),
            "bounced_message": message,
            "touch_reports": reports,
        }

    @api.model
    def _touch_own_addresses(self):
        """:return: the addresses that mails come back to"""
        # sudo: of all companies; they are compared only
        domains = self.env["mail.alias.domain"].sudo().search([("bounce_alias", "!=", False)])
        return {one for domain in domains for one in (domain.bounce_email, domain.catchall_email, domain.default_from_email) if one}

    @api.model
    def _touch_returned_message(self, email_message):
        """:return: our mail that a report names by its id, in its fields or in the copy of our mail"""
        ids = returned.message_ids(email_message)[:MOST_IDS]
        # sudo: whose mail it was is not known yet
        return self.env["mail.message"].sudo().search([("message_id", "in", ids)], order="id DESC", limit=1)

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """A mail that came back reached nobody: the touch that it made is a try, and its rep is told. An address that does not exist is closed;
        one that is full or refuses us is not, and Odoo does not count it as a bounce."""
        reports = message_dict.pop("touch_reports", None)
        if reports is None:
            return super()._routing_handle_bounce(email_message, message_dict)
        result = None
        if any(one.kind == returned.HARD for one in reports):
            result = super()._routing_handle_bounce(email_message, message_dict)
        for one in reports:
            email = email_normalize(one.address) or message_dict["bounced_email"]
            if one.kind in returned.FAILED and email:
                self._touch_came_back(message_dict["bounced_message"], email, one)
            elif one.kind == returned.COMPLAINT and email:
                self._touch_complained(message_dict["bounced_message"], email)
        return result

    @api.model
    def _touch_notices(self, message, email):
        """:return: the notifications of a mail to an address; none where the mail is not known"""
        notices = self.env["mail.notification"].sudo()  # sudo: as Odoo does, for the mail of any rep
        its = [
            ("mail_message_id", "=", message.id),
            "|",
            ("res_partner_id.email_normalized", "=", email),
            ("mail_email_address", "=", email),
        ]
        return notices.search(its) if message else notices

    @api.model
    def _touch_complained(self, message, email):
        """Somebody called a mail of ours spam (RFC 5965): that is an opt-out. A report about a mail that never went there is none."""
        if self._touch_notices(message, email):
            told = self.env._("The client called a mail of ours spam. No mails are sent there any more.")
            self.env["mail.blacklist"].sudo()._add(email, message=told)  # sudo: the gateway hears for everybody

    @api.model
    def _touch_came_back(self, message, email, report):
        """:param message: our mail, where it is known
        :param report: ``returned.Report`` of a mail that failed"""
        notices = self._touch_notices(message, email)
        words = report.words or report.status
        notices.write({"notification_status": "bounce", "failure_type": "mail_bounce", "failure_reason": words})
        if self.env["touch.presence"]._in_use():
            touches = self.env["touch.touch"].sudo()  # sudo: of any rep
            touches._came_back(message, email=email, why=words)
            # anybody can write a report: only one that names our mail, and an address to which that mail went, closes the address
            if report.kind == returned.HARD and notices:
                touches.env["touch.closed.address"]._close_address(email, words)
