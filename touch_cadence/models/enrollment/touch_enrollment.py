import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ...method.plan.facts import OF_AGREED_STEP, UNDER_WAY
from ..base.rooms import shared
from ..client.called import client_name
from ..client.touch_client_mixin import TEMPERATURE_SELECTION

_logger = logging.getLogger(__name__)


STATES = [
    ("running", "Running"),
    ("paused", "Paused"),
    ("resting", "Resting"),
    ("waiting", "Waiting"),
    ("won", "Won"),
    ("refused", "Refused"),
    ("exhausted", "Exhausted"),
    ("stopped", "Stopped"),
    ("blocked", "Blocked"),
]
# what a run ended with because its deal was over, or its client archived: it begins anew when that is taken back
OVER = ("won", "bought", "lost", "refused", "archived")
STOP_REASONS = [
    ("won", "Deal won"),
    ("bought", "Bought"),
    ("lost", "Deal lost"),
    ("refused", "Clear no"),
    ("refused_by_colleague", "Clear no from the client's colleague"),
    ("wrong_contact", "Wrong contact"),
    ("archived", "Archived"),
    ("moved", "Moved to another company"),
    ("opt_out", "Wants no contact"),
    ("low_potential", "Low potential"),
    ("no_channel", "No open channel"),
    ("superseded", "Worked in another cadence"),
    ("stop_after", "Tries used up"),
    ("steps_done", "Steps done"),
    ("window_over", "Decision window over"),
    ("campaign_over", "Campaign over"),
    ("lapsed", "Stopped buying"),
    ("turned_hot", "Turned hot"),
    ("manual", "By hand"),
    ("strategy", "Another strategy"),
    ("changed", "Cadence changed"),
    ("removed", "Record removed"),
    ("merged", "Merged"),
    ("erased", "Data erased"),
]


