from unittest.mock import patch

from freezegun import freeze_time
from odoo.tests import tagged

from .common import TouchCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestSlopes(TouchCase):
    """Queries may grow with the batch only as much as said here; never a magic total (invariant 8)."""

    def enrolled(self, count, **values):
        leads = self.make_leads(count, **values)
        return self.cadence._create_enrollments(leads)

    def test_planning(self):
        batches = {count: self.enrolled(count) for count in (2, 100, 200)}
        self.assertLess(self.slope(lambda count: batches[count]._review()), 0.1)
        self.assertEqual(len(self.planned(batches[200].lead_id)), 200)

    def test_planning_for_many_reps(self):
        from odoo.tests import new_test_user

        reps = [new_test_user(self.env, f"tc_many_{number}", "sales_team.group_sale_salesman") for number in range(40)]
        batches = {}
        for count in (2, 100, 200):
            batches[count] = self.enrolled(count)
            for number, lead in enumerate(batches[count].lead_id):
                lead.user_id = reps[number % 40 if count == 200 else number % 20]
        self.env["touch.mark"]._marks().clear()  # what these writes have marked is what is measured, batch by batch
        # twenty reps more, a hundred touches more: what each costs must not be a handful of queries a rep
        self.assertLess(self.slope(lambda count: batches[count]._review()), 0.5)

    def test_deciding_and_explaining(self):
        batches = {count: self.enrolled(count) for count in (2, 100, 200)}
        self.assertLess(self.slope(lambda count: batches[count].explain()), 1.1)

    def test_enrolling(self):
        batches = {count: self.make_leads(count) for count in (2, 100, 200)}
        self.assertLess(self.slope(lambda count: self.cadence.preview_enroll(batches[count])), 0.1)
        self.assertLess(self.slope(lambda count: self.cadence._create_enrollments(batches[count])), 0.1)

    def test_done_in_batch_costs_what_odoo_costs(self):
        def touches(count):
            enrollments = self.enrolled(count)
            enrollments._review()
            return self.planned(enrollments.lead_id)

        batches = {count: touches(count) for count in (2, 100, 200)}
        plain = {
            count: self.env["mail.activity"].create(
                [
                    {"res_model_id": self.env["ir.model"]._get_id("crm.lead"), "res_id": lead.id, "user_id": self.env.uid}
                    for lead in self.make_leads(count)
                ]
            )
            for count in (2, 100, 200)
        }
        odoo = self.slope(lambda count: plain[count]._action_done())
        ours = self.slope(lambda count: batches[count].activity_id._action_done())
        self.assertLess(ours - odoo, 1)

    def test_stopping(self):
        def running(count):
            enrollments = self.enrolled(count)
            enrollments._review()
            return enrollments

        batches = {count: running(count) for count in (2, 100, 200)}
        self.assertLess(self.slope(lambda count: batches[count]._stop("stopped", "manual")), 0.5)

    def test_client_figures_in_a_list(self):
        batches = {count: self.make_partners(count) for count in (2, 100, 200)}
        fields_shown = ["touch_count", "last_touch_date", "next_touch_date", "temperature"]
        self.assertLess(self.slope(lambda count: batches[count].read(fields_shown)), 0.05)

    def test_the_route_in_a_list(self):
        batches = {count: self.make_leads(count, potential="high") for count in (2, 100, 200)}
        fields_shown = [
            "potential_why",
            "potential_due",
            "touch_is_large",
            "touch_strategy",
            "expert_status",
            "expert_text",
            "expert_blocks",
        ]
        self.assertLess(self.slope(lambda count: batches[count].read(fields_shown)), 0.05)

    def test_the_value_of_the_base(self):
        partners = self.env["res.partner"]

        def night_after(count):
            leads = self.make_leads(count, expected_revenue=10)
            for lead, partner in zip(leads, self.make_partners(count)):
                lead.partner_id = partner
            leads.action_set_won()
            return self.queries(lambda: (partners._touch_see_purchases(), partners._touch_update_worth()))

        night_after(2)
        self.assertLessEqual(night_after(200) - night_after(100), 1)

    def test_judging(self):
        option = self.env.ref("touch_cadence.touch_marker_option_1_2")
        batches = {count: self.make_leads(count, partner_id=False) for count in (2, 100, 200)}
        self.assertLess(self.slope(lambda count: batches[count].judge(option)), 0.5)

    def test_a_database_without_touches_pays_no_query(self):
        """What hooks into Odoo's own writes costs nothing where nobody was ever enrolled or touched."""
        lead, other = self.make_leads(2)
        partner = self.make_partners()
        self.assertFalse(self.env["touch.presence"]._in_use())
        self.assertFalse(self.env["touch.expert"]._any_expert())
        meeting = self.env["calendar.event"].create({"name": "Board", "start": "2026-03-05 10:00:00", "stop": "2026-03-05 11:00:00"})
        activity = lead.activity_schedule("mail.mail_activity_data_todo", user_id=self.env.uid)
        queries = []

        def watched(cr, query, *args, **kwargs):
            queries.append(str(getattr(query, "code", query)))
            return execute(cr, query, *args, **kwargs)

        execute = type(self.env.cr).execute
        with patch.object(type(self.env.cr), "execute", watched):
            (lead | other).write({"user_id": self.rep_two.id, "partner_id": partner.id, "temperature": "warm"})
            partner.write({"phone": "+3220000001", "is_company": True})
            activity.date_deadline = "2026-03-05"
            activity.action_feedback()
            other.priority = "2"
            meeting.start = "2026-03-05 09:00:00"
            meeting.unlink()
            self.holiday("2026-03-06", "2026-03-06")
            lead.action_set_lost()
            other.unlink()
            self.env.flush_all()
        self.assertTrue(queries)
        self.assertEqual([query for query in queries if 'FROM "touch_' in query], [])
