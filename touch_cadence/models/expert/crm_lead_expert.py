from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import format_date, format_datetime

from ...method.client import outcomes
from ...method.expert import level
from ...method.plan.facts import MEETING
from ..base.arguments import choice, records, single, takes, text
from ..base.inside import told
from ..base.names import MANAGER, SALES
from ..base.rooms import shared
from ..client.crm_lead import CLOSING
from ..team.res_users import LEVEL_SELECTION

# what the client said, for whom an expert is asked: yes to that time; nothing yet, the time is kept; nothing yet, nobody is booked before
CLIENT_SAYS = ("agreed", "kept", "later")


class CrmLead(models.Model):
    """Deals of high potential are worked with an expert."""

    _inherit = "crm.lead"

    touch_level = fields.Selection(
        LEVEL_SELECTION,
        string="Salesperson's Level",
        compute="_compute_touch_level",
        groups=SALES,
    )
    booking_ids = fields.One2many("touch.expert.booking", "lead_id", string="Expert Bookings", groups=SALES)
    expert_alone_reason = fields.Char(string="Reason to Work Alone", groups=SALES, tracking=True, copy=False, readonly=True)
    expert_status = fields.Selection(
        [
            ("none", "No expert needed"),
            ("needed", "Expert needed"),
            ("asked", "Expert to be decided"),
            ("alone", "Without an expert"),
            ("client", "Expert when the client agrees"),
            ("waiting", "Waiting for an expert"),
            ("booked", "Expert booked"),
            ("done", "Expert helped"),
        ],
        string="Expert",
        compute="_compute_expert",
        groups=SALES,
    )
    expert_text = fields.Char(string="Expert and Slot", compute="_compute_expert", groups=SALES)
    expert_blocks = fields.Char(string="Blocked by", compute="_compute_expert", groups=SALES)

    @api.depends(
        "potential", "user_id.touch_level", "stage_id", "booking_ids.state", "booking_ids.start", "booking_ids.client_agreed", "booking_ids.after_agreement",
        "expert_alone_reason",
    )  # fmt: skip
    @api.depends_context("lang", "tz")
    def _compute_expert(self):
        # which expert, and when, is for whoever sees the deal
        bookings = self.env["touch.expert.booking"]._search_if_used([("lead_id", "in", self.ids), ("state", "!=", "cancelled")])
        last = {booking.lead_id.id: booking for booking in bookings.sorted("id")}
        helped = self._touch_helped()
        held = self._touch_blocked_at_gate(helped)
        needing = self._touch_needing_expert()
        for lead in self:
            booking = last.get(lead._origin.id)
            text = False
            if booking and booking._waits_for_client():
                status = "client"
                text = self.env._("An expert is booked when the client agrees to meet.")
            elif booking and booking.state == "waiting":
                status = "waiting"
                text = self.env._("Place %(position)s on the waiting list", position=booking.position)
                if booking.expected_date:
                    text = self.env._("%(place)s, expected on %(date)s", place=text, date=format_date(self.env, booking.expected_date))
            elif booking and booking.state == "booked":
                status = "booked"
                text = f"{booking.expert_id.name}, {format_datetime(self.env, booking.start, dt_format='short')}"
            elif lead._origin.id in helped:
                status = "done"
                text = booking.expert_id.name if booking else False
            elif lead.potential != "high" or not lead._touch_is_open():
                status = "none"
            elif lead in needing:
                status = "needed"
            else:
                status = "alone" if lead.expert_alone_reason else "asked"
                text = lead.expert_alone_reason
            lead.expert_status, lead.expert_text = status, text
            lead.expert_blocks = lead in held and self.env._(
                "The deal cannot pass “%(stage)s” until an expert has helped.", stage=lead._touch_gate().name
            )

    @api.depends("user_id.touch_level")
    @api.depends_context("uid")
    def _compute_touch_level(self):
        levels = self._touch_levels()
        manager = self.env.user.has_group(MANAGER)
        for lead in self:
            lead.touch_level = (manager or lead.user_id == self.env.user) and levels[lead]

    def _touch_levels(self):
        """:return: {deal: the level at which its salesperson works it}; whom it is told is the field's business"""
        levels = self.user_id.sudo()._touch_levels()  # sudo: a colleague's won deals, as a number
        return {lead: levels.get(lead.user_id.id, level.BEGINNER) for lead in self}

    def _touch_needing_expert(self):
        """:return: the deals that need an expert: large ones of beginners (R40)"""
        levels = self._touch_levels()
        return self.filtered(lambda lead: level.needs_expert(lead.potential, levels[lead]))

    def _touch_gate(self):
        """:return: the stage that a beginner does not pass alone"""
        return self.team_id.sudo().touch_gate_stage_id  # sudo: a setting of the team

    def _touch_blocked_at_gate(self, helped):
        """:param helped: ids of the deals with which an expert helped
        :return: the deals that stand before their team's gate and do not pass it without an expert (R40)"""

        def is_held(lead):
            gate = lead._touch_gate()
            before = gate and lead.stage_id.sequence <= gate.sequence
            return before and lead._origin.id not in helped

        return self.filtered(is_held)._touch_needing_expert()

    def _touch_helped(self):
        """:return: ids of those deals with which an expert helped, as he or a manager said himself"""
        return set(
            self.env["touch.expert.booking"]
            ._search_if_used([("lead_id", "in", self.ids), ("state", "=", "done"), ("reached", "=", True)])
            .lead_id.ids
        )

    def write(self, vals):
        if vals.get("stage_id"):
            self.check_access("write")  # what is refused below names the deal
            self._touch_check_gate(self.env["crm.stage"].browse(vals["stage_id"]))
        result = super().write(vals)
        if "user_id" in vals:
            # the meeting is with whoever works the deal now
            self._touch_open_bookings()._follow_rep()
        if "company_id" in vals:
            foreign = self._touch_open_bookings().filtered(
                lambda one: one.lead_id.company_id not in (one.company_id, one.company_id.browse())
            )
            patient = foreign.filtered(lambda one: one._waits_for_client()).lead_id
            moved = foreign.lead_id - patient
            foreign._cancel_because(self.env._("The deal belongs to another company now."))
            moved._touch_ask()
            patient._touch_ask(after_agreement=True)
        if not CLOSING.isdisjoint(vals):
            over = self.filtered(lambda lead: not lead._touch_is_open())
            over._touch_open_bookings()._cancel_because(self.env._("The deal is over."))
        if vals.get("potential") == "low":
            self._touch_open_bookings()._cancel_because(self.env._("The deal's potential is low."))
        if "priority" in vals:
            waiting = self._touch_open_bookings().filtered(lambda one: one.state == "waiting")
            waiting.write({"priority": int(vals["priority"] or 0)})
        return result

    @api.ondelete(at_uninstall=False)
    def _give_expert_up(self):
        self._touch_open_bookings()._cancel_because(self.env._("The deal was removed."))

    def _touch_check_gate(self, stage):
        """A beginner's deal of high potential does not pass the team's gate before an expert helped (R40).

        :raise RedirectWarning: which says so, and offers to ask for one
        """
        # by the user, not by his rights: what a rep's tick does runs with all of them
        if self.env.uid == SUPERUSER_ID or self.env.user.has_group(MANAGER):
            return
        # sudo: who moves the deal may be outside sales
        passing = self.sudo().filtered(lambda lead: (gate := lead._touch_gate()) and (stage.sequence > gate.sequence or stage.is_won))
        for lead in passing._touch_blocked_at_gate(passing._touch_helped()):
            text = self.env._(
                "“%(deal)s” has high potential, and %(rep)s is a beginner: an expert must help before the deal passes “%(stage)s”. "
                "Expert: %(status)s.",
                deal=lead.name,
                rep=lead.user_id.name or self.env._("nobody"),
                stage=lead._touch_gate().name,
                status=lead.expert_text or self.env._("not asked for yet"),
            )
            raise RedirectWarning(text, lead.action_touch_ask_expert(), self.env._("Ask for an Expert"))

    @takes(skill=records("touch.skill"), place=text(), client=choice(*CLIENT_SAYS))
    def ask_expert(self, skill=None, place=None, client="kept"):
        """Ask for an expert. One with free time is booked at once; otherwise the deal goes on the waiting list (R39).

        :param skill: a ``touch.skill`` or its id; none: any expert
        :param place: the free time to take, one of those that the dialog offers; none: the first
        :param client: what the client said: ``agreed`` to that time, and is invited; ``kept``: nothing yet, the time is kept and the client asked;
            ``later``: nothing yet, and an expert is booked when the client agrees to meet
        :return: the bookings, including earlier ones
        :raise AccessError: if the user may not edit these deals
        :raise UserError: if that time is not free any more
        """
        self.check_access("write")
        self._touch_ask(skill, client == "later", place, client == "agreed")
        return self._touch_open_bookings().with_env(self.env)

    def _touch_ask(self, skill=None, after_agreement=False, place=None, agreed=False):
        """Ask for experts for those deals that have not asked yet.

        :param after_agreement: an expert is booked when the client agreed to meet; otherwise as soon as one has time, also for those that waited for
            the client's word until now
        :param place: the key of the free time to take, None for the first
        :param agreed: the client agreed to that time
        """
        bookings = self.env["touch.expert.booking"]._as_system()  # bookings are made here only
        opened = self._touch_open_bookings()
        asked = opened.lead_id
        impatient = opened.browse() if after_agreement else opened.filtered(lambda one: one._waits_for_client())
        if impatient:
            impatient.write({"after_agreement": False, **({"skill_id": skill.id} if skill else {})})
            impatient._take_asked(place, agreed)
        experts = bookings.env["touch.expert"].search([("active", "=", True)])
        wanting = (self - asked).filtered(
            lambda lead: lead._touch_is_open() and (lead.company_id or self.env.company).id in experts.company_id.ids
        )
        if not wanting:
            return
        wanting.sudo().expert_alone_reason = False  # sudo: nobody sets it by hand
        made = bookings.create(
            [
                {
                    "lead_id": lead.id,
                    "company_id": (lead.company_id or self.env.company).id,
                    "user_id": (lead.user_id or self.env.user).id,
                    "skill_id": skill.id if skill else False,
                    "priority": int(lead.priority or 0),
                    "after_agreement": after_agreement,
                }
                for lead in wanting
            ]
        )
        if after_agreement:
            wanting._touch_see_meetings()
        else:
            made._take_asked(place, agreed)

    @shared
    def _touch_free_times(self, skill):
        """:return: the times at which an expert could help with this deal, as a field of choices offers them; and the one that is given to who
        chooses none, empty for none"""
        self.ensure_one()
        company = self.company_id or self.env.company
        # sudo: when experts and the salesperson are free, as hours
        asked = self.env["touch.expert.booking"]._as_system()
        asked = asked.new(
            {
                "lead_id": self.id,
                "company_id": company.id,
                "user_id": (self.user_id or self.env.user).id,
                "skill_id": skill.id,
                "priority": int(self.priority or 0),
                "asked": fields.Datetime.now(),
            }
        )
        return asked._selection_of_places(), asked._first_place()

    @shared
    def _touch_invites_client(self):
        """:return: whether the client of the deal is mailed the invitation to a meeting with an expert"""
        self.ensure_one()
        company = self.company_id or self.env.company
        return bool(company.touch_expert_invite and self.partner_id.active and self.partner_id.email)

    @takes(reason=text())
    def work_alone(self, reason):
        """An experienced rep decides to do without an expert (R40).

        :raise UserError: for a beginner's deal, or without a reason
        """
        self.check_access("write")
        self._touch_check_reason(reason)
        beginner = self._touch_needing_expert()[:1]
        if beginner:
            raise UserError(self.env._("“%(deal)s” is worked by a beginner: it must be worked with an expert.", deal=beginner.name))
        self.sudo().write({"expert_alone_reason": reason})  # sudo: nobody sets it by hand, and the right was asked for above
        return True

    def _touch_with_expert(self, booking, outcome, note, next_step=None, next_day=None):
        """The expert touched the client: the planned touch that asked for one is done; else the meeting that the calendar has counted is
        confirmed, or one is logged, unless the rep has ticked it already. The meeting is counted once."""
        self.ensure_one()
        expert, touches = booking.expert_user_id, self.env["touch.touch"]
        its = touches.search([("lead_id", "=", self.id), ("step_id.by_expert", "=", True), ("state", "in", ("planned", "done"))])
        planned = its.filtered(lambda touch: touch.state == "planned")
        ticked = its.filtered(lambda touch: touch.state == "done" and touch.date_done >= booking.start and touch.expert_id == expert)
        event = booking.event_id
        seen = touches.search([("event_id", "=", event.id), ("lead_id", "=", self.id), ("unsure", "=", True)]) if event else touches
        if planned or ticked:
            seen._not_made()
            (planned or ticked)[:1].event_id = event
        if planned:
            planned.expert_id = expert
            planned.done(outcome, note, next_step, next_day)
        elif not ticked:
            # the meeting uses up the expert's first step, where nobody asked for it: who asked has used it up
            made = seen
            if seen:
                seen.done(outcome, note, next_step, next_day)
            else:
                when = min(booking.stop, fields.Datetime.now())
                known = {"event_id": event.id, "date_done": when, "expert_id": expert.id}
                values = {"channel": "meeting", "outcome_id": outcome.id, "note": note}
                agreed = {"agreed_step_id": next_step.id, "agreed_date": next_day} if next_step else {}
                made = touches._log(self, {**values, **agreed}, each={self: known})
            steps = made.enrollment_id.cadence_id.step_ids.filtered("by_expert")
            made.write({"expert_id": expert.id, "step_id": False if its.filtered("counts") else steps[:1].id})

    def _touch_open_bookings(self):
        return self.env["touch.expert.booking"]._search_if_used([("lead_id", "in", self.ids), ("state", "in", ("waiting", "booked"))])

    def _touch_see_meetings(self):
        """The clients of these deals may have agreed to meet before anybody asked for an expert: a meeting on the deal lies ahead."""
        # sudo: meetings of whoever works the deal, of which the day is read
        ahead = self.env["calendar.event"].sudo()
        ahead = ahead.search([("opportunity_id", "in", self.ids), ("start", ">", fields.Datetime.now())], order="start desc")
        ahead.browse(event.id for event in {event.opportunity_id: event for event in ahead}.values())._touch_tell_agreed()

    def _touch_meeting_agreed(self, day=None, moved=False, place=None):
        """The clients of these deals agreed to meet.

        :param day: on which, None where it is not known
        :param moved: what had been agreed was moved to it: the expert comes along on that day, or the deal waits for another
        :param place: the key of the expert's free time to which the client agreed, None where no hour was named
        """
        self._touch_bookings_ahead()._client_agrees(day, place, moved)

    def _touch_bookings_ahead(self):
        """:return: bookings that wait, or whose meeting has not begun"""
        return self._touch_open_bookings().filtered(lambda one: not one._has_begun())

    def _touch_expert_changed(self):
        """Who helps, and when, may change what is planned."""
        self.env["touch.mark"]._mark_clients(self)

    @takes()
    def action_touch_ask_expert(self):
        return self._touch_wizard("touch.ask.expert", self.env._("Ask for an Expert"), {"default_lead_id": self[:1].id})

    @takes()
    def action_view_bookings(self):
        found = self.booking_ids
        opened = found.filtered(lambda one: one.state in ("waiting", "booked")) or found
        if len(opened) == 1:
            return opened.get_formview_action()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("touch_cadence.touch_expert_booking_action"),
            "domain": [("lead_id", "in", self.ids)],
            "context": {},
        }

    def _touch_judged(self, potential, why, **values):
        """Large deals of beginners ask for an expert by themselves (R40), who is booked when the client agreed to meet, not before the client was
        called."""
        judgements = super()._touch_judged(potential, why, **values)
        self._touch_needing_expert()._touch_ask(after_agreement=True)
        return judgements

    def _touch_forget_route(self):
        """How the deals were helped stays as counts, too."""
        rows = super()._touch_forget_route()
        bookings = self.env["touch.expert.booking"]._search_if_used([("lead_id", "in", self.ids)])
        bookings._anonymise()
        return rows + len(bookings)

    def _merge_dependences(self, opportunities):
        """The bookings of the merged deals go on with this one; one expert is enough."""
        result = super()._merge_dependences(opportunities)
        bookings = self.env["touch.expert.booking"]._search_if_used([("lead_id", "in", (self | opportunities).ids)])
        opened = bookings.filtered(lambda one: one.state in ("waiting", "booked")).sorted(
            lambda one: (one.state != "booked", one.start or one.asked)
        )
        opened[1:]._cancel_because(self.env._("The deals were merged."), begun=True)
        bookings.lead_id = self
        opened[:1]._follow_rep()
        return result


