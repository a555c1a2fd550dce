from contextlib import contextmanager
from weakref import WeakKeyDictionary

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .rooms import shared

HOOKED = "touch_cadence.mark"
# {cursor: its Marks}. Neither ``precommit.data`` nor ``cr.cache`` keeps them: the one is emptied by every savepoint, the other by one that is
# undone
_marks = WeakKeyDictionary()


class Marks:
    """What one transaction has marked, and how deep it is inside public methods of ours."""

    __slots__ = ("at_work", "clients", "doors", "ids")

    def __init__(self):
        self.ids = {}  # of enrolments, in the order in which they were marked
        self.clients = {}  # {model: ids of its records}, in the order in which they were marked
        self.doors = 0
        self.at_work = False

    def __bool__(self):
        return bool(self.ids or self.clients)

    def clear(self):
        self.ids.clear()
        self.clients.clear()


@contextmanager
def hold_marks(env):
    """What is marked is not decided inside, but at the next door or before the commit: around a savepoint of ours, since one that is undone takes
    along what was decided in it, also for what was marked before."""
    mark = env["touch.mark"]
    marks = mark._marks()
    marks.doors += 1
    try:
        yield
    finally:
        marks.doors -= 1
        if marks and not marks.doors:
            mark._hook()  # a savepoint inside has run, or dropped, the one that was there


@contextmanager
def door(env):
    """One event, from the outside: what it marks is decided once, on leaving the outermost door, so that who called finds it done."""
    with hold_marks(env):
        yield
    mark = env["touch.mark"]
    if not mark._marks().doors:
        mark._decide_marked()


class TouchMark(models.AbstractModel):
    """What may have changed a decision *marks* enrolments; what is marked is decided again once (:meth:`_decide_marked`): on leaving the outermost
    public method of ours, else before the transaction is committed.

    * The marks are a set of the transaction: what is rolled back takes them along.
    * Odoo's own writes only mark: a deal that is lost is archived first and lost a moment later, and is looked at when both are done.
    * What is too much for one transaction is marked in the database (``review_since``), and the planner is woken for it.
    """

    _name = "touch.mark"
    _description = "Touch Mark"

    @api.model
    def _marks(self):
        return _marks.setdefault(self.env.cr, Marks())

    @shared
    @api.model
    def _mark(self, enrollments):
        """Decide again for these, once, when what happens now is over.

        :param enrollments: ``touch.enrollment`` records of any state; those that are over are passed by
        """
        if enrollments:
            self._marks().ids.update(dict.fromkeys(enrollments.ids))
            self._hook()

    @shared
    @api.model
    def _mark_clients(self, clients):
        """Decide again for these clients, as :meth:`_mark`. Which enrolments they have is read when it is decided: a write costs no query.

        :param clients: partners or leads
        """
        if clients:
            self._marks().clients.setdefault(clients._name, {}).update(dict.fromkeys(clients._ids))
            self._hook()

    @api.model
    def _mark_companies(self, companies):
        """Decide again for all clients who are worked in these companies, as :meth:`_mark`: a rule of another addon that
        goes by the company was changed."""
        if companies and self.env["touch.presence"]._in_use():
            running = [("company_id", "in", companies.ids), ("state", "=", "running")]
            self._mark(self.env["touch.enrollment"].sudo().search(running))  # sudo: a rule holds for every rep's clients

    @api.model
    def _hook(self):
        """See to it that what is marked is decided before the commit. The hook stands once; savepoints run and drop it together with
        ``precommit.data``."""
        cr = self.env.cr
        if HOOKED not in cr.precommit.data:
            cr.precommit.data[HOOKED] = True
            cr.precommit.add(self._before_commit)
            cr.postrollback.add(self._marks().clear)

    @api.model
    def _before_commit(self):
        """The precommit hook. A savepoint runs it, too: inside a public method of ours it leaves the marks to the end of that."""
        # what others' hooks mark after this one, or after one that fails, needs a hook of its own: the data are emptied only when all are through
        self.env.cr.precommit.data.pop(HOOKED, None)
        if not self._marks().doors:
            self._decide_marked()

    @shared
    @api.model
    def _decide_marked(self):
        """Decide for what is marked, whoever marked it. Empty here: the planner's room does it."""

    @shared
    @api.model
    def _leave_to_planner(self, ids):
        """Mark enrolments in the database; the planner decides for them in its batches, a moment from now.

        :param ids: of enrolments
        """
        if not ids:
            return
        enrollments = self.env["touch.enrollment"].browse(ids)
        enrollments.flush_recordset(["review_since"])
        # SQL: a mark on records that our own code found; one statement for what may be every client of a rep. What is marked already is written,
        # too: a planner that decides for it at this moment has read what was there before, and would take this mark away with that one. So one of
        # the two transactions meets the other's row and is run again
        self.env.cr.execute(
            SQL(
                "UPDATE touch_enrollment SET review_since = COALESCE(review_since, %s) WHERE id = ANY(%s)",
                fields.Datetime.now(),
                list(ids),
            )
        )
        enrollments.invalidate_recordset(["review_since"])
        self._wake_planner()

    @shared
    @api.model
    def _retry_blocked(self, domain):
        """Plan again soon what is blocked, after something that may have been to blame was changed.

        :param domain: a condition on enrolments
        """
        if self.env["touch.presence"]._in_use():
            # sudo: a setting holds for every rep's clients
            self._retry_soon(self.env["touch.enrollment"].sudo().search(Domain(domain) & Domain("state", "=", "blocked")))

    @shared
    @api.model
    def _retry_soon(self, enrollments):
        """Try again what is blocked, a moment from now.

        :param enrollments: blocked ones
        """
        if enrollments:
            enrollments.write({"next_date": fields.Datetime.now()})
            self._wake_planner()

    @shared
    @api.model
    def _wake_planner(self):
        """Have the planner run a moment from now."""
        cron = self.env.ref("touch_cadence.ir_cron_plan_touches", raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger()  # sudo: waking the planner needs no right
