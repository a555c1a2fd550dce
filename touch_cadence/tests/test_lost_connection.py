from unittest.mock import patch

from odoo.tests import tagged
from psycopg2 import InterfaceError, OperationalError

from .common import TouchCase

MODELS = "odoo.addons.touch_cadence.models"


@tagged("post_install", "-at_install")
class TestLostConnection(TouchCase):
    """A connection that is gone is no record's fault: nobody looks for a culprit, and nothing is blocked, failed or put aside for it."""

    def lose(self, model, method):
        """:return: the calls of ``method``, whose connection is gone each time"""
        calls = []

        def lost(records, *args, **kwargs):
            calls.append(records)
            # Odoo's cursor answers so after the first statement that found the connection gone
            raise InterfaceError("cursor already closed")

        self.startPatcher(patch.object(type(self.env[model]), method, lost))
        return calls

    def test_no_client_is_blocked(self):
        enrollments = self.cadence.enroll(self.make_leads(4))
        calls = self.lose("touch.enrollment", "_plan")
        with self.assertRaises(InterfaceError):
            enrollments._review()
        self.assertEqual(calls, [enrollments], "the batch is not halved to find who is to blame")
        self.assertEqual(set(enrollments.mapped("state")), {"running"})

    def test_no_job_fails(self):
        self.startPatcher(patch(f"{MODELS}.enrollment.touch_cadence_enroll.AT_ONCE", 1))
        job = self.env["touch.job"].browse(self.cadence.enroll(self.make_leads(3).ids)["job_id"])
        self.lose("touch.job", "_work_on")
        with self.assertRaises(InterfaceError):
            job._work_next()
        self.assertEqual(job.state, "waiting")

    def test_no_rule_is_to_blame(self):
        self.cadence.auto_enroll = True
        self.lose("touch.cadence", "_enroll_next_by_rule")
        with self.assertRaises(InterfaceError):
            self.env["touch.cadence"]._cron_enroll_by_rule()
        self.assertFalse(self.cadence.problem_date)

    def test_no_filter_is_to_blame(self):
        reason = self.env["touch.reason"].search([], limit=1)
        reason.domain = "[('name', 'like', 'Anna')]"
        self.lose("touch.reason", "_filter_domain")
        for ask in (reason._filter_search, lambda: reason._suits_stranger(self.env.company)):
            with self.assertRaises(InterfaceError):
                ask()

    def test_a_lost_race_is_no_fault_of_a_reason(self):
        reason = self.env["touch.reason"].search([], limit=1)
        reason.domain = "[('name', 'like', 'Anna')]"
        with patch.object(type(reason), "_filter_domain", side_effect=OperationalError("could not serialize access")):
            with self.assertRaises(OperationalError):
                reason._suits_stranger(self.env.company)

    def test_what_is_done_aside_does_not_swallow_it(self):
        with self.assertRaises(InterfaceError), self.make_leads()._touch_ignore_errors("a mail could not be counted"):
            raise InterfaceError("cursor already closed")
