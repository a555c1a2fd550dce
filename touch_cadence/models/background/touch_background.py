import logging

import psycopg2
from odoo import SUPERUSER_ID, api, models
from odoo.addons.base.models.ir_cron import MIN_FAILURE_COUNT_BEFORE_DEACTIVATION
from odoo.exceptions import UserError
from psycopg2.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

from ..base.rooms import shared
from ..base.touch_mark import hold_marks

_logger = logging.getLogger(__name__)

# another transaction was faster; trying again helps
LOST_RACES = (SerializationFailure, DeadlockDetected, LockNotAvailable)
# the transaction is void as a whole, and no record is to blame: a lost race, or a connection that is gone. The first statement on a lost
# connection is answered by OperationalError, and each one after it by InterfaceError
TRANSACTION_OVER = (psycopg2.OperationalError, psycopg2.InterfaceError)
# after so many in one run the next run goes on
MOST_RACES = 100
# where the fault stands that stopped the last run, so that it is told once
FAULT = "touch_cadence.fault"
MANAGER = "sales_team.group_sale_manager"


class FaultForAll(UserError):
    """Everything fails for the same reason: the run stops, and the remaining records are neither blocked nor lost."""


class TouchBackground(models.AbstractModel):
    """Work on many records: in batches, with one commit each. A failing record harms no other; a fault that hits all stops the run."""

    _name = "touch.background"
    _description = "Background Runs and Errors"

    @shared
    @api.model
    def _run_batches(self, work, counted=None):
        """Do ``work`` until nothing is left, one commit each time. A lost race is run again; a run that is out of time goes on with the next.

        :param work: a method that does the next batch and returns how many it did, 0 when nothing is left
        :param counted: True: they count towards what the cron said was left; False: they do not; None: nothing was said of how many there are
        :return: whether time is left for more
        :raise FaultForAll: after what was done before it was committed
        """
        commit = self.env["ir.cron"]._commit_progress
        races = 0
        while True:
            try:
                done = work() or 0
            except LOST_RACES as error:
                # another worker was faster: the whole transaction is void, begin it again
                races += 1
                _logger.info("touches lost a race (%s): %s", races, error)
                self.env.cr.rollback()
                if races < MOST_RACES and commit():
                    continue
                return False
            except FaultForAll:
                commit()
                raise
            if counted is None:
                left = commit(done, remaining=1 if done else 0)
            else:
                left = commit(done if counted else 0)
            if not left or not done:
                return bool(left)

    @shared
    @api.model
    def _isolate_failures(self, records, work, failed, breaker=None):
        """Do ``work`` on the records in one savepoint; when it fails, halve them until the culprit stands alone.

        :param work: called with the records
        :param failed: called with each culprit and its error, when all others are through
        :param breaker: of the run, for work that stops when everything fails; ``failed`` is then called for nobody
        :raise TRANSACTION_OVER: for a lost race or connection, after which the transaction is void as a whole
        :raise FaultForAll: see ``breaker``
        """
        for culprit, error in self._find_culprits(records, work, breaker):
            failed(culprit, error)

    @api.model
    def _find_culprits(self, records, work, breaker):
        """:return: list of (record, error) of those on which ``work`` fails alone"""
        if not records:
            return []
        self.env.flush_all()  # what is wrong with what the caller wrote before is no fault of the records
        try:
            # not a flushing one: it runs everybody's hooks before the commit, in the middle of what still happens, and forgets them when undone
            with hold_marks(self.env), self.env.cr.savepoint(flush=False):
                work(records)
                self.env.flush_all()
        except TRANSACTION_OVER:
            raise
        except Exception as error:
            self.env.clear()
            if len(records) > 1:
                middle = len(records) // 2
                # by turns, so that neighbours with one fault do not look like all
                halves = (records[::2], records[1::2]) if breaker else (records[:middle], records[middle:])
                return [culprit for half in halves for culprit in self._find_culprits(half, work, breaker)]
            if breaker and breaker.failure(error):
                text = self.env._("Everything fails for the same reason: %(cause)s", cause=f"{type(error).__name__}: {error}")
                raise FaultForAll(text) from error
            return [(records, error)]
        if breaker:
            breaker.success(len(records))
        return []

    # --------------------------------------------------------------
    # A fault that hits all
    # --------------------------------------------------------------

    @shared
    @api.model
    def _note_fault(self, fault=None):
        """Keep what stopped the run, and tell the sales managers, once. Without a fault: the run got through, nothing is kept.

        :param fault: the error
        """
        parameters = self.env["ir.config_parameter"].sudo()  # sudo: the background's own memory, shown to managers only
        told, said = parameters.get_param(FAULT), str(fault) if fault else False
        if (told or False) == said:
            return
        parameters.set_param(FAULT, said)
        if fault and not told:
            _logger.error("touches: %s", fault)
            for user in self.env.ref(MANAGER).all_user_ids.filtered(lambda user: user.active and not user.share):
                local = self.with_user(SUPERUSER_ID).with_context(lang=user.lang).env
                local["mail.thread"].message_notify(
                    partner_ids=user.partner_id.ids,
                    subject=local._("No touches are planned at the moment"),
                    body=local._("%(fault)s. No client is blocked: planning continues automatically once this is fixed.", fault=said),
                )

    @shared
    @api.model
    def _fail_visibly(self, error, cause=None):
        """Keep what is done, and have the cron that runs show red: as often in a row as it can without being switched off by Odoo for it.

        :param error: what is raised
        :param cause: the error behind it
        """
        self.env["ir.cron"]._commit_progress()
        cron = self.env["ir.cron"].browse(self.env.context.get("cron_id"))
        if cron.failure_count + 1 < MIN_FAILURE_COUNT_BEFORE_DEACTIVATION:
            raise error from cause
        _logger.warning("touches: %s", error)
