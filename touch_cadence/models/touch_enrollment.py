import logging
from collections import defaultdict
from datetime import timedelta
from functools import cache
from operator import methodcaller

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, groupby
from psycopg2.errors import UniqueViolation

from ..method.breaker import Breaker
from ..method.client import places
from ..method.plan import workdays
from ..method.plan.decision import Stop
from ..method.plan.facts import ACTIVE_STATES, DUE_STATES, UNDER_WAY
from .arguments import day, records, takes, text
from .touch_background import FaultForAll
from .touch_client_mixin import TEMPERATURE_SELECTION
from .touch_mark import door

_logger = logging.getLogger(__name__)

# enrolments that the planner claims, decides and commits together
PLAN_BATCH = 1000
# days after which what is blocked is tried again at the latest
LONGEST_BLOCK = 16

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
    ("lapsed", "Stopped buying"),
    ("manual", "By hand"),
    ("strategy", "Another strategy"),
    ("changed", "Cadence changed"),
    ("removed", "Record removed"),
    ("merged", "Merged"),
    ("erased", "Data erased"),
]
# whoever stops runs so puts others in their places himself, and settles them afterwards
SUCCEEDED = ("changed", "strategy", "merged", "superseded")
# why what follows does not begin, where it need not be told: the client is worked in it
UNDER_WAY_ALREADY = ("enrolled_already", "enrolled_with", "waits_already", "resting")
# what the planner stops although it does not look at it otherwise: paused and waiting runs of what is over
GONE = ("won", "lost", "archived", "moved")
# days ahead to which a pause can last
MOST_AHEAD = 1100
# in which states each act by hand can be done
ACT_STATES = {
    "pause": ("running", "blocked"),
    "resume": ("paused", "blocked", "resting"),
    "stop": UNDER_WAY,
    "change": ("running", "blocked"),
    "hand_over": UNDER_WAY,
}


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
    client_key = fields.Integer(readonly=True, required=True, help="The client of the enrolment; 0: anonymous.")
    user_id = fields.Many2one("res.users", string="Responsible", index="btree_not_null", readonly=True)
    temperature = fields.Selection(TEMPERATURE_SELECTION, compute="_compute_temperature", compute_sudo=True)

    run = fields.Integer(
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
        string="Marked for Review", readonly=True, copy=False, help="Since then something waits to be looked at by the planner."
    )
    stop_reason = fields.Selection(STOP_REASONS, readonly=True)
    stop_note = fields.Char(readonly=True)
    nothing_follows = fields.Boolean(
        readonly=True, help="The cadence that should follow could not begin; the explanation says what is missing."
    )
    touch_count = fields.Integer(string="Touches", readonly=True, help="Touches of this enrolment that reached the client.")
    blocked_count = fields.Integer(
        string="Failures in a Row", readonly=True, copy=False, help="How often the planner has failed here since its last success."
    )
    why_data = fields.Json(readonly=True)
    why = fields.Char(compute="_compute_why")
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

    @api.depends("state", "why_data", "touch_ids.state", "touch_ids.why_data")
    @api.depends_context("lang")
    def _compute_why(self):
        planned = self._open_touches().grouped("enrollment_id")
        for enrollment in self:
            # what is blocked may have a planned touch still: what is wrong is said, not what was planned before
            is_told = enrollment in planned and enrollment.state != "blocked"
            enrollment.why = self.env["touch.words"]._say(planned[enrollment]._why_now() if is_told else enrollment.why_data)

    @api.depends("state", "next_date", "touch_ids.state", "why_data")
    @api.depends_context("lang", "uid")
    def _compute_explanation(self):
        for enrollment, said in zip(self, self._explain()):
            enrollment.explanation = said["text"]

    # --------------------------------------------------------------
    # CRUD
    # --------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")  # before anything is read of the values
        owners = [(vals.get("company_id") or self.env.company.id, vals.get("partner_id"), vals.get("lead_id")) for vals in vals_list]
        for vals, (key, commercial) in zip(vals_list, self.env["touch.planner"]._clients(owners)):
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
        versions = cadences._versions()
        current = {one.id: one._in_force() for one in versions}
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
    # Actions
    # --------------------------------------------------------------

    @takes(reason=text(), until=day(ahead=MOST_AHEAD))
    def action_pause(self, reason=None, until=None):
        """Make no touches until resumed. The planned touch is withdrawn, and its step follows after the pause.

        :param reason: why, in the user's words
        :param until: the day, as a date or its ISO text, on which the planner resumes the run; none: until somebody resumes it
        :raise UserError: if the enrolment is not running, or the end is not in the future
        """
        self._check_act("pause")
        self._check_until(until)
        why = [("paused_until", {"date": until}) if until else ("paused", {}), *([("noted", {"note": reason})] if reason else [])]
        self._open_touches()._withdraw()
        self.sudo().write(  # sudo: states are written by these methods only, once it is seen whose the run is
            {
                "state": "paused",
                "next_date": False,
                "not_before": until,
                "date_paused": fields.Date.context_today(self),
                "why_data": self.env["touch.words"]._store(why),
            }
        )
        return True

    @takes()
    def action_resume(self):
        """Continue after a pause, a block or a rest. A pause moves the next touch by its length.

        :raise UserError: if the enrolment is not paused, blocked or resting
        """
        self._check_act("resume")
        runs = self.sudo()  # sudo: as in action_pause()
        runs._resume()
        runs._settle_places()
        self.env["touch.mark"]._mark(self.filtered(lambda one: one.state != "waiting"))
        return True

    @takes(reason=text())
    def action_stop(self, reason=None):
        """End the run by hand; the planned touch is withdrawn.

        :param reason: why, in the user's words; kept on the enrolment
        :raise UserError: if the enrolment is already over
        """
        self._check_act("stop")
        self.sudo()._stop("stopped", "manual", note=reason)  # sudo: as in action_pause()
        return True

    @takes(cadence=records("touch.cadence"))
    def action_change_cadence(self, cadence):
        """Continue in another cadence: the run ends, and one in ``cadence`` begins. Clients who cannot be enrolled there keep their run
        (:meth:`_sort_out` says why).

        :param cadence: a ``touch.cadence`` or its id
        :return: the new enrolments
        """
        self.check_access("write")
        cadence.check_access("read")
        why = self._sort_out("change", cadence=cadence)
        return self.filtered(lambda one: not why[one])._change_cadence(cadence)

    def action_act(self):
        """Open the wizard for these enrolments. The context may give the action as ``default_act``."""
        return self.env["touch.act"]._open(self)

    @api.model
    def _check_until(self, until):
        if until and until > fields.Date.context_today(self) + timedelta(days=MOST_AHEAD):
            raise UserError(self.env._("A pause lasts three years at most: stop the enrolment instead, or leave the end empty."))
        if until and until <= fields.Date.context_today(self):
            raise UserError(self.env._("A pause cannot end on %(date)s: choose a later day.", date=format_date(self.env, until)))

    def _check_act(self, act):
        """:raise AccessError: for who may not work these runs
        :raise UserError: where the state does not allow the act"""
        self.check_access("write")
        wrong = self.filtered(lambda enrollment: enrollment.state not in ACT_STATES[act])[:1]
        if wrong:
            raise UserError(
                self.env._(
                    "“%(enrollment)s” is %(state)s: this cannot be done now.",
                    enrollment=wrong.display_name,
                    state=wrong._state_name().lower(),
                )
            )

    def _state_name(self):
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _sort_out(self, act, cadence=None, user=None, also_resting=True):
        """Who is left out of an act by hand, and why: the one place for it, for previews and for the acts themselves.

        :param act: a key of ``ACT_STATES``
        :param cadence: the target of a change
        :param user: who is to get the clients of a hand-over; None: who fits best
        :param also_resting: whether those who rest after a no are resumed, too
        :return: {enrolment: why it is left out, or an empty string} in the given order
        """
        known = self.sudo()  # sudo: why a colleague's client is left out is said, and no more of it
        own = self._filtered_access("write")
        rests = known.filtered(lambda one: one.state == "resting")
        planner = self.env["touch.planner"]._for_everyone()
        held = planner._enrollments_holding([(one.company_id.id, one.client_key) for one in rests]) if act == "resume" and rests else {}
        why = {}
        for one in known - own:
            why[one] = ("not_yours",)
        for one in known & own:
            if one in rests and (act in ("pause", "change") or (act == "resume" and not also_resting)):
                why[one] = ("resting", ("date", one.not_before))
            elif one.state not in ACT_STATES[act]:
                why[one] = ("wrong_state", ("state", one._state_name()))
            elif place := held.get((one.company_id.id, one.client_key)) if one in rests else None:
                why[one] = ("enrolled_already", ("cadence", place.cadence_id.name))
        fit = self.filtered(lambda one: one not in why)
        if act == "hand_over":
            takers = fit._takers(user)
            # sudo: a sentence on runs that the user may work; their clients' users and companies are names
            for one in fit.sudo().filtered(lambda one: not takers[one.id]):
                code = "theirs_already" if user and one._client_record().user_id == user else "closed_company" if user else "nobody_free"
                why[one] = (code, ("user", user.name), ("company", one.company_id.name)) if user else (code,)
        say = cache(lambda code, *values: self.env["touch.words"]._say([(code, dict(values))]))
        result = {one: say(*why[one]) if one in why else "" for one in self}
        if act == "change" and cadence:
            leaving = fit.filtered(lambda one: one.cadence_id != cadence)
            for company, clients, its in fit._by_client_model():
                reasons = cadence.with_company(company)._sort_out(clients, leaving=leaving)
                result |= {one: reasons[one._client_record()] for one in its}
        return result

    @takes()
    def explain(self):
        """Say the current decision in the user's language. Nothing is written.

        :return: list of dicts, one an enrolment in order: ``id``, ``client``, ``text``: the next touch, when, by whom, and why; or why
            there is none
        :raise AccessError: if the user may not read the enrolments
        """
        self.check_access("read")
        return self._explain()

    def _explain(self):
        """:return: as :meth:`explain`. What colleagues wrote in their own words is left out where the user may not read the enrolment."""
        words = self.env["touch.words"]
        readable = self.sudo(False)._filtered_access("read")
        planner = self.env["touch.planner"]._for_everyone()
        planned = self._open_touches().grouped("enrollment_id")
        # what is planned keeps its own why: only the others are decided, which takes some thirty queries
        undecided = self.with_env(planner.env).filtered(lambda one: one.state in DUE_STATES and one not in planned)
        decided = {}
        planner.env["touch.background"]._isolate_failures(
            undecided,
            lambda some: decided.update({one.id: decision.why for one, _facts, decision in planner._decide(some)}),
            lambda one, error: decided.update({one.id: (("failed", {"error": str(error)}),)}),
        )
        result = []
        for enrollment in self:
            touch = planned.get(enrollment, self.env["touch.touch"])
            why = touch._why_now() if touch else enrollment.why_data if enrollment.state not in DUE_STATES else decided[enrollment.id]
            text = words._say(why if enrollment in readable else words._without_free_text(why))
            if touch:
                text = self.env._(
                    "%(date)s, %(user)s: %(why)s",
                    date=format_date(self.env, touch.date_deadline),
                    user=touch.user_id.name or self.env._("nobody"),
                    why=text,
                )
            if touch and enrollment.state == "blocked":
                # the touch stands and can be made, but what is wrong comes first
                wrong = enrollment.why_data if enrollment in readable else words._without_free_text(enrollment.why_data)
                text = f"{words._say(wrong)} {text}"
            result.append({"id": enrollment.id, "client": enrollment._client_name(), "text": text})
        return result

    # --------------------------------------------------------------
    # Clients
    # --------------------------------------------------------------

    def _client_name(self):
        self.ensure_one()
        # sudo: who may see the enrolment may see whose it is
        known = self.sudo()
        return (known.lead_id.display_name or known.partner_id.display_name or "") if known.client_key else self.env._("Anonymous client")

    def _client_record(self):
        """:return: the record that carries activities: the lead, or the contact"""
        self.ensure_one()
        return self.lead_id or self.partner_id

    def _by_client_model(self):
        """:return: tuples (company, the enrolled records of one model, the enrolments)"""
        groups = self.grouped(lambda one: (one.company_id, one._client_record()._name))
        return [(company, its._client_records(model), its) for (company, model), its in groups.items()]

    def _client_records(self, model):
        """:return: the enrolled records that are of ``model``"""
        return self.lead_id if model == "crm.lead" else self.filtered(lambda one: not one.lead_id).partner_id

    def _get_responsible(self):
        """Who makes the touches of each enrolment; the one hook for it, a dictionary so that others can override it in batch.

        The rep of the enrolled record itself (the lead's, else the contact's, else the client's), or that rep's substitute while
        absent; where there is nobody active: the team leader, then the cadence's fallback. Who has no access to the enrolment's company
        any more is passed over: a rep who moved to another one cannot even open the client.

        :return: {enrolment id: user}, the user empty where nobody is found
        """
        first = {}
        for enrollment in self:
            lead, partner = enrollment.lead_id, enrollment.partner_id
            first[enrollment.id] = lead.user_id or partner.user_id or partner.commercial_partner_id.user_id
        absent = self.env["touch.planner"]._absent_users(self.env["res.users"].union(*first.values()))
        result = {}
        for enrollment in self:
            rep = first[enrollment.id]
            candidates = [rep if rep not in absent else rep.touch_substitute_id, rep.touch_substitute_id if not rep.active else rep]
            candidates += [enrollment.lead_id.team_id.user_id, rep.sale_team_id.user_id, enrollment.cadence_id.user_id]
            company = enrollment.company_id
            result[enrollment.id] = next(
                (user for user in candidates if user and user.active and not user.share and company in user.company_ids), rep.browse()
            )
        return result

    def _hand_to(self, rep):
        """Follow a change of the responsible: the enrolment and its planned touch go to ``rep``. A touch that somebody gave to a
        colleague by hand stays there until the responsible changes.

        :param rep: a user's id, or None for nobody
        """
        moved = self.filtered(lambda one: one.user_id.id != rep) if rep else self.browse()
        touches = moved.filtered("user_id")._open_touches()
        moved.write({"user_id": rep})
        touches._reassign(self.env["res.users"].browse(rep))

    def _hand_clients(self, users, why):
        """Other reps take these clients over: from now on they are the salespeople of the lead or contact. The history stays; the reps who
        give clients away are told, and so are those who get them, once each (R21).

        :param users: the new rep of each enrolment, as a recordset in order
        :param why: the sentence that says why, one each
        """
        before = {enrollment: enrollment.user_id or enrollment._client_record().user_id for enrollment in self}
        quiet = {"mail_auto_subscribe_no_notify": True}
        moves = list(zip(self, users, why))
        for (user, model), its in groupby(moves, lambda move: (move[1], move[0]._client_record()._name)):
            records = self.env[model].browse(move[0]._client_record().id for move in its)
            records.with_context(**quiet).write({"user_id": user.id})
            records._message_log_batch(bodies={move[0]._client_record().id: move[2] for move in its})
        told = defaultdict(list)
        for enrollment, user, _why in moves:
            told[before[enrollment], False].append(enrollment)
            told[user, True].append(enrollment)
        for (user, gets), its in told.items():
            if user and user.active and user != self.env.user:
                user._touch_tell(its, gets)

    def _hand_over(self, user=None):
        """Hand the clients over to ``user``, or each to the colleague of the team who fits best by strength and load.

        :return: the enrolments that were handed over; where nobody is found the client stays where he is
        """
        enrollments = self.with_env(self.env["touch.planner"]._for_everyone().env)
        takers = enrollments._takers(user)
        found = enrollments.env["res.users"]._touch_assign([(one.temperature or "cold", takers[one.id]) for one in enrollments])
        going = enrollments.browse(one.id for one, rep in zip(enrollments, found) if rep)
        chosen = [rep for rep in found if rep]
        why = self.env["touch.words"]._say([("handed_by", {"user": self.env.user.name})])
        going._hand_clients(self.env["res.users"].browse(chosen), [why] * len(going))
        # also those whom no review reaches, since they are paused, or whose next touch is far
        responsible = going._get_responsible()
        for rep, its in groupby(going, lambda one: responsible[one.id].id or None):
            going.browse().union(*its)._hand_to(rep)
        self.env["touch.mark"]._mark(going)
        return going.with_env(self.env)

    def _takers(self, user=None):
        """:param user: the one who is to take them over; None: any colleague in the team who did not work the client yet
        :return: {enrolment id: frozenset of the users who may}"""
        planner = self.env["touch.planner"]._for_everyone()
        enrollments = self.with_env(planner.env)
        if user:
            may = {one: one._client_record().user_id != user and one.company_id in user.company_ids for one in enrollments}
            return {one.id: frozenset(user.ids if may[one] else ()) for one in enrollments}
        return planner._read_successors(planner._subjects(enrollments), enrollments._get_responsible())

    def _recount(self):
        """Count the touches of these runs that reached the client (R2): the one place that writes the number."""
        reached = Domain([("enrollment_id", "in", self.ids), ("state", "=", "done"), ("reached", "=", True)])
        counts = {run.id: count for run, count in self.env["touch.touch"]._read_group(reached, ["enrollment_id"], ["__count"])}
        for count, runs in self.grouped(lambda run: counts.get(run.id, 0)).items():
            runs.filtered(lambda run, count=count: run.touch_count != count).write({"touch_count": count})

    @api.model
    def _of_clients(self, clients, states=ACTIVE_STATES):
        """:return: the enrolments of partners (with all of their companies' contacts) or leads that are in ``states``"""
        if not self.env["touch.planner"]._in_use():
            return self.sudo().browse()  # sudo: empty, and as the other answer
        field = "lead_id" if clients._name == "crm.lead" else "partner_id"
        domain = Domain(field, "in", clients.ids)
        if field == "partner_id":
            domain |= Domain("commercial_partner_id", "in", clients.ids)
        # sudo: what happens to a client reaches the enrolments of every rep
        return self.sudo().search(domain & Domain("state", "in", states))

    @api.model
    def _review_reached_by(self, field, values):
        """Decide again for clients reached by an address or number that was closed or opened.

        :param field: ``email_normalized`` or ``phone_sanitized``, on partner and lead alike
        """
        values = [value for value in values if value]
        if values and self.env["touch.planner"]._in_use():
            domain = Domain("lead_id", "any", [(field, "in", values)]) | Domain("partner_id", "any", [(field, "in", values)])
            # sudo: a blacklist binds every rep
            self.env["touch.mark"]._mark(self.sudo().search(domain & Domain("state", "in", DUE_STATES)))

    @api.model
    def _rekey_found(self, domain, values=None):
        """Enrolments and touches are, or may be, another client's from now on: after a merge, a new contact, a removal.

        :param domain: of fields that both have
        :param values: what changes on them first
        """
        domain = Domain(domain) & self._is_known()
        # sudo: whose a client is binds every rep
        enrollments = self.sudo().search(domain, order="id")
        loose = self.env["touch.touch"].sudo().search(Domain(domain) & Domain("enrollment_id", "=", False))  # sudo: as above
        if values:
            self.env["touch.touch"].sudo().search(domain).write(values)  # sudo: as above
            enrollments.write(values)
        enrollments._rekey()
        loose._rekey()

    def _rekey(self):
        """Say anew whose these enrolments are, after partners were merged or re-parented or the setting changed.

        Where two active ones now are the same client's, a deal goes before a contact, then the one with more touches (the older one, when
        equal). Other deals, and what else cares for the contact, wait; two of the same deal, of two contacts or in one cadence are one, and the
        other stops. Nothing of the history is lost (invariant 9).
        """
        if not self:
            return
        owners = [(one.company_id.id, one.partner_id.id, one.lead_id.id) for one in self]
        clients = dict(zip(self, self.env["touch.planner"]._clients(owners)))
        keys = {enrollment: key for enrollment, (key, _commercial) in clients.items()}
        holders = self.search(
            [("company_id", "in", self.company_id.ids), ("client_key", "in", list(set(keys.values()))), ("state", "in", ACTIVE_STATES)]
        )
        holding = {}
        losers = waiting = self.browse()
        active = holders | self.filtered(lambda one: one.state in ACTIVE_STATES)
        runs = active._method_runs()
        for enrollment in active.sorted(lambda one: (-runs[one].rank, -one.touch_count, one.id)):
            key = (enrollment.company_id, keys.get(enrollment, enrollment.client_key))
            first = holding.setdefault(key, enrollment)
            if first == enrollment:
                continue
            same = first.cadence_id._in_force() == enrollment.cadence_id._in_force() and not enrollment.lead_id
            if runs[first].record == runs[enrollment].record or not first.lead_id or same:
                losers += enrollment
            else:
                waiting += enrollment
        losers._stop("stopped", "merged")
        for key, its in waiting.grouped(lambda one: (one.company_id, keys.get(one, one.client_key))).items():
            its._give_way(holding[key].cadence_id)
        self.env.flush_all()  # the losers give their place up before the others take it
        moved = self.filtered(lambda one: (one.client_key, one.commercial_partner_id.id) != clients[one])
        if not moved:
            return
        freed = {(one.company_id.id, one.client_key) for one in moved}
        runs = self._last_runs([{"client_key": keys[one], "cadence_id": one.cadence_id.id} for one in moved if one.client_key != keys[one]])
        for enrollment in moved.sorted("id"):  # merged clients are few, and each of their runs has its own number
            key, commercial = clients[enrollment]
            if enrollment.client_key != key:
                run_key = (enrollment.company_id.id, key, enrollment.cadence_id.id)
                enrollment.run = runs[run_key] = runs.get(run_key, 0) + 1
            enrollment.write({"client_key": key, "commercial_partner_id": commercial})
        moved.touch_ids._rekey()
        (moved | holders)._settle_places(freed)
        self.env["touch.mark"]._mark(moved)  # the client may be another one now: opted out, of low potential, reached by other ways

    # --------------------------------------------------------------
    # Planning
    # --------------------------------------------------------------

    def _open_touches(self):
        # sudo: the planned touch of an enrolment may lie with a substitute or expert
        return self.env["touch.touch"].sudo().search([("enrollment_id", "in", self.ids), ("state", "=", "planned")])

    def _review(self):
        """Decide again, for now, and carry it out: the one way in which events, buttons and the cron move an enrolment.

        A failure never fails the one who caused the event (a rep's tick, an unsubscription, a new phone number): the enrolment that
        cannot be planned is blocked with its error, the others are planned. Where everything fails for one cause nothing is blocked: the
        planner tries again, and says what is wrong.
        """
        planner = self.env["touch.planner"]._for_everyone()
        found = self.with_env(planner.env).filtered(lambda one: one.state in UNDER_WAY)
        blocked = found.filtered(lambda one: one.state == "blocked")
        try:
            planner.env["touch.background"]._isolate_failures(found - blocked, methodcaller("_plan"), breaker=Breaker())
        except FaultForAll as fault:
            _logger.error("touches of %s clients could not be decided: %s", len(found), fault)
            self.env["touch.mark"]._leave_to_planner((found - blocked).ids)
        blocked._retry_soon()

    def _plan(self):
        planner = self.env["touch.planner"]
        self._wait_after_rest()
        planner._apply(
            [
                entry
                for entry in planner._decide(self)
                if entry[0].state in DUE_STATES or (isinstance(entry[2], Stop) and entry[2].reason in GONE)
            ]
        )
        self.filtered("blocked_count").blocked_count = 0
        self.filtered("review_since").review_since = False

    def _retry(self):
        """Plan again what was blocked: the setting, the record or the code that was to blame may be right by now."""
        self.write({"state": "running", "next_date": fields.Datetime.now(), "why_data": False})
        self._plan()

    @api.model
    def _retry_found(self, domain):
        """Plan again soon what is blocked, after something that may have been to blame was changed.

        :param domain: a condition on enrolments
        """
        if self.env["touch.planner"]._in_use():
            # sudo: a setting holds for every rep's clients
            self.sudo().search(Domain(domain) & Domain("state", "=", "blocked"))._retry_soon()

    def _retry_soon(self):
        if self:
            self.write({"next_date": fields.Datetime.now()})
            self.env["touch.mark"]._wake_planner()

    def _resume(self):
        """Run again, due now; the pause that is over is kept, so that it moves the dates by its length (:func:`rhythm.after_pauses`)."""
        today = {company: company._touch_today() for company in self.company_id}
        paused = self.filtered(lambda one: one.date_paused and one.date_paused < today[one.company_id])
        for _key, its in groupby(paused, lambda one: (one.date_paused, today[one.company_id], repr(one.pauses))):
            pause = [fields.Date.to_string(its[0].date_paused), fields.Date.to_string(today[its[0].company_id])]
            self.browse().union(*its).write({"pauses": [*(its[0].pauses or ()), pause]})
        self.write({"state": "running", "next_date": fields.Datetime.now(), "not_before": False, "date_paused": False, "why_data": False})

    def _pauses(self):
        """:return: the pauses of this run that are over, as the method knows them"""
        self.ensure_one()
        return tuple(tuple(map(fields.Date.to_date, pause)) for pause in self.pauses or ())

    def _change_cadence(self, cadence):
        new = self.browse()
        for company, clients, its in self._by_client_model():
            # sudo: as in action_pause(); whoever calls this has looked whose they are
            its.sudo()._stop("stopped", "changed", why=[("changed", {"cadence": cadence.name})])
            self.env.flush_all()  # they give their places up before the others take them
            new += cadence.with_company(company)._create_enrollments(clients)
        self._settle_places()  # a deal in nurture now may go behind one that waits
        self.env["touch.mark"]._mark(new)
        return new

    # --------------------------------------------------------------
    # Who holds a client's place
    # --------------------------------------------------------------

    def _method_runs(self):
        """:return: {enrolment: places.Run}"""
        follows = self.env["touch.cadence"]._cadences_that_follow()
        return {
            one: places.Run(
                id=one.id,
                record=-one.lead_id.id if one.lead_id else one.partner_id.id,
                rank=places.rank(deal=bool(one.lead_id), follows=one.cadence_id.id in follows, strategy=one.cadence_id.potential),
                state=one.state,
                since=one.create_date.timestamp(),
            )
            for one in self
        }

    @api.model
    def _runs_at(self, keys):
        """:param keys: (company id, client key) pairs
        :return: {pair: {places.Run: its enrolment}} of what is under way there; empty for the other pairs"""
        found = self.search(
            [
                ("company_id", "in", list({company for company, _key in keys})),
                ("client_key", "in", list({key for _company, key in keys})),
                ("state", "in", UNDER_WAY),
            ],
            order="id",
        )
        result = defaultdict(dict)
        for one, run in found._method_runs().items():
            result[one.company_id.id, one.client_key][run] = one
        return result

    def _give_way(self, cadence):
        """These make place for what goes before them, and come back when it is over (:meth:`_settle_places`): the time between is a pause.

        :param cadence: in which the client is worked instead
        """
        if not self:
            return
        self._open_touches()._withdraw()
        why = self.env["touch.words"]._store([("gave_way", {"cadence": cadence.name})])
        for state, its in self.grouped("state").items():
            values = {"state": "waiting", "held_back": state == "paused", "next_date": False, "why_data": why}
            its.write(values if state == "paused" else {**values, "date_paused": fields.Date.context_today(self)})

    def _take_over(self):
        """The client's place is free for these: who waited for a turn begins, who gave way goes on."""
        fresh = self.filtered(lambda one: not one.date_paused)
        today = fields.Date.context_today(self)
        fresh.write({"state": "running", "date_start": today, "next_date": fields.Datetime.now(), "why_data": False})
        paused = self.filtered("held_back")
        paused.write({"state": "paused", "held_back": False, "why_data": self.env["touch.words"]._store([("paused", {})])})
        (self - fresh - paused)._resume()
        self.env["touch.mark"]._mark(self)

    def _settle_places(self, also=(), deals_only=False):
        """Places that are free, or held by what comes behind, go to who waits for them (:func:`places.next_up`).

        :param also: more (company id, client key) pairs to look at
        :param deals_only: what follows the run that gave the place up is settled later
        """
        every = self.with_env(self.env["touch.planner"]._for_everyone().env)
        keys = {(one.company_id.id, one.client_key) for one in every} | set(also)
        if not keys or not every.search([("client_key", "in", list({key for _company, key in keys})), ("state", "=", "waiting")], limit=1):
            return
        found = every._runs_at(list(keys))
        coming = every.browse()
        for key in keys:
            up = places.next_up(found[key])
            if not up or (deals_only and up.rank == places.CONTACT):
                continue
            if held := places.holder(found[key]):
                found[key][held]._give_way(found[key][up].cadence_id)
            coming += found[key][up]
        if coming:
            self.env.flush_all()  # who gave way does so before the others take over
            coming._take_over()

    def _wait_after_rest(self):
        """Deals whose rest is over while another deal of the client is worked wait for their turn."""
        rests = self.filtered(lambda one: one.state == "resting" and one.lead_id)
        held = self.env["touch.planner"]._enrollments_holding([(one.company_id.id, one.client_key) for one in rests]) if rests else {}
        today = fields.Date.context_today(self)
        waiting = rests.filtered(
            lambda one: (
                (place := held.get((one.company_id.id, one.client_key)))
                and place.lead_id != one.lead_id
                and (not one.not_before or one.not_before <= today)
            )
        )
        why = self.env["touch.words"]._store([("waiting", {})])
        waiting.write({"state": "waiting", "next_date": False, "not_before": False, "why_data": why})

    def _stop(self, state, reason, note=None, why=None):
        """End the run; every stop goes through here.

        :param state: won, refused, exhausted or stopped
        :param reason: a code of ``stop_reason``
        :param note: the user's own words
        :param why: the codes that say it in full, where they say more than ``reason``
        """
        if not self:
            return
        self._open_touches()._withdraw()
        self.write(
            {
                "state": state,
                "stop_reason": reason,
                "stop_note": note,
                "date_end": fields.Date.context_today(self),
                "date_paused": False,
                "next_date": False,
                "why_data": self.env["touch.words"]._store(why or [(reason, {})]),
            }
        )
        if state == "won":
            # sudo: whose contact it is may be another rep's. Seen before what follows: care ends for who does not buy
            buyers = self.sudo().partner_id
            buyers.filtered(lambda partner: partner.temperature != "warm")._touch_warm("warm", "warm_bought")
            buyers._touch_see_purchases(buyers)
            self._bought_while_waiting()
        said_no = reason in ("refused", "refused_by_colleague")
        if reason not in SUCCEEDED and not said_no:
            self._settle_places(deals_only=True)
        self._follow_up(state)
        if said_no:
            self._end_with_the_no()
        if reason not in SUCCEEDED:
            self._settle_places()

    def _bought_while_waiting(self):
        """What sells to the contact, and gave way to the deal that is won, has what it wanted."""
        every = self.with_env(self.env["touch.planner"]._for_everyone().env)
        runs = every._runs_at([(one.company_id.id, one.client_key) for one in every])
        waiting = every.union(*(one for its in runs.values() for one in its.values()))
        waiting.filtered(lambda one: one.state == "waiting" and not one.lead_id and one.cadence_id.won_cadence_id)._stop("won", "bought")

    def _end_with_the_no(self):
        """Who said a clear no is not approached by what waited, either (R12): it waits for the rest to end, and is over where there is
        none."""
        every = self.with_env(self.env["touch.planner"]._for_everyone().env)
        runs = every._runs_at([(one.company_id.id, one.client_key) for one in every])
        going = [one for its in runs.values() if not any(run.state == "resting" for run in its) for one in its.values()]
        every.union(*going).filtered(lambda one: one.state == "waiting")._stop("refused", "refused_by_colleague")

    @api.model
    def _bought(self, partners):
        """Clients bought: the cadences that sell to them end as won, with what follows (R22). Where each deal is worked on its own, other
        deals go on."""
        selling = self._of_clients(partners.commercial_partner_id).filtered(
            lambda one: (
                one.cadence_id.won_cadence_id
                and one.lead_id.won_status != "won"  # that one is decided by itself, and says so
                and not (one.lead_id and one.company_id.touch_per_deal)
            )
        )
        selling._stop("won", "bought")

    def _follow_up(self, state):
        """What the cadence says comes next. Where it cannot begin, the run that ended says why, and so does the client's chatter: nobody is
        left in silence."""
        # sudo: what follows may be a cadence and a rep that this user has no part in
        enrollments = self.sudo()
        for (cadence, company), ended in enrollments.grouped(lambda one: (one.cadence_id, one.company_id)).items():
            cadence = cadence.with_company(company)
            # a deal that is closed is worked no further: its contact is
            leads = ended.lead_id.filtered(lambda lead: state != "won" and lead.active and lead.won_status == "pending")
            of_contacts = ended.filtered_domain([("lead_id", "not in", leads.ids)])
            lapsed = cadence.until_lapsed and set(ended.mapped("stop_reason")) == {"lapsed"}
            target, rest_days = cadence._what_follows(state, lapsed)
            if not target and not rest_days:
                continue
            again = target or (cadence.refused_cadence_id or cadence)._in_force()
            for clients, its in ((leads, ended - of_contacts), (of_contacts.partner_id, of_contacts.filtered("partner_id"))):
                if not clients:
                    continue
                if closed := again._takes_nobody(company.id):
                    its._nothing_follows(closed)
                elif target:
                    by = places.WON if state == "won" else places.FOLLOWS
                    new, _errors = target._enroll(clients, by)
                    left_out = clients - new._client_records(clients._name)
                    for client, one in target._verdicts(left_out, by).items() if left_out else ():
                        if one.why and one.why[0][0] not in UNDER_WAY_ALREADY:
                            its.filtered(lambda run, client=client: client in (run.lead_id, run.partner_id))._nothing_follows(one.why)
                else:
                    enrollments._begin_rest(again, clients, cadence.rest_days)
            of_contacts.filtered(lambda one: not one.partner_id)._nothing_follows([("no_contact_follows", {})])

    def _nothing_follows(self, why):
        """:param why: codes of why what the cadence says comes next cannot begin"""
        words = self.env["touch.words"]
        why = [("nothing_follows", {}), *why]
        for _before, its in groupby(self, lambda one: repr(one.why_data)):
            its = self.browse().union(*its)
            its.write({"nothing_follows": True, "why_data": words._store([*words._pairs(its[0].why_data), *why])})
        for one in self.filtered(lambda one: one._client_record()):
            one._client_record()._message_log(body=words._say(why))

    def _begin_rest(self, again, clients, days):
        """The next approach to clients who refused, resting until its day (R20); one a client.

        :param again: the cadence of that approach
        :param days: of rest
        """
        company = again.env.company
        until = company._touch_today() + timedelta(days=days)
        planner = self.env["touch.planner"]
        subjects = planner._subjects_of_clients(clients, again)
        keys = [(subject.company_id, subject.client) for subject in subjects]
        # where another deal of the client is worked by now, that says what comes
        taken = planner._enrollments_holding(keys, (*ACTIVE_STATES, "resting"))
        fresh = {subject.client: client for client, subject in zip(clients, subjects) if (subject.company_id, subject.client) not in taken}
        again._create_enrollments(
            clients.browse(client.id for client in fresh.values()),
            state="resting",
            not_before=until,
            date_start=until,
            next_date=workdays.midnight(until, company._touch_clock()).replace(tzinfo=None),
            why_data=self.env["touch.words"]._store([("resting", {"date": until})]),
        )

    def _block(self, error):
        """Park the one enrolment that the planner failed on, with the error where the manager finds it. It is tried again by itself: when
        something that may have been to blame is changed, and else after a day, two, four, and so on. A rest stays a rest meanwhile; a run
        keeps the client's place.

        A place that someone else took at the same moment is no fault: the planner looks again in an hour, and sees it then.
        """
        words = self.env["touch.words"]
        if isinstance(error, UniqueViolation):
            self.write({"next_date": fields.Datetime.now() + timedelta(hours=1), "why_data": words._store([("raced", {})])})
            return
        _logger.warning("touch enrolment %s is blocked", self.id, exc_info=error)
        again = fields.Datetime.now() + timedelta(days=min(2**self.blocked_count, LONGEST_BLOCK))
        why = words._store([("error", {"error": str(error)}), ("blocked_until", {"date": again.date()})])
        # a rest holds no place, and blocking it must not collide with the run that does
        state = "resting" if self.state == "resting" else "blocked"
        self.write({"state": state, "next_date": again, "blocked_count": self.blocked_count + 1, "why_data": why})

    # --------------------------------------------------------------
    # Cron
    # --------------------------------------------------------------

    @api.model
    def _cron_plan_touches(self, shard=0, shards=1):
        """The planner: give planned touches their lost activities and users back, end the pauses that are over, try again what was blocked, then
        decide for every enrolment whose day has come.

        * Enrolments are claimed in batches, oldest first, by a lock that other workers pass over: several crons with a shard each, or
          several hosts, share the work and never plan one touch twice.
        * Each batch is one savepoint and one commit. A batch that fails is halved until the culprit stands alone; that one is
          blocked with its error until it is tried again, the others are planned.
        * Killed anywhere, the next run goes on: what was not committed is still due (invariant 6).

        :param shard, shards: this worker takes the enrolments with ``id % shards == shard``
        """
        planner = self.env["touch.planner"]._for_everyone()
        background = planner.env["touch.background"]
        breaker = Breaker()
        background.env["ir.cron"]._commit_progress(remaining=self._count_due(shard, shards))
        try:
            for claim, work in (
                (self._claim_lost, "_heal"),
                (self._claim_nobodys, "_give_to_responsible"),
                (self._claim_pauses, "_resume"),
                (self._claim_waiting, "_settle_places"),
                (self._claim_blocked, "_retry"),
                (self._claim_marked, "_plan"),
                (self._claim_due, "_plan"),
            ):

                def next_batch(claim=claim, work=work):
                    records = claim(shard, shards).with_env(planner.env)
                    with door(planner.env):  # what a batch marks is decided with it
                        # what is blocked already is blocked for a cause of its own
                        background._isolate_failures(records, methodcaller(work), breaker=breaker if work == "_plan" else None)
                    return len(records)

                if not background._run_batches(next_batch, counted=work == "_plan"):
                    return
        except FaultForAll as fault:
            background._note_fault(fault)
            background._fail_visibly(fault, fault.__cause__)
        else:
            background._note_fault()
            background.env["ir.cron"]._commit_progress(remaining=0)

    def _due(self):
        return SQL("state IN ('running', 'resting') AND next_date <= %s", fields.Datetime.now())

    def _count_due(self, shard, shards):
        # SQL: called by the cron only, with its own numbers
        [[count]] = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM touch_enrollment WHERE (%s OR review_since IS NOT NULL) AND id %% %s = %s", self._due(), shards, shard
            )
        )
        return count

    def _claim(self, model, condition, order, shard, shards):
        """Claim the next batch of this worker, by a lock that other workers pass over.

        :param model: ``touch.enrollment`` or ``touch.touch``
        :param condition: SQL on its table
        :param order: SQL, oldest first
        :return: the records
        """
        # SQL: as in _count_due()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE %s AND id %% %s = %s ORDER BY %s LIMIT %s FOR NO KEY UPDATE SKIP LOCKED",
                SQL.identifier(self.env[model]._table),
                condition,
                shards,
                shard,
                order,
                PLAN_BATCH,
            )
        )
        return self.env[model].browse(id_ for (id_,) in rows)

    def _claim_due(self, shard, shards):
        return self._claim(self._name, self._due(), SQL("next_date, id"), shard, shards)

    def _claim_marked(self, shard, shards):
        """:return: enrolments that something happened to: it may change what is decided"""
        return self._claim(self._name, SQL("review_since IS NOT NULL"), SQL("review_since, id"), shard, shards)

    def _claim_pauses(self, shard, shards):
        """:return: paused enrolments whose pause ends by itself, and has"""
        days = self.env["res.company"]._touch_days()
        over = SQL(" OR ").join(
            SQL("(company_id = ANY(%s) AND not_before <= %s)", companies.ids, today) for today, companies in days.items()
        )
        paused = SQL("state = 'paused' AND not_before IS NOT NULL AND (%s)", over)
        return self._claim(self._name, paused, SQL("not_before, id"), shard, shards)

    def _claim_blocked(self, shard, shards):
        """:return: blocked enrolments that are to be tried again; those of earlier versions have no day for it"""
        blocked = SQL("state = 'blocked' AND (next_date <= %s OR next_date IS NULL)", fields.Datetime.now())
        return self._claim(self._name, blocked, SQL("next_date, id"), shard, shards)

    def _claim_lost(self, shard, shards):
        """:return: planned touches whose activity is gone: its user was archived, somebody deleted it"""
        return self._claim("touch.touch", SQL("state = 'planned' AND activity_id IS NULL"), SQL("id"), shard, shards)

    def _claim_nobodys(self, shard, shards):
        """:return: planned touches of runs that nobody has: their user was deleted, or a team got them"""
        nobodys = SQL("state = 'planned' AND user_id IS NULL AND enrollment_id IS NOT NULL")
        return self._claim("touch.touch", nobodys, SQL("id"), shard, shards)

    def _claim_waiting(self, shard, shards):
        """:return: who waits for a place that is free: what gave it up was deleted, or ended behind our back"""
        free = SQL(
            """state = 'waiting'
               AND NOT EXISTS (SELECT FROM touch_enrollment held
                                WHERE held.company_id = touch_enrollment.company_id AND held.client_key = touch_enrollment.client_key
                                  AND held.state IN ('running', 'paused', 'blocked', 'resting'))"""
        )
        return self._claim(self._name, free, SQL("id"), shard, shards)
