from contextlib import suppress
from datetime import date, datetime, timedelta

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .test_potential import PotentialCase

TUESDAY_14 = datetime(2026, 3, 3, 14)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestExperts(PotentialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.write({"touch_expert_weeks": 1, "touch_expert_notice": 0})
        cls.engineer = new_test_user(cls.env, "tc_engineer", "base.group_user", name="Eva Engineer", tz="UTC")
        cls.rep.touch_level = cls.rep_two.touch_level = "experienced"
        cls.expert = cls.env["touch.expert"].with_user(cls.manager).create({"user_id": cls.engineer.id}).with_user(cls.env.user)

    def ask(self, count=1, **values):
        """Deals, each asked for by a rep of its own, so that reps are not in each other's way."""
        leads = self.make_leads(count, **values)
        for number, lead in enumerate(leads):
            lead.user_id = new_test_user(
                self.env,
                f"tc_asker_{lead.id}",
                "sales_team.group_sale_salesman",
                name=f"Asker {number}",
                tz="UTC",
                touch_level="experienced",
            )
        leads.ask_expert()
        return leads

    def starts(self, leads):
        return leads.booking_ids.filtered(lambda one: one.state == "booked").sorted("start").mapped("start")

    # --------------------------------------------------------------
    # R39: windows and hours
    # --------------------------------------------------------------

    def test_b16_a_meeting_is_not_moved_by_its_duration_nor_its_days(self):
        """Whatever way it is written: what comes of it counts."""
        booking = self.ask().booking_ids
        event = booking.event_id
        for vals in (
            {"duration": 3.0},
            {"stop": "2026-03-03 16:00:00"},
            {"start": datetime(2026, 3, 3, 13)},
            {"allday": True, "start_date": "2026-03-03", "stop_date": "2026-03-03"},
            {"recurrency": True, "rrule_type": "weekly", "tue": True, "interval": 1, "count": 3, "recurrence_update": "all_events"},
        ):
            with self.subTest(vals), self.assertRaisesRegex(UserError, "Another Time"), self.env.cr.savepoint():
                event.with_context(no_mail_to_attendees=True).write(vals)
        # a caller who catches it and goes on has changed nothing
        with suppress(UserError):
            event.duration = 3.0
        self.env.invalidate_all()
        self.assertEqual((event.start, event.stop, event.duration), (TUESDAY_14, TUESDAY_14 + timedelta(hours=1), 1.0))
        self.assertEqual((booking.state, booking.start, booking.stop), ("booked", event.start, event.stop))

    def test_b16_the_same_times_in_other_words_are_no_change(self):
        event = self.ask().booking_ids.event_id
        for vals in (
            {"start": "2026-03-03 14:00:00", "stop": "2026-03-03 15:00:00"},
            {"start": TUESDAY_14, "stop": TUESDAY_14 + timedelta(hours=1), "allday": False},
            {"duration": 1.0, "name": "Expert: with a pilot"},
            {"start": "2026-03-03 14:00:00", "recurrency": False},
        ):
            event.write(vals)
        self.assertEqual(event.name, "Expert: with a pilot")

    def test_b16_who_declines_the_invitation_gives_the_place_back(self):
        """By the button, by the link in a mail, by a calendar that syncs: the deal waits, with a trace."""
        public = self.env.ref("base.public_user")
        ways = {
            "button": lambda attendee: attendee.with_user(self.engineer).do_decline(),
            "status": lambda attendee: attendee.event_id.with_user(self.engineer).change_attendee_status("declined", "self_only"),
            "link": lambda attendee: attendee.with_user(public).sudo().do_decline(),
            "sync": lambda attendee: attendee.event_id.write({"attendee_ids": [Command.update(attendee.id, {"state": "declined"})]}),
        }
        for name, decline in ways.items():
            with self.subTest(name):
                lead = self.ask()
                booking = lead.booking_ids
                event = booking.event_id
                decline(event.attendee_ids.filtered(lambda one: one.partner_id == self.engineer.partner_id))
                self.assertRecordValues(booking, [{"state": "waiting", "expert_id": False, "start": False, "event_id": False}])
                self.assertEqual(booking.declined_expert_ids, self.expert)
                self.assertFalse(event.active)
                self.assertIn("Eva Engineer declined the invitation", self.notes(lead))
                self.assertEqual(lead.expert_status, "waiting")
                booking.action_cancel()

    def test_b16_the_place_of_who_declined_goes_to_the_next(self):
        first, second = (self.ask() for _deal in range(2))
        place = first.booking_ids.start
        attendees = first.booking_ids.event_id.attendee_ids
        attendees.filtered(lambda one: one.partner_id == first.user_id.partner_id).do_decline()  # the rep does not come: the expert does
        self.assertEqual(first.booking_ids.state, "booked")
        attendees.filtered(lambda one: one.partner_id == self.engineer.partner_id).with_user(self.engineer).do_decline()
        self.assertEqual(first.booking_ids.state, "waiting")
        third = self.ask()
        self.assertEqual(third.booking_ids.start, place)
        self.assertEqual(second.booking_ids.state, "booked")

    def test_b16_who_is_taken_off_the_meeting_does_not_come(self):
        for vals in (
            lambda event: {"partner_ids": [Command.unlink(self.engineer.partner_id.id)]},
            lambda event: {
                "attendee_ids": [Command.delete(event.attendee_ids.filtered(lambda one: one.partner_id == self.engineer.partner_id).id)]
            },
        ):
            lead = self.ask()
            event = lead.booking_ids.event_id
            event.write(vals(event))
            self.assertEqual((lead.booking_ids.state, lead.booking_ids.declined_expert_ids), ("waiting", self.expert))
            self.assertIn("removed Eva Engineer from the meeting", self.notes(lead))
            lead.booking_ids.action_cancel()

    def test_b16_what_has_begun_is_history(self):
        booking = self.ask().booking_ids
        with freeze_time(TUESDAY_14 + timedelta(minutes=30)):
            booking.event_id.duration = 2.0
            booking.event_id.attendee_ids.write({"state": "declined"})
        self.assertEqual((booking.state, booking.hours), ("booked", 1.0))

    def test_R39_booked_inside_a_window_as_a_meeting_of_both(self):
        lead = self.make_leads()
        booking = lead.with_user(self.rep).ask_expert()
        self.assertRecordValues(
            booking, [{"state": "booked", "expert_id": self.expert.id, "start": TUESDAY_14, "hours": 1.0, "user_id": self.rep.id}]
        )
        event = booking.sudo().event_id
        self.assertEqual((event.start, event.stop), (TUESDAY_14, TUESDAY_14 + timedelta(hours=1)))
        self.assertEqual(event.partner_ids, (self.rep | self.engineer).partner_id)
        self.assertEqual(event.opportunity_id, lead)
        self.assertEqual(lead.expert_status, "booked")
        self.assertIn("Eva Engineer", lead.expert_text)
        self.assertIn("Eva Engineer helps Rita Rep", self.notes(lead))
        self.assertIn("(UTC)", self.notes(lead))
        self.assertEqual(self.expert.booked_hours, 1.0)
        calendar = self.expert.resource_calendar_id
        self.assertEqual(calendar.attendance_ids.mapped(lambda one: (one.dayofweek, one.hour_from, one.hour_to)), [("1", 14, 17)])

    def test_R39_never_over_the_weeks_hours_and_who_finds_no_place_waits_in_order(self):
        leads = self.ask(5)
        self.assertEqual(self.starts(leads), [TUESDAY_14 + timedelta(hours=number) for number in range(3)])
        waiting = leads.booking_ids.filtered(lambda one: one.state == "waiting")
        self.assertEqual(waiting.lead_id, leads[3:])
        self.assertEqual(waiting.sorted("asked").mapped("position"), [1, 2])
        self.assertEqual(set(waiting.mapped("expected_date")), {date(2026, 3, 10)})
        self.assertEqual(leads[3].expert_text, "Place 1 on the waiting list, expected on 03/10/2026")
        self.assertEqual(waiting.mapped("waits_for"), ["An expert has a free hour around the expected day."] * 2)
        self.assertFalse((leads.booking_ids - waiting)[0].waits_for)
        # more windows do not mean more hours
        self.expert.with_user(self.manager).window_ids = [Command.create({"dayofweek": "3", "hour_from": 8, "hour_to": 18})]
        self.assertEqual(len(self.starts(leads)), 3)
        self.env.company.touch_expert_weeks = 2
        self.env["touch.expert.booking"]._assign_soon()
        self.assertEqual(len(self.starts(leads)), 5)
        self.assertEqual(self.starts(leads)[3], datetime(2026, 3, 10, 14))

    def test_R39_windows_are_in_the_experts_time_zone(self):
        self.engineer.tz = "America/New_York"  # as the first login sets it
        booking = self.ask().booking_ids
        self.assertEqual(booking.start, TUESDAY_14 + timedelta(hours=5))
        self.env["calendar.event"].create(
            {
                "name": "Conference",
                "allday": True,
                "start_date": "2026-03-10",
                "stop_date": "2026-03-10",
                "partner_ids": [Command.set(self.engineer.partner_id.ids)],
            }
        )
        self.env.company.touch_expert_weeks = 3
        self.expert.hours_week = 1
        self.assertEqual(self.ask().booking_ids.start, datetime(2026, 3, 17, 18))  # summer time has begun there

    def test_R39_a_window_may_reach_to_midnight(self):
        self.expert.window_ids.write({"hour_from": 23, "hour_to": 24})
        self.assertEqual(self.ask().booking_ids.start, datetime(2026, 3, 3, 23))

    def test_R39_neither_leave_nor_holidays_nor_other_meetings(self):
        self.env["calendar.event"].create(
            {
                "name": "Board",
                "start": TUESDAY_14,
                "stop": TUESDAY_14 + timedelta(minutes=30),
                "partner_ids": [Command.set(self.engineer.partner_id.ids)],
            }
        )
        first = self.ask()
        self.assertEqual(self.starts(first), [TUESDAY_14 + timedelta(minutes=30)])
        self.holiday(date(2026, 3, 9), date(2026, 3, 11), user=self.engineer)
        self.env.company.touch_expert_weeks = 3
        more = self.ask(3)
        self.assertEqual(self.starts(more), [TUESDAY_14 + timedelta(minutes=90), datetime(2026, 3, 17, 14), datetime(2026, 3, 17, 15)])

    def test_R39_a_rep_is_asked_to_one_meeting_at_a_time(self):
        self.env["touch.expert"].create({"user_id": self.leader.id})
        leads = self.make_leads(2)
        leads.ask_expert()
        self.assertEqual(self.starts(leads), [TUESDAY_14, TUESDAY_14 + timedelta(hours=1)])

    def test_R38_by_skill_then_load_then_who_waited_longest(self):
        law = self.env["touch.skill"].create({"name": "Law"})
        lawyer = self.env["touch.expert"].create({"user_id": self.leader.id, "skill_ids": [Command.set(law.ids)]})
        leads = self.make_leads(3)
        leads[0].ask_expert(law)
        self.assertEqual(leads[0].booking_ids.expert_id, lawyer)
        leads[1].ask_expert()
        self.assertEqual(leads[1].booking_ids.expert_id, self.expert)
        leads[2].ask_expert(law.id)
        self.assertEqual(leads[2].booking_ids.expert_id, lawyer)

    def test_asking_twice_asks_once_and_nobody_to_ask_asks_nobody(self):
        lead = self.ask()
        self.assertEqual(lead.ask_expert(), lead.booking_ids)
        self.expert.active = False
        self.assertEqual(lead.booking_ids.state, "waiting")
        other = self.make_leads()
        self.assertFalse(other.ask_expert())

    def test_first_come_within_priority(self):
        leads = self.ask(4)
        starred = self.ask()
        starred.priority = "3"
        self.assertEqual(starred.booking_ids.position, 1)
        self.assertEqual(leads[3].booking_ids.position, 2)
        leads[0].booking_ids.action_cancel()
        self.assertEqual((starred.booking_ids.state, leads[3].booking_ids.state), ("booked", "waiting"))

    def test_a_beginners_high_deal_asks_by_itself_an_experienced_one_is_asked(self):
        mine, beginners = self.make_leads(2)
        self.rep_two.touch_level = "beginner"
        beginners.user_id = self.rep_two
        (mine | beginners).judge(self.options("hhh"))
        self.assertEqual((mine.expert_status, beginners.expert_status), ("asked", "client"))
        self.assertFalse(mine.booking_ids)

    # --------------------------------------------------------------
    # R37, R45: when the client agreed to meet
    # --------------------------------------------------------------

    def judged(self, **values):
        """A beginner's large deal: an expert is asked for, and booked when the client agreed."""
        self.rep.touch_level = "beginner"
        if len(self.expert.window_ids) == 1:
            self.expert.window_ids = [Command.create({"dayofweek": "3", "hour_from": 14.0, "hour_to": 17.0})]
        lead = self.make_leads(partner_id=self.make_partners(name="Ada Client", lang=self.env.lang).id, **values)
        lead.with_user(self.rep).judge(self.options("hhh"))
        return lead

    def test_who_waits_for_an_expert_is_told_for_what(self):
        """A waiting booking stood there with an empty day, and nobody knew what would end the waiting."""
        booking = self.ask(4).booking_ids.filtered(lambda one: one.state == "waiting")

        def told():
            booking.invalidate_recordset()
            return booking.waits_for

        booking._as_system().declined_expert_ids = self.expert
        self.assertEqual(told(), "Every expert who could help has declined.")
        skill = self.env["touch.skill"].create({"name": "Pumps"})
        booking._as_system().write({"declined_expert_ids": False, "skill_id": skill.id})
        self.assertEqual(told(), "No expert has the skill “Pumps”.")
        booking._as_system().skill_id = False
        self.expert.hours_week = 0
        self.assertEqual(told(), "No expert has hours and weekly windows: a sales manager sets them.")

    def test_R37_an_expert_is_booked_when_the_client_agreed_to_meet_and_not_before(self):
        lead = self.judged()
        booking = lead.booking_ids
        with self.enter_registry_test_mode():
            self.env.ref("touch_cadence.ir_cron_assign_experts").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((booking.state, lead.expert_status, booking.position), ("waiting", "client", 0))
        self.assertIn("when the client agrees", lead.with_user(self.rep).expert_text)
        self.planned(lead).with_user(self.rep).done(self.env.ref("touch_cadence.touch_outcome_next_step"))
        self.assertEqual((booking.state, booking.start, lead.expert_status), ("booked", TUESDAY_14, "booked"))
        event = booking.event_id
        self.assertEqual(event.partner_ids, (self.rep | self.engineer).partner_id | lead.partner_id)
        self.assertEqual(event.name, f"Ada Client and {self.env.company.name}: meeting with Eva Engineer")
        self.assertNotIn(lead.name, event.name, "what we call the deal is no matter of the client's")
        self.assertNotIn(lead.name, event.description)

    def test_R45_on_the_day_that_the_client_agreed_to(self):
        lead = self.judged()
        start = datetime(2026, 3, 5, 9)
        self.env["calendar.event"].with_user(self.rep).create(
            {"name": "Meeting", "start": start, "stop": start + timedelta(hours=1), "opportunity_id": lead.id}
        )
        booking = lead.booking_ids
        self.assertEqual((booking.state, booking.agreed_date), ("booked", date(2026, 3, 5)))
        self.assertEqual((booking.start.date(), lead.partner_id in booking.event_id.partner_ids), (date(2026, 3, 5), True))

    def test_R45_where_no_expert_has_room_on_that_day_the_client_is_not_invited_to_another(self):
        lead = self.judged()
        lead._touch_meeting_agreed(date(2026, 3, 4))  # experts have no window on Wednesdays
        booking = lead.booking_ids
        self.assertEqual((booking.state, booking.start), ("booked", TUESDAY_14))
        self.assertNotIn(lead.partner_id, booking.event_id.partner_ids)
        self.assertEqual(booking.event_id.name, f"Meeting with Eva Engineer: {lead.name}")

    def test_R45_a_day_far_ahead_is_waited_for(self):
        lead = self.judged()
        lead._touch_meeting_agreed(date(2026, 3, 19))
        self.assertEqual(lead.booking_ids.state, "waiting")
        with freeze_time("2026-03-16 09:30:00"):
            self.env["touch.expert.booking"]._assign_soon()
            self.assertEqual(lead.booking_ids.start.date(), date(2026, 3, 19))

    def test_R45_whoever_agreed_before_the_deal_was_judged_is_seen(self):
        self.judged()
        lead = self.make_leads(partner_id=self.make_partners().id)
        start = datetime(2026, 3, 5, 9)
        self.env["calendar.event"].create({"name": "M", "start": start, "stop": start + timedelta(hours=1), "opportunity_id": lead.id})
        lead.with_user(self.rep).judge(self.options("hhh"))
        self.assertEqual(lead.booking_ids.start.date(), start.date())

    def test_R39_a_rep_who_asks_by_hand_does_not_wait_for_the_client(self):
        lead = self.judged()
        lead.with_user(self.rep).ask_expert()
        booking = lead.booking_ids
        self.assertEqual((booking.state, booking.start), ("booked", TUESDAY_14))
        self.assertNotIn(lead.partner_id, booking.event_id.partner_ids, "they prepare it")
        lead._touch_meeting_agreed(TUESDAY_14.date())
        self.assertIn(lead.partner_id, booking.event_id.partner_ids)

    def test_of_a_deal_that_was_removed_the_meeting_keeps_no_client(self):
        lead = self.judged()
        lead._touch_meeting_agreed()
        client, booking = lead.partner_id, lead.booking_ids
        with freeze_time("2026-03-03 16:00:00"):
            booking.with_user(self.engineer).action_done()
            event = booking.event_id
            lead.unlink()
        self.assertEqual((event.name, booking.agreed_date), ("Expert", False))
        self.assertEqual(event.partner_ids, (self.rep | self.engineer).partner_id)
        self.assertTrue(client.exists())

    def test_the_client_is_mailed_where_the_company_wants_it_and_the_rep_learns_when_the_meeting_goes(self):
        lead = self.judged()
        mails = self.env["mail.message"].search([("partner_ids", "in", lead.partner_id.ids)])
        lead._touch_meeting_agreed()
        self.assertEqual(self.env["mail.message"].search([("partner_ids", "in", lead.partner_id.ids)]), mails)
        lead.booking_ids.with_user(self.engineer).action_decline("Away")
        self.assertIn(
            "Ada Client was invited to the meeting with the expert, which does not take place then: tell the client.", self.notes(lead)
        )
        self.env.company.touch_expert_invite = True
        other = self.judged()
        other._touch_meeting_agreed()
        sent = self.env["mail.message"].search([("partner_ids", "in", other.partner_id.ids)])
        self.assertEqual(len(sent), 1)
        self.assertIn("meeting with Eva Engineer", sent.subject + sent.body)

    # --------------------------------------------------------------
    # Changes
    # --------------------------------------------------------------

    def test_a_cancelled_slot_goes_to_the_next(self):
        leads = self.ask(4)
        event = leads[1].booking_ids.event_id
        leads[1].booking_ids.with_user(leads[1].user_id).action_cancel("They bought elsewhere")
        self.assertFalse(event.exists())
        self.assertEqual(leads[1].booking_ids.state, "cancelled")
        self.assertEqual(leads[3].booking_ids.start, TUESDAY_14 + timedelta(hours=1))
        self.assertIn("They bought elsewhere", self.notes(leads[1]))

    def test_a_meeting_taken_off_the_calendar_gives_its_slot_up_and_cannot_be_moved(self):
        leads = self.ask(4)
        with self.assertRaisesRegex(UserError, "Another Time"):
            leads[0].booking_ids.event_id.start = TUESDAY_14 + timedelta(days=1)
        leads[0].booking_ids.event_id.unlink()
        self.assertEqual(leads[0].booking_ids.state, "cancelled")
        self.assertEqual(leads[3].booking_ids.state, "booked")
        leads[2].booking_ids.event_id.active = False
        self.assertEqual(leads[2].booking_ids.state, "cancelled")

    def test_the_view_from_which_somebody_asks_is_no_matter(self):
        self.expert.copy({"user_id": self.leader.id}).active = False
        lead, waiting = self.make_leads(2)
        self.expert.active = False
        waiting.ask_expert()
        self.expert.active = True
        context = {"active_model": "crm.lead", "active_id": lead.id, "active_ids": lead.ids, "active_test": False, "default_name": "X"}
        lead.with_context(**context).ask_expert()
        self.assertEqual(lead.booking_ids.expert_id, self.expert)
        self.assertEqual(lead.booking_ids.event_id.name, f"Meeting with Eva Engineer: {lead.name}")
        self.assertFalse(lead.activity_ids)

    def test_help_that_was_given_is_never_taken_away(self):
        leads = self.ask(4)
        with freeze_time("2026-03-03 16:30:00"):
            won, lost, low, _waiting = leads
            won.action_set_won()
            lost.action_set_lost()
            low.judge(self.options("lll"))
            self.assertEqual(leads.booking_ids.mapped("state"), ["booked", "booked", "booked", "waiting"])
            won.booking_ids.event_id.unlink()
            self.assertEqual(won.booking_ids.state, "booked")
            for action in ("action_decline", "action_cancel"):
                with self.assertRaises(AccessError):
                    getattr(won.booking_ids.with_user(won.user_id), action)("late")
            with self.assertRaisesRegex(UserError, "give its result"):
                won.booking_ids.with_user(self.engineer).action_decline("late")
            won.booking_ids.with_user(self.engineer).action_done()
            lost.booking_ids.with_user(self.engineer).action_cancel("Nobody came")
            self.assertEqual((won.booking_ids.state, lost.booking_ids.state), ("done", "cancelled"))

    def test_invariant_7_windows_and_hours_that_change_move_what_stands_no_more(self):
        leads = self.ask(3)
        self.expert.with_user(self.manager).hours_week = 2
        self.assertEqual(leads.booking_ids.sorted("asked").mapped("state"), ["booked", "booked", "waiting"])
        self.env.company.touch_expert_weeks = 3
        window = self.expert.window_ids.with_user(self.manager)
        self.expert.with_user(self.manager).write({"window_ids": [Command.update(window.id, {"dayofweek": "3"})]})
        thursdays = [datetime(2026, 3, 5, 14), datetime(2026, 3, 5, 15), datetime(2026, 3, 12, 14)]
        self.assertEqual(self.starts(leads), thursdays)
        # leave that was entered past all hooks is seen by the cron
        leave = self.holiday(date(2026, 4, 1), date(2026, 4, 1), user=self.engineer)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE resource_calendar_leaves SET date_from = '2026-03-05', date_to = '2026-03-06' WHERE id = %s", [leave.id]
        )
        self.env.invalidate_all()
        with self.enter_registry_test_mode():
            self.env.ref("touch_cadence.ir_cron_assign_experts").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.starts(leads), [datetime(2026, 3, 12, 14), datetime(2026, 3, 12, 15), datetime(2026, 3, 19, 14)])

    def test_an_expert_is_a_person_for_good_once_he_has_bookings(self):
        self.expert.with_user(self.manager).user_id = self.leader
        self.assertTrue(self.leader.has_group("touch_cadence.group_touch_expert"))
        self.ask()
        with self.assertRaisesRegex(UserError, "archive the expert"):
            self.expert.with_user(self.manager).user_id = self.engineer

    def test_no_calendar_but_the_experts_own_is_written_over(self):
        company_calendar = self.env.company.resource_calendar_id
        for values in ({"user_id": self.leader.id, "resource_calendar_id": company_calendar.id},):
            with self.assertRaises(AccessError):
                self.env["touch.expert"].with_user(self.manager).create(values)
        with self.assertRaises(AccessError):
            self.expert.with_user(self.manager).resource_calendar_id = company_calendar

    def test_a_colleague_who_is_busy_then_gets_another_hour(self):
        lead, taken = self.make_leads(2)
        lead.ask_expert()
        taken.user_id = self.rep_two
        other = self.env["touch.expert"].create({"user_id": self.leader.id})
        taken.ask_expert()
        self.assertEqual((taken.booking_ids.expert_id, taken.booking_ids.start), (other, TUESDAY_14))
        lead.user_id = self.rep_two
        self.assertEqual(lead.booking_ids.start, TUESDAY_14 + timedelta(hours=1))
        lead.user_id = self.engineer
        self.assertEqual(lead.booking_ids.expert_id, other)

    def test_no_expert_for_a_deal_that_is_over(self):
        won, lost = self.make_leads(2, potential="high")
        won.action_set_won()
        lost.action_set_lost()
        self.assertEqual((won | lost).mapped("expert_status"), ["none", "none"])
        self.assertFalse((won | lost).ask_expert())

    def test_a_deal_that_moves_to_another_company_asks_that_ones_experts(self):
        company = self.env["res.company"].create({"name": "Other"})
        theirs = new_test_user(
            self.env, "tc_theirs", "base.group_user", tz="UTC", company_id=company.id, company_ids=[Command.set(company.ids)]
        )
        expert = self.env["touch.expert"].create({"user_id": theirs.id, "company_id": company.id})
        lead = self.make_leads(team_id=False)
        lead.ask_expert()
        self.assertEqual(lead.booking_ids.expert_id, self.expert)
        lead.write({"company_id": company.id, "user_id": False, "team_id": False})
        open_ = lead.booking_ids.filtered(lambda one: one.state == "booked")
        self.assertEqual((open_.expert_id, open_.company_id), (expert, company))

    def test_an_expert_declines_and_the_deal_waits_for_another_in_its_old_place(self):
        leads = self.ask(4)
        booking = leads[0].booking_ids
        with self.assertRaises(AccessError):
            booking.with_user(leads[0].user_id).action_decline("No")
        booking.with_user(self.engineer).action_decline("Not my field")
        self.assertEqual((booking.state, booking.declined_expert_ids, booking.position), ("waiting", self.expert, 1))
        self.assertEqual(leads[3].booking_ids.start, TUESDAY_14)
        self.assertIn("Not my field", self.notes(leads[0]))
        other = self.env["touch.expert"].create({"user_id": self.leader.id})
        self.assertEqual((booking.state, booking.expert_id), ("booked", other))

    def test_two_bookings_are_swapped_and_it_shows(self):
        leads = self.ask(2)
        one, two = leads[0].booking_ids, leads[1].booking_ids
        one.with_user(self.manager).action_swap(two)
        self.assertEqual((one.start, two.start), (TUESDAY_14 + timedelta(hours=1), TUESDAY_14))
        self.assertEqual((one.event_id.start, two.event_id.start), (one.start, two.start))
        self.assertIn("Mara Manager swapped the booking", self.notes(one))
        self.assertFalse(self.env["calendar.event"].search_count([("opportunity_id", "in", leads.ids)]) - 2)

    def move(self, booking, place, user=None, agreed=False):
        """As the dialog does."""
        acts = self.env["touch.booking.act"].with_user(user or self.env.user)
        with Form(acts.with_context(default_kind="move", default_booking_id=booking.id)) as dialog:
            dialog.place = next((key for key, said in dialog.places if place in said), place)
            dialog.agreed = agreed
        dialog.record.action_do()

    def test_R39_a_booking_moves_to_another_free_time_with_its_meeting(self):
        """Neither side could move it: the calendar refused, and only a swap or a new request was left."""
        first, second = self.ask(2)
        booking, event = first.booking_ids, first.booking_ids.event_id
        event.description = "<p>Bring the plan</p>"
        self.assertEqual(self.starts(first | second), [TUESDAY_14, TUESDAY_14 + timedelta(hours=1)])
        # the hour of the other deal is not offered
        self.move(booking, "16:00", first.user_id)
        self.assertEqual((booking.state, booking.start), ("booked", TUESDAY_14 + timedelta(hours=2)))
        self.assertEqual((booking.event_id, event.start, event.stop), (event, booking.start, booking.stop))
        self.assertIn("Bring the plan", event.description)
        self.assertTrue(self.engineer.partner_id <= event.partner_ids)
        self.assertIn("helps", booking.message_ids[1].body)
        with self.assertRaisesRegex(UserError, "not free any more"):
            booking.action_move(f"{self.expert.id} 2026-03-03 15:00")
        # by the expert, too; by nobody else
        self.move(booking, "14:00", self.engineer)
        self.assertEqual(booking.start, TUESDAY_14)
        with self.assertRaises(AccessError):
            booking.with_user(second.user_id).action_move(f"{self.expert.id} 2026-03-03 16:00")
        # what has begun stays
        with freeze_time("2026-03-03 14:30:00"), self.assertRaisesRegex(UserError, "has begun"):
            booking.action_move(f"{self.expert.id} 2026-03-03 16:00")

    def test_R39_the_hour_that_a_moved_booking_leaves_goes_to_the_next(self):
        self.expert.hours_week = 2
        self.env.company.touch_expert_weeks = 2
        first, second = self.ask(2)
        waiting = self.ask()
        self.assertEqual(waiting.booking_ids.start, TUESDAY_14 + timedelta(weeks=1))
        waiting.booking_ids.action_decline()
        self.expert.hours_week = 3
        self.move(first.booking_ids, "10 Mar")
        self.assertEqual(first.booking_ids.start.date(), date(2026, 3, 10))
        self.assertEqual(second.booking_ids.start, TUESDAY_14 + timedelta(hours=1))

    def test_R45_a_client_comes_along_to_another_time_that_he_agreed_to_only(self):
        self.env.company.touch_expert_weeks = 2
        client = self.env["res.partner"].create({"name": "Carla Client", "email": "carla@client.example"})
        lead = self.ask(partner_id=client.id)
        booking = lead.booking_ids
        booking._client_agrees(TUESDAY_14.date())
        self.assertIn(client, booking.event_id.partner_ids)
        self.move(booking, "10 Mar")
        self.assertNotIn(client, booking.event_id.partner_ids, "nobody asked the client for that day")
        self.assertTrue(any("tell the client" in body for body in lead.message_ids.mapped("body")))
        self.move(booking, "3 Mar", agreed=True)
        self.assertIn(client, booking.event_id.partner_ids)
        self.assertEqual((booking.client_agreed, booking.agreed_date), (True, TUESDAY_14.date()))
        self.assertNotIn(lead.name, booking.event_id.name, "a client reads it")

    def test_R39_a_booking_moves_to_another_expert(self):
        other = new_test_user(self.env, "tc_other_expert", "base.group_user", name="Otto Other", tz="UTC")
        booking = self.ask().booking_ids
        second = self.env["touch.expert"].create({"user_id": other.id})
        self.move(booking, "Otto")
        self.assertEqual(booking.expert_id, second)
        self.assertTrue(other.partner_id <= booking.event_id.partner_ids)
        self.assertFalse(self.engineer.partner_id & booking.event_id.partner_ids)
        self.assertTrue(
            self.env["mail.message"].search([("partner_ids", "in", self.engineer.partner_id.ids), ("subject", "=", "Expert not needed")])
        )

    def test_R45_a_meeting_that_the_client_moves_takes_its_expert_along(self):
        """The rep's touch went to the new day, and the expert stayed on the old one (found by a reader)."""
        self.env.company.touch_expert_weeks = 3
        lead = self.ask(partner_id=self.env["res.partner"].create({"name": "Carla", "email": "carla@client.example"}).id)
        booking = lead.booking_ids
        booking._client_agrees(TUESDAY_14.date())
        other = date(2026, 3, 17)
        lead._touch_meeting_agreed(other, True)
        self.assertEqual((booking.state, booking.start, booking.agreed_date), ("booked", datetime(2026, 3, 17, 14), other))
        self.assertIn(lead.partner_id, booking.event_id.partner_ids)
        # no expert on that day: it waits, and another is booked
        lead._touch_meeting_agreed(date(2026, 3, 18), True)
        self.assertEqual((booking.state, booking.start), ("booked", TUESDAY_14))
        self.assertNotIn(lead.partner_id, booking.event_id.partner_ids, "the client said another day")
        self.assertIn("no expert is free then", self.notes(lead))
        # another meeting with the client moves nobody
        lead._touch_meeting_agreed(date(2026, 3, 10))
        self.assertEqual(booking.start, TUESDAY_14)

    def test_R39_no_expert_is_booked_while_the_salesperson_is_away(self):
        self.env.company.touch_expert_weeks = 2
        lead = self.make_leads(1)
        lead.user_id = self.rep
        resource = self.env["resource.resource"].create({"name": "Rita", "user_id": self.rep.id, "tz": "UTC"})
        leave = {"resource_id": resource.id, "name": "Away", "date_from": "2026-03-03 00:00:00", "date_to": "2026-03-03 23:00:00"}
        self.env["resource.calendar.leaves"].create(leave)
        lead.ask_expert()
        self.assertEqual(lead.booking_ids.start, TUESDAY_14 + timedelta(weeks=1))
        # nor while he goes away later
        later = {**leave, "date_from": "2026-03-10 00:00:00", "date_to": "2026-03-10 23:00:00"}
        self.env["resource.calendar.leaves"].create(later)
        self.assertEqual(lead.booking_ids.state, "waiting")
        self.assertIn("The salesperson is away", self.notes(lead))

    def test_a_booking_tells_what_an_expert_must_know(self):
        lead = self.ask(phone="+3212345678", email_from="carla@client.example")
        lead.log_touch({"channel": "call", "note": "Wants ten desks"})
        booking = lead.booking_ids.with_user(self.engineer)
        self.assertIn("Wants ten desks", booking.briefing)
        self.assertEqual((booking.phone, booking.email), ("+3212345678", "carla@client.example"))
        self.assertTrue(booking.checklist)
        # whoever once worked the deal, or helped with it, reads no more of it
        booking.sudo().action_cancel("Not needed")
        self.assertEqual((booking.sudo().briefing, booking.sudo().phone, booking.sudo().checklist), (False, False, False))

    def test_R39_what_is_promised_before_asking_is_what_is_booked(self):
        """The dialog named the earliest free hour of anybody; who is least loaded is booked."""
        other = new_test_user(self.env, "tc_early_expert", "base.group_user", name="Early Earl", tz="UTC")
        window = Command.create({"dayofweek": "0", "hour_from": 14.0, "hour_to": 17.0})
        early = self.env["touch.expert"].create({"user_id": other.id, "window_ids": [window]})
        self.ask()  # one of them is loaded
        lead = self.make_leads(1)
        lead.user_id = self.rep
        ask = self.env["touch.ask.expert"].with_user(self.rep).create({"lead_id": lead.id})
        promised = dict(ask.places)[ask.place]
        ask.action_ask()
        self.assertIn(lead.booking_ids.expert_id.name, promised)
        self.assertIn(f"{lead.booking_ids.start:%H:%M}", promised)
        self.assertEqual({lead.booking_ids.expert_id, early, self.expert}, {early, self.expert})

    def test_R45_an_expert_who_moves_along_keeps_the_hour_where_it_can_be(self):
        self.env.company.touch_expert_weeks = 2
        _first, second = self.ask(2)
        second.booking_ids._client_agrees(TUESDAY_14.date())
        self.assertEqual(second.booking_ids.start.hour, 15)
        second._touch_meeting_agreed(date(2026, 3, 10), True)
        self.assertEqual(second.booking_ids.start, datetime(2026, 3, 10, 15))
        self.assertIn("Before, it was to be on", self.notes(second))

    def agreed_with_expert(self):
        """:return: a deal in a cadence; its client agreed to meet an expert on Tuesday, 14:00"""
        lead = self.make_leads(1, partner_id=self.make_partners(email="client@there.example").id)
        lead.user_id = self.rep
        self.cadence.enroll(lead)
        self.dialog(lead, client="later").action_ask()
        self.run_planner()
        step = self.env.ref("touch_cadence.touch_next_step_meeting")
        outcome = self.env.ref("touch_cadence.touch_outcome_next_step")
        touch = lead.touch_ids.filtered(lambda one: one.state == "planned")
        place = touch.with_user(self.rep).places()[0]
        touch.with_user(self.rep).done(outcome, None, step, place["day"], place=place["key"])
        return lead

    def open_touch(self, lead):
        self.run_planner()
        return lead.touch_ids.filtered(lambda one: one.state == "planned")

    def test_R45_who_agrees_to_an_hour_has_the_expert_at_that_hour(self):
        lead = self.agreed_with_expert()
        booking = lead.booking_ids
        self.assertEqual((booking.state, booking.start, booking.client_comes), ("booked", TUESDAY_14, True))

    def test_R45_a_meeting_with_an_expert_that_the_client_moves_is_waited_for_and_confirmed_on_its_new_day(self):
        self.env.company.touch_expert_weeks = 3
        lead = self.agreed_with_expert()
        moved = self.env.ref("touch_cadence.touch_outcome_step_moved")
        lead.log_touch({"channel": "call", "outcome_id": moved.id, "agreed_date": date(2026, 3, 17)})
        booking = lead.booking_ids
        self.assertEqual(booking.start, datetime(2026, 3, 17, 14))
        self.assertTrue(booking.client_comes, "the hour is the one that the client knows")
        self.assertFalse(self.open_touch(lead), "neither a touch in turn, nor a confirmation of the old day")
        with freeze_time("2026-03-13 09:30:00"):
            sure = self.open_touch(lead)
            self.assertEqual((sure.purpose, sure.date_deadline), ("confirming", date(2026, 3, 16)))
            place = next(one for one in sure.with_user(self.rep).places() if one["day"] == "2026-03-24")
            sure.with_user(self.rep).done(moved, None, None, place["day"], place=place["key"])
            self.assertEqual(booking.start.date(), date(2026, 3, 24))
            self.assertIn("on 03/17/2026", sure.summary, "what was made was made for the day of then")
            self.assertFalse(self.open_touch(lead), "what was moved once more holds as well")
        with freeze_time("2026-03-20 09:30:00"):
            again = self.open_touch(lead)
            self.assertEqual((again.purpose, again.date_deadline), ("confirming", date(2026, 3, 23)))

    def test_R45_an_hour_that_nobody_agreed_to_is_told_first(self):
        """Only the day was said: the expert comes at another hour than the client knows."""
        self.env.company.touch_expert_weeks = 3
        lead, other = self.agreed_with_expert(), self.ask()
        other.booking_ids.action_move(next(key for key, _name in other.booking_ids._selection_of_places() if "2026-03-17 14:00" in key))
        touch = lead.touch_ids.filtered(lambda one: one.outcome_id.step_effect == "agreed")
        lead.with_user(self.rep).log_touch(
            {
                "channel": "call",
                "outcome_id": self.env.ref("touch_cadence.touch_outcome_step_moved").id,
                "agreed_date": date(2026, 3, 17),
            }
        )
        booking = lead.booking_ids
        self.assertEqual(booking.start, datetime(2026, 3, 17, 15))
        self.assertFalse(booking.client_comes)
        self.assertNotIn(lead.partner_id, booking.event_id.partner_ids)
        self.assertEqual(touch.agreed_date, date(2026, 3, 17), "what was agreed moved along")
        told = lead.touch_ids.filtered(lambda one: one.outcome_id.step_effect == "moved").with_user(self.rep)._expert_told()
        self.assertIn("15:00", told)
        self.assertIn("does not know this hour", told)

    def test_R45_another_time_without_the_clients_word_is_asked_for(self):
        self.env.company.touch_expert_weeks = 3
        lead = self.agreed_with_expert()
        booking = lead.booking_ids
        key = next(key for key, _name in booking._selection_of_places() if "2026-03-10" in key)
        act = self.env["touch.booking.act"].with_user(self.engineer).create({"booking_id": booking.id, "kind": "move", "place": key})
        self.assertTrue(act.has_client)
        self.assertIn("the client does not know it yet", act.action_do()["params"]["message"])
        self.assertFalse(booking.client_comes)
        touch = self.open_touch(lead)
        self.assertEqual((touch.purpose, touch.why_data[0][0]), ("confirming", "asks_whether"))
        # the client agrees on the phone
        outcome = self.env.ref("touch_cadence.touch_outcome_next_step")
        touch.with_user(self.rep).done(outcome, None, None, "2026-03-10", place=key)
        self.assertTrue(booking.client_comes)
        self.assertIn(lead.partner_id, booking.event_id.partner_ids)
        sure = self.open_touch(lead)
        self.assertEqual((sure.why_data[0][0], sure.date_deadline), ("confirms", date(2026, 3, 9)))

    def test_the_leave_of_a_colleague_names_the_meetings_with_experts_that_it_moves(self):
        self.env.company.touch_expert_weeks = 3
        lead = self.agreed_with_expert()
        leave = self.env["touch.leave"].with_user(self.manager)
        leave = leave.create({"user_id": self.engineer.id, "date_from": "2026-03-03", "date_to": "2026-03-03"})
        self.assertIn(lead.name, leave.meetings)
        other = new_test_user(self.env, "tc_other_expert", "base.group_user", name="Otto Other", tz="UTC")
        self.env["touch.expert"].create({"user_id": other.id})
        self.assertIn("experts that moved: 1", leave.action_enter()["params"]["message"])
        told = [("partner_ids", "in", self.engineer.partner_id.ids), ("subject", "=", "Expert not needed")]
        self.assertIn("Otto Other helps", self.env["mail.message"].search(told).body)
        self.assertIn("Before, it was to be on", self.notes(lead))

    def test_the_result_of_a_meeting_tells_what_was_agreed(self):
        lead = self.ask()
        self.cadence.enroll(lead)
        step = self.env["touch.next.step"].search([], limit=1)
        outcome = self.env["touch.outcome"].search([("step_effect", "=", "agreed")], limit=1)
        with freeze_time("2026-03-03 15:30:00"):
            acts = self.env["touch.booking.act"].with_user(self.engineer)
            with Form(acts.with_context(default_kind="done", default_booking_id=lead.booking_ids.id)) as dialog:
                dialog.outcome_id = outcome
                dialog.next_step_id = step
                dialog.next_day = date(2026, 3, 12)
            dialog.record.action_do()
            made = self.env["touch.touch"].search([("lead_id", "=", lead.id), ("state", "=", "done")], order="id desc", limit=1)
            self.assertRecordValues(made, [{"outcome_id": outcome.id, "agreed_step_id": step.id, "agreed_date": date(2026, 3, 12)}])

    def test_a_meeting_of_the_calendar_leads_to_its_booking(self):
        lead = self.ask()
        event = lead.booking_ids.event_id
        self.assertTrue(event.with_user(self.engineer).touch_booked)
        action = event.with_user(self.engineer).action_touch_booking()
        self.assertEqual((action["res_model"], action["res_id"]), ("touch.expert.booking", lead.booking_ids.id))
        stranger = new_test_user(self.env, "tc_guest", "base.group_user", name="Guest")
        event.partner_ids |= stranger.partner_id
        self.assertFalse(event.with_user(stranger).touch_booked, "who is only invited sees no booking")

    def test_a_sales_manager_enters_the_leave_of_an_expert_outside_sales(self):
        booking = self.ask().booking_ids
        action = self.expert.with_user(self.manager).action_leave()
        day = booking.start.date()
        leave = self.env[action["res_model"]].with_user(self.manager).with_context(**action["context"])
        leave.create({"date_from": day, "date_to": day}).action_enter()
        self.assertNotEqual(booking.start and booking.start.date(), day)

    def dialog(self, lead, **values):
        return self.env["touch.ask.expert"].with_user(self.rep).create({"lead_id": lead.id, **values})

    def test_who_asks_sees_the_first_free_time_before(self):
        lead = self.make_leads(1)
        lead.user_id = self.rep
        ask = self.dialog(lead)
        self.assertIn("14:00 · Eva Engineer", dict(ask.places)[ask.place])
        self.expert.hours_week = 0
        ask = self.dialog(lead)
        self.assertFalse(ask.places or ask.place)
        ask.action_ask()
        self.assertEqual(lead.booking_ids.state, "waiting")

    def test_R37_a_client_who_agreed_to_a_time_is_on_that_very_meeting(self):
        lead = self.make_leads(1, partner_id=self.make_partners(email="client@there.example").id)
        lead.user_id = self.rep
        ask = self.dialog(lead, client="agreed")
        ask.place = ask.places[2][0]
        said = ask.action_ask()["params"]["message"]
        booking = lead.booking_ids
        self.assertEqual(booking.start, TUESDAY_14 + timedelta(hours=2))
        self.assertIn("Booked", said)
        self.assertTrue(booking.client_comes)
        self.assertIn(lead.partner_id, booking.event_id.partner_ids)
        # what another took meanwhile is not promised
        late = self.make_leads(1)
        late.user_id = self.rep
        other = self.dialog(late, client="agreed", place=ask.place)
        with self.assertRaisesRegex(UserError, "not free any more"):
            other.action_ask()

    def test_R37_a_client_whom_nobody_asked_is_asked_before_anything_else(self):
        lead = self.make_leads(1, partner_id=self.make_partners(email="client@there.example").id)
        lead.user_id = self.rep
        self.cadence.enroll(lead)
        self.dialog(lead).action_ask()
        self.run_planner()
        touch = lead.touch_ids.filtered(lambda one: one.state == "planned")
        self.assertEqual(touch.purpose, "confirming")
        self.assertIn("has not agreed to it yet", touch.why)
        self.assertNotIn("Agreed with the client", touch.why)
        self.assertIn("Ask whether it suits", touch.activity_id.summary)
        booking = lead.booking_ids.with_user(self.rep)
        self.assertIn("does not know", booking.client_said)
        booking.action_client_agreed()
        self.assertTrue(booking.client_comes)
        self.assertIn(lead.partner_id, booking.sudo().event_id.partner_ids)
        self.run_planner()
        self.assertFalse(touch.exists() and touch.state == "planned" and touch.date_deadline < booking.start.date() - timedelta(days=1))

    def test_R37_nobody_is_booked_before_the_client_agrees_where_the_rep_wants_it_so(self):
        lead = self.make_leads(1)
        lead.user_id = self.rep
        self.dialog(lead, client="later").action_ask()
        self.assertEqual(lead.expert_status, "client")

    def test_who_lacks_the_skill_is_not_swapped_to(self):
        law = self.env["touch.skill"].create({"name": "Law"})
        self.env["touch.expert"].create({"user_id": self.leader.id, "skill_ids": [Command.set(law.ids)]})
        legal, other = self.make_leads(2)
        other.user_id = self.rep_two
        legal.ask_expert(law)
        other.ask_expert()
        with self.assertRaisesRegex(UserError, "cannot help"):
            legal.booking_ids.action_swap(other.booking_ids)
        self.assertIn("Eva Engineer", other.booking_ids.display_name)

    def test_an_expert_on_leave_hands_back(self):
        leads = self.ask(2)
        self.holiday(date(2026, 3, 3), date(2026, 3, 3), user=self.engineer)
        self.assertEqual(leads.booking_ids.mapped("state"), ["waiting", "waiting"])
        self.assertFalse(self.env["calendar.event"].search([("opportunity_id", "in", leads.ids)]))
        other = self.env["touch.expert"].create({"user_id": self.leader.id})
        self.assertEqual(leads.booking_ids.expert_id, other)
        # the company closes
        self.holiday(date(2026, 3, 3), date(2026, 3, 3))
        self.assertEqual(leads.booking_ids.mapped("state"), ["waiting", "waiting"])

    def test_a_deal_that_is_over_needs_no_expert(self):
        leads = self.ask(5)
        leads[0].action_set_lost()
        self.assertEqual((leads[0].booking_ids.state, leads[3].booking_ids.start), ("cancelled", TUESDAY_14))
        leads[1].action_set_won()
        self.assertEqual((leads[1].booking_ids.state, leads[4].booking_ids.state), ("cancelled", "booked"))
        event = leads[2].booking_ids.event_id
        leads[2].judge(self.options("lll"))
        self.assertEqual(leads[2].booking_ids.state, "cancelled")
        self.assertFalse(event.exists())
        event = leads[3].booking_ids.event_id
        leads[3].unlink()
        self.assertFalse(event.exists())

    def test_merged_deals_keep_one_booking_and_all_judgements(self):
        one, two = self.make_leads(2, team_id=self.team.id)
        one.judge(self.options("sss"))
        two.judge(self.options("sss"))
        (one | two).ask_expert()
        (one | two).merge_opportunity()
        left = (one | two).exists()
        self.assertEqual(len(left), 1)
        self.assertEqual(left.booking_ids.sorted("state").mapped("state"), ["booked", "cancelled"])
        self.assertEqual(len(left.judgement_ids), 2)
        self.assertEqual(self.env["calendar.event"].search_count([("name", "like", "Meeting with %")]), 1)

    def test_an_expert_who_leaves_the_company_hands_back_and_cannot_be_deleted(self):
        lead = self.ask()
        with self.assertRaisesRegex(UserError, "archive the expert"):
            self.expert.unlink()
        self.engineer.active = False
        self.assertFalse(self.expert.active)
        self.assertEqual(lead.booking_ids.state, "waiting")

    def test_the_meeting_follows_the_deals_salesperson(self):
        lead = self.make_leads()
        lead.ask_expert()
        lead.user_id = self.rep_two
        booking = lead.booking_ids
        self.assertEqual(booking.user_id, self.rep_two)
        self.assertEqual(booking.event_id.partner_ids, (self.rep_two | self.engineer).partner_id)

    # --------------------------------------------------------------
    # The expert's touch
    # --------------------------------------------------------------

    def test_R45_a_meeting_that_is_cancelled_is_confirmed_no_more(self):
        for how in ("cancel", "decline", "unlink"):
            with self.subTest(how=how):
                lead = self.ask()
                self.cadence.enroll(lead)
                booking = lead.booking_ids
                with freeze_time(booking.start - timedelta(days=1)):
                    self.all_due()
                    self.run_planner()
                    self.assertEqual(self.planned(lead).purpose, "confirming")
                    if how == "cancel":
                        booking.with_user(lead.user_id).action_cancel("Not needed")
                    elif how == "decline":
                        booking.with_user(self.engineer).action_decline("Not my field")
                    else:
                        booking.event_id.unlink()
                    self.decide()
                    self.assertNotEqual(self.planned(lead).purpose, "confirming")
                booking.unlink()

    def test_R1_the_meeting_is_counted_once_whoever_says_so_first(self):
        for calendar_first in (True, False):
            with self.subTest(calendar_first=calendar_first):
                lead = self.ask()
                self.cadence.enroll(lead)
                booking = lead.booking_ids
                self.assertTrue(booking.event_id)
                self.env.flush_all()
                with freeze_time(booking.stop + timedelta(hours=2)), self.enter_registry_test_mode():
                    for said in (calendar_first, not calendar_first):
                        if said:
                            self.env.ref("touch_cadence.ir_cron_meetings").method_direct_trigger()
                            self.env.invalidate_all()
                        else:
                            booking.with_user(self.engineer).action_done(note="They want a pilot")
                met = self.env["touch.touch"].search([("lead_id", "=", lead.id), ("state", "=", "done"), ("channel", "=", "meeting")])
                self.assertRecordValues(
                    met,
                    [
                        {
                            "event_id": booking.event_id.id,
                            "unsure": False,
                            "counts": True,
                            "date_done": booking.stop,
                            "expert_id": self.engineer.id,
                        }
                    ],
                )
                booking.unlink()

    def test_R41_help_is_a_touch_and_hours_and_its_worth_is_reported(self):
        lead = self.make_leads(expected_revenue=5000)
        booking = lead.ask_expert()
        with self.assertRaisesRegex(UserError, "has not begun"):
            booking.with_user(self.engineer).action_done()
        with freeze_time("2026-03-03 15:10:00"):
            with self.assertRaises(AccessError):
                booking.with_user(self.rep).action_done()
            booking.with_user(self.engineer).action_done(hours=1.5, note="They want a pilot")
            touch = lead.touch_ids
            self.assertEqual(
                (touch.expert_id, touch.note, touch.channel, touch.state), (self.engineer, "They want a pilot", "meeting", "done")
            )
            self.assertEqual((booking.state, lead.expert_status), ("done", "done"))
            self.env.flush_all()
            report = self.env["touch.expert.report"].with_user(self.engineer).search([])
            self.assertRecordValues(report, [{"hours": 1.5, "touches": 1, "deals": 1, "deals_won": 0, "value_won": 0, "value_share": 0}])
            lead.action_set_won()
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertRecordValues(report, [{"deals_won": 1, "value_won": 5000, "value_share": 500}])
            self.expert.won_share = 4
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(self.env["touch.expert.report"].with_user(self.manager).search([]).value_share, 200)

    def test_R37_a_step_with_the_expert_is_done_with_the_booked_meeting(self):
        self.high.step_ids.unlink()
        self.high.step_ids = [
            Command.create({"sequence": 1, "delay": 1, "by_expert": True, "channel": "meeting"}),
            Command.create({"sequence": 2, "delay": 2}),
        ]
        lead = self.make_leads()
        enrollment = self.high.enroll(lead)
        planned = self.planned(lead)
        self.assertFalse(planned.expert_id)
        self.assertIn("none is booked yet", planned.why)
        self.assertEqual((planned.channel, planned.purpose, planned._asked_channel()), ("call", "closing", "meeting"))
        booking = lead.ask_expert()
        # the booked meeting is an agreed step (R45): it is confirmed the day before, and nothing else is made until then
        planned = self.planned(lead)
        self.assertRecordValues(
            planned, [{"purpose": "confirming", "date_deadline": date(2026, 3, 2), "agreed_event_id": booking.event_id.id}]
        )
        with freeze_time("2026-03-03 15:10:00"):
            booking.with_user(self.engineer).action_done()
            met = lead.touch_ids.filtered(lambda touch: touch.state == "done")
            self.assertRecordValues(met, [{"channel": "meeting", "expert_id": self.engineer.id, "step_id": self.high.step_ids[0].id}])
            self.assertEqual(enrollment.touch_count, 1)
            # what came of it is known: the plan goes on with the next step, and asks for what comes after a meeting
            following = self.planned(lead)
            self.assertEqual((following.purpose, following.step_id), ("closing", self.high.step_ids[1]))
            self.assertNotEqual(following.reason_id.next_step_id.kind, "meeting")

    def test_R37_where_the_expert_closes_every_closing_touch_is_his(self):
        """Also one whose step names neither him nor a meeting; what it asks for is what its reason says."""
        self.high.step_ids.unlink()
        self.high.write({"closing_by_expert": True, "step_ids": [Command.create({"delay": 1, "purpose": "closing"})]})
        lead = self.make_leads()
        self.high.enroll(lead)
        planned = self.planned(lead)
        self.assertIn("none is booked yet", planned.why)
        self.assertEqual((planned.reason_id.next_step_id.kind, planned._asked_channel()), ("meeting", "meeting"))
        booking = lead.ask_expert()
        with freeze_time("2026-03-03 15:10:00"):
            booking.with_user(self.engineer).action_done()
            planned = self.planned(lead)
            self.assertRecordValues(planned, [{"purpose": "closing", "expert_id": self.engineer.id}])
            self.assertNotEqual(planned.reason_id.next_step_id.kind, "meeting", "they met")
            self.assertFalse(planned._asked_channel())

    # --------------------------------------------------------------
    # Who sees what
    # --------------------------------------------------------------

    def test_an_expert_sees_the_deals_he_assists_and_nothing_else(self):
        assisted, other = self.make_leads(2)
        leads = self.env["crm.lead"].with_user(self.engineer)
        self.assertFalse(leads.search([]))
        booking = assisted.ask_expert()
        self.assertEqual(leads.search([]), assisted)
        self.assertEqual(assisted.with_user(self.engineer).name, assisted.name)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            other.with_user(self.engineer).read(["name"])
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            assisted.with_user(self.engineer).write({"name": "Mine"})
        self.assertEqual(self.env["touch.expert.booking"].with_user(self.engineer).search([]), booking)
        with Form(assisted.with_user(self.engineer)) as form:  # the form opens: it reads nothing that is closed to him
            self.assertEqual(form.name, assisted.name)
        of_sales, of_experts = (self.env.ref(name).id for name in ("crm.crm_lead_view_form", "touch_cadence.crm_lead_view_form_expert"))
        shown = leads.get_view(of_sales, "form")
        self.assertEqual(shown["id"], of_experts)
        self.assertIn("'enable_sms': False", shown["arch"], "a text message is posted on the deal, which he may not write")
        with Form(assisted.with_user(self.manager)) as form:  # whoever opens it after him has the form of salespeople
            form.probability = 30
        shown = booking.with_user(self.engineer).read(["lead_name", "client_name", "potential_why", "expected_revenue"])[0]
        self.assertEqual(shown["lead_name"], assisted.name)
        for model in ("touch.touch", "touch.enrollment", "touch.cadence", "touch.judgement", "touch.reason"):
            self.assertFalse(self.env[model].with_user(self.engineer).has_access("read"), model)
        with self.assertRaises(AccessError):
            assisted.partner_id.with_user(self.engineer).read(["temperature"])
        booking.action_cancel()
        self.assertFalse(leads.search([]))

    def test_another_teams_rep_who_is_an_expert_sees_that_deal_too(self):
        self.env["touch.expert"].create({"user_id": self.rep_two.id, "sequence": 1})
        self.expert.active = False
        mine, other = self.make_leads(2, team_id=False)
        visible = self.env["crm.lead"].with_user(self.rep_two)
        self.assertFalse(visible.search([("id", "in", (mine | other).ids)]))
        mine.ask_expert()
        self.assertEqual(visible.search([("id", "in", (mine | other).ids)]), mine)

    def test_a_rep_sees_the_bookings_of_his_deals_and_configures_nothing(self):
        mine, foreign = self.make_leads(2)
        foreign.user_id = self.rep_two
        (mine | foreign).ask_expert()
        self.assertEqual(self.env["touch.expert.booking"].with_user(self.rep).search([]).lead_id, mine)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            foreign.booking_ids.with_user(self.rep).action_cancel()
        for model in ("touch.expert", "touch.expert.window", "touch.skill", "touch.marker.question", "touch.marker.option"):
            self.assertTrue(self.env[model].with_user(self.manager).has_access("create"), model)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(self.env[model].with_user(self.rep).has_access(operation), f"{operation} {model}")
        for model in ("touch.expert.booking", "touch.judgement"):
            for user in (self.rep, self.manager):
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(self.env[model].with_user(user).has_access(operation), f"{operation} {model}")

    def test_portal_public_and_plain_users_see_nothing_of_it(self):
        portal = new_test_user(self.env, "tc_portal", "base.group_portal")
        plain = new_test_user(self.env, "tc_plain", "base.group_user")
        names = (
            "touch.expert",
            "touch.expert.booking",
            "touch.skill",
            "touch.marker.question",
            "touch.judgement",
            "touch.expert.report",
        )
        asked = self.ask()
        for user in (portal, plain, self.env.ref("base.public_user")):
            for model in names:
                self.assertFalse(self.env[model].with_user(user).has_access("read"), f"{user.login} reads {model}")
            # website_crm_partner_assign lets resellers into the portal, to the deals that are given to them
            deals = self.env["crm.lead"].with_user(user)
            self.assertFalse(deals.has_access("read") and deals.search([("id", "in", asked.ids)]), f"{user.login} sees the deal")

    def test_companies_have_their_own_experts(self):
        company = self.env["res.company"].create({"name": "Other"})
        lead = self.make_leads(company_id=company.id, user_id=False, team_id=False)
        self.assertFalse(lead.ask_expert())
        self.expert.copy({"company_id": company.id})
        booking = lead.ask_expert()
        self.assertEqual((booking.state, booking.company_id), ("booked", company))
        # the same person, in another company: one hour is one hour
        self.assertEqual(self.ask().booking_ids.start, booking.start + timedelta(hours=1))
