import logging
from datetime import timedelta
from operator import methodcaller

from odoo import api, fields, models
from odoo.tools import SQL
from psycopg2.errors import UniqueViolation

from ...method.breaker import Breaker
from ...method.plan.decision import Stop
from ...method.plan.facts import DUE_STATES, UNDER_WAY
from ..background.touch_background import FaultForAll
from ..base.system import as_system
from ..base.touch_mark import door

_logger = logging.getLogger(__name__)

# enrolments that the planner claims, decides and commits together
PLAN_BATCH = 1000
# what the planner stops although it does not look at it otherwise: paused and waiting runs of what is over
GONE = ("won", "lost", "archived", "moved")
# days after which what is blocked is tried again at the latest
LONGEST_BLOCK = 16
# enrolments that are decided in one go with what marked them; the planner decides the others
DECIDE_AT_ONCE = 200
# an enrolment that is decided may mark others (what follows it, a deal that waits for the place); so often in one go
MOST_ROUNDS = 5


def _block(culprit, error):
    culprit._block(error)


def _fail_plan(culprit, error):
    culprit._fail_plan(error)


class TouchMark(models.AbstractModel):
    _inherit = "touch.mark"

    @api.model
    def _decide_marked(self):
        """Decide for what is marked and carry it out: the first :data:`DECIDE_AT_ONCE` now, the others by the planner. What is decided may
        mark in its turn. Whoever answers with what was decided calls this before he reads."""
        marks = self._marks()
        if marks.at_work or not marks:
            return
        marks.at_work = True
        try:
            left = DECIDE_AT_ONCE
            for _round in range(MOST_ROUNDS):
                ids = self._take_marked()
                self.env["touch.enrollment"].browse(ids[:left]).exists()._review()
                self._leave_to_planner(ids[left:])
                left = max(left - len(ids), 0)
                if not marks:
                    return
            self._leave_to_planner(self._take_marked())
        finally:
            marks.at_work = False

    @api.model
    def _take_marked(self):
        """:return: ids of the enrolments that are marked, and are so no longer"""
        marks = self._marks()
        found = dict(marks.ids)
        clients = list(marks.clients.items())
        marks.clear()
        for model, ids in clients:
            records = self.env[model].browse(id_ for id_ in ids if id_)
            found.update(dict.fromkeys(self.env["touch.client"]._enrollments_of(records, UNDER_WAY).ids))
        return list(found)


class TouchEnrollment(models.Model):
    """Decide for what is due or marked, and carry it out."""

    _inherit = "touch.enrollment"

    def _review(self):
        """Decide again, for now, and carry it out: the one way in which events, buttons and the cron move an enrolment.

        A failure never fails the one who caused the event (a rep's tick, an unsubscription, a new phone number): the enrolment that
        cannot be planned is blocked with its error, the others are planned. Where everything fails for one cause nothing is blocked: the
        planner tries again, and says what is wrong.
        """
        system = as_system(self.env)
        found = self.with_env(system).filtered(lambda one: one.state in UNDER_WAY)
        blocked = found.filtered(lambda one: one.state == "blocked")
        try:
            system["touch.background"]._isolate_failures(found - blocked, methodcaller("_plan"), _fail_plan, breaker=Breaker())
        except FaultForAll as fault:
            _logger.error("touches of %s clients could not be decided: %s", len(found), fault)
            self.env["touch.mark"]._leave_to_planner((found - blocked).ids)
        self.env["touch.mark"]._retry_soon(blocked)

    def _plan(self):
        # a mark may have come to one that is over: nothing is decided for it any more
        found = self.filtered(lambda one: one.state in UNDER_WAY)
        found._wait_after_rest()
        self.env["touch.planner"]._apply(
            [
                entry
                for entry in self.env["touch.facts"]._decide(found)
                if entry[0].state in DUE_STATES or (isinstance(entry[2], Stop) and entry[2].reason in GONE)
            ]
        )
        self.filtered("blocked_count").blocked_count = 0
        marked = self.filtered("review_since")
        marked.review_since = False
        # something happened to these: it may have been to blame
        self.env["touch.mark"]._retry_soon(marked.filtered(lambda one: one.state == "blocked"))

    def _fail_plan(self, error):
        """Deciding failed for this one. It is blocked if it is its turn to be planned. One that is paused, waits or is over stays so: blocking
        would end the pause, or take a place that is another's."""
        if self.state in (*DUE_STATES, "blocked"):
            self._block(error)
            return
        _logger.warning("touch enrolment %s (%s) could not be decided", self.id, self.state, exc_info=error)
        self.review_since = False

    def _retry(self):
        """Plan again what was blocked: the setting, the record or the code that was to blame may be right by now."""
        self.write({"state": "running", "next_date": fields.Datetime.now(), "why_data": False})
        self._plan()

    def _block(self, error):
        """Park the one enrolment that the planner failed on, with the error where the manager finds it. It is tried again by itself: when
        something that may have been to blame is changed, and else after a day, two, four, and so on. A rest stays a rest meanwhile; a run
        keeps the client's place.

        A place that someone else took at the same moment is no fault: the planner looks again in an hour, and sees it then.
        """
        words = self.env["touch.words"]
        self.review_since = False  # otherwise this run of the planner would claim it again and again
        if isinstance(error, UniqueViolation):
            self.write({"next_date": fields.Datetime.now() + timedelta(hours=1), "why_data": words._store([("raced", {})])})
            return
        _logger.warning("touch enrolment %s is blocked", self.id, exc_info=error)
        again = fields.Datetime.now() + timedelta(days=min(2**self.blocked_count, LONGEST_BLOCK))
        why = words._store([("error", {"error": str(error)}), ("blocked_until", {"date": again.date()})])
        # a rest holds no place, and blocking it must not collide with the run that does
        state = "resting" if self.state == "resting" else "blocked"
        self.write({"state": state, "next_date": again, "blocked_count": self.blocked_count + 1, "why_data": why})

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
        system = as_system(self.env)
        background = system["touch.background"]
        breaker = Breaker()
        background.env["ir.cron"]._commit_progress(remaining=self._count_due(shard, shards))
        try:
            for claim, work in (
                (self._claim_lost, "_recreate_activities"),
                (self._claim_nobodys, "_give_to_responsible"),
                (self._claim_pauses, "_resume"),
                (self._claim_waiting, "_settle_places"),
                (self._claim_blocked, "_retry"),
                (self._claim_marked, "_plan"),
                (self._claim_due, "_plan"),
            ):

                def next_batch(claim=claim, work=work):
                    records = claim(shard, shards).with_env(system)
                    failed = _fail_plan if work in ("_plan", "_retry") else _block
                    with door(system):  # what a batch marks is decided with it
                        # what is blocked already is blocked for a cause of its own
                        background._isolate_failures(records, methodcaller(work), failed, breaker=breaker if work == "_plan" else None)
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
