from datetime import timedelta

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models.overview.touch_team import OF_CADENCES, OF_PEOPLE
from .common import MONDAY, TouchCase


@tagged("post_install", "-at_install")
class TestTeam(TouchCase):
    """A team's today: whom each role sees, and that each number opens what it counts."""

    def setUp(self):
        super().setUp()
        self.clock = self.enterContext(freeze_time("2026-03-02 09:30:00"))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-03-02 09:30:00"):
            cls.leads = cls.make_leads(6)
            cls.leads[4:].user_id = cls.rep_two
            cls.cadence.enroll(cls.leads[:5])
            cls.other_team = cls.env["crm.team"].create({"name": "Others", "user_id": cls.manager.id})
            cls.stranger = new_test_user(cls.env, "tc_stranger", "sales_team.group_sale_salesman", name="Stan Stranger", tz="UTC")
            cls.other_team.member_ids = cls.stranger
            cls.foreign = cls.make_leads(2, user_id=cls.stranger.id, team_id=cls.other_team.id)
            cls.cadence.enroll(cls.foreign[:1])
            touches = cls.env["touch.touch"].search([("state", "=", "planned")]).sorted(lambda touch: touch.lead_id.id)
            touches[0].date_deadline = MONDAY - timedelta(days=3)
            touches[1].with_user(cls.rep).done(cls.outcomes["reached"])
            cls.leads[2].temperature = "hot"

    def test_the_forgotten_of_one_cadence_are_deals(self):
        action = self.env["touch.team"].with_user(self.manager).open("forgotten", cadence_id=self.cadence.id)
        found = self.env[action["res_model"]].with_user(self.manager).search(action["domain"])
        self.assertLessEqual(found, self.env["crm.lead"].search([("enrollment_ids.cadence_id", "=", self.cadence.id)]))

    def test_what_opens_says_what_and_whose_it_is(self):
        team = self.env["touch.team"].with_user(self.manager)
        for action, name in (
            (team.open("todo", user_id=self.rep.id), "Rita Rep: To Do Today"),
            (team.open("hot", nobody=True), "Nobody: Hot Clients"),
            (team.open("won", cadence_id=self.cadence.id), f"{self.cadence.name}: Won"),
            (team.open("overdue"), "Overdue"),
        ):
            # the web client shows the second where both are there
            self.assertEqual((action["name"], action.get("display_name", action["name"])), (name, name))

    def load(self, user):
        return self.env["touch.team"].with_user(user).load()

    def rows(self, user):
        return {row["name"]: {kind: row[kind] for kind in OF_PEOPLE} for row in self.load(user)["people"]}

    def test_what_each_has_to_do(self):
        rows = self.rows(self.manager)
        self.assertEqual(rows["Rita Rep"], {"todo": 3, "overdue": 1, "done": 1, "hot": 1, "replies": 0, "forgotten": 0})
        self.assertEqual(rows["Rob Rep"], {"todo": 1, "overdue": 0, "done": 0, "hot": 0, "replies": 0, "forgotten": 1})
        self.assertEqual(rows["Stan Stranger"]["forgotten"], 1)

    def test_whom_each_role_sees(self):
        self.assertEqual(set(self.rows(self.rep)), {"Rita Rep"})
        self.assertEqual(set(self.rows(self.leader)), {"Leo Leader", "Rita Rep", "Rob Rep"})
        self.assertLessEqual({"Leo Leader", "Mara Manager", "Rita Rep", "Rob Rep", "Stan Stranger"}, set(self.rows(self.manager)))
        self.assertEqual([self.load(user)["role"] for user in (self.rep, self.leader, self.manager)], ["rep", "leader", "manager"])

    def test_a_leader_who_may_see_own_documents_only_is_told_so(self):
        self.team.user_id = self.rep
        data = self.load(self.rep)
        self.assertEqual([row["name"] for row in data["people"]], ["Rita Rep"])
        self.assertIn("Touch team", data["hint"])
        self.assertFalse(self.load(self.leader)["hint"])

    def test_each_number_opens_what_it_counts(self):
        self.leads[3].log_touch({"channel": "email", "direction": "in"})
        # nobody's deal: a row of its own
        self.make_leads(1, user_id=False)
        seen = set()
        for user in (self.rep, self.leader, self.manager):
            team, data = self.env["touch.team"].with_user(user), self.load(user)
            for kind in OF_PEOPLE:
                for row in data["people"]:
                    action = team.open(kind, **({"user_id": row["id"]} if row["id"] else {"nobody": True}))
                    self.assertEqual(
                        team.env[action["res_model"]].search_count(action["domain"]), row[kind], (user.name, row["name"], kind)
                    )
                    seen |= {kind} if row[kind] else set()
                every = team.open(kind)
                self.assertEqual(team.env[every["res_model"]].search_count(every["domain"]), sum(row[kind] for row in data["people"]))
            for kind in OF_CADENCES:
                for row in data["cadences"]:
                    action = team.open(kind, cadence_id=row["id"])
                    self.assertEqual(team.env[action["res_model"]].search_count(action["domain"]), row[kind])
        self.assertEqual(seen, set(OF_PEOPLE))

    def test_nobody_is_a_row_for_who_leads(self):
        self.make_leads(1, user_id=False)
        self.make_leads(1, user_id=False, team_id=self.other_team.id)
        self.assertEqual(self.rows(self.leader)["Nobody"]["forgotten"], 1)
        self.assertEqual(self.rows(self.manager)["Nobody"]["forgotten"], 2)
        self.assertNotIn("Nobody", self.rows(self.rep))

    def test_a_rep_opens_nothing_of_a_colleague(self):
        action = self.env["touch.team"].with_user(self.rep).open("todo", user_id=self.rep_two.id)
        self.assertFalse(self.env["touch.touch"].with_user(self.rep).search(action["domain"]))

    def test_who_waits_for_an_answer(self):
        lead, replies = self.leads[3], lambda: self.rows(self.manager)["Rita Rep"]["replies"]
        lead.with_user(self.rep).log_touch({"channel": "call", "direction": "in"})
        self.assertEqual(replies(), 0, "a call that came in was talked through")
        for _time in range(2):  # who writes twice waits once
            lead.log_touch({"channel": "email", "direction": "in"})
        self.assertEqual((replies(), lead.enrollment_ids.unanswered), (1, True))
        self.decide()
        self.leads[3].user_id = self.rep_two  # who takes the client over has to answer
        self.on("2026-03-09")
        self.assertEqual([self.rows(self.manager)[name]["replies"] for name in ("Rita Rep", "Rob Rep")], [0, 1])
        lead.with_user(self.rep_two).log_touch({"channel": "call"})
        self.assertEqual(self.rows(self.manager)["Rob Rep"]["replies"], 0)
        self.assertFalse(lead.enrollment_ids.unanswered)

    def test_whom_nobody_touches(self):
        lead, found = self.leads[5], lambda: self.env["crm.lead"].search([("touch_forgotten", "=", True), ("team_id", "=", self.team.id)])
        self.assertEqual(found(), lead)
        lead.potential = "low"
        self.assertFalse(found())
        lead.potential = False
        self.leads[0].enrollment_ids.action_pause("Holiday")
        self.assertEqual(found(), lead, "a pause is no oversight")
        self.team.user_id = False
        nobodys = self.make_leads(1, user_id=False)
        self.cadence.enroll(nobodys)
        self.assertIn("no_rep", str(nobodys.enrollment_ids.why_data))
        self.assertEqual(found(), lead | nobodys, "a client without anybody responsible is forgotten, too")

    def test_a_deal_of_a_client_who_is_touched_is_not_forgotten(self):
        partner = self.make_partners(1)
        one, two = self.make_leads(2, partner_id=partner.id, email_from=partner.email, phone=partner.phone)
        self.cadence.enroll(one)
        self.assertFalse(two.touch_forgotten)

    def test_what_cadences_bring(self):
        [row] = [row for row in self.load(self.manager)["cadences"] if row["id"] == self.cadence.id]
        self.assertEqual([row[kind] for kind in OF_CADENCES], [6, 6, 1, 0])
        touch = self.planned(self.leads[2])
        touch.with_user(self.rep).done(self.outcomes["bought"])
        [row] = [row for row in self.load(self.manager)["cadences"] if row["id"] == self.cadence.id]
        self.assertEqual([row[kind] for kind in OF_CADENCES], [5, 6, 2, 1])
        [row] = [row for row in self.load(self.rep)["cadences"] if row["id"] == self.cadence.id]
        self.assertEqual(row["enrolled"], 4)

    def test_another_company_is_not_counted(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.company_ids += company
        before = self.rows(self.manager)
        here = self.rows(self.manager)
        self.assertEqual(before, here)
        there = self.env["touch.team"].with_user(self.manager).with_context(allowed_company_ids=company.ids).load()
        self.assertEqual({kind: sum(row[kind] for row in there["people"]) for kind in ("todo", "done")}, {"todo": 0, "done": 0})

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_who_does_not_sell_is_refused(self):
        nobody = new_test_user(self.env, "tc_nobody", "base.group_user")
        for call in (lambda team: team.load(), lambda team: team.open("todo")):
            with self.assertRaises(AccessError):
                call(self.env["touch.team"].with_user(nobody))
        with self.assertRaises(UserError):
            self.env["touch.team"].with_user(self.manager).open("passwords")

    def test_it_is_read_in_a_fixed_number_of_queries(self):
        team = self.env["touch.team"].with_user(self.manager)
        team.load()
        few = self.queries(team.load)
        users = [new_test_user(self.env, f"tc_team_{number}", "sales_team.group_sale_salesman") for number in range(20)]
        self.team.member_ids = [(4, user.id) for user in users]
        leads = self.make_leads(60)
        for number, lead in enumerate(leads):
            lead.user_id = users[number % 20]
        self.cadence.enroll(leads)
        self.run_planner()
        team.load()
        self.assertLessEqual(self.queries(team.load), few + 2)
