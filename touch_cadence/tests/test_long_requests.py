from unittest.mock import patch

from freezegun import freeze_time
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TouchCase

CADENCE = "odoo.addons.touch_cadence.models.enrollment.touch_cadence_enroll"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestLongRequests(TouchCase):
    """A request is answered soon, whatever it asks for (A7): previews look at the first thousand and say so, more goes to the background."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch(f"{CADENCE}.AT_ONCE", 10))

    def test_a7_a_preview_of_many_ids_looks_at_the_first_and_says_so(self):
        leads = self.make_leads(12)
        rows = self.cadence.with_user(self.rep).preview_enroll(leads.ids)
        self.assertEqual([row["id"] for row in rows], [*leads[:10].ids, False])
        self.assertEqual(rows[-1]["reason"], "Only the first 10 of 12 were checked.")
        self.assertEqual(len(self.cadence.with_user(self.rep).preview_enroll(leads[:10].ids)), 10)

    def test_a7_code_that_brings_records_sees_them_all(self):
        leads = self.make_leads(12)
        self.assertEqual([row["id"] for row in self.cadence.preview_enroll(leads)], leads.ids)
        self.assertEqual(self.cadence.enroll(leads).lead_id, leads)

    def test_a7_many_ids_are_enrolled_in_the_background(self):
        leads = self.make_leads(12)
        answer = self.cadence.with_user(self.rep).enroll(leads.ids)
        job = self.env["touch.job"].browse(answer["job_id"])
        self.assertEqual((job.user_id, job.total, job.state), (self.rep, 12, "waiting"))
        self.assertEqual(answer["message"], "12 clients are enrolled in the background.")
        self.assertFalse(leads.enrollment_ids)
        while job._work_next():
            pass
        self.assertEqual((job.state, leads.enrollment_ids.cadence_id, len(leads.enrollment_ids)), ("done", self.cadence, 12))
        self.assertEqual(len(self.cadence.enroll(self.make_leads(10).ids)), 10, "a thousand are done at once")

    def test_a7_who_may_not_see_them_enrols_nobody_in_the_background(self):
        leads = self.make_leads(12, user_id=self.rep_two.id)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            self.cadence.with_user(self.rep).enroll(leads.ids)
        self.assertFalse(self.env["touch.job"].search([]))
