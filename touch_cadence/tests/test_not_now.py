from datetime import date

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users

from .common import TouchCase

BACK = date(2026, 4, 13)  # a Monday, six weeks on


@tagged("post_install", "-at_install")
class TestNotNow(TouchCase):
    """What stands behind "not now", when to come back (R46), and who waits for what (R57)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.money, cls.ask, cls.missing = (cls.env.ref(f"touch_cadence.touch_obstacle_{name}") for name in ("money", "ask", "item"))
        cls.not_now = cls.env.ref("touch_cadence.touch_outcome_not_now")
        cls.lead = cls.make_leads()
        with freeze_time("2026-03-02 09:30:00"):
            cls.cadence.enroll(cls.lead)
        cls.approach = cls.lead.enrollment_ids

    def setUp(self):
        super().setUp()
        self.clock = self.enterContext(freeze_time("2026-03-02 09:30:00"))

    def say(self, **values):
        touch = self.planned(self.lead)
        touch.with_user(self.rep).done(self.not_now, **values)
        return touch

    def test_R46_nothing_before_the_day_and_then_the_touch_that_says_why(self):
        touch = self.say(obstacle=self.money.id, back=str(BACK))
        self.assertEqual((touch.obstacle_id, touch.back_date), (self.money, BACK))
        for day in ("2026-03-09", "2026-03-23", "2026-04-03"):
            self.on(day)
            self.assertFalse(self.planned(self.lead), day)
            self.assertEqual(self.approach.state, "running")
        self.on("2026-04-07")
        planned = self.planned(self.lead)
        self.assertEqual(planned.date_deadline, BACK)
        self.assertIn("no money yet", planned.why)
        self.assertEqual(planned.reason_id, self.env.ref("touch_cadence.touch_reason_smaller_start"))
        self.assertEqual(planned.channel, "call")

    def test_R46_a_month_is_its_first_working_day(self):
        self.assertEqual(self.say(obstacle=self.money, back="2026-05").back_date, date(2026, 5, 1))

    def test_R46_without_a_day_after_the_days_of_the_obstacle(self):
        self.assertEqual(self.say(obstacle=self.ask).back_date, date(2026, 3, 9))

    def test_R46_without_anything_the_cadence_goes_on(self):
        touch = self.say()
        self.assertFalse(touch.obstacle_id or touch.back_date)
        self.on("2026-03-09")
        self.assertTrue(self.planned(self.lead))

    def test_R46_the_desk_the_popover_and_the_log_say_it(self):
        touch = self.planned(self.lead)
        desk = self.env["touch.desk"].with_user(self.rep)
        values = {"outcome_id": self.not_now.id, "obstacle_id": self.money.id, "back": "2026-05"}
        self.assertTrue(desk.act(touch.id, "done", values)["ok"])
        self.assertEqual((touch.obstacle_id, touch.back_date), (self.money, date(2026, 5, 1)))
        other = self.make_leads()
        self.cadence.enroll(other)
        planned = self.planned(other)
        said = {"touch_outcome_id": self.not_now.id, "touch_obstacle_id": self.ask.id, "touch_back": "2026-04-01"}
        planned.activity_id.with_user(self.rep).with_context(**said).action_feedback()
        self.assertEqual((planned.obstacle_id, planned.back_date), (self.ask, date(2026, 4, 1)))
        third = self.make_leads()
        self.cadence.enroll(third)
        logged = third.with_user(self.rep).log_touch(
            {"channel": "call", "direction": "in", "outcome_id": self.not_now.id, "obstacle_id": self.money.id, "back_date": "2026-04-13"}
        )
        self.assertEqual(logged.back_date, BACK)
        self.assertFalse(self.planned(third), "what was planned before that day is withdrawn")

    def test_R46_days_are_bounded(self):
        for wrong in ("2020-01", "2026-13", "2040-01-01", 7):
            with self.assertRaises(UserError):
                self.say(obstacle=self.money, back=wrong)

    @users("tc_rep")
    def test_R57_a_rep_names_an_item_once(self):
        items = self.env["touch.item"]
        first, name = items.name_create("  Red   chair ")
        self.assertEqual(name, "Red chair")
        self.assertEqual(items.name_create("red chair")[0], first)
        for wrong in ("", " ", "x" * 201):
            with self.assertRaises(UserError):
                items.name_create(wrong)
        with self.assertRaises(AccessError):
            items.create({"name": "Another"})

    def test_R57_who_waits_is_told_first(self):
        chair = self.env["touch.item"].create({"name": "Red chair"})
        touch = self.say(obstacle=self.missing, item=chair)
        self.assertTrue(touch.waits)
        self.assertFalse(touch.back_date)
        self.on("2026-03-09")
        self.assertFalse(self.planned(self.lead))
        reason = self.env["touch.reason"].create({"name": "The red chair is here", "kind": "arrival", "item_ids": chair.ids})
        self.run_planner()
        news = self.planned(self.lead)
        self.assertEqual((news.reason_id, str(news.date_deadline)), (reason, "2026-03-09"))
        self.assertIn("Red chair", news.why)
        news.with_user(self.rep).done(self.outcomes["reached"])
        self.assertFalse(touch.waits, "he was told")
