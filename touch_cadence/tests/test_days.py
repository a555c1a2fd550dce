"""Days, zones and calendars as people really have them."""

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import MONDAY
from .test_method import MethodCase

FRIDAY = MONDAY + timedelta(days=4)


class DaysCase(MethodCase):
    def away(self, user, first, last, zone="UTC", hours=(8, 17)):
        """Leave of whole days as Time Off writes it: from the first working hour to the last, by the clock of who is away."""
        resources = self.env["resource.resource"]
        resource = resources.search([("user_id", "=", user.id)], limit=1) or resources.create(
            {"name": user.name, "user_id": user.id, "calendar_id": self.env.company.resource_calendar_id.id}
        )
        resource.tz = zone
        begin, end = (
            datetime.combine(day, time(hour), ZoneInfo(zone)).astimezone(timezone.utc).replace(tzinfo=None)
            for day, hour in zip((first, last), hours)
        )
        return self.env["resource.calendar.leaves"].create({"name": "Away", "resource_id": resource.id, "date_from": begin, "date_to": end})

    def local(self, touch, zone):
        """:return: when the touch may be made, by the clock of ``zone``"""
        return touch.date_planned.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone)).replace(tzinfo=None)

    def in_database(self, record, **values):
        """What an import, an older system or another addon left behind."""
        self.env.flush_all()
        for name, value in values.items():
            self.env.cr.execute(f'UPDATE "{record._table}" SET "{name}" = %s WHERE id = ANY(%s)', [value, record.ids])
        self.env.invalidate_all()

    def next_morning(self):
        self.night()
        self.run_planner()

    def second_touches(self, clients):
        """The second touch of each, on Wednesday."""
        self.cadence.enroll(clients)
        self.planned(clients).done(self.outcomes["reached"])
        return self.planned(clients)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestLeave(DaysCase):
    def leave_of(self, user, first, last, by=None, **values):
        member = self.env["crm.team.member"].search([("user_id", "=", user.id)], limit=1)
        context = member.with_user(by or self.manager).action_touch_leave()["context"]
        wizard = self.env["touch.leave"].with_user(by or self.manager).with_context(**context)
        return wizard.create({"date_from": first, "date_to": last, **values})

    def test_a_sales_manager_enters_leave_and_takes_it_back(self):
        tuesday, wednesday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
        self.rep.tz = "America/New_York"
        self.assertFalse(self.rep.resource_ids, "Odoo has no resource for who is no employee")
        touch = self.second_touches(self.make_partners())
        self.assertEqual(touch.date_deadline, wednesday)
        wizard = self.leave_of(self.rep, tuesday, wednesday)
        self.assertFalse(wizard.known)
        wizard.action_enter()
        self.decide()
        self.assertEqual(touch.exists().date_deadline, wednesday + timedelta(days=1))
        leave = self.env["resource.calendar.leaves"].search([("resource_id.user_id", "=", self.rep.id)])
        self.assertEqual((str(leave.date_from), str(leave.date_to)), ("2026-03-03 05:00:00", "2026-03-05 04:59:59"))
        again = self.leave_of(self.rep, wednesday, wednesday)
        self.assertEqual((again.known, again.overlaps), ("Tue 3 Mar – Wed 4 Mar", True))
        again.action_take_back()
        self.assertFalse(leave.exists())
        with self.assertRaises(UserError):
            self.leave_of(self.rep, wednesday, wednesday).action_take_back()

    def test_the_substitute_makes_the_touches_of_leave_that_is_entered(self):
        wednesday = MONDAY + timedelta(days=2)
        touch = self.second_touches(self.make_partners())
        told = self.leave_of(self.rep, wednesday, wednesday, substitute_id=self.rep_two.id).action_enter()["params"]["message"]
        self.assertIn("Touches that go to Rob Rep: 1.", told)
        self.decide()
        self.assertEqual((touch.exists().date_deadline, touch.user_id), (wednesday, self.rep_two))
        self.assertEqual(self.rep.touch_substitute_id, self.rep_two)

    def test_nobody_else_enters_leave_of_salespeople(self):
        wednesday = MONDAY + timedelta(days=2)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            self.env["touch.leave"].with_user(self.rep).create({"user_id": self.rep_two.id, "date_from": wednesday, "date_to": wednesday})
        abroad = self.env["res.company"].create({"name": "Abroad"})
        stranger = new_test_user(
            self.env, "tc_abroad", "sales_team.group_sale_salesman", company_id=abroad.id, company_ids=[(6, 0, abroad.ids)], tz="UTC"
        )
        portal = new_test_user(self.env, "tc_portal", "base.group_portal")
        for user in (stranger, portal):
            wizard = (
                self.env["touch.leave"].with_user(self.manager).create({"user_id": user.id, "date_from": wednesday, "date_to": wednesday})
            )
            self.holiday(wednesday, wednesday, user)
            self.assertFalse(wizard.known)
            for act in (wizard.action_enter, wizard.action_take_back):
                with self.assertRaises(UserError):
                    act()
        with self.assertRaises(UserError):
            self.leave_of(self.rep, wednesday, wednesday, substitute_id=self.rep.id).action_enter()

    def test_b2_no_touch_on_a_day_of_leave_wherever_the_rep_lives(self):
        self.env.company.resource_calendar_id.tz = "Europe/Brussels"
        wednesday = MONDAY + timedelta(days=2)
        for zone in ("Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "America/Los_Angeles", "Pacific/Apia"):
            with self.subTest(zone):
                rep = new_test_user(self.env, f"tc_{zone}", "sales_team.group_sale_salesman", name=zone, tz=zone)
                self.away(rep, wednesday, wednesday, zone)
                partner = self.make_partners(user_id=rep.id, email=f"{zone.split('/')[1].lower()}@touch.example")
                touch = self.second_touches(partner)
                self.assertEqual(touch.date_deadline, wednesday + timedelta(days=1))

    def test_b2_an_hour_that_is_left_makes_no_working_day(self):
        wednesday = MONDAY + timedelta(days=2)
        self.away(self.rep, wednesday, wednesday, hours=(9, 17))
        self.assertEqual(self.second_touches(self.make_partners()).date_deadline, wednesday + timedelta(days=1))

    def test_b2_half_a_day_of_leave_is_half_a_day_of_touches(self):
        self.away(self.rep, MONDAY, MONDAY, hours=(8, 12))
        self.env.company.touch_per_day = 4
        partners = self.make_partners(6)
        self.cadence.enroll(partners)
        self.assertEqual(len(self.planned(partners).filtered(lambda touch: touch.date_deadline == MONDAY)), 2)

    def test_b2_a_public_holiday_is_the_companys_day_also_for_who_lives_elsewhere(self):
        self.env.company.resource_calendar_id.tz = "Europe/Brussels"
        rep = new_test_user(self.env, "tc_far", "sales_team.group_sale_salesman", name="Far", tz="Pacific/Auckland")
        self.env["resource.resource"].create(
            {"name": "Far", "user_id": rep.id, "calendar_id": self.env.company.resource_calendar_id.id, "tz": "Pacific/Auckland"}
        )
        # Wednesday in Brussels
        self.env["resource.calendar.leaves"].create(
            {"name": "Closed", "resource_id": False, "date_from": "2026-03-03 23:00:00", "date_to": "2026-03-04 22:59:59"}
        )
        self.assertEqual(self.second_touches(self.make_partners(user_id=rep.id)).date_deadline, date(2026, 3, 5))

    def test_b2_leave_entered_with_another_company_is_leave_here_too(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.rep.company_ids += other
        resource = self.env["resource.resource"].create({"name": "Rita", "user_id": self.rep.id, "company_id": other.id, "tz": "UTC"})
        self.env["resource.calendar.leaves"].create(
            {"name": "Away", "resource_id": resource.id, "date_from": "2026-03-04 08:00:00", "date_to": "2026-03-04 17:00:00"}
        )
        self.assertEqual(self.second_touches(self.make_partners()).date_deadline, date(2026, 3, 5))

    def test_an_hour_at_the_dentists_gives_no_client_away(self):
        self.rep.touch_substitute_id = self.rep_two
        self.away(self.rep, MONDAY, MONDAY, hours=(9, 10))
        partner = self.make_partners()
        self.cadence.enroll(partner)
        self.assertEqual(self.planned(partner).user_id, self.rep)

    def test_d3_long_leave_leaves_no_touch_with_who_is_away(self):
        for days in (1, 5, 7, 8, 12, 30, 60):
            with self.subTest(days=days):
                rep = new_test_user(self.env, f"tc_away_{days}", "sales_team.group_sale_salesman", name=f"Away {days}", tz="UTC")
                partners = self.make_partners(4, user_id=rep.id)
                self.second_touches(partners)
                last = MONDAY + timedelta(days=days)
                self.away(rep, MONDAY + timedelta(days=1), last)
                self.run_planner()
                staying = self.planned(partners).filtered(lambda touch, last=last: MONDAY < touch.date_deadline <= last)
                self.assertFalse(staying)
                running = partners.enrollment_ids.filtered(lambda one: one.state == "running")
                self.assertEqual(len(running), 4)
                self.assertTrue(all(one.next_date or one._open_touches() for one in running), "nobody is forgotten")

    def test_d3_leave_entered_two_weeks_ahead_moves_what_falls_on_it(self):
        partners = self.make_partners(4)
        touches = self.second_touches(partners)
        for number, touch in enumerate(touches):
            touch.snooze(MONDAY + timedelta(days=14 + number))
        self.away(self.rep, MONDAY + timedelta(days=14), MONDAY + timedelta(days=25))
        self.run_planner()
        days = self.planned(partners).mapped("date_deadline")
        self.assertFalse([day for day in days if day <= MONDAY + timedelta(days=25)])
        self.assertFalse(
            partners.enrollment_ids.filtered(lambda one: one.state == "running" and not one.next_date and not one._open_touches())
        )

    def test_d3_only_who_sells_is_a_substitute(self):
        """A portal user got a deal's mails that way: whoever makes a touch follows the deal."""
        portal = new_test_user(self.env, "tc_portal", "base.group_portal")
        employee = new_test_user(self.env, "tc_employee", "base.group_user")
        for user in (portal, employee):
            with self.assertRaisesRegex(ValidationError, "choose a salesperson"):
                self.rep.with_user(self.rep).touch_substitute_id = user.id
            with self.assertRaisesRegex(UserError, "cannot be the substitute"):
                self.leave_of(self.rep, MONDAY, MONDAY, substitute_id=user.id).action_enter()
        # who sells no more makes nothing
        self.rep.touch_substitute_id = self.rep_two
        self.rep_two.group_ids = employee.group_ids
        self.holiday("2026-03-02", "2026-03-03", self.rep)
        [lead] = self.make_leads()
        self.cadence.enroll(lead)
        self.assertEqual(self.planned(lead).user_id, self.rep)
        with self.assertRaisesRegex(UserError, "choose a salesperson"):
            self.planned(lead)._check_taker(employee)

    def test_d3_the_substitute_makes_the_touches_of_the_days_of_leave(self):
        self.rep.touch_substitute_id = self.rep_two
        partners = self.make_partners(3)
        touches = self.second_touches(partners)
        leave = self.away(self.rep, MONDAY + timedelta(days=1), MONDAY + timedelta(days=30))
        self.run_planner()
        self.assertEqual(self.planned(partners), touches)
        self.assertEqual(touches.user_id, self.rep_two)
        self.assertEqual(touches.activity_id.user_id, self.rep_two)
        self.assertEqual(set(touches.mapped("date_deadline")), {date(2026, 3, 4)})
        self.assertEqual(partners.enrollment_ids.user_id, self.rep, "the client stays the rep's")
        self.assertIn("substitute", touches[0].why)
        leave.unlink()
        self.run_planner()
        self.assertEqual(touches.user_id, self.rep)

    def test_d3_the_substitutes_touch_stays_his_when_its_activity_is_made_anew(self):
        """It went to whoever is responsible, on a day of leave (found by the simulation)."""
        self.rep.touch_substitute_id = self.rep_two
        touch = self.second_touches(self.make_partners())
        self.away(self.rep, MONDAY + timedelta(days=1), MONDAY + timedelta(days=2))
        self.run_planner()
        self.assertEqual((touch.date_deadline, touch.user_id), (date(2026, 3, 4), self.rep_two))
        touch.activity_id.unlink()
        self.run_planner()
        self.assertTrue(touch.activity_id)
        self.assertEqual((touch.date_deadline, touch.user_id, touch.activity_id.user_id), (date(2026, 3, 4), self.rep_two, self.rep_two))

    def test_d3_a_touch_that_was_given_to_the_substitute_by_hand_stays_there(self):
        self.rep.touch_substitute_id = self.rep_two
        touch = self.second_touches(self.make_partners())
        touch._reassign(self.rep_two)
        self.next_morning()
        self.assertEqual(touch.user_id, self.rep_two)

    def test_b3_leave_that_is_taken_back_brings_the_touches_back(self):
        partners = self.make_partners(3)
        self.second_touches(partners)
        leave = self.away(self.rep, MONDAY + timedelta(days=1), MONDAY + timedelta(days=35))
        self.run_planner()
        self.assertFalse(self.planned(partners))
        leave.unlink()
        self.run_planner()
        self.assertEqual(self.planned(partners).mapped("date_deadline"), [date(2026, 3, 4)] * 3)

    def test_b3_leave_that_is_shortened_brings_the_touches_back(self):
        partners = self.make_partners(3)
        self.second_touches(partners)
        leave = self.away(self.rep, MONDAY + timedelta(days=1), MONDAY + timedelta(days=35))
        self.run_planner()
        leave.date_to = "2026-03-04 17:00:00"
        self.run_planner()
        self.assertEqual(self.planned(partners).mapped("date_deadline"), [date(2026, 3, 5)] * 3)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestNight(DaysCase):
    def test_b3_the_reps_calendar_loses_fridays(self):
        calendar = self.env.company.resource_calendar_id.copy({"name": "Rita's"})
        calendar.tz = "UTC"
        self.env["resource.resource"].create({"name": "Rita", "user_id": self.rep.id, "calendar_id": calendar.id, "tz": "UTC"})
        touch = self.second_touches(self.make_partners())
        touch.snooze(FRIDAY)
        calendar.attendance_ids.filtered(lambda line: line.dayofweek == "4").unlink()
        self.next_morning()
        self.assertEqual(touch.state, "planned")
        self.assertEqual(touch.date_deadline, FRIDAY + timedelta(days=3))

    def test_b3_the_rep_gets_another_calendar(self):
        days = [Command.create({"name": "M", "dayofweek": "0", "hour_from": 9, "hour_to": 17, "day_period": "morning"})]
        mondays = self.env["resource.calendar"].create({"name": "Mondays", "tz": "UTC", "attendance_ids": [Command.clear(), *days]})
        resource = self.env["resource.resource"].create(
            {"name": "Rita", "user_id": self.rep.id, "calendar_id": self.env.company.resource_calendar_id.id, "tz": "UTC"}
        )
        touch = self.second_touches(self.make_partners())
        self.assertEqual(touch.date_deadline, date(2026, 3, 4))
        resource.calendar_id = mondays
        self.next_morning()
        self.assertEqual(touch.date_deadline, date(2026, 3, 9))

    def test_b3_the_address_is_deleted_while_a_letter_is_planned(self):
        partner = self.make_partners(street="Main Street 1", city="Town")
        cadence = self.env["touch.cadence"].create({"name": "Letters", "step_ids": [Command.create({"channel": "letter"})]})
        cadence.enroll(partner)
        touch = self.planned(partner)
        self.assertEqual(touch.channel, "letter")
        partner.write({"street": False, "city": False})
        self.next_morning()
        self.assertEqual(touch.state, "planned")
        self.assertNotEqual(touch.channel, "letter")

    def test_b3_a_leads_country_is_corrected_and_its_number_is_blacklisted(self):
        netherlands, france = self.env.ref("base.nl"), self.env.ref("base.fr")
        self.env["phone.blacklist"].create({"number": "+33612345678"})
        lead = self.make_leads(phone="0612345678", email_from=False, country_id=netherlands.id)
        self.cadence.enroll(lead)
        touch = self.planned(lead)
        self.assertTrue(touch)
        lead.country_id = france
        self.assertEqual(lead.phone_sanitized, "+33612345678")
        self.next_morning()
        self.assertEqual(touch.state, "skipped")
        self.assertEqual(lead.enrollment_ids.stop_reason, "no_channel")

    def test_b3_the_night_changes_nothing_where_nothing_has_changed(self):
        partners = self.make_partners(6)
        self.cadence.enroll(partners)
        self.planned(partners)[:3].done(self.outcomes["reached"])
        touches = self.planned(partners)
        names = ["state", "date_deadline", "date_planned", "user_id", "channel", "reason_id", "purpose", "number", "why_data"]
        before = touches.read(names)
        for day in range(4):
            with freeze_time(f"2026-03-{2 + day:02} 23:30:00"):
                self.next_morning()
        self.assertEqual(touches.read(names), before)
        self.assertEqual(self.planned(partners), touches)
        self.assertFalse(partners.enrollment_ids.filtered("next_date"))


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestZones(DaysCase):
    def test_b10_a_client_with_an_old_or_unknown_zone_is_planned(self):
        partners = self.make_partners(4)
        for partner, name in zip(partners, ("Asia/Calcutta", "US/Eastern", "Europe/Kiev", "Nowhere/Town")):
            self.in_database(partner, tz=name)
        self.cadence.enroll(partners)
        self.assertEqual(len(self.planned(partners)), 4)
        hours = [
            self.local(touch, zone).hour
            for touch, zone in zip(self.planned(partners).sorted("partner_id"), ("Asia/Kolkata", "America/New_York", "Europe/Kyiv", "UTC"))
        ]
        self.assertTrue(all(9 <= hour < 18 for hour in hours), hours)

    def test_d5_a_company_calendar_with_an_old_or_unknown_zone_stops_nothing(self):
        partners = self.make_partners(2)
        for name in ("Asia/Calcutta", "Nowhere/Town"):
            self.in_database(self.env.company.resource_calendar_id, tz=name)
            self.cadence.enroll(partners)
            self.assertEqual(len(self.planned(partners)), 2)
            self.next_morning()
            self.assertFalse(partners.enrollment_ids.filtered(lambda one: one.state == "blocked"))
            self.planned(partners).done(self.outcomes["reached"])
            self.assertFalse(partners.enrollment_ids.filtered(lambda one: one.state == "blocked"))

    def test_d5_a_reps_or_a_resources_unknown_zone_stops_nothing(self):
        self.away(self.rep, FRIDAY, FRIDAY)
        self.in_database(self.env["resource.resource"].search([("user_id", "=", self.rep.id)]), tz="Nowhere/Town")
        partner = self.make_partners()
        self.cadence.enroll(partner)
        self.assertTrue(self.planned(partner))

    def test_b11_a_client_in_japan_is_called_by_the_clock_of_japan(self):
        japan = self.env.ref("base.jp")
        brussels = self.env["res.partner"].with_context(tz="Europe/Brussels")
        entered = brussels.create({"name": "Tokyo", "phone": "+81312345678", "country_id": japan.id, "user_id": self.rep.id})
        self.assertEqual(entered.tz, "Europe/Brussels", "Odoo's default")
        contact = brussels.create({"name": "Contact", "phone": "+81312345679", "parent_id": entered.id, "user_id": self.rep.id})
        lead = self.make_leads(country_id=japan.id, partner_id=False)
        self.cadence.enroll(entered | contact)
        self.cadence.enroll(lead)
        for client in (entered, lead):
            self.assertEqual(client.touch_zone, "Asia/Tokyo")
            self.assertEqual(self.local(self.planned(client), "Asia/Tokyo"), datetime(2026, 3, 3, 9))
        self.assertEqual(contact.touch_zone, "Asia/Tokyo")

    def test_b11_the_zone_is_chosen_on_contact_and_lead(self):
        partner = self.make_partners(country_id=self.env.ref("base.us").id)
        lead = self.make_leads(country_id=self.env.ref("base.us").id)
        self.assertEqual((partner.touch_zone, lead.touch_zone), ("America/New_York", "America/New_York"))
        self.cadence.enroll(partner)
        self.cadence.enroll(lead)
        for client in (partner, lead):
            client.with_user(self.rep).touch_tz = "Pacific/Honolulu"
            self.decide()
            self.assertEqual(client.touch_zone, "Pacific/Honolulu")
            local = self.local(self.planned(client), "Pacific/Honolulu")
            self.assertEqual((local.hour, local.date()), (9, self.planned(client).date_deadline))

    def test_b11_who_logs_in_has_told_the_own_zone(self):
        user = new_test_user(self.env, "tc_portal", "base.group_portal", tz="America/New_York")
        user.partner_id.write({"country_id": self.env.ref("base.jp").id, "phone": "+3212345678", "user_id": self.rep.id})
        self.assertEqual(user.partner_id.touch_zone, "Asia/Tokyo")
        self.env["res.users.log"].with_user(user).sudo().create({})
        self.env.invalidate_all()
        self.assertEqual(user.partner_id.touch_zone, "America/New_York")

    def test_b12_put_off_over_the_end_of_summer_time_it_is_nine_there(self):
        for zone, day in (("Europe/Brussels", "2026-10-26"), ("America/New_York", "2026-11-03"), ("Pacific/Auckland", "2026-09-28")):
            with self.subTest(zone), freeze_time("2026-09-21 07:30:00"):
                partner = self.make_partners(tz=zone)
                self.cadence.enroll(partner)
                touch = self.planned(partner)
                touch.snooze(day)
                self.assertEqual(self.local(touch, zone), datetime.combine(fields.Date.to_date(day), time(9)))
                self.assertEqual(touch.date_deadline, fields.Date.to_date(day))

    def test_b12_a_full_day_moves_touches_to_the_clients_own_morning(self):
        self.env.company.touch_per_day = 1
        partners = self.make_partners(3, tz="Pacific/Auckland")
        self.cadence.enroll(partners)
        self.planned(partners)._move_to(MONDAY)
        self.night()
        for touch in self.planned(partners):
            self.assertEqual(self.local(touch, "Pacific/Auckland"), datetime.combine(touch.date_deadline, time(9)))

    def test_b12_todays_touch_stays_todays_late_in_the_day_in_california(self):
        """It is Tuesday by the server's clock, and Monday afternoon at the company."""
        self.env.company.resource_calendar_id.tz = "America/Los_Angeles"
        partner = self.make_partners()
        with freeze_time("2026-03-02 18:30:00"):
            self.cadence.enroll(partner)
            touch = self.planned(partner)
            self.assertEqual(touch.date_deadline, MONDAY)
        with freeze_time("2026-03-03 00:30:00"):
            touch.enrollment_id._review()
            self.assertEqual(touch.date_deadline, MONDAY)

    def test_b12_a_pause_ends_on_the_companys_day(self):
        partner = self.make_partners()
        enrollment = self.cadence.enroll(partner)
        enrollment.action_pause(until="2026-03-05")
        for zone, still, over in (
            ("Pacific/Auckland", "2026-03-04 10:00:00", "2026-03-04 12:00:00"),
            ("America/Los_Angeles", "2026-03-05 07:00:00", "2026-03-05 09:00:00"),
        ):
            self.env.company.resource_calendar_id.tz = zone
            self.env.flush_all()
            with freeze_time(still):
                self.assertFalse(enrollment._claim_pauses(0, 1))
            with freeze_time(over):
                self.assertEqual(enrollment._claim_pauses(0, 1), enrollment)

    def test_b12_what_was_made_this_evening_is_of_this_day(self):
        self.env.company.resource_calendar_id.tz = "America/Los_Angeles"
        planner = self.env["touch.facts"]
        partner = self.make_partners()
        with freeze_time("2026-03-02 18:00:00"):
            self.cadence.enroll(partner)
            self.planned(partner).done(self.outcomes["reached"])
        with freeze_time("2026-03-03 01:00:00"):  # Monday evening
            company = self.env.company
            self.assertEqual(company._touch_today(), MONDAY)
            midnight = datetime(2026, 3, 2, 8, tzinfo=timezone.utc)
            self.assertEqual(planner._read_load([self.rep.id], midnight, MONDAY)[self.rep.id][MONDAY], 1)

    def test_b12_what_is_bought_in_the_evening_is_bought_on_that_day(self):
        other = self.env["res.company"].create({"name": "Eastern"})
        self.env.company.resource_calendar_id.tz = "America/Los_Angeles"
        other.resource_calendar_id.tz = "Pacific/Auckland"
        west, east = self.make_partners(2)
        won = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        for partner, company, closed in ((west, self.env.company, "2026-03-01 05:00:00"), (east, other, "2026-02-27 13:00:00")):
            lead = self.env["crm.lead"].create({"name": "Won", "partner_id": partner.id, "company_id": company.id, "team_id": False})
            lead.stage_id = won
            self.in_database(lead, date_closed=closed)
        self.env["res.partner"]._touch_see_purchases(west | east)
        self.assertEqual((west.last_purchase_date, east.last_purchase_date), (date(2026, 2, 28), date(2026, 2, 28)))
        self.in_database(other.resource_calendar_id, tz="Nowhere/Town")
        self.env["res.partner"]._touch_see_purchases(west | east)
        self.assertEqual(east.last_purchase_date, date(2026, 2, 27))

    def test_d10_a_client_in_apia_is_touched_from_berlin(self):
        self.env.company.write({"touch_horizon": 0})
        self.env.company.resource_calendar_id.tz = "Europe/Berlin"
        partner = self.make_partners(country_id=self.env.ref("base.ws").id)
        self.cadence.enroll(partner)
        touch = self.planned(partner)
        self.assertEqual(self.local(touch, "Pacific/Apia"), datetime(2026, 3, 3, 9))
        self.assertEqual(touch.date_deadline, date(2026, 3, 3))


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestMovedRep(DaysCase):
    def test_b14_a_rep_who_moves_to_another_company_leaves_the_clients_to_the_leader_or_the_fallback(self):
        led, lone = self.make_leads(2)
        lone.team_id = self.env["crm.team"].create({"name": "Without a leader"})
        fallback = new_test_user(self.env, "tc_fallback", "sales_team.group_sale_salesman_all_leads", name="Fay Fallback", tz="UTC")
        self.cadence.user_id = fallback
        self.cadence.enroll(led | lone)
        self.assertEqual(self.planned(led | lone).user_id, self.rep)
        other = self.env["res.company"].create({"name": "Other"})
        self.team.member_ids -= self.rep
        self.rep.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.next_morning()
        self.assertEqual(self.planned(led).user_id, self.leader)
        self.assertEqual(self.planned(lone).user_id, fallback)

    def test_b14_nor_does_a_leader_of_another_company_take_over(self):
        lead = self.make_leads()
        self.cadence.enroll(lead)
        other = self.env["res.company"].create({"name": "Other"})
        self.team.member_ids -= self.rep
        for user in (self.rep, self.leader):
            user.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertFalse(lead.enrollment_ids._get_responsible()[lead.enrollment_ids.id])
