from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, html2plaintext

# a bounce of a mail that nobody can name is of the last one within so many days
BOUNCE_DAYS = 14


class TouchTouch(models.Model):
    """Mails and text messages that came back."""

    _inherit = "touch.touch"

    @api.model
    def _came_back(self, messages, email=None, why=None):
        """Mails or text messages came back, or were never taken: the touches that they made did not reach the client. Each is a try, as an unanswered call
        is; its number and its reason go back, and its rep is told. A mail that fails elsewhere is never lost because this fails.

        * A touch knows the mail that made it. For one that was finished by hand it is the last mail of that client's and that rep's.
        * Where the mail itself is not known, it is the last one to the address in two weeks.
        * What some client got, or the client answered, has reached.

        :param email: the address that did not take the mail
        :param why: what the mail server said
        """
        known = Domain([("state", "=", "done"), ("direction", "=", "out"), ("counts", "=", True), ("reached", "!=", True)])
        made = known & Domain("channel", "=", "email")
        since = fields.Datetime.now() - timedelta(days=BOUNCE_DAYS)
        last = {"order": "date_done DESC, id DESC", "limit": 1}
        touches = self.browse()
        for message in messages._touch_reached_nobody():
            its = self.search(known & Domain("message_id", "=", message.id))
            if not its and message.model in ("crm.lead", "res.partner") and message.message_type == "comment":
                owner = Domain("lead_id" if message.model == "crm.lead" else "partner_id", "=", message.res_id)
                by_hand = owner & Domain("message_id", "=", False) & Domain("user_id.partner_id", "in", message.author_id.ids)
                its = self.search(made & by_hand & Domain("date_done", ">=", message.date - timedelta(days=1)), **last)
            touches |= its
        if not messages and email:
            owner = Domain("lead_id.email_normalized", "=", email) | Domain("partner_id.email_normalized", "=", email)
            touches = self.search(made & owner & Domain("date_done", ">=", since), **last)
        touches._undo_reached(email, html2plaintext(why or "").strip()[:500])

    def _undo_reached(self, email, why):
        """These touches did not reach their clients after all."""
        outcome = self.env.ref("touch_cadence.touch_outcome_bounced", raise_if_not_found=False)
        for touch in self:
            with touch._client_record()._touch_ignore_errors("a mail that came back could not be taken from its touch"):
                touch.write({"counts": False, "reached": False, "outcome_id": (outcome or touch.outcome_id).id})
                touch.enrollment_id._count_touches()
                touch.enrollment_id._open_touches()._renumber()
                touch._tell_came_back(email, why)
                self.env["touch.mark"]._mark(touch.enrollment_id)

    def _tell_came_back(self, email, why):
        """Tell the rep on the client's record."""
        local = self.with_context(lang=self.user_id.lang)
        said = local.env._(
            "The message of %(date)s to %(address)s did not arrive: it counts as a try, not as a touch. Check the address or number.",
            date=format_date(local.env, self.date_done),
            address=email or self.client_name,
        )
        self._add_note(said)
        self._client_record().message_post(
            body=Markup("<p>%s</p><p>%s</p>") % (said, why),
            subtype_xmlid="mail.mt_note",
            partner_ids=self.user_id.partner_id.ids if self.user_id.active else [],
            author_id=self.env.ref("base.partner_root").id,
        )
