import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime

from ..method.expert import experts as method_experts
from .arguments import number, records, single, takes, text
from .inside import INSIDE
from .touch_background import LOST_RACES
from .touch_expert import aware

_logger = logging.getLogger(__name__)

STATES = [("waiting", "Waiting"), ("booked", "Booked"), ("done", "Done"), ("cancelled", "Cancelled")]
# weeks that are looked ahead to tell who waits when his turn will come
WEEKS_EXPECTED = 26


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
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", index="btree_not_null", readonly=True)
    expert_id = fields.Many2one("touch.expert", index="btree_not_null", readonly=True, tracking=True, ondelete="restrict")
    expert_user_id = fields.Many2one("res.users", related="expert_id.user_id", string="Expert's User", store=True, index="btree_not_null")
    skill_id = fields.Many2one("touch.skill", string="Skill Asked for", readonly=True)
    priority = fields.Integer(readonly=True, help="The deal's stars: deals with more stars come first.")
    asked = fields.Datetime(string="Asked on", required=True, default=fields.Datetime.now, readonly=True)
    state = fields.Selection(STATES, required=True, default="waiting", readonly=True, tracking=True, index=True)
    start = fields.Datetime(readonly=True, tracking=True)
    stop = fields.Datetime(readonly=True)
    hours = fields.Float(readonly=True)
    event_id = fields.Many2one("calendar.event", string="Meeting", readonly=True, index="btree_not_null", ondelete="set null")
    without_ids = fields.Many2many("touch.expert", string="Declined by", readonly=True)
    note = fields.Text(readonly=True)
    reached = fields.Boolean(readonly=True, help="The expert reached the client.")
    has_begun = fields.Boolean(compute="_compute_parties")
    is_experts = fields.Boolean(
        string="Mine to Answer", compute="_compute_parties", help="The user is the expert of the booking, or a sales manager."
    )
    position = fields.Integer(compute="_compute_turn", compute_sudo=True, help="Place on the waiting list.")
    expected_date = fields.Date(string="Expected on", compute="_compute_turn", compute_sudo=True)

    _open_uniq = models.UniqueIndex("(lead_id) WHERE state IN ('waiting', 'booked')", "An expert has already been asked for on this deal.")
    _slot_uniq = models.UniqueIndex("(expert_id, start) WHERE state IN ('booked', 'done')", "The expert is already booked at that time.")
    _place = models.Constraint(
        "CHECK(state NOT IN ('booked', 'done') OR (expert_id IS NOT NULL AND start < stop AND hours >= 0))",
        "A booking needs an expert and a time.",
    )
    _hours_given = models.Constraint("CHECK(hours BETWEEN 0 AND 1000)", "An expert gives 0 to 1,000 hours to a deal.")

    @api.depends("lead_id", "start", "expert_id")
    @api.depends_context("tz", "lang")
    def _compute_display_name(self):
        for booking in self:
            place = (format_datetime(self.env, booking.start, dt_format="short"), booking.expert_id.name) if booking.start else ()
            booking.display_name = " · ".join(part for part in (booking.lead_name, *place) if part)

    @api.depends("start", "state", "expert_user_id")
    @api.depends_context("uid")
    def _compute_parties(self):
        manager = self.env.user.has_group("sales_team.group_sale_manager")
        for booking in self:
            booking.has_begun = booking._has_begun()
            booking.is_experts = manager or booking.expert_user_id == self.env.user

    def _has_begun(self):
        return self.state == "booked" and self.start <= fields.Datetime.now()

    @api.depends("lead_id.name", "lead_id.partner_id", "lead_id.potential_why", "lead_id.expected_revenue")
    def _compute_lead(self):
        for booking in self:
            lead = booking.lead_id
            booking.lead_name = lead.name
            booking.client_name = lead.partner_id.display_name or lead.partner_name or lead.contact_name
            booking.potential_why = lead.potential_why
            booking.expected_revenue = lead.expected_revenue
            booking.currency_id = lead.company_currency or self.env.company.currency_id

    @api.depends("state", "priority", "asked")
    def _compute_turn(self):
        self.position, self.expected_date = 0, False
        for company, bookings in self.filtered(lambda one: one.state == "waiting").grouped("company_id").items():
            waiting = self.search([("state", "=", "waiting"), ("company_id", "=", company.id)])
            order = [request.id for request in method_experts.in_order(waiting._requests())]
            experts = self.env["touch.expert"].search([("company_id", "=", company.id)])
            places = waiting._places(experts, company, WEEKS_EXPECTED)
            for booking in bookings:
                booking.position = order.index(booking.id) + 1 if booking.id in order else 0
                place = places.get(booking.id)
                # naive UTC, as the ORM has it, on the reader's day
                booking.expected_date = place and fields.Datetime.context_timestamp(self, place.span.start.replace(tzinfo=None)).date()

    @api.model
    def _found(self, domain):
        """:return: the bookings that ``domain`` says; empty, without a look, where there never was an expert"""
        every = self._for_everyone()
        return every.search(domain) if self.env["touch.expert"]._in_use() else every.browse()

    def _for_everyone(self):
        """The same bookings with all rights, and deaf to the view of whoever clicked: meetings take a record to hang on from it.

        sudo: what happens to deals, meetings and experts reaches the bookings of everyone.
        """
        kept = {name: self.env.context[name] for name in ("lang", "tz", "allowed_company_ids") if name in self.env.context}
        return self.with_env(self.env(su=True, context=kept))

    # --------------------------------------------------------------
    # Giving places
    # --------------------------------------------------------------

    def _requests(self):
        return [
            method_experts.Request(
                id=booking.id,
                asked=aware(booking.asked),
                priority=booking.priority,
                skill=booking.skill_id.id or None,
                without=frozenset(booking.without_ids.ids),
                rep=booking.user_id.id,
            )
            for booking in self
        ]

    def _places(self, experts, company, weeks):
        """:return: {booking id: place} for those of ``self`` who find one within so many weeks"""
        now = aware(fields.Datetime.now())
        until = now + timedelta(weeks=weeks)
        known, busy_reps = experts._method_experts(now, until, self.user_id)
        return method_experts.assign(self._requests(), known, now + timedelta(hours=company.touch_expert_notice), until, busy_reps)

    @api.model
    def _assign_soon(self):
        """Give places now where nobody else is at it, else a moment later, by the cron."""
        every = self._for_everyone()
        for company in every.search([("state", "=", "waiting")]).company_id:
            try:
                with self.env.cr.savepoint():
                    every._assign(company)
            except LOST_RACES as error:
                _logger.info("expert bookings are left to the cron: %s", error)
                self.env.invalidate_all()
                cron = every.env.ref("touch_cadence.ir_cron_assign_experts", raise_if_not_found=False)
                if cron:
                    cron._trigger()

    @api.model
    def _assign(self, company, patient=False):
        """Give all who wait for an expert of ``company`` their places, in their order.

        :param patient: wait for who is at it

        :raise LockNotAvailable, SerializationFailure: while, or after, another transaction gave places that this one cannot see
        """
        waiting = self.search([("state", "=", "waiting"), ("company_id", "=", company.id)])
        experts = self.env["touch.expert"].search([("company_id", "=", company.id)], order="id")
        if not waiting or not experts:
            return
        # who wrote a booking counted a turn: a row that changed since this transaction began cannot be locked in it. The same person may
        # be an expert of several companies
        # SQL: a lock, by ids of records; reached by whoever asks for an expert, and tells nothing
        self.env.cr.execute(
            SQL(
                "SELECT id FROM touch_expert WHERE user_id = ANY(%s) ORDER BY id FOR NO KEY UPDATE %s",
                experts.user_id.ids,
                SQL() if patient else SQL("NOWAIT"),
            )
        )
        places = waiting._places(experts, company, company.touch_expert_weeks)
        for booking in waiting.browse(request.id for request in method_experts.in_order(waiting._requests()) if request.id in places):
            place = places[booking.id]  # each has a slot and a meeting of its own
            booking._take(self.env["touch.expert"].browse(place.expert), *(moment.replace(tzinfo=None) for moment in place.span))

    def _take(self, expert, start, stop):
        """The booking takes its place, and both sides learn of it."""
        self.ensure_one()
        same = self.env["touch.expert"].with_context(active_test=False).search([("user_id", "=", expert.user_id.id)])
        same._count_turn()
        self.write(
            {"state": "booked", "expert_id": expert.id, "start": start, "stop": stop, "hours": (stop - start).total_seconds() / 3600}
        )
        partners = (self.user_id | expert.user_id).partner_id
        # both are told below, in one message with the why
        events = self.env["calendar.event"].with_context(no_mail_to_attendees=True, mail_create_nolog=True, touch_booking=INSIDE)
        self.event_id = events.create(
            {
                "name": self.env._("Expert: %(deal)s", deal=self.lead_id.name),
                "start": start,
                "stop": stop,
                "user_id": (self.user_id or expert.user_id).id,
                "partner_ids": [fields.Command.set(partners.ids)],
                "opportunity_id": self.lead_id.id,
                "show_as": "busy",
            }
        )
        self._tell(lambda one: one.env._("Expert booked"), lambda one: one._booked_text())
        self.lead_id._touch_expert_changed()

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

    def _release(self, archive=False, **values):
        """The booking gives its place up; its meeting is taken off the calendars.

        :param archive: keep the meeting in the archive: somebody is still at it
        """
        events = self.event_id
        self.expert_id._count_turn()
        self.write({"expert_id": False, "start": False, "stop": False, "hours": 0, "event_id": False, **values})
        events = events.with_context(touch_booking=INSIDE, no_mail_to_attendees=True)
        if archive:
            events.active = False
        else:
            events.unlink()
        self.lead_id._touch_expert_changed()

    def _follow_rep(self):
        """The deals have other salespeople now: they come to the meetings instead, or to others where they are busy then."""
        for booking in self.filtered(
            lambda one: one.lead_id.user_id and one.user_id != one.lead_id.user_id and not one._has_begun()
        ):  # hardly ever more than one
            before, booking.user_id = booking.user_id, booking.lead_id.user_id
            if booking.state == "booked" and (booking.user_id == booking.expert_user_id or booking._is_busy(booking.user_id)):
                self._hand_back([("id", "=", booking.id)], self.env._("%(rep)s is busy at that time.", rep=booking.user_id.name))
            elif booking.event_id:
                booking.event_id.with_context(touch_booking=INSIDE, no_mail_to_attendees=True).write(
                    {
                        "user_id": booking.user_id.id,
                        "partner_ids": [
                            fields.Command.unlink(before.partner_id.id),
                            *(fields.Command.link(partner) for partner in (booking.user_id | booking.expert_user_id).partner_id.ids),
                        ],
                    }
                )
                booking._tell(lambda one: one.env._("Expert booked"), lambda one: one._booked_text())

    def _is_busy(self, user):
        """:return: whether something else than this booking is in the user's way then"""
        span = method_experts.Span(aware(self.start), aware(self.stop))
        return any(span.overlaps(other) for other in self.expert_id._busy(user, *span, without=self)[user.id])

    def _not_needed(self, reason, begun=False):
        """These are asked for no more; their slots go to the next. What the expert gave already stays his (R41).

        :param begun: also those whose hour has come: they did not take place
        """
        going = self.filtered(lambda one: begun or not one._has_begun())
        for booking in going:  # hardly ever more than one
            booking._tell(lambda one: one.env._("Expert not needed"), reason)
        if going:
            going._release(state="cancelled")
            self._assign_soon()

    @api.model
    def _hand_back(self, domain, reason):
        """Bookings that cannot stand go back to the waiting list, in their old order, and find another place where there is one."""
        bookings = self._found(Domain(domain) & Domain("state", "=", "booked") & Domain("start", ">", fields.Datetime.now()))
        for booking in bookings:  # few: those in one expert's leave
            booking._message_log(body=reason)
            booking.lead_id._message_log(body=reason)
        if bookings:
            bookings._release(state="waiting")
            self._assign_soon()
            for booking in bookings.filtered(lambda one: one.state == "waiting"):
                booking._tell(lambda one: one.env._("Back on the waiting list"), reason)

    # --------------------------------------------------------------
    # Forgetting
    # --------------------------------------------------------------

    @api.model
    def _is_known(self):
        return Domain("lead_id", "!=", False)

    def _anonymise(self):
        """Of no deal from now on: expert, hours and state stay."""
        opened = self.filtered(lambda one: one.state in ("waiting", "booked"))
        opened._not_needed(self.env._("The deal was removed."), begun=True)
        self._forget_words()
        for bookings in self.grouped("lead_id").values():
            bookings.write({"deal_key": min(bookings.ids), "lead_id": False})  # into the cache; the database is written once for all

    def _forget_words(self):
        """Every word about the deal goes: notes, messages, and what its meeting says."""
        # also what was told to users only, which a thread does not show
        self.env["mail.message"].search([("model", "=", self._name), ("res_id", "in", self.ids)]).unlink()
        self.write({"note": False})
        # the meeting itself took the expert's hour, and stays in his calendar
        self.event_id.with_context(touch_booking=INSIDE, no_mail_to_attendees=True).write(
            {"name": self.env._("Expert"), "description": False}
        )

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

    def _check_party(self, expert_only=False):
        """:raise AccessError: for who is neither the booking's expert, nor its rep, nor a sales manager"""
        self.check_access("read")
        # bookings are written here only; who may is asked first
        bookings = self._for_everyone()
        if self.env.su or self.env.user.has_group("sales_team.group_sale_manager"):
            return bookings
        for booking in bookings:
            parties = booking.expert_user_id if expert_only else booking.expert_user_id | booking.user_id
            if self.env.user not in parties:
                raise AccessError(
                    self.env._("Only the expert or a sales manager may do this with “%(deal)s”.", deal=booking.lead_name)
                    if expert_only
                    else self.env._(
                        "Only the expert, the salesperson or a sales manager may do this with “%(deal)s”.", deal=booking.lead_name
                    )
                )
        return bookings

    def _check_booking_state(self, *states):
        wrong = self.filtered(lambda one: one.state not in states)[:1]
        if wrong:
            state = dict(self._fields["state"]._description_selection(self.env))[wrong.state].lower()
            raise UserError(
                self.env._("The booking of “%(deal)s” is %(state)s: this cannot be done now.", deal=wrong.lead_name, state=state)
            )

    def _check_ahead(self):
        """:raise UserError: for what has begun"""
        begun = self.filtered(lambda one: one._has_begun())[:1]
        if begun:
            raise UserError(self.env._("The meeting about “%(deal)s” has begun or is over: give its result instead.", deal=begun.lead_name))

    @takes(reason=text())
    def action_decline(self, reason=None):
        """The expert declines: the deal keeps its place and waits for another expert. The slot goes to the next deal.

        :param reason: why, in the expert's words
        :raise UserError: if the booking is not booked, or has begun
        """
        bookings = self._check_party(expert_only=True)
        bookings._check_booking_state("booked")
        bookings._check_ahead()
        for booking in bookings:
            booking._declined(self.env._("%(expert)s declined: %(reason)s", expert=booking.expert_id.name, reason=reason or "–"))
        self._assign_soon()
        return True

    def _declined(self, text, archive=False):
        """The expert does not come: the booking waits for another."""
        self.ensure_one()
        self.without_ids = [fields.Command.link(self.expert_id.id)]
        self._tell(lambda one: one.env._("Expert declined"), text)
        self._release(archive=archive, state="waiting")

    def _follow_attendees(self):
        """The meetings may have lost their experts: who declined the invitation, by button, link or calendar, or was taken off the meeting
        does not come. The deal waits for another, as after :meth:`action_decline`."""
        fallen = self.browse()
        for booking in self._for_everyone().filtered(lambda one: one.state == "booked" and one.event_id):  # hardly ever more than one
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

    @takes(reason=text())
    def action_cancel(self, reason=None):
        """No expert is needed any more; the slot goes to the next waiting deal. Once a meeting should have begun, only its expert or a
        sales manager may cancel it: it did not take place.

        :raise UserError: if the booking is over
        """
        bookings = self._check_party()
        bookings._check_booking_state("waiting", "booked")
        bookings.filtered(lambda one: one._has_begun()).with_env(self.env)._check_party(expert_only=True)
        bookings._not_needed(self.env._("Cancelled: %(reason)s", reason=reason or "–"), begun=True)
        return True

    @takes(self=single(), other=records("touch.expert.booking"))
    def action_swap(self, other):
        """Two bookings exchange their places, each with its expert.

        :param other: the other booking, or its id
        :raise UserError: if one is not booked, an expert lacks the skill or declined, or a salesperson is busy at that time
        """
        self.ensure_one()
        pair = self._check_party() | other._check_party()
        pair._check_booking_state("booked")
        pair._check_ahead()
        one, two = pair[:1], pair[1:]
        if not two:
            raise UserError(self.env._("Choose another booking to swap with."))
        for booking, expert in ((one, two.expert_id), (two, one.expert_id)):
            lacking = booking.skill_id and booking.skill_id not in expert.skill_ids
            foreign = expert.company_id != booking.company_id or expert.user_id == booking.user_id
            if lacking or foreign or expert in booking.without_ids:
                raise UserError(
                    self.env._(
                        "%(expert)s cannot help with “%(deal)s”: choose another booking.", expert=expert.name, deal=booking.lead_name
                    )
                )
        places = [(booking.expert_id, booking.start, booking.stop) for booking in (two, one)]
        pair._release(state="waiting")
        for booking, (expert, start, stop) in zip((one, two), places):
            booking._take(expert, start, stop)
            if booking._is_busy(booking.user_id):
                raise UserError(self.env._("%(rep)s is busy at that time.", rep=booking.user_id.name))
            booking._message_log(body=self.env._("%(user)s swapped the booking.", user=self.env.user.name))
        return True

    @takes(outcome=records("touch.outcome"), hours=number(0, 1000), note=text())
    def action_done(self, outcome=None, hours=None, note=None):
        """The expert helped. This makes a touch of the client, and the hours count for the expert (R41).

        :param outcome: a ``touch.outcome`` or its id; none counts as "met in person"
        :param hours: the hours given, if they differ from the booked ones
        :param note: what was said
        :raise UserError: if the booking is not booked, or has not begun
        """
        bookings = self._check_party(expert_only=True)
        bookings._check_booking_state("booked")
        early = bookings.filtered(lambda one: not one._has_begun())[:1]
        if early:
            raise UserError(self.env._("The meeting about “%(deal)s” has not begun: it cannot be done yet.", deal=early.lead_name))
        # who deleted that outcome has "reached" instead, which stays
        met = self.env.ref("touch_cadence.touch_outcome_met", raise_if_not_found=False) or self.env["touch.outcome"]._default_outcome()
        outcome = outcome or met
        bookings.write({"state": "done", "note": note, "reached": outcome.reached, **({} if hours is None else {"hours": hours})})
        for booking in bookings:
            booking.lead_id._touch_with_expert(booking, outcome, note)
        return True

    @takes(self=single())
    def action_open_lead(self):
        self.ensure_one()
        self._check_tells()
        return self.lead_id.get_formview_action()

    @takes(self=single())
    def action_open_event(self):
        self.ensure_one()
        return self.event_id.get_formview_action()

    @takes(self=single())
    def action_ask_decline(self):
        return self._wizard("decline", self.env._("Decline"))

    @takes(self=single())
    def action_ask_cancel(self):
        return self._wizard("cancel", self.env._("No Expert Needed"))

    @takes(self=single())
    def action_ask_swap(self):
        return self._wizard("swap", self.env._("Swap with Another Booking"))

    @takes(self=single())
    def action_ask_done(self):
        return self._wizard("done", self.env._("The Expert Helped"))

    def _wizard(self, kind, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "touch.booking.act",
            "view_mode": "form",
            "target": "new",
            "context": {"default_kind": kind, "default_booking_id": self.id},
        }

    # --------------------------------------------------------------
    # Cron
    # --------------------------------------------------------------

    @api.model
    def _cron_assign(self):
        """Give places to those who wait: after a race, and when a week has come near."""
        planner = self.env["touch.planner"]._for_everyone()
        bookings = planner.env["touch.expert.booking"]
        planner.env["touch.background"]._run_batches(bookings._found([("state", "=", "booked")]).expert_id._recheck)
        for company in bookings.search([("state", "=", "waiting")]).company_id:
            planner.env["touch.background"]._run_batches(lambda company=company: bookings._assign(company, patient=True))
