from datetime import date, timedelta
from io import BytesIO
from unittest.mock import patch

from freezegun import freeze_time
from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfReader

from ..method.plan import capacity
from ..models.base.system import as_system
from .common import MONDAY, TouchCase

TUESDAY = MONDAY + timedelta(days=1)


class MethodCase(TouchCase):
    def night(self):
        """The overnight crons, as the cron runs them."""
        self.decide()
        with self.enter_registry_test_mode():
            for name in ("see_purchases", "cool", "night"):
                self.env.ref(f"touch_cadence.ir_cron_{name}").method_direct_trigger()
        self.env.invalidate_all()

    def bought(self, partner, *days):
        leads = self.make_leads(len(days), partner_id=partner.id)
        for lead, day in zip(leads, days):
            with freeze_time(f"{day} 12:00:00"):
                lead.action_set_won()
        return leads

    def notes(self, record):
        return " ".join(record.message_ids.mapped("body"))

    def only_reasons(self, *values):
        self.env["touch.reason"].search([]).active = False
        return self.env["touch.reason"].create(list(values))


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestTemperature(MethodCase):
    def tracked(self, record):
        """:return: (old, new, text) of the temperature's changes, oldest first"""
        self.env.flush_all()
        self.cr.precommit.run()
        field = self.env["ir.model.fields"]._get(record._name, "temperature")
        messages = record.message_ids.sorted("id").filtered(lambda message: field in message.sudo().tracking_value_ids.field_id)
        return [
            (value.old_value_char, value.new_value_char, message.body)
            for message in messages
            for value in message.sudo().tracking_value_ids.filtered(lambda value: value.field_id == field)
        ]

    def test_R9_each_change_is_tracked_with_its_cause(self):
        lead = self.make_leads().with_context(tracking_disable=False)
        self.cr.precommit.run()
        self.cadence.enroll(lead)
        touch = self.planned(lead).with_context(tracking_disable=False)
        touch.done(self.outcomes["interested"])
        [(before, after, cause)] = self.tracked(lead)
        self.assertEqual((before, after), ("Cold", "Warm"))
        self.assertIn("Interested", cause)
        lead.temperature = "hot"
        self.assertIn("by hand", self.tracked(lead)[-1][2])

    def test_R9_touches_done_together_move_each_client_from_where_he_was(self):
        cold, warm, cool = self.make_leads(3)
        warm.temperature = "warm"
        self.cadence.enroll(cold | warm | cool)
        touches = self.planned(cold | warm)
        touches.done(self.outcomes["interested"])
        self.assertEqual((cold | warm | cool).mapped("temperature"), ["warm", "warm", "cold"], "two of them make nobody hot")
        self.assertTrue(all(touches.mapped("warmed")), "both came nearer")
        self.assertEqual((cold | warm | cool).enrollment_ids.mapped("touch_count"), [1, 1, 0])

    def test_R9_silence_cools_one_degree_a_month(self):
        warm, hot, answered, spoken, cold = self.make_leads(5)
        warm.temperature, hot.temperature, answered.temperature, spoken.temperature = "warm", "hot", "hot", "hot"
        partner = self.make_partners(temperature="hot")
        with freeze_time("2026-03-31 10:00:00"):
            self.night()
            self.assertEqual((warm | hot | answered).mapped("temperature"), ["warm", "hot", "hot"])
            answered.log_touch({"channel": "call", "outcome_id": self.outcomes["interested"].id})
            spoken.log_touch({"channel": "call"})  # that somebody was spoken to keeps nobody hot
            for client in (hot, partner):
                client.log_touch({"channel": "email"})  # a mail that was sent breaks no silence
        with freeze_time("2026-04-01 10:00:00"):
            self.night()
            self.assertEqual((warm | hot | answered | cold).mapped("temperature"), ["cold", "warm", "hot", "cold"])
            self.assertEqual(partner.temperature, "warm")
            self.assertEqual(spoken.temperature, "warm")
            self.night()
            self.assertEqual(hot.temperature, "warm", "one degree, then the days begin anew")
        with freeze_time("2026-05-01 10:00:00"):
            self.night()
            self.assertEqual((hot | answered).mapped("temperature"), ["cold", "warm"])

    def test_R9_R46_whoever_named_a_day_is_silent_as_agreed_until_it_is_over(self):
        later, agreed = self.make_leads(2)
        (later | agreed).temperature = "warm"
        later.log_touch({"channel": "email", "outcome_id": self.outcomes["sent"].id})
        agreed.log_touch({"channel": "email", "outcome_id": self.outcomes["sent"].id})
        later.touch_ids.back_date = agreed.touch_ids.agreed_date = "2026-06-01"
        for day, temperature in (("2026-04-20", "warm"), ("2026-06-20", "warm"), ("2026-07-02", "cold")):
            with freeze_time(f"{day} 10:00:00"):
                self.night()
                self.assertEqual((later | agreed).mapped("temperature"), [temperature] * 2, day)

    def test_R9_nobody_cools_where_the_setting_is_off_or_the_deal_is_over(self):
        self.cadence.enroll(self.make_leads())
        lead, won = self.make_leads(2, temperature="hot")
        won.action_set_won()
        with freeze_time("2026-06-01 10:00:00"):
            self.env.company.touch_cool_days = 0
            self.night()
            self.assertEqual(lead.temperature, "hot")
            self.env.company.touch_cool_days = 30
            self.night()
        self.assertEqual((lead | won).mapped("temperature"), ["warm", "hot"])

    def test_R9_who_cools_gets_a_warming_touch_again(self):
        lead = self.make_leads(temperature="hot")
        self.cadence.enroll(lead)
        self.assertEqual(self.planned(lead).purpose, "closing")
        with freeze_time("2026-04-02 10:00:00"):
            self.night()
            self.assertEqual(self.planned(lead).purpose, "warming")

    def test_R8_ready_to_buy_is_closed_the_same_day_whatever_the_plan_says(self):
        lead = self.make_leads(temperature="warm")
        self.env.company.touch_min_gap = 5
        self.env.company.touch_per_day = 1
        self.cadence.enroll(lead | self.make_leads(3))
        self.planned(lead).done(self.outcomes["ready_to_buy"])
        touch = self.planned(lead)
        self.assertEqual((touch.purpose, touch.date_deadline), ("closing", MONDAY))
        self.assertEqual(touch.reason_id.kind, "next_step")
        self.assertIn(touch.reason_id.name, touch.activity_id.summary)

    def test_R9_who_bought_is_warm(self):
        partner = self.make_partners()
        lead = self.make_leads(partner_id=partner.id)
        self.cadence.enroll(lead)
        lead.action_set_won()
        self.assertEqual(partner.temperature, "warm")


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestReplies(MethodCase):
    def mail_in(self, record, author=None, **context):
        return record.with_context(**context).message_post(
            body="Thank you", subject="Your offer", message_type="email", author_id=(author or self.env["res.partner"]).id,
            email_from=author.email if author else record.email_from, subtype_xmlid="mail.mt_comment",
        )  # fmt: skip

    def test_a_mail_of_the_client_is_a_touch_and_moves_the_plan_behind_the_conversation(self):
        lead = self.make_leads()
        self.cadence.enroll(lead)
        planned = self.planned(lead)
        self.mail_in(lead)
        heard = lead.touch_ids - planned
        self.assertRecordValues(
            heard,
            [
                {
                    "direction": "in",
                    "channel": "email",
                    "state": "done",
                    "counts": True,
                    "reached": True,
                    "number": 1,
                    "user_id": self.rep.id,
                    "note": "Thank you",
                }
            ],
        )
        self.assertEqual(lead.temperature, "warm", "a cold client who writes is not cold")
        self.assertEqual(self.planned(lead), planned)
        self.assertEqual((planned.date_deadline, planned.number), (MONDAY + timedelta(days=2), 2))
        self.assertEqual(planned.activity_id.date_deadline, MONDAY + timedelta(days=2))
        self.assertIn("conversation", planned.why)

    def test_automatic_answers_and_our_own_mails_are_no_reply(self):
        lead = self.make_leads()
        self.cadence.enroll(lead)
        planned = self.planned(lead)
        self.mail_in(lead, touch_mail_headers=(("Auto-Submitted", "auto-replied"),))
        self.mail_in(lead, self.rep.partner_id)
        self.assertEqual(lead.touch_ids, planned)
        self.assertEqual(planned.date_deadline, MONDAY)

    def test_a_mail_arrives_even_when_counting_it_fails(self):
        lead = self.make_leads()
        self.cadence.enroll(lead)
        broken = patch.object(type(self.env["touch.touch"]), "_log", side_effect=ValueError("no"))
        with broken, mute_logger("odoo.addons.touch_cadence.models.listen.touch_inbox"):
            message = self.mail_in(lead)
        self.assertTrue(message.exists())
        with self.assertRaises(UserError):
            self.env.ref("touch_cadence.touch_outcome_wrote").unlink()

    def test_R44_a_reply_is_heard_in_the_company_that_works_the_client(self):
        other = self.env["res.company"].create({"name": "Other"})
        partner = self.make_partners()
        enrollment = self.cadence.with_company(other).enroll(partner)
        self.mail_in(partner, partner)
        heard = self.env["touch.touch"].search([("direction", "=", "in"), ("partner_id", "=", partner.id)])
        self.assertEqual((heard.company_id, heard.enrollment_id), (other, enrollment))

    def test_nothing_is_kept_of_mails_where_nobody_is_worked(self):
        lead = self.make_leads()
        self.mail_in(lead)
        self.assertFalse(lead.touch_ids)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestOccasions(MethodCase):
    def test_R29_the_birthday_of_a_worked_client(self):
        partner = self.make_partners(birthdate_date=date(1980, 3, 4))
        self.care.enroll(partner)
        touch = self.planned(partner)
        self.assertEqual((touch.date_deadline, touch.reason_id.kind), (date(2026, 3, 4), "birthday"))
        self.assertIn("Birthday on", touch.why)
        self.assertFalse(touch.step_id)
        with freeze_time("2026-03-04 10:00:00"):
            touch.done(self.outcomes["reached"])
        self.assertEqual(partner.enrollment_ids.touch_count, 1)
        following = partner.enrollment_ids
        self.assertEqual(following.state, "running")

    def test_R29_wishes_put_off_no_monthly_touch_by_another_month(self):
        """Half of the wait lies behind them, and what lay before counts: four weeks from the touch, not from the wishes."""
        monthly = self.env["touch.cadence"].create(
            {"name": "Monthly", "model": "res.partner", "step_ids": [(0, 0, {"delay": 0}), (0, 0, {"delay": 20, "times": 0})]}
        )
        partner = self.make_partners(birthdate_date=date(1980, 3, 13))
        monthly.enroll(partner)
        self.run_planner()
        self.planned(partner).done(self.outcomes["sent"])
        with freeze_time("2026-03-13 09:30:00"):
            self.run_planner()
            wishes = self.planned(partner)
            self.assertEqual(wishes.reason_id.kind, "birthday")
            wishes.done(self.outcomes["sent"])
        with freeze_time("2026-03-25 09:30:00"):
            self.all_due()
            self.run_planner()
            self.assertEqual(self.planned(partner).date_deadline, date(2026, 3, 30))

    def test_R29_wishes_that_nobody_heard_are_sent_on_the_same_day(self):
        partner = self.make_partners(birthdate_date=date(1980, 3, 4))
        self.care.enroll(partner)
        with freeze_time("2026-03-04 10:00:00"):
            touch = self.planned(partner)
            touch.channel = "call"
            touch.done(self.outcomes["no_answer"])
            self.decide()
            again = self.planned(partner)
            self.assertEqual((again.reason_id, again.date_deadline), (touch.reason_id, date(2026, 3, 4)))
            self.assertNotEqual(again.channel, "call")

    def test_R29_a_birthday_comes_into_a_plan_that_stands(self):
        partner = self.make_partners()
        self.cadence.enroll(partner)
        touch = self.planned(partner)
        with freeze_time("2026-03-20 10:00:00"):  # overdue since two weeks
            self.env.cr.execute("UPDATE res_partner SET birthdate_date = '1980-03-22' WHERE id = %s", [partner.id])
            self.env.invalidate_all()
            self.night()
            self.run_planner()
            self.assertEqual(self.planned(partner).reason_id, touch.reason_id, "the 22nd is a Sunday and not yet here")
        with freeze_time("2026-03-23 10:00:00"):
            self.night()
            self.run_planner()
            self.assertEqual((self.planned(partner), touch.reason_id.kind), (touch, "birthday"))
            self.assertEqual(touch.date_deadline, date(2026, 3, 23))

    def test_R30_holidays_come_from_the_country(self):
        [reason] = self.only_reasons({"name": "Christmas wishes", "kind": "holiday", "holiday": "christmas", "purpose": "warming"})
        self.env.company.country_id = self.env.ref("base.be")
        self.assertIn("Next:", reason.holiday_note)
        client = self.make_partners()
        with freeze_time("2026-12-21 09:30:00"):
            self.care.enroll(client)
            touch = self.planned(client)
            self.assertEqual(touch.date_deadline, date(2026, 12, 24), "a holiday that is wished is a day off, whatever the calendar says")
            self.assertEqual(touch.reason_id, reason)
        self.holiday("2026-12-24", "2026-12-26")
        with freeze_time("2026-12-21 09:30:00"):
            other = self.make_partners()
            self.care.enroll(other)
            self.assertEqual(self.planned(other).date_deadline, date(2026, 12, 23), "the last working day before")

    def test_R30_without_the_library_nothing_falls_due_and_the_form_says_so(self):
        [reason] = self.only_reasons({"name": "Christmas wishes", "kind": "holiday", "holiday": "christmas"})
        self.env.company.country_id = self.env.ref("base.be")
        self.env.registry.clear_cache()
        with patch("odoo.addons.touch_cadence.models.cadence.touch_reason_holidays.holidays", None), freeze_time("2026-12-21 09:30:00"):
            reason.invalidate_recordset()
            self.assertIn("pip install holidays", reason.holiday_note)
            enrollment = self.care.enroll(self.make_partners())
            self.assertFalse(enrollment.touch_ids)
        self.env.registry.clear_cache()

    def test_R31_a_campaign_that_is_over_or_put_away_leaves_the_plan(self):
        coupon, sale = self.env["touch.reason"].create(
            [
                {"name": "Coupon", "kind": "coupon", "audience": "vip", "valid_to": MONDAY + timedelta(days=1)},
                {"name": "Sale", "kind": "sale", "audience": "not_vip"},
            ]
        )
        vip, plain = self.make_partners(2)
        vip.is_vip = True
        self.cadence.enroll(vip | plain)
        self.assertEqual((self.planned(vip).reason_id, self.planned(plain).reason_id), (coupon, sale))
        sale.active = False
        with freeze_time("2026-03-04 10:00:00"):
            self.night()
            self.run_planner()
        self.assertFalse((self.planned(vip) | self.planned(plain)).reason_id & (coupon | sale))
        self.assertEqual(len(self.planned(vip) | self.planned(plain)), 2)

    def test_R26_a_campaign_is_picked_up_by_the_next_touch_of_who_it_fits(self):
        sms = self.env.ref("touch_cadence.mail_activity_type_sms")
        sale = self.env["touch.reason"].create(
            {
                "name": "Summer sale", "kind": "sale", "audience": "not_vip", "channel_ids": [Command.set(sms.ids)], "sequence": 999,
                "valid_from": MONDAY, "valid_to": MONDAY + timedelta(days=6),
            }
        )  # fmt: skip
        plain, vip = self.make_partners(2)
        vip.is_vip = True
        self.cadence.enroll(plain | vip)
        self.assertEqual((self.planned(plain).reason_id, self.planned(plain).channel), (sale, "sms"))
        self.assertIn("until", self.planned(plain).activity_id.summary)
        self.assertNotEqual(self.planned(vip).reason_id, sale)
        plain.is_vip = True
        self.decide()
        self.assertNotEqual(self.planned(plain).reason_id, sale, "who becomes VIP sees no public sale")


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestCapacity(MethodCase):
    def test_what_a_day_does_not_take_moves_to_the_next_in_order(self):
        self.env.company.touch_per_day = 2
        leads = self.make_leads(6)
        leads[3].temperature, leads[5].potential = "warm", "high"
        self.cadence.enroll(leads)
        days = {lead: self.planned(lead).date_deadline for lead in leads}
        self.assertEqual([days[leads[number]] for number in (3, 5)], [MONDAY, MONDAY])
        self.assertEqual(sorted(days.values()), [MONDAY] * 2 + [TUESDAY] * 2 + [MONDAY + timedelta(days=2)] * 2)
        self.assertIn("full", self.planned(leads[0]).why)

    def test_what_was_made_today_takes_room_too(self):
        self.env.company.touch_per_day = 2
        first = self.make_leads(2)
        self.cadence.enroll(first)
        self.planned(first).done(self.outcomes["reached"])
        later = self.make_leads()
        self.cadence.enroll(later)
        self.assertEqual(self.planned(later).date_deadline, TUESDAY)

    def test_what_finds_no_room_near_waits_unplanned(self):
        self.env.company.touch_per_day = 2
        leads = self.make_leads(30)
        self.cadence.enroll(leads)
        self.assertEqual(len(self.planned(leads)), 12, "six working days of two: what lies beyond the horizon is not put before the rep")
        waiting = leads.enrollment_ids - self.planned(leads).enrollment_id
        self.assertFalse(waiting.filtered(lambda one: not one.next_date))

    def test_a_rep_has_his_own_number_and_part_time_takes_part(self):
        self.rep.touch_per_day = 4
        self.rep_two.touch_per_day = 4
        half = self.env["resource.calendar"].create(
            {
                "name": "Mornings", "tz": "UTC", "hours_per_day": 8,
                "attendance_ids": [
                    (0, 0, {"name": "x", "dayofweek": str(day), "hour_from": 8, "hour_to": 12, "day_period": "morning"}) for day in range(5)
                ],
            }
        )  # fmt: skip
        self.env["resource.resource"].create({"name": "Rob", "user_id": self.rep_two.id, "calendar_id": half.id, "tz": "UTC"})
        full, part = self.make_leads(5), self.make_leads(5, user_id=self.rep_two.id)
        self.cadence.enroll(full | part)
        on_monday = self.planned(full | part).filtered(lambda touch: touch.date_deadline == MONDAY)
        self.assertEqual((len(on_monday & self.planned(full)), len(on_monday & self.planned(part))), (4, 2))

    def test_reps_with_calendars_of_their_own_keep_their_own_days(self):
        days = {}
        for user, weekday in ((self.rep, 1), (self.rep_two, 3)):
            only = self.env["resource.calendar"].create(
                {
                    "name": f"Only on day {weekday}", "tz": "UTC", "hours_per_day": 8,
                    "attendance_ids": [
                        (5, 0, 0), (0, 0, {"name": "x", "dayofweek": str(weekday), "hour_from": 8, "hour_to": 16, "day_period": "morning"})
                    ],
                }
            )  # fmt: skip
            self.env["resource.resource"].create({"name": user.name, "user_id": user.id, "calendar_id": only.id, "tz": "UTC"})
            days[user] = MONDAY + timedelta(days=weekday)
        leads = self.make_leads() | self.make_leads(user_id=self.rep_two.id)
        self.cadence.enroll(leads)
        self.assertEqual({touch.user_id: touch.date_deadline for touch in self.planned(leads)}, days)

    def test_overdue_touches_move_on_at_night_and_never_three_times(self):
        leads = self.make_leads(6)
        hot = leads[0]
        hot.temperature = "hot"
        self.cadence.enroll(leads)
        self.assertEqual(set(self.planned(leads).mapped("date_deadline")), {MONDAY})
        self.env.company.touch_per_day = 2
        seen = []
        for day in range(1, 9):
            with freeze_time(MONDAY + timedelta(days=day, hours=0)) as _clock, freeze_time(f"{MONDAY + timedelta(days=day)} 02:00:00"):
                self.night()
                seen.append(len(self.planned(leads)))
        touches = self.planned(leads)
        self.assertEqual(seen, [6] * 8, "none is lost, none is made twice")
        self.assertLessEqual(max(touches.mapped("moves")), capacity.MOVES)
        self.assertFalse(self.planned(hot).moves)
        self.assertEqual(self.planned(hot).date_deadline, MONDAY)
        moved = touches.filtered("moves")
        self.assertTrue(moved)
        self.assertEqual(moved.mapped("date_deadline"), moved.activity_id.mapped("date_deadline"))
        self.assertIn("because the day was full", moved[0].why)

    def test_leave_entered_later_moves_what_falls_on_it(self):
        theirs, others = self.make_leads(2)
        others.user_id = self.rep_two
        self.cadence.enroll(theirs | others)
        self.holiday(MONDAY, TUESDAY, self.rep)
        self.run_planner()
        self.assertEqual(self.planned(theirs).date_deadline, MONDAY + timedelta(days=2))
        self.assertEqual(self.planned(theirs).activity_id.date_deadline, MONDAY + timedelta(days=2))
        self.assertEqual(self.planned(others).date_deadline, MONDAY)

    def test_the_substitute_takes_over_when_the_leave_begins_and_gives_back_when_it_ends(self):
        lead = self.make_leads()
        self.cadence.enroll(lead)
        self.rep.touch_substitute_id = self.rep_two
        touch = self.planned(lead)
        self.holiday(TUESDAY, MONDAY + timedelta(days=4), self.rep)
        with freeze_time("2026-03-03 10:00:00"):
            self.night()
            self.run_planner()
            self.assertEqual((touch.user_id, touch.activity_id.user_id), (self.rep_two, self.rep_two))
        with freeze_time("2026-03-09 10:00:00"):
            self.night()
            self.run_planner()
            self.assertEqual(touch.user_id, self.rep)

    def test_the_minimum_gap_counts_logged_touches_and_automatic_mails(self):
        self.env.company.touch_min_gap = 3
        logged, mailed, free = self.make_leads(3)
        self.cadence.enroll(self.make_leads())  # in use
        logged.log_touch({"channel": "call", "direction": "out"})
        mailed.message_post(body="Our news", message_type="email_outgoing")
        self.cadence.enroll(logged | mailed | free)
        days = [self.planned(lead).date_deadline for lead in (logged, mailed, free)]
        self.assertEqual(days, [MONDAY + timedelta(days=3), MONDAY + timedelta(days=3), MONDAY])


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestHandOver(MethodCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.closer = new_test_user(cls.env, "tc_closer", "sales_team.group_sale_salesman", name="Cleo Closer", tz="UTC")
        cls.opener = new_test_user(cls.env, "tc_opener", "sales_team.group_sale_salesman", name="Otto Opener", tz="UTC")
        cls.closer.touch_strength, cls.opener.touch_strength = "closing", "contact"
        cls.team.member_ids = cls.rep | cls.closer | cls.opener
        cls.cadence.hand_over_after = 3

    def touched(self, lead, times, outcome="reached"):
        for _time in range(times):
            self.planned(lead).done(self.outcomes[outcome])
            self.all_due()
            self.run_planner()

    def test_R21_after_touches_without_progress_a_colleague_takes_over(self):
        lead = self.make_leads()
        self.cadence.enroll(lead)
        for number in range(3):
            with freeze_time(f"2026-03-{2 + 7 * number:02} 10:00:00"):
                self.all_due()
                self.run_planner()
                self.planned(lead).done(self.outcomes["reached"])
        self.assertEqual(lead.user_id, self.opener, "a cold client needs who is good at making contact")
        enrollment = lead.enrollment_ids
        self.assertEqual(enrollment.touch_count, 3)
        self.assertIn("no progress", self.notes(lead))
        told = self.env["mail.message"].search([("message_type", "=", "user_notification"), ("partner_ids", "in", self.rep.partner_id.ids)])
        self.assertIn(lead.name, " ".join(told.mapped("body")))
        with freeze_time("2026-03-20 10:00:00"):
            self.all_due()
            self.run_planner()
            self.assertEqual((self.planned(lead).user_id, self.planned(lead).number), (self.opener, 4))

    def test_R21_progress_keeps_the_rep(self):
        lead = self.make_leads()
        self.cadence.enroll(lead)
        for number, outcome in enumerate(("reached", "reached", "interested")):
            with freeze_time(f"2026-03-{2 + 7 * number:02} 10:00:00"):
                self.all_due()
                self.run_planner()
                self.planned(lead).done(self.outcomes[outcome])
        self.assertEqual(lead.user_id, self.rep)

    def test_R21_a_manager_hands_over_in_bulk(self):
        leads = self.make_leads(4)
        leads[0].temperature = "hot"
        self.cadence.enroll(leads)
        mails = self.env["mail.mail"].search_count([])
        wizard = self.env["touch.act"].with_user(self.manager)
        wizard = wizard.with_context(active_model="crm.lead", active_ids=leads.ids, default_act="hand_over")
        form = Form(wizard)
        self.assertEqual(form.do_count, 4)
        form.save().action_act()
        self.assertEqual(leads[0].user_id, self.closer)
        self.assertEqual((leads - leads[0]).user_id, self.opener)
        self.assertEqual(self.planned(leads).mapped("user_id"), leads.mapped("user_id"))
        self.assertEqual(self.planned(leads[0]).activity_id.user_id, self.closer)
        self.assertLessEqual(self.env["mail.mail"].search_count([]) - mails, 3, "each side is told once")
        form = Form(wizard)
        form.user_id = self.rep_two
        form.save().action_act()
        self.assertEqual(leads.user_id, self.rep_two)

    def test_R21_a_hot_client_who_agrees_to_next_steps_keeps_the_rep(self):
        lead = self.make_leads(temperature="hot")
        self.cadence.enroll(lead)
        agreed = self.env.ref("touch_cadence.touch_outcome_next_step")
        for day in (2, 9, 16):
            with freeze_time(f"2026-03-{day:02} 10:00:00"):
                self.all_due()
                self.run_planner()
                self.planned(lead).done(agreed)
        self.assertEqual(lead.user_id, self.rep)

    def test_R21_nobody_gets_clients_of_a_company_closed_to_him(self):
        other = self.env["res.company"].create({"name": "Other", "country_id": self.env.company.country_id.id})
        closed = new_test_user(
            self.env, "tc_closed", "sales_team.group_sale_salesman", company_id=other.id, company_ids=[(6, 0, other.ids)]
        )
        lead = self.make_leads(company_id=self.env.company.id)
        enrollment = self.cadence.enroll(lead)
        self.assertFalse(enrollment._hand_over(closed))
        self.assertEqual(lead.user_id, self.rep)

    def test_R21_a_rep_does_not_hand_over(self):
        lead = self.make_leads()
        self.cadence.enroll(lead)
        wizard = self.env["touch.act"].with_user(self.rep)
        self.assertNotIn("hand_over", dict(wizard.fields_get(["act"])["act"]["selection"]))
        values = {"model": "crm.lead", "res_ids": lead.ids, "act": "hand_over", "user_id": self.closer.id}
        with self.assertRaises(AccessError):
            wizard.create(values).action_act()
        self.assertEqual(lead.user_id, self.rep)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestPurchases(MethodCase):
    def test_R22_purchases_are_seen_when_a_deal_is_won_and_when_it_is_lost_again(self):
        company = self.make_partners(is_company=True)
        contact = self.make_partners(parent_id=company.id)
        self.cadence.enroll(self.make_leads())
        deals = self.bought(contact, "2025-11-01", "2025-12-01", "2026-01-30")
        self.assertRecordValues(
            company,
            [{"last_purchase_date": date(2026, 1, 30), "purchase_count": 3, "purchase_interval": 45, "lapses_on": date(2026, 7, 30)}],
        )
        deals[-1].stage_id = self.env["crm.stage"].search([("is_won", "=", False)], limit=1)
        self.assertEqual((company.purchase_count, company.lapses_on), (2, date(2025, 12, 1) + timedelta(days=181)))
        self.bought(contact, "2026-01-30", "2026-03-01")
        self.assertEqual(company.lapses_on, date(2026, 3, 1) + timedelta(days=93))

    def test_R22_the_night_sees_what_no_event_told(self):
        self.cadence.enroll(self.make_leads())
        partner = self.make_partners()
        lead = self.make_leads(partner_id=partner.id)
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET won_status = 'won', date_closed = '2025-06-01' WHERE id = %s", [lead.id])
        self.env.invalidate_all()
        self.night()
        self.assertEqual(partner.lapses_on, date(2025, 6, 1) + timedelta(days=181))
        self.env.company.touch_lapse_days = 0
        self.night()
        self.assertFalse(partner.lapses_on)

    def test_R22_a_buyer_goes_to_care_and_from_there_to_be_won_back(self):
        win_back = self.env["touch.cadence"].create({"name": "Back", "model": "res.partner", "step_ids": [(0, 0, {"delay": 0})]})
        self.care.write({"until_lapsed": True, "lapsed_cadence_id": win_back.id})
        partner = self.make_partners()
        lead = self.make_leads(partner_id=partner.id)
        self.cadence.enroll(lead)
        self.planned(lead).done(self.outcomes["bought"])
        self.assertEqual(lead.won_status, "won")
        caring = partner.enrollment_ids.filtered(lambda one: one.cadence_id == self.care)
        self.assertEqual((caring.state, partner.last_purchase_date), ("running", MONDAY))
        self.all_due()
        self.run_planner()
        with freeze_time("2026-08-30 10:00:00"):
            self.night()
            self.run_planner()
            self.assertEqual((caring.state, caring.stop_reason), ("exhausted", "lapsed"))
            self.assertEqual(partner.enrollment_ids.filtered(lambda one: one.state == "running").cadence_id, win_back)

    def test_R22_who_was_missed_and_buys_again_is_cared_for_and_not_won_back(self):
        win_back = self.env["touch.cadence"].create(
            {"name": "Back", "model": "res.partner", "won_cadence_id": self.care.id, "step_ids": [(0, 0, {"delay": 0})]}
        )
        self.care.write({"until_lapsed": True, "lapsed_cadence_id": win_back.id, "won_cadence_id": self.care.id})
        self.cadence.enroll(self.make_leads())
        dragged, told, elsewhere = self.make_partners(3)
        for partner in (dragged, told, elsewhere):
            self.bought(partner, "2025-06-01")
        self.night()
        lead = self.make_leads(partner_id=dragged.id)
        self.cadence.enroll(lead)
        win_back.enroll(told | elsewhere)
        lead.action_set_won()
        self.planned(told).done(self.outcomes["bought"])
        self.make_leads(partner_id=elsewhere.id).action_set_won()
        for partner in (dragged, told, elsewhere):
            running = partner.enrollment_ids.filtered(lambda one: one.state == "running")
            self.assertEqual(running.cadence_id, self.care, partner.name)
            self.assertEqual(partner.last_purchase_date, MONDAY)
            self.assertEqual(partner.temperature, "warm")

    def test_buyers_are_not_told_who_we_are(self):
        self.cadence.enroll(self.make_leads())
        buyer, fresh = self.make_partners(2)
        self.bought(buyer, "2026-01-15")
        company = self.make_partners(is_company=True)
        colleague = self.make_partners(parent_id=company.id)
        self.bought(company, "2026-01-15")
        lead = self.make_leads(partner_id=False)
        self.cadence.enroll(buyer | fresh | colleague)
        self.cadence.enroll(lead)
        who_we_are = self.env["touch.reason"].search([("buyers", "=", "not")])
        self.assertIn(self.env.ref("touch_cadence.touch_reason_introduction"), who_we_are)
        self.assertNotIn(self.planned(colleague).reason_id, who_we_are, "what the company bought, its people know us by")
        self.assertNotIn(self.planned(buyer).reason_id, who_we_are)
        self.assertIn(self.planned(fresh).reason_id, who_we_are)
        self.assertIn(self.planned(lead).reason_id, who_we_are)

    def test_R22_who_buys_hears_no_word_for_strangers_from_that_moment_on(self):
        """The win counts in its own transaction: the touch that was planned before is decided again with it."""
        partner = self.make_partners()
        win_back = self.env["touch.cadence"].create({"name": "Back", "model": "res.partner", "step_ids": [(0, 0, {"times": 0})]})
        win_back.enroll(partner)
        stranger = self.planned(partner).reason_id
        self.assertEqual(stranger.buyers, "not")
        self.make_leads(partner_id=partner.id, stage_id=self.env["crm.stage"].search([("is_won", "=", True)], limit=1).id)
        self.assertEqual((partner.purchase_count, partner.last_purchase_date), (1, MONDAY), "a deal that is entered as won, too")
        self.decide()
        self.assertTrue(self.planned(partner))
        self.assertNotEqual(self.planned(partner).reason_id, stranger)

    def test_R22_who_cannot_be_won_back_goes_to_monthly_care_and_not_to_the_nurture_of_deals(self):
        win_back, monthly = (self.env.ref(f"touch_cadence.touch_cadence_{name}") for name in ("win_back", "monthly"))
        self.assertEqual(win_back.exhausted_cadence_id, monthly)
        partner = self.make_partners()
        self.bought(partner, "2025-06-01")
        win_back.enroll(partner)
        win_back.enrollment_ids.filtered(lambda one: one.partner_id == partner)._stop("exhausted", "steps_done")
        running = partner.enrollment_ids.filtered(lambda one: one.state == "running")
        self.assertEqual(running.cadence_id, monthly)
        self.assertFalse(monthly.until_lapsed, "who is missed already would leave at once")
        self.assertEqual(monthly.won_cadence_id, self.env.ref("touch_cadence.touch_cadence_care"))

    def test_cadences_do_not_chase_each_other(self):
        with self.assertRaises(UserError):
            self.care.write({"until_lapsed": True, "lapsed_cadence_id": self.care.id})

    def test_R22_the_rule_enrols_who_is_missed(self):
        missed, fresh = self.make_partners(2)
        self.bought(missed, "2025-06-01")
        self.bought(fresh, "2026-02-20")
        win_back = self.env.ref("touch_cadence.touch_cadence_win_back")
        win_back.auto_enroll = True
        self.night()
        with self.enter_registry_test_mode():
            self.env.ref("touch_cadence.ir_cron_enroll_by_rule").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(missed.enrollment_ids.cadence_id, win_back)
        self.assertFalse(fresh.enrollment_ids)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestPaper(MethodCase):
    def test_R17_age_and_size_ask_for_paper_and_the_unknown_for_nothing(self):
        old = self.make_partners(birthdate_date=date(1970, 1, 1), street="Main street 1", city="Liège")
        large = self.make_partners(is_company=True, employee_quantity=300, street="Main street 1", city="Liège")
        unknown = self.make_partners(street="Main street 1", city="Liège")
        system = as_system(self.env)
        clients = old | large | unknown
        facts = system["touch.facts"]._read_facts(system["touch.client"]._subjects_of_clients(clients, self.cadence))
        self.assertEqual([fact.paper for fact in facts], [True, True, False])
        both = self.make_partners(birthdate_date=date(1970, 1, 1), parent_id=large.id)
        self.env.company.touch_paper_either = False
        facts = system["touch.facts"]._read_facts(system["touch.client"]._subjects_of_clients(clients | both, self.cadence))
        self.assertEqual([fact.paper for fact in facts], [False] * 3 + [True], "people over 50 in large companies always")
        leads = self.make_leads(2)
        leads[0].partner_id = both
        facts = system["touch.facts"]._read_facts(system["touch.client"]._subjects_of_clients(leads, self.cadence))
        self.assertEqual([fact.paper for fact in facts], [True, False], "on leads, too, by their contact")
        self.env.company.write({"touch_paper_age": 0, "touch_paper_size": 0, "touch_paper_either": True})
        facts = system["touch.facts"]._read_facts(system["touch.client"]._subjects_of_clients(clients, self.cadence))
        self.assertEqual([fact.paper for fact in facts], [False] * 3)

    def test_R17_an_address_that_is_missing_is_asked_for(self):
        lead = self.make_leads(partner_id=self.make_partners(birthdate_date=date(1970, 1, 1), email="old@touch.example").id)
        self.cadence.enroll(lead)
        self.assertNotIn("postal address", self.planned(lead).why)
        self.planned(lead).done(self.outcomes["reached"].id)
        self.assertIn("Ask for the postal address", self.planned(lead).why)
        lead.partner_id.write({"street": "Main street 1", "city": "Liège"})
        self.decide()
        self.planned(lead).done(self.outcomes["reached"].id)
        self.assertEqual(self.planned(lead).channel, "letter")

    def letters(self):
        country = self.env.ref("base.be")
        partner = self.make_partners(name="Ana Client", street="Main street 1", zip="4000", city="Liège", country_id=country.id)
        lead = self.make_leads(contact_name="Lea Lead", partner_name="Lead Inc", street="Side street 2", zip="1000", city="Brussels")
        self.cadence.step_ids.channel = "letter"
        self.cadence.enroll(partner)
        self.cadence.enroll(lead)
        touches = self.planned(partner) | self.planned(lead)
        self.assertEqual(touches.mapped("channel"), ["letter", "letter"])
        touches.reason_id.script_ids.unlink()
        self.env["touch.script"].create(
            {"reason_id": touches[0].reason_id.id, "channel": "email", "text": "<p>Here is our <b>news</b>.</p>"}
        )
        return touches

    def test_R17_letters_print_with_the_clients_address(self):
        touches = self.letters()
        for report in ("touch_cadence.touch_letter", "touch_cadence.touch_card"):
            html = self.env["ir.actions.report"].with_user(self.rep)._render_qweb_html(report, touches.ids)[0].decode()
            for text in ("Dear", "Ana Client", "4000 Liège", "Belgium", "<b>news</b>", "Rita Rep", "Lea Lead", "Lead Inc", "1000 Brussels"):
                self.assertIn(text, html, report)

    def test_R17_todays_letters_print_as_one_pdf(self):
        touches = self.letters()
        action = self.env.ref("touch_cadence.touch_touch_action_letters")
        found = self.env["touch.touch"].with_user(self.rep).search([("state", "=", "planned"), ("channel", "=", "letter")])
        self.assertEqual(found & touches.with_user(self.rep), touches.with_user(self.rep))
        self.assertTrue(action.domain)
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        pdf, kind = report._render_qweb_pdf("touch_cadence.touch_letter", touches.ids)
        self.assertEqual((kind, pdf[:5]), ("pdf", b"%PDF-"))
        self.assertEqual(pdf.count(b"/Type /Page\n"), 2)

    def test_R17_letters_and_cards_are_read_in_every_alphabet(self):
        touches = self.letters()
        touches.reason_id.script_ids.text = "<p>Дорогая Анна, ștampilă, Füße.</p>"
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        for name in ("touch_cadence.touch_letter", "touch_cadence.touch_card"):
            with self.subTest(name=name):
                pdf, _kind = report._render_qweb_pdf(name, touches.ids)
                said = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
                for word in ("Дорогая", "ștampilă", "Füße", "Liège"):
                    self.assertIn(word, said)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestCadenceSettings(MethodCase):
    def test_R14_the_steps_spread_over_the_window(self):
        self.cadence.window_days = 28
        self.cadence.with_user(self.manager).action_spread_steps()
        delays = self.cadence.step_ids.mapped("delay")
        self.assertEqual(sum(delays), 20)
        self.assertEqual(delays[1:], sorted(delays[1:]))

    def test_R18_with_few_means_nurture_is_monthly(self):
        nurture = self.env.ref("touch_cadence.touch_cadence_nurture")
        self.assertEqual(nurture._method_cadence(self.env.company).steps[0].delay, 5)
        self.env.company.touch_few_means = True
        self.assertEqual(nurture._method_cadence(self.env.company).steps[0].delay, 20)

    def test_R11_a_hot_client_is_asked_for_meeting_contract_invoice_payment_in_turn(self):
        """A hot client knows what he wants: neither advice nor a trial comes between."""
        lead = self.make_leads(temperature="hot")
        self.cadence.enroll(lead)
        asked = []
        for day in (2, 4, 9, 11):
            with freeze_time(f"2026-03-{day:02} 10:00:00"):
                self.all_due()
                self.run_planner()
                touch = self.planned(lead)
                asked.append(touch.reason_id)
                touch.done(self.env.ref("touch_cadence.touch_outcome_next_step"))
        names = [self.env.ref(f"touch_cadence.touch_reason_ask_{name}") for name in ("meeting", "contract", "invoice", "payment")]
        self.assertEqual(asked, names)

    def test_the_manager_saves_the_settings(self):
        form = Form(self.env["touch.settings"].with_user(self.manager))
        form.touch_per_day = 25
        form.touch_cool_days = 14
        form.save().action_save()
        self.assertEqual((self.env.company.touch_per_day, self.env.company.touch_cool_days), (25, 14))
        self.assertEqual(fields.Date.context_today(self.env.company), MONDAY)