class TouchOutcome(models.Model):
    _inherit = "touch.outcome"

    def _apply_effects(self, touches):
        """Who agreed to meet gets the expert whom the deal waits for (R37, R45)."""
        place = (told(self.env, "touch_answers") or {}).get("place") or None
        for (day, moved), leads in touches._meetings_agreed().items():
            leads._touch_meeting_agreed(day, moved, place)
        return super()._apply_effects(touches)


class TouchTouch(models.Model):
    _inherit = "touch.touch"

    def _meetings_agreed(self):
        """:return: {(day, None where it is not known; whether a meeting was moved to it): the deals whose clients agreed to meet on it} by these
        touches"""
        agreed = self.filtered(lambda touch: touch.lead_id and touch.outcome_id.step_effect in (outcomes.AGREED, outcomes.MOVED))
        # a step that nobody named may be a meeting, too
        to_meet = agreed.filtered(lambda touch: touch.agreed_step_id.kind in (False, MEETING))
        by_day = to_meet.grouped(lambda touch: (touch.agreed_date or None, touch.outcome_id.step_effect == outcomes.MOVED))
        return {key: touches.lead_id for key, touches in by_day.items()}

    @shared
    def _expert_told(self):
        """:return: a sentence on the meeting with the expert, after the client agreed to meet or moved it; empty where no expert was asked for"""
        if not self._meetings_agreed():
            return ""
        booking = self.sudo().lead_id._touch_bookings_ahead()[:1]  # sudo: who makes the touch is told when the expert comes
        if not booking:
            return ""
        if booking.state == "waiting":
            return booking.with_env(self.env).sudo().waits_for or ""  # sudo: as above
        place = booking.with_context(tz=self.env.user.tz, lang=self.env.lang)._place_told()
        if booking._has_clients_word():
            return self.env._("The expert comes: %(place)s.", place=place)
        return self.env._(
            "The expert comes: %(place)s. The client does not know this hour: tell them, and press “The Client Agreed” on the booking.",
            place=place,
        )

    @takes(self=single())
    def places(self):
        """The free times of experts to which the client of this touch may agree (R39).

        :return: list of dicts, the earliest first: ``key`` for :meth:`done`, ``day``, ``hour`` and ``name`` (the hour and who comes), by the user's
            clock; empty where the deal asked for no expert
        :raise AccessError: if the user may see neither the touch nor finish its activity
        """
        self._check_may_answer()
        booking = self.sudo().lead_id._touch_bookings_ahead()[:1]  # sudo: the touch is the user's to make; its free times are told as hours
        return booking._places_offered() if booking else []

    @shared
    def _questions(self):
        """Who has asked for an expert is asked for the hour, too."""
        result = super()._questions()
        if not self.env["touch.expert"]._any_expert():
            return result
        asked = set(self.sudo().lead_id._touch_bookings_ahead().lead_id.ids)  # sudo: whether an expert comes, for who makes the touch
        meetings = self.env["touch.next.step"].search([("kind", "=", MEETING)]).ids
        for touch, questions in result.items():
            has_expert = bool(touch.id) and touch.sudo().lead_id.id in asked  # sudo: as above
            questions |= {
                "expert_touch": has_expert and touch.id,
                "meetings": meetings if has_expert else [],
                "is_meeting": has_expert and bool(touch.sudo().agreed_event_id),  # sudo: as above
            }
        return result

    def _anonymise(self):
        """Bookings keep their counts of the touches that experts made."""
        self.env["touch.expert.booking"]._keep_touch_counts(self)
        return super()._anonymise()
