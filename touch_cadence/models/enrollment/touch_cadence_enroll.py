import logging
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.tools import formatLang, split_every
from psycopg2.errors import UniqueViolation

from ...method.client import places
from ...method.client.look_alikes import Twin
from ...method.plan.decide import hindrance
from ..background.touch_job import AT_ONCE
from ..base.arguments import ids, single, takes
from ..base.rooms import shared
from ..base.system import as_system

_logger = logging.getLogger(__name__)
# clients looked at together when many are enrolled
ENROLL_BATCH = 1000
# what the end of a run has written
TAKEN_BACK = ("date_end", "stop_reason", "stop_note", "nothing_follows", "why_data")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict of ``places.VERDICTS`` for a client, the reasons against enrolling as codes of ``touch.words``, the runs that give way,
    and the rests that end."""

    kind: str
    why: list
    gives_way: models.BaseModel = ()
    ends: models.BaseModel = ()
    twin: Twin | None = None  # the deal or contact of the same person that is worked instead


class TouchCadence(models.Model):
    """Who can be enrolled, and how it is done."""

    _inherit = "touch.cadence"

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
        rows = [
            {"id": client.id, "name": client.display_name, "reason": reason}
            for client, reason in self._exclusion_reasons(looked_at).items()
        ]
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

    @shared
    def _enroll(self, clients, by=places.HAND, begin=None, **values):
        """Enrol clients; the one way to a place, for whoever enrols. What holds it gives way, or the new run waits (:func:`places.verdict`).
        One whose facts cannot be read, or who cannot be written, harms nobody else.

        :param by: who enrols, of ``places.BY``
        :param begin: a :class:`Beginning`: when they begin; none: at once
        :param values: of the new enrolments, as of :meth:`_create_enrollments`
        :return: the new enrolments, {client who was left out because of a fault: the sentence that says so}
        """
        enrollments, errors = self.env["touch.enrollment"], {}

        def create(some):
            nonlocal enrollments
            created = self._make_room_for(some, {client: verdicts[client] for client in some}, starts, **values)
            self.env.flush_all()  # here, so that only what stands is counted
            enrollments += created

        for batch in split_every(ENROLL_BATCH, clients.ids, clients.browse):
            verdicts = self._verdicts(batch, by, errors=errors, once_an_address=bool(begin and begin.once_an_address))
            accepted = clients.browse(client.id for client, one in verdicts.items() if one.kind != places.LEFT_OUT)
            starts = self._starts(accepted.filtered(lambda one, of=verdicts: of[one].kind == places.TAKES), begin)
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

    @shared
    def _work_again(self, runs):
        """Runs whose end is taken back go on where they were: the same run, with its history and its next step. The time between is a pause.
        What holds the place gives way, or the run waits for it.

        :param runs: of this cadence, or of an old version of it; all of leads or all of contacts
        :return: those that go on or wait
        """
        its = {one._client_record(): one for one in runs}
        clients = runs._client_records(runs[0]._client_record()._name)
        verdicts = self._verdicts(clients, places.REOPENED)
        self._make_room({client: one for client, one in verdicts.items() if one.kind != places.LEFT_OUT})
        going = {
            kind: runs.browse().union(*(its[client] for client, one in verdicts.items() if one.kind == kind)) for kind in places.VERDICTS
        }
        again = going[places.TAKES] | going[places.WAITS]
        for ended, some in again.grouped("date_end").items():
            some.write({"cadence_id": self.id, "date_paused": ended, **dict.fromkeys(TAKEN_BACK, False)})
        going[places.TAKES]._resume()
        going[places.WAITS].write({"state": "waiting", "why_data": self.env["touch.words"]._store([("waiting", {})])})
        self.env.flush_all()
        self.env["touch.mark"]._mark(going[places.TAKES])
        return again

    def _make_room_for(self, clients, verdicts, starts, **values):
        """Begin the runs of clients that take their places or wait for them; what has to gives way.

        :param starts: {client: values of the run of one that begins later}
        """
        self._make_room(verdicts)
        taking = clients.browse(client.id for client in clients if verdicts[client].kind == places.TAKES)
        waiting = clients - taking
        why = self.env["touch.words"]._store([("waiting", {})])
        late = {**values, "state": "waiting", "next_date": False, "why_data": why}
        return self._create_enrollments(taking, starts, **values) + self._create_enrollments(waiting, **late)

    def _make_room(self, verdicts):
        none = self.env["touch.enrollment"].sudo()  # sudo: who holds the place may be another rep's
        giving = none.union(*(one.gives_way or none for one in verdicts.values()))
        giving._give_way(self)
        none.union(*(one.ends or none for one in verdicts.values()))._stop("stopped", "superseded")
        if giving:
            self.env.flush_all()  # they give their places up before the others take them

    def _enroll_in_background(self, clients):
        """More than a request can wait for: the wizard's own work, as if the user had selected them in a list."""
        wizard = self.env["touch.enroll"].create({"cadence_id": self.id, "model": clients._name, "res_ids": clients.ids})
        job = self.env["touch.job"]._begin(wizard, clients)
        count = formatLang(self.env, job.total, digits=0)
        return {"job_id": job.id, "message": self.env._("%(count)s clients are enrolled in the background.", count=count)}

    def _as_clients(self, clients):
        return clients if isinstance(clients, models.BaseModel) else self.env[self.model].browse(ids()(self.env, "clients", clients))

    @shared
    def _exclusion_reasons(self, clients, leaving=None, once_an_address=False):
        """:param leaving: enrolments that are about to give their places up
        :param once_an_address: of those that share an address one is worked
        :return: {client: why it is left out, or an empty string} in the given order"""
        say = self.env["touch.words"]._say
        verdicts = self._verdicts(clients, leaving=leaving, once_an_address=once_an_address)
        return {client: say(one.why) if one.kind == places.LEFT_OUT else "" for client, one in verdicts.items()}

    def _verdicts(self, clients, by=places.HAND, leaving=None, errors=None, once_an_address=False):
        """Who would be worked now, who waits and who is left out: the one place for it, for previews and for the acts themselves. One whose
        facts cannot be read harms nobody else.

        :param by: who enrols, of ``places.BY``
        :param leaving: enrolments that are about to give their places up
        :param errors: a dictionary that gets the clients whose facts cannot be read, with the error
        :param once_an_address: of those that share an address one is worked, whatever the names are
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
        if by in (places.HAND, places.RULE):
            fit = clients.browse(client.id for client in clients if found[client].kind != places.LEFT_OUT)
            for key, twin in self._look_alikes(fit, leaving, once_an_address).twins.items():
                found[clients.browse(abs(key))] = Verdict(places.LEFT_OUT, [("duplicate", {})], twin=twin)
        return {client: found[client] for client in clients}

    def _verdicts_together(self, clients, by, leaving, taken):
        """:param taken: {(company id, client key): its runs} where somebody is enrolled in the same go
        :return: {client: Verdict}, and the same of those that these clients take"""
        system = as_system(self.env)
        subjects = system["touch.client"]._subjects_of_clients(clients, self)
        runs = system["touch.enrollment"]._runs_at([(subject.company_id, subject.client) for subject in subjects])
        runs.update(taken)
        follows = self._follow_up_cadence_ids()
        ours = clients.with_env(system).filtered("touch_is_ours") if clients._name == "res.partner" else clients.browse()
        result, taking = {}, {}
        rows = list(zip(clients, subjects, system["touch.facts"]._read_facts(subjects)))
        if clients._name == "res.partner":
            # one contact of a company is worked at a time: who can answer goes before a company of which only the name is known
            rows.sort(key=lambda row: (not row[2].two_way, row[0].is_company))
        for client, subject, known in rows:
            its = runs[subject.company_id, subject.client]
            if leaving:
                its = {run: one for run, one in its.items() if one not in leaving}
            if closed := self._why_closed(subject.company_id):
                result[client] = Verdict(places.LEFT_OUT, closed)
            elif client in ours:
                result[client] = Verdict(places.LEFT_OUT, [("ours", {})])
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

    def _create_enrollments(self, clients, starts=None, **values):
        """Create the enrolments of clients that were found fit; every enrolment begins here.

        :param starts: {client: values of the run of one that begins later}
        :param values: what differs from an enrolment that begins now (a rest)
        """
        is_lead = clients._name == "crm.lead"
        # with all rights: enrolments are made here only, of clients that the user may read; who holds a place may be another rep's
        system = as_system(self.env)
        usual = self.company_id or self.env.company
        today = {company: company._touch_today() for company in clients.company_id | usual}
        vals_list = [
            {
                "cadence_id": self.id,
                "lead_id": client.id if is_lead else False,
                "partner_id": client._touch_contacts().id,
                "company_id": (client.company_id or usual).id,
                "date_start": today[client.company_id or usual],  # not the day of whoever enrols them, who may sit anywhere
                **values,
                **(starts or {}).get(client, {}),
            }
            for client in clients
        ]
        return system["touch.enrollment"].create(vals_list).with_env(self.env)
