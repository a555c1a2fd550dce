import contextlib
import logging

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...method.plan import facts as method_facts
from ..base.arguments import single, takes
from ..base.names import CLIENT_MODELS
from ..base.rooms import shared
from .touch_filter_mixin import KEPT_FIELDS, FilterProblem

_logger = logging.getLogger(__name__)

# a cadence is suggested by this many of the chosen clients
SUGGEST_FROM = 1000


class TouchCadence(models.Model):
    _name = "touch.cadence"
    _inherit = ["touch.filter.mixin", "touch.business.mixin"]
    _description = "Touch Cadence"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    description = fields.Text(translate=True)
    company_id = fields.Many2one("res.company", help="Empty: every company may use it.")
    user_id = fields.Many2one(
        "res.users",
        string="Fallback Responsible",
        domain=[("share", "=", False)],
        help="Gets the touches of clients who have neither a salesperson nor a team leader.",
    )

    # whom it serves
    potential = fields.Selection(
        [("standard", "Strategy 1: standard potential, any salesperson alone"), ("high", "Strategy 2: high potential, with an expert")],
        string="Strategy",
        help="Deals with this potential are enrolled in this cadence. Empty: deals with any potential.",
    )
    model = fields.Selection(CLIENT_MODELS, string="Applies to", required=True, default="crm.lead")
    domain = fields.Char(string="Rule", default="[]", help="Which clients the rule enrols.")
    auto_enroll = fields.Boolean(
        string="Enrol by Rule", help="Once a day, clients that match the rule and were never in this cadence are enrolled."
    )

    rule_cursor = fields.Integer(readonly=True, copy=False, help="The last client that the rule checked in the current round.")

    # how it runs
    step_ids = fields.One2many("touch.cadence.step", "cadence_id", string="Steps", copy=True)
    rung_ids = fields.One2many("touch.cadence.rung", "cadence_id", string="Ladder of Next Steps", copy=True)
    rhythm = fields.Integer(
        string="Warming Touches per Closing Touch",
        default=5,
        help="Warming touches ask for nothing. This many come before a touch that asks for the next step.",
    )
    target = fields.Integer(string="Target Touches", default=7, help="Number of touches that a deal usually takes.")
    stop_after = fields.Integer(
        string="Stop after (tries)",
        help="The approach ends after this many tries without success, counted over all cadences that follow each other, and is taken up again after the "
        "rest. 0: never.",
    )
    window_days = fields.Integer(
        string="Decision Window (days)",
        help="Clients usually decide within this many days from the start. The cadence ends after them. 0: no end.",
    )
    reply_days = fields.Integer(
        string="Wait after a Reply (working days)",
        default=2,
        help="When the client writes or calls, planned touches wait for this many working days, so that you can talk. 0: the plan "
        "continues unchanged.",
    )
    hand_over_after = fields.Integer(
        string="Hand Over after (touches)",
        help="If the client does not get warmer after this many touches by the same salesperson, a colleague of the team takes over, "
        "chosen by strength and workload. 0: never.",
    )
    hand_over_hot = fields.Boolean(
        string="Hot Clients to a Closer",
        help="When the client turns hot, a colleague of the team whose strength is closing takes over, unless the salesperson's own strength is closing.",
    )
    closing_by_expert = fields.Boolean(
        string="The Expert Closes",
        help="The deal's expert asks for the next step together with the salesperson, in every closing touch.",
    )
    until_lapsed = fields.Boolean(
        string="Ends when the Client Stops Buying",
        help="The cadence ends when the client has not bought for longer than usual: by the client's own rhythm or by the company's "
        "setting.",
    )
    resource_calendar_id = fields.Many2one(
        "resource.calendar", string="Working Calendar", help="Touches fall on its working days. Empty: the company's."
    )

    # what follows
    won_cadence_id = fields.Many2one("touch.cadence", string="After a Purchase", help="The client continues in this cadence.")
    exhausted_cadence_id = fields.Many2one("touch.cadence", string="When It Ends", help="The client continues in this cadence.")
    lapsed_cadence_id = fields.Many2one("touch.cadence", string="When They Stop Buying", help="The client continues in this cadence.")
    refused_cadence_id = fields.Many2one(
        "touch.cadence",
        string="After a Rest",
        help="The client is approached again in this cadence once the rest is over. Empty: in the same.",
    )
    rest_days = fields.Integer(
        string="Rest (days)",
        default=90,
        help="After a no, and when the tries are used up and nothing else follows. 0: the client is not approached again.",
    )
    hot_cadence_id = fields.Many2one(
        "touch.cadence",
        string="When They Turn Hot",
        help="This cadence ends when the client turns hot, and the client continues in that one. Empty: the client stays here.",
    )

    enrollment_ids = fields.One2many("touch.enrollment", "cadence_id", string="Enrolments")
    enrollment_count = fields.Integer(string="In the Cadence Now", compute="_compute_enrollment_count")

    _positive = models.Constraint(
        "CHECK(rhythm BETWEEN 0 AND 100 AND target BETWEEN 1 AND 1000 AND stop_after BETWEEN 0 AND 10000"
        " AND hand_over_after BETWEEN 0 AND 1000)",
        "A cadence has 0 to 100 warming touches per closing touch, a target of 1 to 1,000 touches, a stop after 0 to 10,000 tries, and a "
        "handover after 0 to 1,000 touches.",
    )
    _days = models.Constraint(
        "CHECK(window_days BETWEEN 0 AND 3650 AND rest_days BETWEEN 0 AND 3650 AND reply_days BETWEEN 0 AND 60)",
        "The decision window and the rest last 0 to 3,650 days, and the wait after a reply 0 to 60 working days.",
    )
    _order_bounds = models.Constraint("CHECK(sequence BETWEEN -1000000 AND 1000000)", "The order goes from -1,000,000 to 1,000,000.")

    @api.depends("enrollment_ids.state")
    def _compute_enrollment_count(self):
        counts = dict(
            self.env["touch.enrollment"]._read_group(
                [("cadence_id", "in", self.ids), ("state", "in", method_facts.UNDER_WAY)], ["cadence_id"], ["__count"]
            )
        )
        for cadence in self:
            cadence.enrollment_count = counts.get(cadence, 0)

    @api.constrains("until_lapsed", "lapsed_cadence_id")
    def _check_lapsed_cadence(self):
        for cadence in self.filtered("until_lapsed"):
            if cadence.lapsed_cadence_id.until_lapsed:
                raise UserError(
                    self.env._(
                        "“%(next)s” ends when clients stop buying, so it cannot follow in “%(cadence)s” when they stop buying.",
                        next=cadence.lapsed_cadence_id.name,
                        cadence=cadence.name,
                    )
                )

    @api.constrains("hot_cadence_id")
    def _check_hot_cadence(self):
        for cadence in self.filtered("hot_cadence_id.hot_cadence_id"):
            raise UserError(
                self.env._(
                    "“%(next)s” ends when clients turn hot, so it cannot follow in “%(cadence)s” when they turn hot.",
                    next=cadence.hot_cadence_id.name,
                    cadence=cadence.name,
                )
            )

    def write(self, vals):
        result = super().write(vals)
        if not {"rule_cursor", *KEPT_FIELDS}.issuperset(vals):
            self.env["touch.mark"]._retry_blocked([("cadence_id", "in", self.ids)])
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.env["touch.enrollment"].sudo().search([("cadence_id", "in", self.ids)], limit=1)  # sudo: of any company
        if used:
            raise UserError(
                self.env._(
                    "Cadence “%(cadence)s” has enrolments, and their history would be deleted too. Archive the cadence instead.",
                    cadence=used.cadence_id.name,
                )
            )

    # --------------------------------------------------------------
    # Actions
    # --------------------------------------------------------------

    @takes()
    def action_view_enrollments(self):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("touch_cadence.touch_enrollment_action"),
            "domain": [("cadence_id", "in", self.ids)],
            "context": {"search_default_under_way": 1},
        }

    @takes(self=single())
    def action_choose_clients(self):
        """Open the clients who could be enrolled here: those who are in no cadence, and deals that are open. *Enrol* proposes this cadence."""
        self.check_access("read")
        free = Domain("enrollment_ids", "not any", [("state", "in", method_facts.UNDER_WAY)])
        view = "base.view_partner_tree"
        if self.model == "crm.lead":
            free &= Domain("stage_id.is_won", "=", False)
            view = "crm.crm_case_tree_view_oppor"
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Clients for “%(cadence)s”", cadence=self.name),
            "res_model": self.model,
            "views": [[self.env.ref(view).id, "list"], [False, "form"]],
            "domain": list(free),
            "context": {"touch_cadence_id": self.id},
        }

    @takes()
    def action_spread_steps(self):
        """Spread the steps over the decision window, with growing gaps (R14). Repeating steps do not change.

        :raise UserError: for a cadence without a window
        """
        for cadence in self:
            if not cadence.window_days:
                raise UserError(self.env._("Cadence “%(cadence)s” has no decision window: set its days first.", cadence=cadence.name))
            cadence.write({"step_ids": [Command.update(step.id, {"delay": delay}) for step, delay in cadence._spread().items()]})
        return True

    # --------------------------------------------------------------
    # Enrolling
    # --------------------------------------------------------------

    @shared
    def _why_closed(self, company_id):
        """:return: codes of why nobody of the company can be enrolled; empty where clients can"""
        if not self.active:
            return [("cadence_archived", {"cadence": self.name})]
        if not self.step_ids:
            return [("cadence_empty", {"cadence": self.name})]
        if self.company_id and company_id != self.company_id.id:
            # sudo: a name, of a company that the user may have, and has not switched to
            return [("other_company", {"company": self.company_id.sudo().name})]
        return []

    @shared
    @api.model
    def _suggest_for(self, clients):
        """:param clients: of one of CLIENT_MODELS
        :return: the first cadence, in their order, whose rule takes at least half of the clients; one without a rule takes all. The first of
            all where no rule does; empty where there is no cadence for such clients"""
        looked_at = clients[:SUGGEST_FROM]._filtered_access("read")
        cadences = self.search([("model", "=", clients._name)])
        for cadence in cadences:
            with contextlib.suppress(FilterProblem):  # it stands on the cadence
                if 2 * len(cadence._filter_search(self.env.company, Domain("id", "in", looked_at.ids))) >= len(looked_at):
                    return cadence
        return cadences[:1]

    @shared
    def _follow_up_cadence_ids(self):
        """:return: ids of the cadences that come after others (care, nurture, win back), and of their old versions: they do not sell a deal
        by themselves"""
        names = ("won_cadence_id", "exhausted_cadence_id", "lapsed_cadence_id", "hot_cadence_id")
        every = self.sudo().with_context(active_test=False)  # sudo: of any company
        rows = every.search(Domain.OR(Domain(name, "!=", False) for name in names))
        named = every.union(*(rows[name] for name in names))
        return set((named | named.version_ids).ids)

    @shared
    def _next_cadence(self, state, reason=None):
        """What comes after a run that ended in ``state``: care for buyers, nurture for those who did not decide, another approach after a
        rest for those who refused, or with whom so many tries had no success (R12, R18, R20, R22, R33).

        :param reason: why it ended, of ``touch.enrollment.stop_reason``
        :return: the cadence in which the client goes on, and days of rest; empty where nothing follows
        """
        lapsed = self.until_lapsed and reason == "lapsed"
        exhausted = self.lapsed_cadence_id if lapsed else self.hot_cadence_id if reason == "turned_hot" else self.exhausted_cadence_id
        target = {"won": self.won_cadence_id, "exhausted": exhausted}.get(state, self.browse())
        rests = state == "refused" or (reason == "stop_after" and not target)
        return target, self.rest_days if rests else 0

    # --------------------------------------------------------------
    # Enrolling by rule
    # --------------------------------------------------------------

    @api.model
    def _filter_fields(self):
        return ("domain", "model")

    @api.model
    def _kept_fields(self):
        return (*super()._kept_fields(), "rule_cursor", "version_of_id", "version_until")

    def _filter_model(self):
        return self.model

    def _filter_error(self, problem):
        return UserError(self.env._("The rule of cadence “%(cadence)s” cannot be used. %(problem)s", cadence=self.name, problem=problem))

    def _problem_subject(self):
        return self.env._("The rule of cadence “%(cadence)s” needs your attention", cadence=self.name)

    def _problem_effect(self):
        return "rule_stopped"

    # --------------------------------------------------------------
    # Facts
    # --------------------------------------------------------------

    @shared
    def _method_cadence(self, company):
        """:return: the cadence as the method knows it in ``company``"""
        self.ensure_one()
        return method_facts.Cadence(
            id=self.id,
            steps=tuple(step._method_step(company.touch_few_means) for step in self._steps_in_order()),
            rhythm=self.rhythm,
            target=self.target,
            stop_after=self.stop_after,
            window_days=self.window_days,
            reply_days=self.reply_days,
            hand_over_after=self.hand_over_after,
            until_lapsed=self.until_lapsed,
            hand_over_hot=self.hand_over_hot,
            until_hot=bool(self.hot_cadence_id),
            closing_by_expert=self.closing_by_expert,
            of_deals=self.model == "crm.lead",
            # a rung of archived steps is none
            ladder=tuple(steps for rung in self.rung_ids if (steps := frozenset(rung.next_step_ids.ids))),
        )
