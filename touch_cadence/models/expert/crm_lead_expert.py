from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import format_date, format_datetime

from ...method.client import outcomes
from ...method.expert import level
from ...method.plan.facts import MEETING
from ..base.arguments import records, takes, text
from ..base.names import MANAGER, SALES
from ..base.rooms import shared
from ..client.crm_lead import CLOSING
from ..team.res_users import LEVEL_SELECTION


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

    @takes(skill=records("touch.skill"))
    def ask_expert(self, skill=None):
        """Ask for an expert. One with free time is booked at once; otherwise the deal goes on the waiting list (R39).

        :param skill: a ``touch.skill`` or its id; none: any expert
        :return: the bookings, including earlier ones
        :raise AccessError: if the user may not edit these deals
        """
        self.check_access("write")
        self._touch_ask(skill)
        return self._touch_open_bookings().with_env(self.env)

    def _touch_ask(self, skill=None, after_agreement=False):
        """Ask for experts for those deals that have not asked yet.

        :param after_agreement: an expert is booked when the client agreed to meet; otherwise as soon as one has time, also for those that waited for
            the client's word until now
        """
        bookings = self.env["touch.expert.booking"]._as_system()  # bookings are made here only
        opened = self._touch_open_bookings()
        asked = opened.lead_id
        impatient = opened.browse() if after_agreement else opened.filtered(lambda one: one._waits_for_client())
        if impatient:
            impatient.write({"after_agreement": False, **({"skill_id": skill.id} if skill else {})})
            bookings._assign_soon()
        experts = bookings.env["touch.expert"].search([("active", "=", True)])
        wanting = (self - asked).filtered(
            lambda lead: lead._touch_is_open() and (lead.company_id or self.env.company).id in experts.company_id.ids
        )
        if not wanting:
            return
        wanting.sudo().expert_alone_reason = False  # sudo: nobody sets it by hand
        bookings.create(
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
            bookings._assign_soon()

    @shared
    def _touch_first_free(self, skill):
        """:return: a sentence on who would be booked for this deal if somebody asked now, and when"""
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
        if place := asked._first_place():
            return place
        return self.env._("None in the next %(weeks)s weeks: the deal goes on the waiting list.", weeks=company.touch_expert_weeks)

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

    def _touch_meeting_agreed(self, day=None, moved=False):
        """The clients of these deals agreed to meet.

        :param day: on which, None where it is not known
        :param moved: what had been agreed was moved to it: the expert comes along on that day, or the deal waits for another
        """
        bookings = self._touch_open_bookings().filtered(lambda one: not one._has_begun())
        bookings._client_agrees(day)
        if moved and day:
            bookings._follow_to(day)

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
        for (day, moved), leads in touches._meetings_agreed().items():
            leads._touch_meeting_agreed(day, moved)
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

    def _anonymise(self):
        """Bookings keep their counts of the touches that experts made."""
        self.env["touch.expert.booking"]._keep_touch_counts(self)
        return super()._anonymise()
