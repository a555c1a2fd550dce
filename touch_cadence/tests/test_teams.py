from freezegun import freeze_time
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged, users

from ..models.base.inside import INSIDE
from .common import TouchCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestTeams(TouchCase):
    """Activities that belong to a team, as addons for activity teams have it: nobody is assigned, every member may write them.

    Where the OCA's mail_activity_team is installed (`make test-compat`) the team is one of its own.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "mail.activity.team" in cls.env:
            members = cls.leader | cls.rep_two
            cls.activity_team = cls.env["mail.activity.team"].create({"name": "Callers", "member_ids": [(6, 0, members.ids)]})
        else:
            cls.env["ir.rule"].create(
                {
                    "name": "Activities of my team",
                    "model_id": cls.env["ir.model"]._get_id("mail.activity"),
                    "domain_force": [("user_id", "=", False)],
                    "groups": [(4, cls.env.ref("base.group_user").id)],
                    "perm_create": False,
                    "perm_read": False,
                }
            )
        with freeze_time("2026-03-02 09:30:00"):
            cls.lead = cls.make_leads()
            cls.cadence.enroll(cls.lead)
        cls.touch = cls.env["touch.touch"].search([("lead_id", "=", cls.lead.id)])
        cls.activity = cls.touch.activity_id

    def give_to_team(self):
        """The activity is the team's and nobody's, as the popup of the addon writes it."""
        if "mail.activity.team" in self.env:
            with Form(self.activity, view="mail.mail_activity_view_form_popup") as form:
                form.team_id = self.activity_team
                form.team_user_id = self.env["res.users"]
            self.assertEqual((self.activity.team_id, self.activity.user_id), (self.activity_team, self.env["res.users"]))
        else:
            self.activity.user_id = False

    def test_d9_an_activity_of_a_team_leaves_the_touch_with_somebody(self):
        self.give_to_team()
        self.assertEqual(self.touch.user_id, self.rep)
        self.assertEqual(self.touch.activity_id, self.activity)
        self.touch._reassign(self.rep_two)  # a colleague had it
        self.give_to_team()
        self.assertEqual(self.touch.user_id, self.rep)

    def test_d9_a_touch_that_nobody_has_is_healed(self):
        self.touch.user_id = False
        self.run_planner()
        self.assertEqual(self.touch.user_id, self.rep)
        self.assertEqual((self.touch.state, self.touch.activity_id), ("planned", self.activity))

    def test_d9_where_nobody_is_responsible_the_run_says_so(self):
        self.team.user_id = False
        self.lead.with_context(touch_unreviewed=INSIDE).user_id = False
        self.touch.user_id = False
        self.run_planner()
        self.assertTrue(self.touch.withdrawn)
        self.assertEqual(self.lead.enrollment_ids.state, "running")
        self.assertIn("Nobody is responsible", self.lead.enrollment_ids.why)

    @users("tc_rep_two")
    def test_d9_a_team_mate_who_may_not_read_the_deal_finishes_nothing(self):
        self.give_to_team()
        self.env.invalidate_all()
        activity = self.activity.with_user(self.env.user)
        for finish in (activity.action_feedback, activity.action_done, activity.action_done_schedule_next):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                finish()
            self.env.invalidate_all()
        self.assertEqual(self.touch.state, "planned")

    @users("tc_leader")
    def test_d9_a_team_mate_who_may_read_it_finishes_it(self):
        self.give_to_team()
        self.env.invalidate_all()
        self.activity.with_user(self.env.user).action_feedback(feedback="Met by chance")
        self.assertRecordValues(self.touch, [{"state": "done", "note": "Met by chance", "user_id": self.rep.id}])

    def test_d9_a_refusal_names_no_deal_that_is_closed_to_the_user(self):
        """Hooks that refuse ask for Odoo's own right first."""
        self.rep.touch_level = "beginner"
        self.lead.potential = "high"
        stages = self.env["crm.stage"].search([], order="sequence", limit=2)
        self.team.touch_gate_stage_id = stages[0]
        self.env.invalidate_all()
        for vals in ({"stage_id": stages[1].id}, {"potential": "low"}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.lead.with_user(self.rep_two).write(vals)

    def test_d9_a_contact_that_may_not_be_deleted_keeps_its_touches(self):
        partner = self.make_partners()
        self.cadence.enroll(partner)
        try:  # as a caller who catches it and goes on: no savepoint takes anything back
            partner.with_user(self.rep_two).unlink()
        except AccessError:
            self.assertTrue(self.planned(partner))
        else:
            self.fail("it was deleted")

    @users("tc_rep")
    def test_d9_who_has_the_touch_makes_it_though_the_activity_is_a_teams(self):
        self.give_to_team()
        self.env.invalidate_all()
        desk = self.env["touch.desk"]
        self.assertIn(self.touch.id, desk.cards(self.touch.ids))
        self.assertIn(self.touch.id, [row["id"] for row in desk.load()["queue"]])
        self.touch.with_user(self.env.user).done(self.outcomes["interested"], "Likes blue")
        self.assertRecordValues(self.touch, [{"state": "done", "note": "Likes blue", "user_id": self.rep.id}])
