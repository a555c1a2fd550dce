from collections import Counter
from datetime import timedelta

from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged, users
from odoo.tools.safe_eval import safe_eval

from ..models.background import touch_job
from ..models.enrollment.touch_cadence_begin import Beginning
from .common import MONDAY, TouchCase

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)


class EnrollingCase(TouchCase):
    def setUp(self):
        super().setUp()
        self.clock = self.enterContext(freeze_time("2026-03-02 09:30:00"))

    def wizard(self, leads, user=None, **values):
        wizard = self.env["touch.enroll"].with_user(user or self.manager).with_context(active_model="crm.lead", active_ids=leads.ids)
        return wizard.create({"cadence_id": self.cadence.id, **values})


@tagged("post_install", "-at_install")
class TestEnrolling(EnrollingCase):
    """Enrolling many (R61): what it makes, and who begins when."""

    def test_R61_the_first_touches_are_spread(self):
        leads = self.make_leads(25)
        self.wizard(leads, spread=True, per_day=10).action_enroll()
        self.assertEqual(Counter(self.planned(leads).mapped("date_deadline")), {MONDAY: 10, TUESDAY: 10, WEDNESDAY: 5})
        late = self.planned(leads).filtered(lambda touch: touch.date_deadline == WEDNESDAY)
        self.assertIn("It begins on", late[0].why)
        self.assertEqual(set(late.enrollment_id.mapped("date_start")), {WEDNESDAY})
        self.assertEqual(set(late.enrollment_id.mapped("state")), {"running"})

    def test_R61_in_the_evening_nobody_begins_today_any_more(self):
        """Friday at eight: ten began "today", and their touches fell on Monday beside Monday's ten."""
        self.clock.move_to("2026-03-06 20:00:00")
        leads = self.make_leads(15)
        monday = MONDAY + timedelta(days=7)
        self.assertIn("the last ones on Tue 10 Mar", self.wizard(leads, spread=True, per_day=10).preview)
        self.wizard(leads, spread=True, per_day=10).action_enroll()
        self.assertEqual(Counter(self.planned(leads).mapped("date_deadline")), {monday: 10, monday + timedelta(days=1): 5})

    def test_R61_those_who_begin_already_are_counted(self):
        first, second = self.make_leads(15), self.make_leads(10)
        for leads in (first, second):
            self.wizard(leads, spread=True, per_day=10).action_enroll()
        on = Counter(self.planned(first | second).mapped("date_deadline"))
        self.assertEqual(on[TUESDAY], 10, "the second time fills the day up, and goes on behind it")

    def test_R61_a_day_to_begin_on_and_the_reps_own_days(self):
        self.holiday(WEDNESDAY, WEDNESDAY, self.rep)
        mine, theirs = self.make_leads(3), self.make_leads(3, user_id=self.rep_two.id)
        self.wizard(mine | theirs, date_start=WEDNESDAY, spread=True, per_day=2).action_enroll()
        days = {name: sorted(self.planned(leads).mapped("date_deadline")) for name, leads in (("mine", mine), ("theirs", theirs))}
        thursday, friday = WEDNESDAY + timedelta(days=1), WEDNESDAY + timedelta(days=2)
        self.assertEqual(days, {"mine": [thursday, thursday, friday], "theirs": [WEDNESDAY, WEDNESDAY, thursday]})

    def test_R8_hot_clients_are_not_put_off(self):
        leads = self.make_leads(3)
        leads[2].temperature = "hot"
        self.wizard(leads, date_start=WEDNESDAY).action_enroll()
        self.assertEqual([touch.date_deadline for touch in self.planned(leads).sorted("lead_id")].count(MONDAY), 1)
        self.assertEqual(self.planned(leads[2]).date_deadline, MONDAY)

    def suggested(self, clients, user=None):
        wizard = self.env["touch.enroll"].with_user(user or self.manager)
        found = wizard.with_context(active_model=clients._name, active_ids=clients.ids).default_get(["cadence_id"]).get("cadence_id")
        return self.env["touch.cadence"].browse(found)

    def test_R20_the_cadence_that_suits_most_of_the_chosen_is_suggested(self):
        self.env["touch.cadence"].search(
            [("model", "=", "res.partner"), ("id", "not in", self.shipped("contacts", "care").ids)]
        ).active = False
        contacts, care = self.shipped("contacts"), self.shipped("care")
        strangers, buyers = self.make_partners(2), self.make_partners(3)
        for buyer in buyers:
            self.make_leads(partner_id=buyer.id).action_set_won()
        self.env["res.partner"]._touch_see_purchases(buyers)  # as at night: nothing ran with them
        self.assertEqual(self.suggested(strangers), contacts)
        self.assertEqual(self.suggested(buyers | strangers), care, "most of them bought")
        self.assertEqual(self.suggested(strangers | buyers[0]), contacts)
        # SQL: a rule whose field is gone
        self.env.cr.execute("UPDATE touch_cadence SET domain = %s WHERE id = %s", ["[('no_such_field', '=', 1)]", contacts.id])
        contacts.invalidate_recordset(["domain"])
        self.assertEqual(self.suggested(strangers), contacts, "no rule takes them: the first of all")
        (contacts | care).active = False
        self.assertFalse(self.suggested(strangers), "there is none")

    def test_who_never_bought_is_sold_to_at_once_and_touched_monthly_after_it(self):
        contacts, monthly = self.shipped("contacts"), self.shipped("monthly")
        partners = self.make_partners(2)
        contacts.with_user(self.manager).enroll(partners)
        self.decide()
        self.assertEqual(set(self.planned(partners).mapped("date_deadline")), {MONDAY}, "not in a week, as for those who bought")
        partners.enrollment_ids[0]._stop("exhausted", "window_over")
        partners.enrollment_ids.filtered(lambda one: one.state == "running" and one.cadence_id == contacts)._stop("won", "bought")
        running = partners.enrollment_ids.filtered(lambda one: one.state == "running")
        self.assertEqual(set(running.cadence_id), {monthly, self.shipped("care")})
        self.assertEqual(monthly.hot_cadence_id, contacts)

    def shipped(self, *names):
        return self.env["touch.cadence"].browse([self.env.ref(f"touch_cadence.touch_cadence_{name}").id for name in names])

    def test_the_window_begins_with_the_run(self):
        lead = self.make_leads()
        self.wizard(lead, date_start=WEDNESDAY).action_enroll()
        self.assertEqual(self.planned(lead).date_deadline, WEDNESDAY)
        self.on("2026-03-04")
        self.planned(lead).with_user(self.rep).done(self.outcomes["reached"])
        self.assertEqual(self.planned(lead).date_deadline, WEDNESDAY + timedelta(days=2))

    def test_what_enrolling_makes_is_what_is_planned_then(self):
        self.env.company.touch_per_day = 4
        leads = self.make_leads(9) | self.make_leads(2, user_id=self.rep_two.id)
        before = self.make_leads(1)
        self.cadence.enroll(before)
        seen = self.cadence.with_user(self.manager)._foresee(leads, Beginning(per_day=3))
        rita, rob = seen.loads
        self.assertEqual((rita["name"], rita["clients"], rob["clients"]), ("Rita Rep", 9, 2))
        self.assertEqual(
            [(day.day, day.new, day.known, day.room) for day in rita["days"][:3]],
            [(MONDAY, 3, 1, 4), (TUESDAY, 3, 0, 4), (WEDNESDAY, 6, 0, 4)],
        )
        self.assertEqual([day.is_over for day in rita["days"][:3]], [False, False, True])
        self.cadence._enroll(leads, begin=Beginning(per_day=3))
        self.decide()
        mine = self.planned(leads).filtered(lambda touch: touch.user_id == self.rep)
        self.assertEqual(Counter(mine.mapped("date_deadline")), {MONDAY: 3, TUESDAY: 3, WEDNESDAY: 3})

    def test_the_preview_says_it(self):
        self.env.company.touch_per_day = 5
        leads = self.make_leads(12)
        with Form(self.env["touch.enroll"].with_user(self.manager).with_context(active_model="crm.lead", active_ids=leads.ids)) as form:
            form.cadence_id = self.cadence
            self.assertTrue(form.spread, "more than ten are spread, unless somebody says otherwise")
            self.assertIn("up to 10 clients begin a day for each salesperson, the last ones on Tue 3 Mar", form.preview)
            form.spread = False
            self.assertIn("More than a day takes", form.preview)
            self.assertIn("Rita Rep", form.preview)

    def test_the_preview_says_that_the_first_touch_is_not_on_the_first_day(self):
        self.cadence.step_ids.sorted("sequence")[0].delay = 20
        wizard = self.wizard(self.make_leads(12), spread=True)
        self.assertIn("the last ones on Tue 3 Mar; the first touch follows 20 working days later", wizard.preview)
        self.assertNotIn("The first touches are spread", wizard.preview)
        wizard = self.wizard(self.make_leads(2), date_start=WEDNESDAY)
        self.assertIn("Clients begin on Wed 4 Mar; the first touch follows 20 working days later", wizard.preview)

    def test_who_is_left_out_is_one_line_a_reason(self):
        leads = self.make_leads(8)
        self.cadence.enroll(leads[:5])
        leads[5].potential = "low"
        preview = str(self.wizard(leads).preview)
        self.assertEqual(preview.count("<summary>"), 2)
        self.assertIn("<strong>5</strong>", preview)
        for lead in leads[:6]:
            self.assertIn(f"/odoo/crm.lead/{lead.id}", preview)

    def test_a_job_spreads_over_its_batches(self):
        leads = self.make_leads(6)
        wizard = self.wizard(leads, spread=True, per_day=2)
        self.env["touch.job"].with_user(self.manager)._begin(wizard, leads)
        self.patch(touch_job, "BATCH", 3)
        with self.enter_registry_test_mode():
            self.env.ref("touch_cadence.ir_cron_work").method_direct_trigger()
        self.env.invalidate_all()
        self.decide()
        self.all_due()
        self.run_planner()
        self.assertEqual(Counter(leads.enrollment_ids.mapped("date_start")), {MONDAY: 2, TUESDAY: 2, WEDNESDAY: 2})

    def test_the_message_says_when_it_begins_and_leads_there(self):
        mine = self.make_leads(2)
        said = self.wizard(mine, self.rep).action_enroll()["params"]
        self.assertEqual(said["message"], "2 of 2 clients are enrolled. The first touches are due today. · %s")
        self.assertEqual(said["links"], [{"label": "Open My Desk", "url": "/odoo/touch-desk"}])
        said = self.wizard(self.make_leads(1), date_start=WEDNESDAY).action_enroll()["params"]
        self.assertEqual(said["message"], "1 of 1 clients are enrolled. The first touches are due on Wednesday, 4 March. · %s")
        self.assertEqual(said["links"][0]["url"], "/odoo/touch-team", "the touches are a colleague's")

    @users("tc_rep")
    def test_the_cadence_leads_to_clients_who_are_in_none_and_is_proposed_for_them(self):
        free, worked = self.make_leads(2, user_id=self.rep.id)
        self.cadence.enroll(worked)
        self.cadence.copy({"name": "Another", "sequence": 0})
        action = self.cadence.with_user(self.env.user).action_choose_clients()
        found = self.env["crm.lead"].with_context(**action["context"]).search(action["domain"])
        self.assertIn(free, found)
        self.assertNotIn(worked, found)
        dialog = found.browse(free.id).action_touch_enroll()
        self.assertEqual(Form(self.env["touch.enroll"].with_context(**dialog["context"])).cadence_id, self.cadence)

    @users("tc_rep")
    def test_days_that_are_none_are_refused(self):
        leads = self.make_leads(1)
        with self.assertRaises(UserError):
            self.wizard(leads, self.rep, date_start="2029-01-01").action_enroll()

    def test_it_is_read_in_a_fixed_number_of_queries(self):
        batches = {count: self.make_leads(count) for count in (2, 100, 200)}
        cadence = self.cadence.with_user(self.manager)
        self.assertLess(self.slope(lambda count: cadence._foresee(batches[count], Beginning(per_day=10))), 0.1)
        batches = {count: self.make_leads(count) for count in (2, 100, 200)}
        self.assertLess(self.slope(lambda count: cadence._enroll(batches[count], begin=Beginning(per_day=10))), 0.2)
        self.env["touch.mark"]._marks().clear()  # nothing of it is decided: a test that is undone leaves its marks

    def test_handing_over_says_what_comes(self):
        leads = self.make_leads(4)
        self.cadence.enroll(leads)
        act = self.env["touch.act"].with_user(self.manager)
        wizard = act.create({"model": "crm.lead", "res_ids": leads.ids, "act": "hand_over", "user_id": self.rep_two.id})
        self.assertIn("Rob Rep", wizard.preview)
        self.assertIn("Mon 2 Mar", wizard.preview)
        self.planned(leads[0]).user_id = self.rep_two  # what he has already is not counted twice
        seen = leads.enrollment_ids._loads_of_taker(self.rep_two)[0]["days"][0]
        self.assertEqual((seen.new, seen.known), (3, 1))