class TouchEnrollment(models.Model):
    """One client in one cadence: the only state machine.

    * A lead or a contact is enrolled; its *client* is the commercial partner, or the lead itself while it has no contact. ``client_key``
      holds it as one number, so that the database can ensure that a client is worked once at a time.
    * ``next_date`` is when the planner looks again. It is empty while a planned touch waits for its outcome.
    * Only :meth:`_stop` ends a run, and only :meth:`action_pause` and :meth:`action_resume` leave ``running`` and come back.
    """

    _name = "touch.enrollment"
    _inherit = ["touch.guarded.mixin", "touch.anonymous.mixin"]
    _description = "Touch Enrolment"
    _order = "id desc"

    cadence_id = fields.Many2one("touch.cadence", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    lead_id = fields.Many2one("crm.lead", index="btree_not_null", ondelete="set null")
    partner_id = fields.Many2one("res.partner", string="Contact", index="btree_not_null", ondelete="set null")
    # set where client_key is: a related field would cost a throw-away record a row when touches are made in bulk
    commercial_partner_id = fields.Many2one("res.partner", string="Client", readonly=True, index="btree_not_null", ondelete="set null")
    client_key = fields.Integer(readonly=True, required=True, aggregator=None, help="The client of the enrolment; 0: anonymous.")
    user_id = fields.Many2one("res.users", string="Responsible", index="btree_not_null", readonly=True)
    temperature = fields.Selection(TEMPERATURE_SELECTION, compute="_compute_temperature", compute_sudo=True)

    run = fields.Integer(
        aggregator=None,
        string="Enrolment Number",
        default=1,
        readonly=True,
        help="1 for the client's first enrolment in this cadence, 2 for the second, and so on.",
    )
    state = fields.Selection(STATES, required=True, default="running", readonly=True)
    date_start = fields.Date(string="Start", required=True, default=fields.Date.context_today)
    date_end = fields.Date(string="End", readonly=True)
    not_before = fields.Date(string="Until", help="A rest or a pause ends on this day.")
    date_paused = fields.Date(string="Paused since", readonly=True)
    pauses = fields.Json(readonly=True, help="Past pauses: the first day and the day on which the cadence resumed.")
    held_back = fields.Boolean(
        readonly=True, help="The enrolment was paused when a deal took its place, and is paused again when it returns."
    )
    next_date = fields.Datetime(string="Next Review", readonly=True, default=fields.Datetime.now)
    review_since = fields.Datetime(
        string="Marked for Review", readonly=True, copy=False, help="Since this time the planner has something to review here."
    )
    stop_reason = fields.Selection(STOP_REASONS, readonly=True)
    stop_note = fields.Char(readonly=True)
    nothing_follows = fields.Boolean(
        readonly=True, help="The cadence that should follow could not begin; the explanation says what is missing."
    )
    reason_id = fields.Many2one(
        "touch.reason",
        string="Enrolled for",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The campaign or occasion for which the client, who was in no cadence, was enrolled.",
    )
    # 0 is stored: without a value it would be sorted behind all others in reports
    touch_count = fields.Integer(
        string="Touches", readonly=True, default=0, help="Touches of this enrolment that were made; tries do not count."
    )
    blocked_count = fields.Integer(
        aggregator=None,
        string="Failures in a Row",
        readonly=True,
        copy=False,
        help="How often the planner has failed here since its last success.",
    )
    why_data = fields.Json(readonly=True)
    why = fields.Char(compute="_compute_why")
    next_touch_date = fields.Date(string="Next Touch", compute="_compute_next_touch_date")
    explanation = fields.Text(string="What Happens Next", compute="_compute_explanation")

    touch_ids = fields.One2many("touch.touch", "enrollment_id", string="History")
    touch_target = fields.Integer(related="cadence_id.target")

    _client_uniq = models.UniqueIndex(
        "(company_id, client_key) WHERE state IN ('running', 'paused', 'blocked')",
        "This client is already in a cadence.",
    )
    _run_uniq = models.UniqueIndex(
        "(company_id, client_key, cadence_id, run) WHERE client_key != 0", "This enrolment of the client in the cadence already exists."
    )
    _due_idx = models.Index("(next_date, id) WHERE state IN ('running', 'resting') AND next_date IS NOT NULL")
    _forget_idx = models.Index("(company_id, date_end, id) WHERE client_key != 0 AND date_end IS NOT NULL")
    _years = models.Constraint(
        "CHECK(date_start BETWEEN '1900-01-01' AND '2100-12-31' AND date_end BETWEEN '1900-01-01' AND '2100-12-31'"
        " AND not_before BETWEEN '1900-01-01' AND '2100-12-31' AND date_paused BETWEEN '1900-01-01' AND '2100-12-31'"
        " AND next_date BETWEEN '1900-01-01' AND '2101-01-01')",
        "The days of an enrolment lie between 1900 and 2100.",
    )
    _numbers = models.Constraint(
        "CHECK(run BETWEEN 1 AND 1000000 AND touch_count BETWEEN 0 AND 1000000 AND blocked_count BETWEEN 0 AND 1000000)",
        "Enrolments, touches and failures are counted up to 1,000,000.",
    )
    _review_idx = models.Index("(review_since, id) WHERE review_since IS NOT NULL")
    _blocked_idx = models.Index("(next_date, id) WHERE state = 'blocked'")
    _pause_idx = models.Index("(not_before, id) WHERE state = 'paused' AND not_before IS NOT NULL")

    _waiting_idx = models.Index("(client_key) WHERE state = 'waiting'")

    @api.depends("lead_id.temperature", "partner_id.temperature")
    def _compute_temperature(self):
        for enrollment in self:
            enrollment.temperature = (enrollment.lead_id or enrollment.partner_id).temperature

    @api.depends("lead_id", "partner_id", "cadence_id")
    def _compute_display_name(self):
        for enrollment in self:
            enrollment.display_name = f"{enrollment._client_name()} · {enrollment.cadence_id.name}"

    @api.depends("touch_ids.state", "touch_ids.date_deadline")
    def _compute_next_touch_date(self):
        planned = self._open_touches().grouped("enrollment_id")
        for enrollment in self:
            enrollment.next_touch_date = min(planned[enrollment].mapped("date_deadline")) if enrollment in planned else False

    @api.depends("state", "why_data", "touch_ids.state", "touch_ids.why_data")
    @api.depends_context("lang")
    def _compute_why(self):
        planned = self._open_touches().grouped("enrollment_id")
        for enrollment in self:
            # what is blocked may have a planned touch still: what is wrong is said, not what was planned before
            is_told = enrollment in planned and enrollment.state != "blocked"
            enrollment.why = self.env["touch.words"]._say(planned[enrollment]._why_now() if is_told else enrollment.why_data)

    # --------------------------------------------------------------
    # CRUD
    # --------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")  # before anything is read of the values
        owners = [(vals.get("company_id") or self.env.company.id, vals.get("partner_id"), vals.get("lead_id")) for vals in vals_list]
        for vals, (key, commercial) in zip(vals_list, self.env["touch.client"]._client_keys(owners)):
            vals.update(client_key=key, commercial_partner_id=commercial)
        runs = self._last_runs(vals_list)
        for vals in vals_list:
            run_key = (vals.get("company_id") or self.env.company.id, vals["client_key"], vals["cadence_id"])
            vals["run"] = runs[run_key] = runs.get(run_key, 0) + 1
        records = super().create(vals_list)
        self.env["touch.presence"]._rows_made()
        return records

    def _last_runs(self, vals_list):
        """:return: {(company id, client key, cadence id): last run} for the clients about to be enrolled"""
        # sudo: runs are counted over all reps, and over the old versions of a cadence
        cadences = self.env["touch.cadence"].sudo().browse({vals["cadence_id"] for vals in vals_list})
        versions = cadences._with_versions()
        current = {one.id: one._current_version() for one in versions}
        groups = self.sudo()._read_group(  # sudo: as above, numbers
            [
                ("client_key", "in", list({vals["client_key"] for vals in vals_list})),
                ("cadence_id", "in", versions.ids),
            ],
            ["company_id", "client_key", "cadence_id"],
            ["run:max"],
        )
        runs = defaultdict(int)
        for company, key, cadence, run in groups:
            client = company.id, key, current[cadence.id]
            runs[client] = max(run, runs[client])
        return {(company, key, one.id): run for (company, key, of), run in runs.items() for one in cadences if current[one.id] == of}

    @api.model
    def _is_known(self):
        return Domain("client_key", "!=", 0)

    def _anonymise(self):
        """Nobody's runs from now on, and their touches with them: cadence, state, days and counts stay."""
        self.filtered(lambda one: one.state in UNDER_WAY)._stop("stopped", "erased")
        self.write({"client_key": 0, **dict.fromkeys(("partner_id", "lead_id", "commercial_partner_id", "stop_note", "why_data"), False)})
        self.env["touch.touch"].search([("enrollment_id", "in", self.ids), ("client_key", "!=", 0)])._anonymise()

    # --------------------------------------------------------------
    # Clients
    # --------------------------------------------------------------

    @shared
    def _client_name(self):
        """:return: whose enrolment it is, as on touches"""
        self.ensure_one()
        # sudo: who may see the enrolment may see whose it is
        known = self.sudo()
        return client_name(known.lead_id, known.partner_id) if known.client_key else self.env._("Anonymous client")

    @shared
    def _client_record(self):
        """:return: the record that carries activities: the lead, or the contact"""
        self.ensure_one()
        return self.lead_id or self.partner_id

    def _by_client_model(self):
        """:return: tuples (company, the enrolled records of one model, the enrolments)"""
        groups = self.grouped(lambda one: (one.company_id, one._client_record()._name))
        return [(company, its._client_records(model), its) for (company, model), its in groups.items()]

    @shared
    def _client_records(self, model):
        """:return: the enrolled records that are of ``model``"""
        return self.lead_id if model == "crm.lead" else self.filtered(lambda one: not one.lead_id).partner_id

    @shared
    def _count_touches(self):
        """Count the touches of these runs that count (R2): the one place that writes the number."""
        made = Domain([("enrollment_id", "in", self.ids), ("state", "=", "done"), ("counts", "=", True)])
        made &= Domain("purpose", "not in", OF_AGREED_STEP)  # these belong to an agreed step (R45)
        counts = {run.id: count for run, count in self.env["touch.touch"]._read_group(made, ["enrollment_id"], ["__count"])}
        for count, runs in self.grouped(lambda run: counts.get(run.id, 0)).items():
            runs.filtered(lambda run, count=count: run.touch_count != count).write({"touch_count": count})

    def _by_today(self):
        """:return: {day: those of these runs in whose company it is that day}, whoever looks at them where"""
        today = {company: company._touch_today() for company in self.company_id}
        return self.grouped(lambda one: today[one.company_id])

    # --------------------------------------------------------------
    # Planning
    # --------------------------------------------------------------

    @shared
    def _open_touches(self):
        # sudo: the planned touch of an enrolment may lie with a substitute or expert
        return self.env["touch.touch"].sudo().search([("enrollment_id", "in", self.ids), ("state", "=", "planned")])
