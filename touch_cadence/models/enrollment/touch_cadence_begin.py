from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from odoo import fields, models

from ...method.client import places
from ...method.plan import spread, workdays, workload
from ..base.rooms import shared
from ..base.system import as_system

# working days whose touches are told before enrolling
DAYS_TOLD = 5
# calendar days in which so many working days are looked for
WITHIN = 14


@dataclass(frozen=True, slots=True)
class Beginning:
    """When clients who are enrolled begin. ``first``: on which day at the earliest, None for today; ``per_day``: first touches a day for each
    salesperson (R61), 0 for no limit; ``once_an_address``: of deals that share an address one is enrolled; ``taker``: id of the user who becomes
    responsible where nobody is."""

    first: date | None = None
    per_day: int = 0
    once_an_address: bool = False
    taker: int | None = None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What enrolling would do. ``left_out`` and ``waiting``: {client: why}; ``fit``: who is enrolled; ``twins``, ``shared``, ``companies``:
    sentences; ``loads``: rows of salespeople, the busiest first; ``last``: the day on which the last one begins, None where nobody begins later;
    ``of_nobody``: how many have nobody responsible, whoever takes them."""

    left_out: dict
    waiting: dict
    fit: models.BaseModel
    twins: list = field(default_factory=list)
    shared: list = field(default_factory=list)
    companies: list = field(default_factory=list)
    loads: list = field(default_factory=list)
    last: date | None = None
    of_nobody: int = 0


class TouchCadence(models.Model):
    """When those begin who are enrolled, and what work it makes."""

    _inherit = "touch.cadence"

    @shared
    def _foresee(self, clients, begin):
        """Look at all that enrolling these clients would do. Nothing is written.

        :param begin: a :class:`Beginning`
        :return: :class:`Foreseen`
        """
        say = self.env["touch.words"]._say
        verdicts = self._verdicts(clients, once_an_address=begin.once_an_address)
        of_kind = {kind: [client for client, one in verdicts.items() if one.kind == kind] for kind in places.VERDICTS}
        taking = clients.browse(one.id for one in of_kind[places.TAKES])
        fit = clients.browse(one.id for one in clients if verdicts[one].kind != places.LEFT_OUT)
        alike = self._look_alikes(fit, once_an_address=begin.once_an_address)
        shared, companies = self._say_shared(alike, fit)
        of_nobody = self._of_nobody(taking)
        known = self._read_newcomers(taking, begin.taker if of_nobody else None)
        starts = self._days_to_begin(known, begin)
        return Foreseen(
            left_out={client: say(verdicts[client].why) for client in of_kind[places.LEFT_OUT]},
            waiting={client: say(verdicts[client].why) for client in of_kind[places.WAITS]},
            fit=fit,
            twins=[*self._say_twins(verdicts), *self._say_beside(fit)],
            shared=shared,
            companies=companies,
            loads=self._loads(known, starts, begin),
            last=max(starts.values(), default=None),
            of_nobody=len(of_nobody),
        )

    @shared
    def _of_nobody(self, clients):
        """:return: those of them for whom nobody would be responsible: no touch of theirs could be planned"""
        if not clients:
            return clients
        _subjects, responsible = self._foresee_responsible(clients)
        return clients.browse(client.id for client, user in zip(clients, responsible) if not user)

    def _starts(self, clients, begin):
        """:return: {client: values of its run}, of who does not simply begin at once; also of today's, so that they are counted"""
        if not begin or not (begin.first or begin.per_day):
            return {}
        known = self._read_newcomers(clients)
        days = self._days_to_begin(known, begin)
        return {client: {"date_start": days[client], "not_before": days[client], "user_id": facts.rep} for client, facts in known.items()}

    def _read_newcomers(self, clients, taker=None):
        """:param taker: id of the user who becomes responsible where nobody is
        :return: {client: its facts}, as if it were enrolled: with who would be responsible"""
        if not clients:
            return {}
        subjects, responsible = self._foresee_responsible(clients)
        taker = responsible[0].browse(taker or ())
        known = as_system(self.env)["touch.facts"]._read_facts(subjects, {one: user or taker for one, user in zip(subjects, responsible)})
        return dict(zip(clients, known))

    def _foresee_responsible(self, clients):
        """:return: the subjects that these clients would be, and who would be responsible for each, in their order"""
        system = as_system(self.env)
        subjects = system["touch.client"]._subjects_of_clients(clients, self)
        runs = [
            system["touch.enrollment"].new(
                {"cadence_id": self.id, "company_id": one.company_id, "partner_id": one.partner_id, "lead_id": one.lead_id}
            )
            for one in subjects
        ]
        responsible = system["touch.enrollment"].union(*runs)._get_responsible()
        return subjects, [responsible[run.id] for run in runs]

    def _days_to_begin(self, known, begin):
        """:return: {client: the day on which it begins}; empty where all begin at once"""
        if not known or not (begin.first or begin.per_day):
            return {}
        today = min(facts.today for facts in known.values())
        first = max(begin.first or today, today)
        people = {facts.rep: facts.rep_days if facts.rep_days is not None else facts.workdays for facts in known.values()}
        newcomers = []
        for client, facts in known.items():
            since = (client.create_date or fields.Datetime.now()).date()
            earliest = self._begins_first(facts, first)
            newcomers.append(spread.Newcomer(client.id, facts.rep, facts.temperature, facts.potential, since, earliest))
        found = spread.spread(newcomers, begin.per_day, first, people.__getitem__, self._read_beginners(people, first))
        return {client: found[client.id] for client in known}

    def _begins_first(self, facts, first):
        """:return: the first day on which the client can begin: where today's hours are over, the day of the touch that falls behind them"""
        if first > facts.today:
            return first
        touch = workload.first_touch(facts)
        if not touch or touch <= first:
            return first
        morning = workload.first_touch(replace(facts, now=workdays.midnight(facts.today, facts.zone)))
        return touch if morning == first else first

    def _read_beginners(self, people, first):
        """:return: {user id, None for nobody: {day: how many begin on it already}}"""
        # sudo: numbers, of whoever enrolled them in whatever cadence
        groups = (
            self.env["touch.enrollment"]
            .sudo()
            ._read_group(
                [("state", "=", "running"), ("not_before", ">=", first), ("user_id", "in", [one or False for one in people])],
                ["user_id", "not_before:day"],
                ["__count"],
            )
        )
        taken = {}
        for user, day, count in groups:
            taken.setdefault(user.id or None, {})[day] = count
        return taken

    def _loads(self, known, starts, begin):
        """:return: rows of salespeople: ``name``, ``clients``, ``per_day``, and ``days`` with their touches against what a day takes"""
        if not known:
            return []
        every = [self._as_beginning(facts, starts.get(client)) for client, facts in known.items()]
        today = min(facts.today for facts in every)
        first = max(begin.first or today, today)
        system = as_system(self.env)
        clients, working = {}, {}
        for facts in every:
            clients[facts.rep] = clients.get(facts.rep, 0) + 1
            working[facts.rep] = facts.rep_days if facts.rep_days is not None else facts.workdays
        last = max(its.after(first - timedelta(days=1), DAYS_TOLD) or first for its in working.values())
        made = workload.expected(every, min(last, first + timedelta(days=WITHIN)))
        since = workdays.midnight(today, every[0].zone)
        load = system["touch.facts"]._read_load([rep for rep in working if rep], since, today)
        rows = []
        for rep in sorted(working, key=lambda rep: (-clients[rep], rep or 0)):
            user = system["res.users"].browse(rep or ())
            per_day = user._touches_per_day() if user else 0
            days = workload.days(made.get(rep, {}), load.get(rep, {}), first, working[rep], per_day, DAYS_TOLD)
            rows.append(
                {"name": user.name or self.env._("Nobody is responsible"), "clients": clients[rep], "per_day": per_day, "days": days}
            )
        return rows

    def _as_beginning(self, facts, day):
        return replace(facts, started=day, not_before=day) if day and day > facts.today else facts
