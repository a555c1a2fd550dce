from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import split_every

from ...method.client import merging
from ...method.client import potential as method_potential
from ...method.client import temperature as method_temperature
from ...method.plan.facts import HOT, READINESS
from ..base.arguments import records, single, takes, text
from ..base.names import SALES
from ..base.rooms import shared
from ..client.touch_client_mixin import POTENTIAL_SELECTION

TICKS = tuple(f"has_{name}" for name in READINESS)


class CrmLead(models.Model):
    """What a deal could bring, by which strategy it is worked, and who helps (R32 to R40)."""

    _inherit = "crm.lead"

    judgement_ids = fields.One2many("touch.judgement", "lead_id", string="Judgements", groups=SALES)
    potential_date = fields.Date(string="Judged on", groups=SALES, readonly=True, copy=False)
    potential_why = fields.Char(string="Reason for the Potential", compute="_compute_potential_why", groups=SALES)
    potential_due = fields.Boolean(
        string="Potential to Be Judged",
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
        [("0", "No effort"), ("1", "Strategy 1: alone"), ("2", "Strategy 2: with an expert")],
        string="Strategy",
        compute="_compute_touch_strategy",
        groups=SALES,
    )

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

    def _touch_readiness(self):
        """:return: {deal: what of need, wish, money and authority is there}"""
        return {lead: frozenset(name for name in READINESS if lead[f"has_{name}"]) for lead in self}

    @api.model_create_multi
    def create(self, vals_list):
        # who says himself how warm the client is, knows
        silent = ["temperature" not in vals for vals in vals_list]
        leads = super().create(vals_list)
        ticked = leads.browse(lead.id for lead, vals, unsaid in zip(leads, vals_list, silent) if unsaid and any(map(vals.get, TICKS)))
        ticked._touch_turn_hot(dict.fromkeys(ticked, frozenset()))
        return leads

    def write(self, vals):
        ticking = "temperature" not in vals and any(map(vals.get, TICKS))
        if ticking:
            self.check_access("write")  # before anything is read
        before = self._touch_readiness() if ticking else {}
        result = super().write(vals)
        if before:
            self._touch_turn_hot(before)
        return result

    def _touch_turn_hot(self, before):
        """Clients of whom three ticks say that they want it now, have the means and know what, are hot (R6).

        :param before: {deal: what of the four was there before}
        """
        now = self._touch_readiness()
        turned = self.filtered(
            lambda lead: lead.temperature != HOT and lead._touch_is_open() and method_temperature.turns_hot(before[lead], now[lead])
        )
        if turned:
            turned._touch_set_temperature(HOT, "warm_ticks")

    @api.model
    def _touch_set_along(self, vals):
        judged = {"potential_date": vals["potential"] and fields.Date.context_today(self)} if "potential" in vals else {}
        return {**super()._touch_set_along(vals), **judged}

    def _touch_forget_route(self):
        """These deals go: how they were judged stays as counts.

        :return: how many rows became anonymous
        """
        # sudo: of any rep. Who never judged a deal pays no query
        judged = self.env["touch.presence"]._in_use() or any(self.sudo().mapped("potential_date"))
        judgements = self.env["touch.judgement"].sudo()
        judgements = judgements.search([("lead_id", "in", self.ids)]) if judged else judgements
        judgements._anonymise()
        return len(judgements)

    def _touch_merged(self):
        potential, judged_on = merging.potential((one.potential, one.potential_date or None) for one in self)
        return {**super()._touch_merged(), "potential": potential or False, "potential_date": judged_on or False}

    def _merge_dependences(self, opportunities):
        """The judgements of the merged deals go on with this one."""
        result = super()._merge_dependences(opportunities)
        self.env["touch.judgement"].sudo().search([("lead_id", "in", opportunities.ids)]).lead_id = self  # sudo: of any rep
        return result

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
        return judgements.sudo(False)

    @shared
    @api.model
    def _touch_nudge_unjudged(self, limit=500):
        """Remind reps of deals that passed the first third of the pipeline without being judged (R32).

        :return: how many were reminded of; 0 when nobody is left
        """
        kind = self.env.ref("touch_cadence.mail_activity_type_judge", raise_if_not_found=False)
        asking = self.env["touch.marker.question"].search([], limit=1)
        # who never judged a deal nor plans touches does not want to be reminded of all
        used = self.env["touch.presence"]._in_use() or self.env["touch.judgement"].search([], limit=1)
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
    # Actions
    # --------------------------------------------------------------

    @takes(self=single())
    def action_touch_judge(self):
        return self._touch_wizard("touch.judge", self.env._("Judge the Potential"), {"default_lead_id": self.id})
