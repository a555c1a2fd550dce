import logging
from contextlib import contextmanager
from datetime import timedelta

from odoo import fields, models
from odoo.tools.misc import clean_context

from ...method.client import mail as method_mail
from ...method.listen import absence
from ...method.plan.facts import UNDER_WAY
from ..background.touch_background import TRANSACTION_OVER

_logger = logging.getLogger(__name__)
# runs in which a mail of the client is heard
HEARING_STATES = UNDER_WAY


class TouchClientMixin(models.AbstractModel):
    """Mails from clients are touches; what was prepared for a touch and is sent makes it."""

    _inherit = "touch.client.mixin"

    def _message_post_after_hook(self, message, msg_values):
        """A mail from a client is a touch, whoever of the company wrote it, and wherever it arrived (R1, R44). What was prepared for a
        touch and is sent makes it."""
        self._touch_sent(message)  # first: other addons may give the client another contact here
        result = super()._message_post_after_hook(message, msg_values)
        self._touch_on_message(message)
        return result

    def _touch_sent(self, message):
        """A message that was prepared for a touch has gone to the client. A mail is never held up because this fails."""
        prepared = self.env.context.get("touch_prepared")
        # a text message is posted as a note
        to_client = message.message_type == "sms" or (
            not message.subtype_id.internal and (message.partner_ids.filtered("partner_share") or message.outgoing_email_to)
        )
        if isinstance(prepared, int) and to_client:
            with self._touch_ignore_errors("the touch of a message that was sent could not be finished"):
                # the chatter posts as superuser, with a context that the browser names: the touch is the user's own, or stays as it is
                env = self.env(su=False, context=clean_context({**self.env.context, "touch_prepared": False}))
                env["touch.touch"].browse(prepared)._message_sent(self, message)

    @contextmanager
    def _touch_ignore_errors(self, what):
        """What goes wrong inside is undone and logged, and leaves alone what it belongs to.

        :param what: the sentence for the log
        """
        self.env.flush_all()  # what was wrong before belongs to whoever wrote it
        try:
            with self.env.cr.savepoint():
                yield
        except TRANSACTION_OVER:
            raise
        except Exception:
            _logger.exception("%s: %s", self, what)

    def _touch_on_message(self, message):
        """Count a message as a touch by this client when the client wrote it: a mail, not from one of us nor from somebody else who was in
        copy, and no machine's. Bridges call it for what arrives on documents of their own. A mail is never lost because this fails."""
        if self and message.message_type == "email" and self.env["touch.presence"]._in_use():
            with self._touch_ignore_errors("a mail could not be counted as a touch"):
                verdict = self._touch_who_wrote(message)
                if verdict.kind == method_mail.PERSON:
                    # sudo: who wrote from an address can be written to, whoever hears it
                    self.env["touch.closed.address"].sudo()._open_addresses(method_mail.find_addresses(message.email_from or ""))
                    self._touch_end_absence(message)
                    self._touch_log_reply(message.author_id, message._touch_own_words() or message.subject)
                elif verdict.kind == method_mail.AUTOMATIC:
                    self._touch_on_automatic_answer(message)
                else:
                    _logger.info("%s: mail %s is no touch of the client: %s (%s)", self, message.message_id, *verdict)

    def _touch_writers(self, message):
        """:return: the contacts of this client who wrote from that address; a deal without a contact is its own client"""
        client = self.sudo()  # sudo: the mail gateway hears for every rep
        contacts, written = client._touch_contacts(), set(method_mail.find_addresses(message.email_from or ""))

        def wrote(address):
            return bool(written.intersection(method_mail.find_addresses(address or "")))

        if client._name == "crm.lead" and not contacts:
            return client.filtered(lambda one: wrote(one.email_from))
        known = contacts.commercial_partner_id.child_ids | contacts | contacts.commercial_partner_id
        return known.filtered(lambda one: wrote(one.email))

    def _touch_end_absence(self, message):
        """Who writes is there again, whatever a machine had said."""
        self._touch_writers(message).filtered("touch_away_until").touch_away_until = False

    def _touch_on_automatic_answer(self, message):
        """A machine of the client answered: no touch. Where it names the day on which somebody is back, touches wait for it."""
        client = self.sudo()  # sudo: the mail gateway hears for every rep
        contacts = client._touch_contacts()
        # who is away, and nobody else of the company
        away = self._touch_writers(message)
        # the day of the month is told where the client is; of a subject only what is not ours
        day = fields.Date.context_today(client.with_context(tz=client.touch_zone or None), message.date)
        subject = (message.subject or "").replace(message.parent_id.subject or message.record_name or "\0", "")
        country = (contacts.country_id or contacts.commercial_partner_id.country_id or client.country_id)[:1]
        back = absence.back_on(f"{subject}\n\n{message._touch_own_words()}", day, american=country.code == "US")
        if not away or not back:
            _logger.info("%s: mail %s is an automatic answer that names no day to come back", self, message.message_id)
            return
        away.touch_away_until = back - timedelta(days=1)

    def _touch_who_wrote(self, message):
        """:return: the method's verdict on who wrote a mail that arrived on this record"""
        client, author = self.sudo(), message.author_id.sudo()  # sudo: the mail gateway hears for every rep
        contacts = client._touch_contacts()
        company = contacts.commercial_partner_id
        member = bool(author) and author.commercial_partner_id in company
        headers = self.env.context.get("touch_mail_headers")  # a browser may name any
        return method_mail.judge(
            [pair for pair in headers if isinstance(pair, tuple) and len(pair) == 2] if isinstance(headers, tuple) else (),
            message.subject or "",
            message.email_from or author.email or "",
            method_mail.Client(
                addresses=client._touch_addresses(),
                member=member,
                foreign=bool(author) and not member and author.commercial_partner_id.is_company,
                names=frozenset(
                    filter(None, [*contacts.mapped("name"), *(client.mapped("contact_name") if client._name == "crm.lead" else ())])
                ),
            ),
            # archived ones, too: of a mail without a sender Odoo's own robot is the author
            ours=any(not user.share for user in author.with_context(active_test=False).user_ids),
        )

    def _touch_addresses(self):
        """:return: the addresses of this client: the contact's, the company's, and the deal's"""
        contacts = self._touch_contacts()
        written = [
            *contacts.mapped("email"),
            *contacts.commercial_partner_id.mapped("email"),
            *(self.mapped("email_from") if self._name == "crm.lead" else ()),
        ]
        return frozenset(address for text in written for address in method_mail.find_addresses(text or ""))

    def _touch_log_reply(self, author, said):
        """The client wrote: a touch, in each company that works the client.

        :param author: the partner who wrote, empty for an unknown one
        :param said: what the rep reads of it
        """
        client = self.sudo()  # sudo: the mail gateway hears for every rep
        if (
            client._name == "crm.lead"
            and not client.partner_id
            and author
            and not self.env["touch.client"]._enrollments_of(client, HEARING_STATES)
        ):
            client = author.sudo()  # sudo: as above
        contact = client._touch_contacts()
        outcome = self.env.ref("touch_cadence.touch_outcome_wrote")
        values = {"channel": "email", "direction": "in", "outcome_id": outcome.id, "note": said}
        worked = self.env["touch.client"]._enrollments_of(contact.commercial_partner_id or client, HEARING_STATES)
        for company in worked.company_id or self.env.company:
            touches = self.env["touch.touch"].sudo().with_company(company)  # sudo: as above, heard for every rep
            touches._log(client.with_company(company), values, by_client=True)
