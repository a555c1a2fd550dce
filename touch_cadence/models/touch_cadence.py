import logging
from dataclasses import dataclass

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import formatLang, split_every
from psycopg2.errors import UniqueViolation

from ..method.client import places
from ..method.plan import facts as method_facts
from ..method.plan.decide import hindrance
from .arguments import ids, single, takes
from .touch_background import TRANSACTION_OVER
from .touch_filter_mixin import KEPT_FIELDS, FilterProblem

_logger = logging.getLogger(__name__)

CLIENT_MODELS = [("crm.lead", "Leads and opportunities"), ("res.partner", "Contacts")]
# clients looked at together when many are enrolled
ENROLL_BATCH = 1000
# more than so many are not done while a request waits: a preview looks at the first of them, the work goes to the background
AT_ONCE = 1000
# up to this many enrolments are planned at once, while the user looks; more are left to the planner, a moment later
# what a run ended with because its deal was over, or its client archived: it begins anew when that is taken back
OVER = ("won", "bought", "lost", "refused", "archived")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict of ``places.VERDICTS`` for a client, the reasons against enrolling as codes of ``touch.words``, the runs that give way,
    and the rests that end."""

    kind: str
    why: list
    gives_way: models.BaseModel = ()
    ends: models.BaseModel = ()


class TouchCadence(models.Model):
    _name = "touch.cadence"
    _inherit = "touch.filter.mixin"
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
        [("standard", "No. 1: standard potential, any salesperson alone"), ("high", "No. 2: high potential, with an expert")],
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
    rhythm = fields.Integer(
        string="Warming Touches per Closing Touch",
        default=5,
        help="Warming touches ask for nothing. This many come before a touch that asks for the next step.",
    )
    target = fields.Integer(string="Target Touches", default=7, help="Number of touches that a deal usually takes.")
    stop_after = fields.Integer(string="Stop after (tries)", help="The cadence ends after this many tries without success. 0: never.")
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
        "touch.cadence", string="After a No and a Rest", help="The client is approached again in this cadence once the rest is over."
    )
    rest_days = fields.Integer(string="Rest after a No (days)", default=90, help="0: the client is not approached again.")

    enrollment_ids = fields.One2many("touch.enrollment", "cadence_id", string="Enrolments")
    enrollment_count = fields.Integer(string="Running Enrolments", compute="_compute_enrollment_count")

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
                [("cadence_id", "in", self.ids), ("state", "in", method_facts.ACTIVE_STATES)], ["cadence_id"], ["__count"]
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

    def write(self, vals):
        result = super().write(vals)
        if not {"rule_cursor", *KEPT_FIELDS}.issuperset(vals):
            self.env["touch.enrollment"]._retry_found([("cadence_id", "in", self.ids)])
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

    @takes(self=single())
    def preview_enroll(self, clients):
        """Preview who would be enrolled, and who is left out and why. Nothing is written.

        :param clients: partners or leads, as a recordset; over RPC, ids of the model that the cadence enrols. Only the first thousand ids
            are checked
        :return: list of dicts, one a client in the given order: ``id``, ``name``, and ``reason``: empty for those who would be
            enrolled, otherwise the sentence that says what prevents it, in the user's language. One more dict, without an id, says how
            many were not checked
        """
        self.ensure_one()
        every = self._as_clients(clients)
        # of what is closed to who asks nothing is said
        looked_at = every if every is clients else every[:AT_ONCE].exists()._filtered_access("read")
        rows = [{"id": client.id, "name": client.display_name, "reason": reason} for client, reason in self._sort_out(looked_at).items()]
        if every is not clients and len(every) > AT_ONCE:
            count, total = (formatLang(self.env, number, digits=0) for number in (AT_ONCE, len(every)))
            text = self.env._("Only the first %(count)s of %(total)s were checked.", count=count, total=total)
            rows.append({"id": False, "name": "", "reason": text})
        return rows

    @takes(self=single())
    def enroll(self, clients):
        """Enrol clients. Clients who cannot be enrolled are left out (:meth:`preview_enroll` says why).

        :param clients: partners or leads, as a recordset; over RPC, ids of the model that the cadence enrols
        :return: the new enrolments. Up to 80 are planned at once; more are planned by the planner's cron, which is woken. For more than a
            thousand ids a dict instead: ``job_id`` of the ``touch.job`` that enrols them in the background, and ``message``, which says so
        """
        self.ensure_one()
        given, clients = clients, self._as_clients(clients)
        clients.check_access("read")
        if clients is not given and len(clients) > AT_ONCE:
            return self._enroll_in_background(clients)
        return self._enroll(clients)[0]

    def _enroll(self, clients, by=places.HAND):
        """Enrol clients; the one way to a place, for whoever enrols. What holds it gives way, or the new run waits (:func:`places.verdict`).
        One whose facts cannot be read, or who cannot be written, harms nobody else.

        :param by: who enrols, of ``places.BY``
        :return: the new enrolments, {client who was left out because of a fault: the sentence that says so}
        """
        enrollments, errors = self.env["touch.enrollment"], {}

        def create(some):
            nonlocal enrollments
            created = self._place(some, {client: verdicts[client] for client in some})
            self.env.flush_all()  # here, so that only what stands is counted
            enrollments += created

        for batch in split_every(ENROLL_BATCH, clients.ids, clients.browse):
            verdicts = self._verdicts(batch, by, errors=errors)
            accepted = clients.browse(client.id for client, one in verdicts.items() if one.kind != places.LEFT_OUT)
            self.env["touch.background"]._isolate_failures(accepted, create, errors.__setitem__)
        for client, error in errors.items():
            _logger.warning("touch cadence %s (%s) cannot take %s", self.id, self.name, client, exc_info=error)
        self.env["touch.mark"]._mark(enrollments)
        return enrollments, {client: self._say_failed(error) for client, error in errors.items()}

    @api.model
    def _say_failed(self, error):
        """:return: the sentence that says why one client could not be enrolled"""
        return self.env["touch.words"]._say(self._why_failed(error))

    @api.model
    def _why_failed(self, error):
        raced = isinstance(error, UniqueViolation)
        return [("raced", {}) if raced else ("failed", {"error": str(error)})]

    def _place(self, clients, verdicts):
        """Begin the runs of clients that take their places or wait for them; what has to gives way."""
        none = self.env["touch.enrollment"].sudo()  # sudo: who holds the place may be another rep's
        giving = none.union(*(one.gives_way or none for one in verdicts.values()))
        giving._give_way(self)
        none.union(*(one.ends or none for one in verdicts.values()))._stop("stopped", "superseded")
        if giving:
            self.env.flush_all()  # they give their places up before the others take them
        taking = clients.browse(client.id for client in clients if verdicts[client].kind == places.TAKES)
        waiting = clients - taking
        why = self.env["touch.words"]._store([("waiting", {})])
        return self._create_enrollments(taking) + self._create_enrollments(waiting, state="waiting", next_date=False, why_data=why)

    def _enroll_in_background(self, clients):
        """More than a request can wait for: the wizard's own work, as if the user had selected them in a list."""
        wizard = self.env["touch.enroll"].create({"cadence_id": self.id, "model": clients._name, "res_ids": clients.ids})
        job = self.env["touch.job"]._begin(wizard, clients)
        count = formatLang(self.env, job.total, digits=0)
        return {"job_id": job.id, "message": self.env._("%(count)s clients are enrolled in the background.", count=count)}

    def _as_clients(self, clients):
        return clients if isinstance(clients, models.BaseModel) else self.env[self.model].browse(ids()(self.env, "clients", clients))

    def _sort_out(self, clients, leaving=None):
        """:param leaving: enrolments that are about to give their places up
        :return: {client: why it is left out, or an empty string} in the given order"""
        say = self.env["touch.words"]._say
        verdicts = self._verdicts(clients, leaving=leaving)
        return {client: say(one.why) if one.kind == places.LEFT_OUT else "" for client, one in verdicts.items()}

    def _who_waits(self, clients):
        """:return: {client: the sentence that says when it comes}, of those who are enrolled and wait for the client's place"""
        say = self.env["touch.words"]._say
        return {client: say(one.why) for client, one in self._verdicts(clients).items() if one.kind == places.WAITS}

    def _verdicts(self, clients, by=places.HAND, leaving=None, errors=None):
        """Who would be worked now, who waits and who is left out: the one place for it, for previews and for the acts themselves. One whose
        facts cannot be read harms nobody else.

        :param by: who enrols, of ``places.BY``
        :param leaving: enrolments that are about to give their places up
        :param errors: a dictionary that gets the clients whose facts cannot be read, with the error
        :return: {client: Verdict} in the given order
        """
        found, faults, taken = {}, {}, {}

        def judge(some):
            verdicts, places_taken = self._verdicts_together(some, by, leaving, taken)
            found.update(verdicts)
            taken.update(places_taken)

        self.env["touch.background"]._isolate_failures(clients, judge, faults.__setitem__)
        for client, error in faults.items():
            found[client] = Verdict(places.LEFT_OUT, self._why_failed(error))
        if errors is not None:
            errors.update(faults)
        return {client: found[client] for client in clients}

    def _verdicts_together(self, clients, by, leaving, taken):
        """:param taken: {(company id, client key): its runs} where somebody is enrolled in the same go
        :return: {client: Verdict}, and the same of those that these clients take"""
        planner = self.env["touch.planner"]._for_everyone()
        subjects = planner._subjects_of_clients(clients, self)
        runs = planner.env["touch.enrollment"]._runs_at([(subject.company_id, subject.client) for subject in subjects])
        runs.update(taken)
        follows = self._cadences_that_follow()
        result, taking = {}, {}
        for client, subject, known in zip(clients, subjects, planner._read_facts(subjects)):
            its = runs[subject.company_id, subject.client]
            if leaving:
                its = {run: one for run, one in its.items() if one not in leaving}
            if closed := self._takes_nobody(subject.company_id):
                result[client] = Verdict(places.LEFT_OUT, closed)
            elif found := hindrance(known):
                result[client] = Verdict(places.LEFT_OUT, [(found[1], {})])
            else:
                opened = client.create_date or fields.Datetime.now()
                new = places.Newcomer(
                    record=-subject.lead_id if subject.lead_id else subject.partner_id,
                    rank=places.rank(deal=bool(subject.lead_id), follows=self.id in follows, strategy=self.potential),
                    by=by,
                    opened=opened.timestamp(),
                )
                result[client] = self._verdict(new, its)
                if result[client].kind != places.LEFT_OUT:  # the others of the same client come behind it
                    state = "running" if result[client].kind == places.TAKES else "waiting"
                    if state == "running":
                        its = {run: one for run, one in its.items() if one not in (result[client].gives_way | result[client].ends)}
                    ahead = places.Run(0, new.record, new.rank, state, new.opened)
                    key = subject.company_id, subject.client
                    runs[key] = taking[key] = {**its, ahead: self.env["touch.enrollment"]}
        return result, taking

    def _takes_nobody(self, company_id):
        """:return: codes of why nobody of the company can be enrolled; empty where clients can"""
        if not self.active:
            return [("cadence_archived", {"cadence": self.name})]
        if not self.step_ids:
            return [("cadence_empty", {"cadence": self.name})]
        if self.company_id and company_id != self.company_id.id:
            return [("other_company", {"company": self.company_id.name})]
        return []

    def _verdict(self, new, runs):
        """:param runs: {places.Run: its enrolment, none for one that is enrolled in the same go}"""
        none = self.env["touch.enrollment"].sudo()  # sudo: who holds the place may be another rep's
        kind, code = places.verdict(new, runs)
        held = places.holder(runs)
        if kind == places.TAKES:
            return Verdict(kind, [], runs[held] if held else none, none.union(*(runs[one] for one in places.ends(new, runs))))
        if code in ("resting", "comes_after_rest"):
            until = max((one.not_before for one in runs.values() if one.state == "resting" and one.not_before), default=False)
            return Verdict(kind, [(code, {"date": until})])
        if code == "waits_already":
            held = next((run for run in runs if run.state == "waiting" and run.record == new.record), None)
        named = runs[held].cadence_id if held else none.cadence_id
        if code == "enrolled_already" and not named:
            return Verdict(kind, [("enrolled_with", {})])
        return Verdict(kind, [(code, {"cadence": (named or self).name})])

    def _cadences_that_follow(self):
        """:return: ids of the cadences that come after others (care, nurture, win back), and of their old versions: they do not sell a deal
        by themselves"""
        names = ("won_cadence_id", "exhausted_cadence_id", "lapsed_cadence_id")
        every = self.sudo().with_context(active_test=False)  # sudo: of any company
        rows = every.search(Domain.OR(Domain(name, "!=", False) for name in names))
        named = every.union(*(rows[name] for name in names))
        return set((named | named.version_ids).ids)

    def _create_enrollments(self, clients, **values):
        """Create the enrolments of clients that were found fit; every enrolment begins here.

        :param values: what differs from an enrolment that begins now (a rest)
        """
        is_lead = clients._name == "crm.lead"
        # with all rights: enrolments are made here only, of clients that the user may read; who holds a place may be another rep's
        planner = self.env["touch.planner"]._for_everyone()
        vals_list = [
            {
                "cadence_id": self.id,
                "lead_id": client.id if is_lead else False,
                "partner_id": client._touch_contacts().id,
                "company_id": (client.company_id or self.company_id or self.env.company).id,
                **values,
            }
            for client in clients
        ]
        return planner.env["touch.enrollment"].create(vals_list).with_env(self.env)

    def _what_follows(self, state, lapsed=False):
        """What comes after a run that ended in ``state``: care for buyers, nurture for those who did not decide, another approach after a
        rest for those who refused (R12, R18, R20, R22).

        :param lapsed: it ended because the client buys no more
        :return: the cadence in which the client goes on, and days of rest; empty where nothing follows
        """
        exhausted = self.lapsed_cadence_id if lapsed else self.exhausted_cadence_id
        target = {"won": self.won_cadence_id, "exhausted": exhausted}.get(state, self.browse())
        return target, self.rest_days if state == "refused" else 0

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

    def _rule_search(self, after=0):
        """Clients that the rule may enrol: those whom its filter finds with the rights of who wrote it, and who never were in this cadence.
        A deal that ended the run because it was over, and is open again, is a new one. Whose touches were erased is left out: nobody knows
        any more in which he was.

        :param after: an id; the clients behind it
        :return: a batch of them, in the order of their ids
        :raise FilterProblem: for a rule that cannot be used
        """
        self.ensure_one()
        # whoever enrolled them, and in whatever company: so with all rights, unlike the filter
        mine = Domain("cadence_id", "in", self._versions().ids)
        been = Domain("enrollment_ids", "any!", mine)
        if self.model == "crm.lead":
            been &= Domain("won_status", "!=", "pending") | Domain("enrollment_ids", "any!", mine & Domain("stop_reason", "not in", OVER))
        never = ~been & Domain("touch_erased_date", "=", False)
        found = self._filter_search(self.company_id or self.env.company, never & Domain("id", ">", after), order="id", limit=ENROLL_BATCH)
        return found.with_env(self.env)

    @api.model
    def _cron_enroll_by_rule(self):
        """Enrol, cadence by cadence, the clients that match its rule; one batch a commit. A run that is out of time goes on where it stopped.

        * A rule that fails keeps no other from its own. What is wrong stands on the cadence, with its date; its manager is told; and the
          cron fails when all others are through, as often as it can without being switched off by Odoo for it.
        * A client that cannot be enrolled keeps no other from it: one of them is named on the cadence.
        """
        commit = self.env["ir.cron"]._commit_progress
        fault = None
        for cadence in self.search([("auto_enroll", "=", True)], order="rule_cursor desc, id"):
            whole, left_out, done = not cadence.rule_cursor, {}, 1
            while done:
                done = 0
                try:
                    with self.env.cr.savepoint():
                        done, failed = cadence._enroll_next_by_rule()
                    left_out |= failed
                except TRANSACTION_OVER:
                    raise
                except Exception as error:
                    _logger.warning("the rule of touch cadence %s (%s) failed", cadence.id, cadence.name, exc_info=error)
                    self.env.invalidate_all()
                    why = error.why if isinstance(error, FilterProblem) else [("filter_broken", {"error": str(error)})]
                    cadence._note_problem([*why, (cadence._problem_effect(), {})])
                    fault = cadence, error
                else:
                    cadence._note_left_out(left_out, whole and not done)
                if not commit(done, remaining=1 if done else 0):
                    return
        commit(remaining=0)
        if fault:
            cadence, error = fault
            self.env["touch.background"]._fail_visibly(cadence._filter_error(cadence.problem), error)

    def _note_left_out(self, left_out, over):
        """:param left_out: {client: why} of those who could not be enrolled because of a fault
        :param over: whether the rule went through all of its clients, from the first to the last"""
        if left_out:
            client, error = next(iter(left_out.items()))
            values = {"count": len(left_out), "client": client.display_name, "error": error}
            self._note_problem([("rule_left_out", values)])
        elif over:
            self._clear_problem()

    def _enroll_next_by_rule(self):
        """:return: how many clients of the rule were looked at, 0 after the last, when the next time begins anew; and
        {client who was left out because of a fault: why}"""
        batch = self._rule_search(self.rule_cursor)
        self.rule_cursor = batch[-1:].id or 0
        _enrollments, failed = self.with_company(self.company_id or self.env.company)._enroll(batch, places.RULE)
        return len(batch), failed

    # --------------------------------------------------------------
    # Facts
    # --------------------------------------------------------------

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
        )
