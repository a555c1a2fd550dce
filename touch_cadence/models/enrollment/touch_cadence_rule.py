import logging

from odoo import api, models
from odoo.fields import Domain

from ...method.client import places
from ..background.touch_background import TRANSACTION_OVER
from ..cadence.touch_filter_mixin import FilterProblem
from . import touch_cadence_enroll
from .touch_enrollment import OVER

_logger = logging.getLogger(__name__)


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
