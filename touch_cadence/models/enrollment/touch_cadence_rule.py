import logging

from odoo import api, models
from odoo.fields import Domain

from ...method.client import places
from ..cadence.touch_filter_mixin import FilterProblem
from . import touch_cadence_enroll
from .touch_enrollment import OVER

_logger = logging.getLogger(__name__)


class RuleRun:
    """One run of a cadence's rule, batch by batch."""

    def __init__(self, cadence):
        self.cadence = cadence
        self.whole = not cadence.rule_cursor  # it begins with the first client
        self.left_out = {}  # {client: why}, of those who could not be enrolled because of a fault
        self.looked_at = 0  # clients of the last batch
        self.error = None  # which ended the run

    def next_batch(self):
        """:return: how many clients were looked at; 0 after the last, and when the rule fails"""
        self.looked_at, self.error = 0, None
        self.cadence.env["touch.background"]._isolate_failures(self.cadence, self.enroll, self.fail)
        if not self.error:
            self.cadence._note_left_out(self.left_out, self.whole and not self.looked_at)
        return self.looked_at

    def enroll(self, cadence):
        self.looked_at, left_out = cadence._enroll_next_by_rule()
        self.left_out |= left_out

    def fail(self, cadence, error):
        self.looked_at, self.error = 0, error
        cadence._note_rule_fault(error)


class TouchCadence(models.Model):
    """Enrolling by rule."""

    _inherit = "touch.cadence"

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
        mine = Domain("cadence_id", "in", self._with_versions().ids)
        been = Domain("enrollment_ids", "any!", mine)
        if self.model == "crm.lead":
            been &= Domain("won_status", "!=", "pending") | Domain("enrollment_ids", "any!", mine & Domain("stop_reason", "not in", OVER))
        never = ~been & Domain("touch_erased_date", "=", False)
        found = self._filter_search(
            self.company_id or self.env.company, never & Domain("id", ">", after), order="id", limit=touch_cadence_enroll.ENROLL_BATCH
        )
        return found.with_env(self.env)

    @api.model
    def _cron_enroll_by_rule(self):
        """Enrol, cadence by cadence, the clients that match its rule; one batch a commit. A run that is out of time goes on where it stopped.

        * A rule that fails keeps no other from its own. What is wrong stands on the cadence, with its date; its manager is told; and the
          cron fails when all others are through, as often as it can without being switched off by Odoo for it.
        * A client that cannot be enrolled keeps no other from it: one of them is named on the cadence.
        """
        background, fault = self.env["touch.background"], None
        for cadence in self.search([("auto_enroll", "=", True)], order="rule_cursor desc, id"):
            run = RuleRun(cadence)
            if not background._run_batches(run.next_batch):
                return
            if run.error:
                fault = cadence, run.error
        if fault:
            cadence, error = fault
            background._fail_visibly(cadence._filter_error(cadence.problem), error)

    def _note_rule_fault(self, error):
        """Show on the cadence why its rule enrols nobody, and tell its manager."""
        _logger.warning("the rule of touch cadence %s (%s) failed", self.id, self.name, exc_info=error)
        why = error.why if isinstance(error, FilterProblem) else [("filter_broken", {"error": str(error)})]
        self._note_problem([*why, (self._problem_effect(), {})])

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
