import logging

from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime

from ..base.inside import INSIDE
from ..base.rooms import shared

_logger = logging.getLogger(__name__)

# touches that an expert reads before a meeting
TOUCHES_TOLD = 5

STATES = [("waiting", "Waiting"), ("booked", "Booked"), ("done", "Done"), ("cancelled", "Cancelled")]


class TouchExpertBooking(models.Model):
    """A deal's place with an expert: asked for, booked inside a window, given (R39).

    Asking only records the request, so that two requests at the same time do not conflict. Only :meth:`_assign` gives places, to all
    waiting bookings in their order. A transaction that finds another one assigning leaves the work to the cron, a moment later.
    """

    _name = "touch.expert.booking"
    _description = "Expert Booking"
    _inherit = ["touch.guarded.mixin", "touch.anonymous.mixin", "mail.thread"]
    _mail_post_access = "read"
    _order = "start desc, priority desc, asked, id"

    lead_id = fields.Many2one(
        "crm.lead", string="Deal", index=True, ondelete="set null", readonly=True, help="Empty: anonymous, since the deal was deleted."
    )
    # what the reports need of a deal that they may not know any more: which bookings were of one, and the touches of it that were erased
    deal_key = fields.Integer(readonly=True, copy=False, help="For anonymous bookings: the lowest id among the bookings of the same deal.")
    touches_erased = fields.Integer(readonly=True, copy=False, help="How many of the expert's touches of this deal are anonymous.")
    lead_name = fields.Char(string="Deal's Name", compute="_compute_lead", compute_sudo=True)
    client_name = fields.Char(string="Client", compute="_compute_lead", compute_sudo=True)
    potential_why = fields.Char(string="Reason for the Potential", compute="_compute_lead", compute_sudo=True)
    expected_revenue = fields.Monetary(compute="_compute_lead", compute_sudo=True, currency_field="currency_id")
    currency_id = fields.Many2one("res.currency", compute="_compute_lead", compute_sudo=True)
    phone = fields.Char(compute="_compute_lead", compute_sudo=True)
    email = fields.Char(compute="_compute_lead", compute_sudo=True)
    briefing = fields.Html(
        string="What Was Said", compute="_compute_briefing", compute_sudo=True, sanitize=False, help="The last touches of the deal."
    )
    checklist = fields.Html(string="Before the Meeting", compute="_compute_briefing", compute_sudo=True, sanitize=False)
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", index="btree_not_null", readonly=True)
    expert_id = fields.Many2one("touch.expert", index="btree_not_null", readonly=True, tracking=True, ondelete="restrict")
    expert_user_id = fields.Many2one("res.users", related="expert_id.user_id", string="Expert's User", store=True, index="btree_not_null")
    skill_id = fields.Many2one("touch.skill", string="Skill Asked for", readonly=True)
    priority = fields.Integer(readonly=True, help="The deal's stars: deals with more stars come first.")
    asked = fields.Datetime(string="Asked on", required=True, default=fields.Datetime.now, readonly=True)
    state = fields.Selection(STATES, required=True, default="waiting", readonly=True, tracking=True, index=True)
    after_agreement = fields.Boolean(
        string="When the Client Agrees",
        readonly=True,
        copy=False,
        help="An expert is booked when the client has agreed to meet, and not before.",
    )
    client_agreed = fields.Boolean(readonly=True, copy=False, help="The client agreed to meet, and is invited.")
    agreed_date = fields.Date(string="Agreed Day", readonly=True, copy=False, help="The day on which the client agreed to meet.")
    client_comes = fields.Boolean(compute="_compute_client_said", help="The client agreed to the day of the meeting.")
    client_said = fields.Char(string="The Client", compute="_compute_client_said")
    start = fields.Datetime(readonly=True, tracking=True)
    stop = fields.Datetime(string="Ends", readonly=True)
    moved_from = fields.Datetime(readonly=True, copy=False, help="When the meeting was to be before the booking lost its place.")
    hours = fields.Float(readonly=True)
    event_id = fields.Many2one("calendar.event", string="Meeting", readonly=True, index="btree_not_null", ondelete="set null")
    declined_expert_ids = fields.Many2many("touch.expert", string="Declined by", readonly=True)
    note = fields.Text(readonly=True)
    reached = fields.Boolean(readonly=True, help="The expert reached the client.")
    has_begun = fields.Boolean(compute="_compute_parties")
    is_experts = fields.Boolean(
        string="Mine to Answer", compute="_compute_parties", help="The user is the expert of the booking, or a sales manager."
    )
    position = fields.Integer(compute="_compute_turn", compute_sudo=True, help="Place on the waiting list.")
    expected_date = fields.Date(string="Expected on", compute="_compute_turn", compute_sudo=True)
    waits_for = fields.Char(compute="_compute_turn", compute_sudo=True, help="Why no expert is booked yet.")

    _open_uniq = models.UniqueIndex("(lead_id) WHERE state IN ('waiting', 'booked')", "An expert has already been asked for on this deal.")
    _slot_uniq = models.UniqueIndex("(expert_id, start) WHERE state IN ('booked', 'done')", "The expert is already booked at that time.")
    _place = models.Constraint(
        "CHECK(state NOT IN ('booked', 'done') OR (expert_id IS NOT NULL AND start < stop AND hours >= 0))",
        "A booking needs an expert and a time.",
    )
    _agreed_years = models.Constraint(
        "CHECK(agreed_date BETWEEN '1900-01-01' AND '2100-12-31')", "The agreed day lies between 1900 and 2100."
    )
    _hours_given = models.Constraint("CHECK(hours BETWEEN 0 AND 1000)", "An expert gives 0 to 1,000 hours to a deal.")

    @api.depends("lead_id", "start", "expert_id")
    @api.depends_context("tz", "lang")
    def _compute_display_name(self):
        for booking in self:
            place = (format_datetime(self.env, booking.start, dt_format="short"), booking.expert_id.name) if booking.start else ()
            booking.display_name = " · ".join(part for part in (booking.lead_name, *place) if part)

    @api.depends("state", "client_agreed", "agreed_date", "start", "expert_id")
    @api.depends_context("lang")
    def _compute_client_said(self):
        for booking in self:
            is_booked = booking.state == "booked"
            booking.client_comes = is_booked and booking._has_clients_word()
            said = self.env._("agreed to this time") if booking.client_comes else self.env._("does not know this time yet")
            booking.client_said = is_booked and said

    @api.depends("start", "state", "expert_user_id")
    @api.depends_context("uid")
    def _compute_parties(self):
        manager = self.env.user.has_group("sales_team.group_sale_manager")
        for booking in self:
            booking.has_begun = booking._has_begun()
            booking.is_experts = manager or booking.expert_user_id == self.env.user

    @shared
    def _has_begun(self):
        return self.state == "booked" and self.start <= fields.Datetime.now()

    @api.depends(
        "state",
        "lead_id.name",
        "lead_id.partner_id",
        "lead_id.potential_why",
        "lead_id.expected_revenue",
        "lead_id.phone",
        "lead_id.email_from",
    )
    def _compute_lead(self):
        for booking in self:
            lead = booking.lead_id
            booking.lead_name = lead.name
            booking.client_name = lead.partner_id.display_name or lead.partner_name or lead.contact_name
            booking.potential_why = lead.potential_why
            booking.expected_revenue = lead.expected_revenue
            booking.currency_id = lead.company_currency or self.env.company.currency_id
            known = booking._to_prepare()
            booking.phone = known and (lead.phone or lead.partner_id.phone)
            booking.email = known and (lead.email_normalized or lead.email_from)

    def _to_prepare(self):
        """:return: whether the meeting lies ahead: what prepares it is told to whoever works the deal now, and to the expert, and to nobody later"""
        return self.state in ("waiting", "booked")

    @api.depends("lead_id", "state")
    @api.depends_context("lang", "tz")
    def _compute_briefing(self):
        """What an expert must know before the meeting, without reading the whole deal."""
        leads = self.filtered(lambda one: one._to_prepare()).lead_id
        touches = self.env["touch.touch"].search(
            [("lead_id", "in", leads.ids), ("state", "=", "done"), ("unsure", "!=", True)], order="date_done desc, id desc"
        )
        of_deal = touches.grouped("lead_id")
        for booking in self:
            known = of_deal.get(booking.lead_id, touches.browse()) if booking._to_prepare() else ()
            lines = [touch._told_in_a_line() for touch in known[:TOUCHES_TOLD]]
            booking.briefing = bool(lines) and Markup("<ul class='list-unstyled mb-0'>%s</ul>") % Markup().join(
                Markup("<li class='mb-1'>%s</li>") % line for line in lines
            )
            booking.checklist = booking._to_prepare() and booking._meeting_checklist()

    def _meeting_checklist(self):
        """:return: what to have ready (R63), filled in for the deal's client"""
        lead = self.lead_id
        values = {"lead_id": lead.id, "partner_id": lead.partner_id.id, "company_id": self.company_id.id, "user_id": self.user_id.id}
        touch = self.env["touch.touch"].new({**values, "channel": "meeting"})  # as one with this client would be
        return touch._meeting_checklists()[touch] if lead else False

    @shared
    @api.model
    def _search_if_used(self, domain):
        """:return: the bookings that ``domain`` says; empty, without a look, where there never was an expert"""
        every = self._as_system()
        return every.search(domain) if self.env["touch.expert"]._any_expert() else every.browse()

    @shared
    def _as_system(self):
        """The same bookings with all rights, and deaf to the view of whoever clicked: meetings take a record to hang on from it.

        sudo: what happens to deals, meetings and experts reaches the bookings of everyone.
        """
        kept = {name: self.env.context[name] for name in ("lang", "tz", "allowed_company_ids") if name in self.env.context}
        return self.with_env(self.env(su=True, context=kept))

    # --------------------------------------------------------------
    # Giving places
    # --------------------------------------------------------------

    @api.model
    def _waiting_for_expert(self):
        """:return: domain of the bookings that want a place now: not those whose clients have not agreed to meet yet (R37, R45)"""
        return Domain("state", "=", "waiting") & (Domain("after_agreement", "=", False) | Domain("client_agreed", "=", True))

    def _waits_for_client(self):
        return self.state == "waiting" and self.after_agreement and not self.client_agreed

    def _booked_text(self):
        zone = self.env.context.get("tz") or "UTC"
        return self.env._(
            "%(expert)s helps %(rep)s with “%(deal)s” on %(start)s (%(zone)s).",
            expert=self.expert_id.name,
            rep=self.user_id.name or self.env._("nobody"),
            deal=self.lead_id.name,
            start=format_datetime(self.env, self.start, tz=zone, dt_format="short"),
            zone=zone,
        )

    def _moved_text(self, before):
        """:param before: when the meeting was to be until now, in UTC"""
        zone = self.env.context.get("tz") or "UTC"
        return self.env._(
            "%(text)s Before, it was to be on %(before)s.",
            text=self._booked_text(),
            before=format_datetime(self.env, before, tz=zone, dt_format="short"),
        )

    def _tell(self, subject, text):
        """Trace on booking and deal, and a message to those concerned, each in his own language and time zone.

        :param subject, text: functions of the booking, or the text itself
        """
        self.ensure_one()

        def said(what, lang, tz):
            return what(self.with_context(lang=lang, tz=tz)) if callable(what) else what

        for user in (self.user_id | self.expert_user_id) - self.env.user:
            texts = [said(what, user.lang, user.tz) for what in (subject, text)]
            self.message_notify(partner_ids=user.partner_id.ids, subject=texts[0], body=texts[1])
        body = said(text, self.env.lang, self.expert_user_id.tz)
        self._message_log(body=body)
        self.lead_id._message_log(body=body)

    # --------------------------------------------------------------
    # Forgetting
    # --------------------------------------------------------------

    @api.model
    def _is_known(self):
        return Domain("lead_id", "!=", False)

    def _anonymise(self):
        """Of no deal from now on: expert, hours and state stay."""
        opened = self.filtered(lambda one: one.state in ("waiting", "booked"))
        opened._cancel_because(self.env._("The deal was removed."), begun=True)
        self._forget_words()
        for bookings in self.grouped("lead_id").values():
            bookings.write({"deal_key": min(bookings.ids), "lead_id": False})  # into the cache; the database is written once for all

    @shared
    def _forget_words(self):
        """Every word about the deal goes: notes, messages, and what its meeting says; and the client is at it no more."""
        # also what was told to users only, which a thread does not show
        self.env["mail.message"].search([("model", "=", self._name), ("res_id", "in", self.ids)]).unlink()
        self.write({"note": False, "agreed_date": False})
        # the meeting itself took the expert's hour, and stays in his calendar
        self.event_id.with_context(touch_booking=INSIDE, no_mail_to_attendees=True).write(
            {
                "name": self.env._("Expert"),
                "description": False,
                "partner_ids": [fields.Command.unlink(client.id) for client in self.lead_id.partner_id],
            }
        )

    @shared
    @api.model
    def _keep_touch_counts(self, touches):
        """These touches become anonymous: the bookings of their deals keep how many an expert made (R41)."""
        if not touches:
            return
        self.env.flush_all()
        # SQL: ids of touches that are being erased, by who was asked for the right
        rows = self.env.execute_query(
            SQL(
                """UPDATE touch_expert_booking booking SET touches_erased = COALESCE(booking.touches_erased, 0) + made.count
                     FROM (SELECT lead_id, expert_id, count(*) AS count FROM touch_touch
                            WHERE id = ANY(%s) AND state = 'done' AND lead_id IS NOT NULL AND expert_id IS NOT NULL
                            GROUP BY lead_id, expert_id) made
                    WHERE booking.id = (SELECT min(id) FROM touch_expert_booking first
                                         WHERE first.lead_id = made.lead_id AND first.expert_user_id = made.expert_id
                                           AND first.state = 'done')
                    RETURNING booking.id""",
                touches.ids,
            )
        )
        self.browse(id_ for (id_,) in rows).invalidate_recordset(["touches_erased"])

    # --------------------------------------------------------------
    # What people do
    # --------------------------------------------------------------

    def _follow_attendees(self):
        """The meetings may have lost their experts: who declined the invitation, by button, link or calendar, or was taken off the meeting
        does not come. The deal waits for another, as after :meth:`action_decline`."""
        fallen = self.browse()
        for booking in self._as_system().filtered(lambda one: one.state == "booked" and one.event_id):  # hardly ever more than one
            expert = booking.expert_id.name
            attendee = booking.event_id.attendee_ids.filtered(
                lambda one, booking=booking: one.partner_id == booking.expert_user_id.partner_id
            )
            if not attendee:
                text = self.env._("%(user)s removed %(expert)s from the meeting.", expert=expert, user=self.env.user.name)
            elif set(attendee.mapped("state")) == {"declined"}:
                text = self.env._("%(expert)s declined the invitation.", expert=expert)
            else:
                continue
            # whoever takes part is still at the meeting: a link in a mail shows it once more
            booking._declined(text, archive=True)
            fallen |= booking
        if fallen:
            fallen._assign_soon()
