from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime, split_every

from ..method.client import merging
from ..method.client import potential as method_potential
from ..method.expert import level
from .arguments import records, single, takes, text
from .crm_lead import CLOSING
from .res_users import LEVEL_SELECTION
from .touch_client_mixin import MANAGER, POTENTIAL_SELECTION, SALES

TICKS = ("has_need", "has_wish", "has_money", "has_authority")


class CrmLead(models.Model):
    """What a deal could bring, by which strategy it is worked, and who helps (R32 to R40)."""

    _inherit = "crm.lead"

    judgement_ids = fields.One2many("touch.judgement", "lead_id", string="Judgements", groups=SALES)
    potential_date = fields.Date(string="Judged on", groups=SALES, readonly=True, copy=False)
    potential_why = fields.Char(string="Reason for the Potential", compute="_compute_potential_why", groups=SALES)
    potential_due = fields.Boolean(
        string="To Judge",
        compute="_compute_potential_due",
        search="_search_potential_due",
        groups=SALES,
        help="The deal has passed the first third of the pipeline, and its potential is unknown or was judged too long ago.",
    )
    has_need = fields.Boolean(string="Need", groups=SALES, tracking=True)
    has_wish = fields.Boolean(string="Wish", groups=SALES, tracking=True)
    has_money = fields.Boolean(string="Money", groups=SALES, tracking=True)
    has_authority = fields.Boolean(string="Authority", groups=SALES, tracking=True, help="The person we talk with may decide.")
    readiness = fields.Integer(
        compute="_compute_readiness",
        store=True,
        groups=SALES,
        aggregator="avg",
        help="How many of the four are there: need, wish, money, authority.",
    )
    touch_is_large = fields.Boolean(
        string="Large Deal",
        compute="_compute_touch_is_large",
        search="_search_touch_is_large",
        groups=SALES,
        help="The deal is many times the team's average won deal.",
    )
    touch_strategy = fields.Selection(
        [("0", "No effort"), ("1", "No. 1: alone"), ("2", "No. 2: with an expert")],
        string="Strategy",
        compute="_compute_touch_strategy",
        groups=SALES,
    )
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
            ("none", "Not needed"),
            ("needed", "Needed"),
            ("asked", "To be decided"),
            ("alone", "Worked alone"),
            ("waiting", "Waiting"),
            ("booked", "Booked"),
            ("done", "Helped"),
        ],
        string="Expert",
        compute="_compute_expert",
        groups=SALES,
    )
    expert_text = fields.Char(string="Expert and Slot", compute="_compute_expert", groups=SALES)
    expert_blocks = fields.Char(string="Blocked by", compute="_compute_expert", groups=SALES)

    @api.depends("judgement_ids.why", "potential")
    @api.depends_context("lang")
    def _compute_potential_why(self):
        for lead in self:
            last = lead.judgement_ids.sorted("id")[-1:]
            lead.potential_why = last.why if last and last.potential == lead.potential else False

    @api.depends(*TICKS)
    def _compute_readiness(self):
        for lead in self:
            lead.readiness = sum(lead[name] for name in TICKS)

    @api.depends("potential", "potential_date", "stage_id", "won_status", "active")
    def _compute_potential_due(self):
        stages = self.env["crm.team"]._touch_open_stages()
        today = fields.Date.context_today(self)
        for lead in self:
            its = stages.get(lead.team_id, self.env["crm.stage"])
            lead.potential_due = (
                lead._touch_is_open()
                and lead.stage_id in its
                and method_potential.past_first_third(its.ids.index(lead.stage_id.id), len(its))
                and method_potential.is_due(
                    (lead.potential and lead.potential_date) or None,
                    today,
                    (lead.company_id or self.env.company).sudo().touch_judge_days,  # sudo: a setting
                )
            )

    def _search_potential_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        due = Domain.FALSE
        for team, stages in self.env["crm.team"]._touch_open_stages().items():
            late = [stage.id for number, stage in enumerate(stages) if method_potential.past_first_third(number, len(stages))]
            due |= Domain("team_id", "=", team.id) & Domain("stage_id", "in", late)
        old = Domain("potential", "=", False) | Domain("potential_date", "=", False)
        for company in self.env.companies.sudo().filtered("touch_judge_days"):  # sudo: a setting
            since = fields.Date.subtract(fields.Date.context_today(self), days=company.touch_judge_days)
            own = [company.id, False] if company == self.env.company else [company.id]
            old |= Domain("company_id", "in", own) & Domain("potential_date", "<=", since)
        due &= Domain("active", "=", True) & Domain("won_status", "=", "pending") & old
        return due if True in value else ~due

    @api.depends("expected_revenue", "team_id")
    def _compute_touch_is_large(self):
        for lead in self:
            factor = (lead.company_id or self.env.company).sudo().touch_large_factor  # sudo: a setting
            lead.touch_is_large = method_potential.is_large(lead.expected_revenue, lead.team_id.touch_average_won, factor)

    def _search_touch_is_large(self, operator, value):
        if operator != "in":
            return NotImplemented
        teams = self.env["crm.team"].search([("active", "=", True)], order="id").filtered("touch_average_won")
        large = Domain.OR(
            Domain("team_id", "=", team.id)
            & Domain("company_id", "in", [company.id, False] if company == self.env.company else [company.id])
            & Domain("expected_revenue", ">=", company.touch_large_factor * team.touch_average_won)
            for company in self.env.companies.sudo().filtered("touch_large_factor")  # sudo: a setting
            for team in teams
        )
        return large if True in value else ~large

    @api.depends("potential")
    def _compute_touch_strategy(self):
        for lead in self:
            lead.touch_strategy = str(method_potential.STRATEGIES[lead.potential or None])

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

    @api.depends("potential", "user_id.touch_level", "stage_id", "booking_ids.state", "booking_ids.start", "expert_alone_reason")
    @api.depends_context("lang", "tz")
    def _compute_expert(self):
        # which expert, and when, is for whoever sees the deal
        bookings = self.env["touch.expert.booking"]._found([("lead_id", "in", self.ids), ("state", "!=", "cancelled")])
        last = {booking.lead_id.id: booking for booking in bookings.sorted("id")}
        helped = self._touch_helped()
        held = self._touch_held(helped)
        needing = self._touch_needing_expert()
        for lead in self:
            booking = last.get(lead._origin.id)
            text = False
            if booking and booking.state == "waiting":
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

    def _touch_is_open(self):
        return self.active and self.won_status == "pending"

    def _touch_gate(self):
        """:return: the stage that a beginner does not pass alone"""
        return self.team_id.sudo().touch_gate_stage_id  # sudo: a setting of the team

    def _touch_held(self, helped):
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
            ._found([("lead_id", "in", self.ids), ("state", "=", "done"), ("reached", "=", True)])
            .lead_id.ids
        )

    @api.model
    def _touch_set_along(self, vals):
        judged = {"potential_date": vals["potential"] and fields.Date.context_today(self)} if "potential" in vals else {}
        return {**super()._touch_set_along(vals), **judged}

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
            moved = foreign.lead_id
            foreign._not_needed(self.env._("The deal belongs to another company now."))
            moved._touch_ask()
        if not CLOSING.isdisjoint(vals):
            over = self.filtered(lambda lead: not lead._touch_is_open())
            over._touch_open_bookings()._not_needed(self.env._("The deal is over."))
        if vals.get("potential") == "low":
            self._touch_open_bookings()._not_needed(self.env._("The deal's potential is low."))
        if "priority" in vals:
            waiting = self._touch_open_bookings().filtered(lambda one: one.state == "waiting")
            waiting.write({"priority": int(vals["priority"] or 0)})
        return result

    @api.ondelete(at_uninstall=False)
    def _give_expert_up(self):
        self._touch_open_bookings()._not_needed(self.env._("The deal was removed."))

    def _touch_forget_route(self):
        """These deals go: how they were judged and helped stays as counts.

        :return: how many judgements and bookings became anonymous
        """
        # sudo: of any rep. Who never judged a deal pays no query
        judged = self.env["touch.planner"]._in_use() or any(self.sudo().mapped("potential_date"))
        judgements = self.env["touch.judgement"].sudo()
        judgements = judgements.search([("lead_id", "in", self.ids)]) if judged else judgements
        bookings = self.env["touch.expert.booking"]._found([("lead_id", "in", self.ids)])
        judgements._anonymise()
        bookings._anonymise()
        return len(judgements) + len(bookings)

    def _touch_merged(self):
        potential, judged_on = merging.potential((one.potential, one.potential_date or None) for one in self)
        return {**super()._touch_merged(), "potential": potential or False, "potential_date": judged_on or False}

    def _merge_dependences(self, opportunities):
        """Judgements and bookings of the merged deals go on with this one; one expert is enough."""
        result = super()._merge_dependences(opportunities)
        self.env["touch.judgement"].sudo().search([("lead_id", "in", opportunities.ids)]).lead_id = self  # sudo: of any rep
        bookings = self.env["touch.expert.booking"]._found([("lead_id", "in", (self | opportunities).ids)])
        opened = bookings.filtered(lambda one: one.state in ("waiting", "booked")).sorted(
            lambda one: (one.state != "booked", one.start or one.asked)
        )
        opened[1:]._not_needed(self.env._("The deals were merged."), begun=True)
        bookings.lead_id = self
        opened[:1]._follow_rep()
        return result

    def _touch_check_gate(self, stage):
        """A beginner's deal of high potential does not pass the team's gate before an expert helped (R40).

        :raise RedirectWarning: which says so, and offers to ask for one
        """
        # by the user, not by his rights: what a rep's tick does runs with all of them
        if self.env.uid == SUPERUSER_ID or self.env.user.has_group(MANAGER):
            return
        # sudo: who moves the deal may be outside sales
        passing = self.sudo().filtered(lambda lead: (gate := lead._touch_gate()) and (stage.sequence > gate.sequence or stage.is_won))
        for lead in passing._touch_held(passing._touch_helped()):
            text = self.env._(
                "“%(deal)s” has high potential, and %(rep)s is a beginner: an expert must help before the deal passes “%(stage)s”. "
                "Expert: %(status)s.",
                deal=lead.name,
                rep=lead.user_id.name or self.env._("nobody"),
                stage=lead._touch_gate().name,
                status=lead.expert_text or self.env._("not asked for yet"),
            )
            raise RedirectWarning(text, lead.action_touch_ask_expert(), self.env._("Ask for an Expert"))

    # --------------------------------------------------------------
    # Judging
    # --------------------------------------------------------------

    @takes(options=records("touch.marker.option", single=False))
    def judge(self, options):
        """Judge deals by the answers to the marker questions (R32); the result goes to the deal and its client.

        :param options: the ``touch.marker.option`` chosen, or their ids: the same for all deals
        :return: the judgements
        :raise UserError: without answers
        """
        self.check_access("write")
        options.check_access("read")
        if not options:
            raise UserError(self.env._("Answer at least one question."))
        answers = [method_potential.Answer(option.potential, option.question_id.weight) for option in options]
        judgements = self.env["touch.judgement"]
        for rule, leads in self.grouped(lambda lead: lead.team_id.sudo().touch_judge_rule or "majority").items():  # sudo: a setting
            found, why = method_potential.judge(answers, rule)
            judgements |= leads._touch_judged(found, why, option_ids=[fields.Command.set(options.ids)])
        return judgements

    @takes(potential=text(), reason=text())
    def judge_by_hand(self, potential, reason):
        """Set the potential by hand, whatever the answers say. The reason is kept.

        :param potential: low, standard or high
        :raise UserError: without a reason
        """
        self.check_access("write")
        if potential not in dict(POTENTIAL_SELECTION):
            raise UserError(self.env._("Potential is low, standard or high."))
        self._touch_check_reason(reason)
        return self._touch_judged(potential, ("judged_hand", {"note": reason}), override_reason=reason)

    def _touch_check_reason(self, reason):
        if not (reason or "").strip():
            raise UserError(self.env._("Give a reason: it is kept with the deal."))

    def _touch_judged(self, potential, why, **values):
        """The one place where a potential is found: judgement, deal, client, strategy, and who helps."""
        # sudo: judgements, and the potentials they find, are written here only; the contact may not be the rep's to edit
        judgements = (
            self.env["touch.judgement"]
            .sudo()
            .create(
                [
                    {
                        "lead_id": lead.id,
                        "user_id": self.env.uid,
                        "potential": potential,
                        "why_data": self.env["touch.words"]._store([why]),
                        **values,
                    }
                    for lead in self
                ]
            )
        )
        # sudo: whoever judges was asked for the right to write these deals; the contact is one that a lead may have (see crm_lead.py)
        self.sudo().write({"potential": potential})
        self.partner_id.commercial_partner_id.sudo().write({"potential": potential})
        # sudo: the nudge may be a colleague's
        self.sudo().activity_feedback(["touch_cadence.mail_activity_type_judge"], only_automated=False)
        self._touch_needing_expert()._touch_ask()
        return judgements.sudo(False)

    @api.model
    def _touch_nudge_unjudged(self, limit=500):
        """Remind reps of deals that passed the first third of the pipeline without being judged (R32).

        :return: how many were reminded of; 0 when nobody is left
        """
        kind = self.env.ref("touch_cadence.mail_activity_type_judge", raise_if_not_found=False)
        asking = self.env["touch.marker.question"].search([], limit=1)
        # who never judged a deal nor plans touches does not want to be reminded of all
        used = self.env["touch.planner"]._in_use() or self.env["touch.judgement"].search([], limit=1)
        if not (kind and asking and used):
            return 0
        reminded = Domain("activity_ids", "any", [("activity_type_id", "in", kind.ids)])
        leads = self.search(Domain("potential_due", "=", True) & Domain("user_id", "!=", False) & ~reminded, limit=limit)
        for batch in split_every(100, leads.ids, leads.browse):
            self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
                [
                    {
                        "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                        "res_id": lead.id,
                        "activity_type_id": kind.id,
                        "summary": self.env._("Ask the marker questions"),
                        "user_id": lead.user_id.id,
                        "date_deadline": fields.Date.context_today(self),
                    }
                    for lead in batch
                ]
            )
        return len(leads)

    # --------------------------------------------------------------
    # Experts
    # --------------------------------------------------------------

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

    def _touch_ask(self, skill=None):
        bookings = self.env["touch.expert.booking"]._for_everyone()  # bookings are made here only
        asked = self._touch_open_bookings().lead_id
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
                }
                for lead in wanting
            ]
        )
        bookings._assign_soon()

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

    def _touch_with_expert(self, booking, outcome, note):
        """The expert touched the client: the planned touch that asked for one is done; else one is logged, unless the rep has ticked it
        already."""
        self.ensure_one()
        expert, touches = booking.expert_user_id, self.env["touch.touch"]
        its = touches.search([("lead_id", "=", self.id), ("step_id.by_expert", "=", True), ("state", "in", ("planned", "done"))])
        planned = its.filtered(lambda touch: touch.state == "planned")
        ticked = its.filtered(lambda touch: touch.state == "done" and touch.date_done >= booking.start and touch.expert_id == expert)
        if planned:
            planned.expert_id = expert
            planned.done(outcome, note)
        elif not ticked:
            touches._log(self, {"channel": "meeting", "outcome_id": outcome.id, "note": note}).expert_id = expert

    def _touch_open_bookings(self):
        return self.env["touch.expert.booking"]._found([("lead_id", "in", self.ids), ("state", "in", ("waiting", "booked"))])

    def _touch_expert_changed(self):
        """Who helps, and when, may change what is planned."""
        self.env["touch.mark"]._mark_clients(self)

    # --------------------------------------------------------------
    # Actions
    # --------------------------------------------------------------

    @takes(self=single())
    def action_touch_judge(self):
        return self._touch_wizard("touch.judge", self.env._("Judge the Potential"), {"default_lead_id": self.id})

    @takes()
    def action_touch_ask_expert(self):
        return {
            **self._touch_wizard("touch.ask.expert", self.env._("Ask for an Expert"), {"default_lead_id": self[:1].id}),
            "views": [[False, "form"]],
        }

    @takes()
    def action_view_bookings(self):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("touch_cadence.touch_expert_booking_action"),
            "domain": [("lead_id", "in", self.ids)],
            "context": {},
        }