@tagged("post_install", "-at_install")
class TestLookAlikes(EnrollingCase):
    """Two deals of one person are worked once, however they were written down."""

    def pair(self, one, other):
        return self.make_leads(1, **{"contact_name": "Anna Weber", "name": "First", **one}) | self.make_leads(
            1, **{"contact_name": "Anna Weber", "name": "Second", **other}
        )

    def test_a_deal_is_not_further_because_odoo_reckons_so(self):
        old, young = self.make_leads(contact_name="Anna Weber", name="Old"), self.make_leads(contact_name="Anna Weber", name="Young")
        (old | young).write({"email_from": "anna@azure.example", "partner_id": False, "stage_id": old.stage_id.id})
        old.probability, young.probability = 1, 2
        self.assertIn("“Old” is older and is enrolled. Left out: “Young”.", self.wizard(old | young).preview)

    def test_of_a_company_the_person_who_can_be_reached_is_enrolled(self):
        """An import makes companies, too: whoever selects all means the people."""
        care = self.env.ref("touch_cadence.touch_cadence_contacts")
        company = self.make_partners(name="Baker Ltd", is_company=True, email=False, phone=False, street="Main street 1", city="Liège")
        silent = self.make_partners(name="Sam Silent", parent_id=company.id, email=False, phone=False)
        person = self.make_partners(name="Tom Baker", parent_id=company.id, email="tom@baker.example")
        care.enroll(company | silent | person)
        runs = self.env["touch.enrollment"].search([("partner_id", "in", (company | silent | person).ids)])
        self.assertEqual(runs.partner_id, person)

    def test_one_person_is_enrolled_once_and_named(self):
        leads = self.pair(
            {"email_from": " Anna@Weber.Example "}, {"email_from": "ANNA@weber.example", "stage_id": self.env.ref("crm.stage_lead3").id}
        )
        wizard = self.wizard(leads)
        self.assertIn("Anna Weber has several deals: “Second” is further and is enrolled. Left out: “First”.", wizard.preview)
        self.assertEqual((wizard.do_count, wizard.left_out_count), (1, 1))
        wizard.action_enroll()
        self.assertEqual(self.planned(leads).lead_id, leads[1])

    def test_messy_data_of_one_person(self):
        belgium = self.env.ref("base.be")
        for one, other in (
            ({"phone": "0471 12 34 56", "country_id": belgium.id}, {"phone": "+32 471/12.34.56"}),
            ({"email_from": "Anna Weber <anna@weber.example>"}, {"email_from": "anna@weber.example ", "contact_name": "WEBER Anna"}),
            (
                {"email_from": "anna@weber.example", "contact_name": False},
                {"email_from": "Anna@weber.example", "contact_name": "Dr. A. Weber"},
            ),
        ):
            with self.subTest(one=one), self.env.cr.savepoint() as savepoint:
                leads = self.pair(one, other)
                self.assertEqual(len(self.cadence.enroll(leads)), 1)
                savepoint.rollback()

    def test_a_shared_address_is_not_one_person_and_the_user_decides(self):
        leads = self.pair({"email_from": "info@acme.example"}, {"email_from": "info@acme.example", "contact_name": "Otto Kraus"})
        wizard = self.wizard(leads)
        self.assertEqual(wizard.do_count, 2)
        self.assertTrue(wizard.has_shared)
        self.assertIn("info@acme.example: Anna Weber (“First”), Otto Kraus (“Second”)", wizard.preview)
        wizard.once_an_address = True
        self.assertEqual(wizard.do_count, 1)
        wizard.action_enroll()
        self.assertEqual(len(leads.enrollment_ids), 1)

    def test_two_people_of_one_company_are_told_and_enrolled(self):
        leads = self.pair({"email_from": "anna@acme.example"}, {"email_from": "otto@acme.example", "contact_name": "Otto Kraus"})
        wizard = self.wizard(leads)
        self.assertIn("Several people of one company", wizard.preview)
        self.assertEqual(wizard.do_count, 2)

    def test_whom_nobody_has_gets_the_chosen_salesperson(self):
        partners = self.make_partners(2, user_id=False)
        partners[1].user_id = self.rep_two
        wizard = (
            self.env["touch.enroll"]
            .with_user(self.rep)
            .create({"cadence_id": self.care.id, "model": "res.partner", "res_ids": partners.ids})
        )
        self.assertTrue(wizard.has_nobody)
        self.assertEqual(wizard.user_id, self.rep)
        self.assertIn(self.rep.name, wizard.preview)
        wizard.action_enroll()
        self.assertEqual(partners.mapped("user_id"), self.rep | self.rep_two)
        responsible = partners.enrollment_ids._get_responsible()
        self.assertEqual([responsible[run.id] for run in partners.enrollment_ids], [self.rep, self.rep_two])

    def test_of_a_salesperson_who_cannot_take_them_nothing_is_told(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env, "tc_stranger", "sales_team.group_sale_salesman", name="Zoe", company_id=elsewhere.id, company_ids=elsewhere.ids
        )
        partners = self.make_partners(2, user_id=False)
        values = {"cadence_id": self.care.id, "model": "res.partner", "res_ids": partners.ids, "user_id": stranger.id}
        wizard = self.env["touch.enroll"].with_user(self.rep).create(values)
        self.assertNotIn("Zoe", wizard.preview)
        self.assertIn("Nobody is responsible", wizard.preview)
        with self.assertRaisesRegex(UserError, "cannot sell in this company"):
            wizard.action_enroll()
        self.assertFalse(partners.user_id)

    def test_without_a_chosen_salesperson_the_clients_wait(self):
        partners = self.make_partners(2, user_id=False)
        values = {"cadence_id": self.care.id, "model": "res.partner", "res_ids": partners.ids, "user_id": False}
        wizard = self.env["touch.enroll"].with_user(self.manager).create(values)
        self.assertIn("Nobody is responsible", wizard.preview)
        wizard.action_enroll()
        self.assertFalse(partners.user_id)
        self.assertTrue(partners.enrollment_ids)

    def test_who_is_worked_already_is_left_out_until_that_is_over(self):
        first, second = self.pair({"email_from": "anna@weber.example"}, {"email_from": "anna@weber.example"})
        run = self.cadence.enroll(first)
        self.assertIn("Anna Weber is in a cadence already, with “First”", self.wizard(second).preview)
        with self.assertRaises(UserError):
            self.wizard(second).action_enroll()
        run.action_stop("Over")
        self.assertTrue(self.cadence.enroll(second))

    def test_a_colleagues_deal_is_not_named(self):
        first, second = self.pair({"email_from": "anna@weber.example", "user_id": self.rep_two.id}, {"email_from": "anna@weber.example"})
        first.name = "Secret"
        self.cadence.enroll(first)
        preview = self.wizard(second, self.rep).preview
        self.assertNotIn("Secret", preview)
        self.assertIn("by a colleague", preview)

    def test_the_rule_of_the_night_has_the_same_rule(self):
        leads = self.pair({"email_from": "anna@weber.example"}, {"email_from": "Anna@Weber.example"})
        self.cadence.write({"auto_enroll": True, "domain": f"[('id', 'in', {leads.ids})]"})
        with self.enter_registry_test_mode():
            self.env.ref("touch_cadence.ir_cron_enroll_by_rule").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(leads.enrollment_ids.lead_id, leads[0])

    def contacts(self, *names, **values):
        usual = {"email": "Anna@Weber.example", "user_id": self.rep.id, **values}
        return self.env["res.partner"].create([{"name": name, **usual} for name in names])

    def care_preview(self, partners):
        values = {"cadence_id": self.care.id, "model": "res.partner", "res_ids": partners.ids}
        return self.env["touch.enroll"].with_user(self.rep).create(values)

    def test_a_contact_that_was_entered_twice_is_enrolled_once(self):
        partners = self.contacts("Anna Weber", "WEBER, Anna")
        wizard = self.care_preview(partners)
        self.assertIn("was entered several times: “Anna Weber” is older and is enrolled. Left out: “WEBER, Anna”", wizard.preview)
        wizard.action_enroll()
        self.assertEqual(partners.enrollment_ids.partner_id, partners[0])

    def test_contacts_of_one_address_are_told_and_one_can_be_chosen(self):
        partners = self.contacts("Anna Weber", "Otto Kraus")
        wizard = self.care_preview(partners)
        self.assertEqual(wizard.do_count, 2)
        self.assertIn("anna@weber.example: “Anna Weber”, “Otto Kraus”", wizard.preview)
        wizard.once_an_address = True
        self.assertEqual(wizard.do_count, 1)

    def test_two_contacts_of_one_company_are_told(self):
        values = [{"name": name, "email": f"{name}@weber.example", "company_name": "Weber Ltd."} for name in ("anna", "otto")]
        self.assertIn("Weber Ltd.: “", self.care_preview(self.env["res.partner"].create(values)).preview)

    def test_the_deal_of_an_enrolled_contact_is_seen_and_worked(self):
        self.care.enroll(self.contacts("Anna Weber"))
        lead = self.make_leads(1, contact_name="Weber", email_from="anna@weber.example", name="Pumps")
        self.assertIn("Anna Weber is in a cadence as a contact: name the contact on “Pumps”", self.wizard(lead).preview)
        self.assertTrue(self.cadence.enroll(lead), "who is cared for, and asks for an offer, is sold to")
        self.assertNotIn(
            "as a contact", self.wizard(self.make_leads(1, contact_name="Otto Kraus", email_from="anna@weber.example")).preview
        )

    def test_the_contact_of_an_enrolled_deal_is_seen(self):
        lead = self.make_leads(1, contact_name="Anna Weber", email_from="anna@weber.example", name="Pumps")
        self.cadence.enroll(lead)
        partner = self.contacts("Anna Weber")
        self.assertIn("Anna Weber is in a cadence already, with “Pumps”", self.care_preview(partner).preview)
        self.assertFalse(self.care.enroll(partner))
        lead.user_id = self.rep_two
        self.assertIn("Anna Weber is worked by a colleague already", self.care_preview(partner).preview)

    def test_our_own_company_and_users_are_no_clients(self):
        ours = self.env.company.partner_id | self.rep.partner_id
        self.assertIn("Your own company and its users are no clients.", self.care_preview(ours).preview)
        self.assertFalse(self.care.enroll(ours))
        action = self.env["ir.actions.act_window"]._for_xml_id("touch_cadence.res_partner_action_first_hour")
        shown = self.env["res.partner"].with_user(self.rep).search(safe_eval(action["domain"]))
        self.assertFalse(shown & ours)
        self.assertIn(self.contacts("Anna Weber"), self.env["res.partner"].search(safe_eval(action["domain"])))

    def test_strangers_of_one_address_and_deals_worked_each_on_its_own_are_left_alone(self):
        partners = self.make_partners(2, email="both@touch.example")
        self.assertEqual(len(self.care.enroll(partners)), 2)
        self.env.company.touch_per_deal = True
        self.assertEqual(len(self.cadence.enroll(self.pair({"email_from": "anna@weber.example"}, {"email_from": "anna@weber.example"}))), 2)
