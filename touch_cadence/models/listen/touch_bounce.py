from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, html2plaintext

from ...method.plan.facts import ACTIVE_STATES, OF_AGREED_STEP
from ..client.touch_closed_address import MOST_SAID

# a bounce of a mail that nobody can name is of the last one within so many days
BOUNCE_DAYS = 14


class TouchTouch(models.Model):
    """Mails and text messages that came back."""

    _inherit = "touch.touch"

    @api.model
    def _came_back(self, messages, email=None, why=None, delivery="bounced"):
        """Mails or text messages came back, or were never taken: the touches that they made did not reach the client. What was planned and could
        not be sent is open again. Anything else is a try, as an unanswered call is; its number and its reason go back. The rep is told. A mail that
        fails elsewhere is never lost because this fails.

        * A touch knows the mail that made it. For one that was finished by hand it is the last mail of that client's and that rep's.
        * Where the mail itself is not known, it is the last one to the address in two weeks.
        * What some client got, or the client answered, has reached.

        :param email: the address that did not take the mail
        :param why: what the mail server said
        :param delivery: ``failed`` for what was never sent, ``bounced`` for what came back
        :return: the touches
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
        touches._undo_reached(email, html2plaintext(why or "").strip()[:MOST_SAID], delivery)
        return touches

    @api.model
    def _went_out(self, messages):
        """What could not be sent at first has gone out now (Odoo's own “Retry”): the touches that waited for it are made."""
        waiting = self.search([("message_id", "in", messages.ids), ("state", "=", "planned"), ("delivery", "=", "failed")])
        for touch in waiting:
            with touch._client_record()._touch_ignore_errors("a touch whose message went out at last could not be finished"):
                touch._finish_as(lambda _touch: None)
                touch.delivery = "sent"

    def _undo_reached(self, email, why, delivery):
        """These touches did not reach their clients after all."""
        outcome = self.env.ref("touch_cadence.touch_outcome_bounced", raise_if_not_found=False)
        for touch in self:
            with touch._client_record()._touch_ignore_errors("a mail that came back could not be taken from its touch"):
                later = touch._planned_or_made_since()
                is_open = delivery == "failed" and touch._can_reopen(later)
                said = touch._said_of_message(email, is_open)
                if is_open:
                    touch._reopen(later, why)
                else:
                    its = (outcome or touch.outcome_id).id
                    touch.write({"counts": False, "reached": False, "outcome_id": its, "delivery": delivery, "failure": why})
                touch.enrollment_id._count_touches()
                planned = touch.enrollment_id._open_touches() - touch
                planned._renumber()
                planned.write({"outdated": True})  # it was decided as if the client had got the message
                touch._tell_came_back(said, why)
                self.env["touch.mark"]._mark(touch.enrollment_id)

    def _can_reopen(self, later):
        """:param later: touches of :meth:`_planned_or_made_since`
        :return: whether the touch can still be made as it was planned: the client's run goes on, and nobody touched the client since then, nor
        planned something of their own"""
        self.ensure_one()
        was_planned = self.step_id or self.reason_id or self.own_reason or self.purpose in OF_AGREED_STEP
        if not was_planned or (self.enrollment_id and self.enrollment_id.state not in ACTIVE_STATES):
            return False
        return all(other.state == "planned" and not other.own_reason for other in later)

    def _planned_or_made_since(self):
        """:return: what else is planned for the client, or was made since this touch"""
        its = [("company_id", "=", self.company_id.id), ("client_key", "=", self.client_key), ("id", "!=", self.id)]
        made = Domain([("state", "=", "done"), ("date_done", ">=", self.date_done)])
        return self.search(Domain(its) & (Domain("state", "=", "planned") | made))

    def _reopen(self, later, why):
        """The message of the touch could not be sent: the touch waits for its outcome again, and what was planned after it is taken back."""
        later._withdraw()
        over = ("outcome_id", "counts", "reached", "warmed", "date_done")
        self.write({"state": "planned", "delivery": "failed", "failure": why, **dict.fromkeys(over, False)})
        [self.activity_id] = self._create_activities([self._activity_row()])

    def _said_of_message(self, email, is_open):
        """:param is_open: the touch is open again
        :return: the sentence for the rep, in the rep's language"""
        local = self.with_context(lang=self.user_id.lang)
        values = {"date": format_date(local.env, self.date_done), "address": email or self.client_name}
        if is_open:
            return local.env._("The message of %(date)s to %(address)s could not be sent: the touch is open again.", **values)
        return local.env._(
            "The message of %(date)s to %(address)s did not arrive: it counts as a try, not as a touch. Check the address or number.",
            **values,
        )

    def _tell_came_back(self, said, why):
        """Tell the rep on the client's record."""
        self._add_note(said)
        self._client_record().message_post(
            body=Markup("<p>%s</p><p>%s</p>") % (said, why),
            subtype_xmlid="mail.mt_note",
            partner_ids=self.user_id.partner_id.ids if self.user_id.active else [],
            author_id=self.env.ref("base.partner_root").id,
        )
