from datetime import date, datetime, timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged, users
from odoo.tools import mute_logger

from .common import MONDAY, TouchCase

THE_DAY = date(2026, 3, 12)  # a Thursday
BEFORE, AFTER = THE_DAY - timedelta(days=1), THE_DAY + timedelta(days=1)


@tagged("post_install", "-at_install")
class TestAgreed(TouchCase):
    """Next steps that clients agreed to (R45): said with an outcome, or a meeting in the calendar."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.meeting, cls.invoice = (cls.env.ref(f"touch_cadence.touch_next_step_{name}") for name in ("meeting", "invoice"))
        for name in ("next_step", "step_kept", "step_moved", "step_missed", "did_not_come"):
            cls.outcomes[name] = cls.env.ref(f"touch_cadence.touch_outcome_{name}")
        cls.lead = cls.make_leads()
        with freeze_time("2026-03-02 09:30:00"):
            cls.cadence.enroll(cls.lead)
        cls.approach = cls.lead.enrollment_ids

    def setUp(self):
        super().setUp()
        self.clock = self.enterContext(freeze_time("2026-03-02 09:30:00"))

    def agree(self, day=THE_DAY):
        touch = self.planned(self.lead)
        touch.with_user(self.rep).done(self.outcomes["next_step"].id, "Thursday suits her", self.meeting.id, day)
        return touch

    def meet(self, day=THE_DAY, **values):
        start = fields.Datetime.to_datetime(day) + timedelta(hours=14)
        values = {"name": "At their place", "opportunity_id": self.lead.id, "start": start, "stop": start + timedelta(hours=1), **values}
        event = self.env["calendar.event"].with_user(self.rep).create(values)
        self.env.flush_all()
        self.env.cr.execute("UPDATE calendar_event SET create_date = %s WHERE id = %s", [fields.Datetime.now(), event.id])
        event.invalidate_recordset(["create_date"])
        return event

    def test_R45_the_client_is_told_what_was_agreed(self):
        self.agree()
        self.on(date(2026, 3, 6))
        sure = self.planned(self.lead)
        self.assertEqual(sure._fill_values()["agreed"], "Meeting, Thursday, 12 March")
        card = self.env["touch.desk"].with_user(self.rep).cards(sure.ids)[sure.id]
        self.assertEqual(card["reason"], "Confirm: Meeting on 03/12/2026")
        self.assertEqual(sure.about, card["reason"])

    def test_R45_the_client_is_told_the_hour_by_his_clock_and_no_title_of_ours(self):
        self.lead.touch_tz = self.rep.tz = "Europe/Brussels"
        self.meet()
        self.on(date(2026, 3, 6))
        sure = self.planned(self.lead)
        self.assertEqual(sure.purpose, "confirming")
        self.assertEqual(sure._fill_values()["agreed"].replace("\u202f", " "), "our appointment, Thursday, 12 March, 3:00 PM")

    def test_R45_the_salesperson_is_told_whose_clock_the_hour_is_by(self):
        self.lead.touch_tz = "America/New_York"
        self.rep.tz = "Europe/Brussels"
        self.meet()
        self.on(date(2026, 3, 6))
        sure = self.planned(self.lead)
        told = {}
        for channel in ("call", "email"):
            sure.sudo().channel = channel
            told[channel] = sure._fill_values()["agreed"].replace("\u202f", " ")
        self.assertEqual(told["call"], "our appointment, Thursday, 12 March, 10:00 AM (client's time)")
        self.assertEqual(told["email"], "our appointment, Thursday, 12 March, 10:00 AM", "the client knows it")
        self.rep.tz = "America/New_York"
        sure.sudo().channel = "call"
        self.assertNotIn("client's time", sure._fill_values()["agreed"], "both have the same hour")

    def test_R45_the_client_reads_what_was_agreed_in_his_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.lead.partner_id = self.make_partners(lang="fr_FR")
        self.agree()
        self.on(date(2026, 3, 6))
        sure = self.planned(self.lead)
        sure.channel = "email"
        self.assertIn("jeudi, 12 mars", sure.with_user(self.rep)._told()[sure.with_user(self.rep)].text)

    def test_R45_what_was_agreed_moves_along_with_its_meeting_in_the_calendar(self):
        touch, event = self.agree(), self.meet()
        later = THE_DAY + timedelta(days=5)
        start = fields.Datetime.to_datetime(later) + timedelta(hours=14)
        event.with_user(self.rep).write({"start": start, "stop": start + timedelta(hours=1)})
        self.assertEqual(touch.agreed_date, later)
        self.on(date(2026, 3, 10))
        sure = self.planned(self.lead)
        self.assertEqual((sure.purpose, sure.date_deadline), ("confirming", later - timedelta(days=1)), "the old day is not confirmed")

    def test_a_meeting_of_ones_own_moves_nothing_that_a_colleague_agreed(self):
        """Whoever puts a client into a meeting of his own, ticks it and moves it, writes nothing into touches that he does not see."""
        partner = self.make_partners(name="Carla Client")
        self.lead.partner_id = partner
        touch = self.agree()
        stranger = new_test_user(self.env, "tc_meeting_stranger", "base.group_user", name="Sven Stranger")
        start = fields.Datetime.to_datetime(THE_DAY) + timedelta(hours=9)
        later = start + timedelta(days=7)
        values = {"name": "Mine", "start": start, "stop": start + timedelta(hours=1), "touch_is_step": True}
        for user, day in ((stranger, THE_DAY), (self.rep_two, THE_DAY), (self.rep, later.date())):
            with self.subTest(user.name):
                guests = (partner | user.partner_id).ids
                event = self.env["calendar.event"].with_user(user).create({**values, "partner_ids": [(6, 0, guests)]})
                event.with_user(user).write({"start": later, "stop": later + timedelta(hours=1)})
                self.assertEqual(touch.agreed_date, day)

    def test_R45_agreed_with_an_outcome(self):
        touch = self.agree()
        self.assertRecordValues(touch, [{"agreed_step_id": self.meeting.id, "agreed_date": THE_DAY, "warmed": True}])
        self.assertEqual(self.lead.temperature, "warm", "a step that is agreed makes nobody hot")
        self.assertFalse(self.planned(self.lead), "other touches wait")
        self.assertIn("meeting on 03/12/2026", self.approach.why)
        self.on(date(2026, 3, 6))
        sure = self.planned(self.lead)
        self.assertRecordValues(
            sure, [{"purpose": "confirming", "date_deadline": BEFORE, "reason_id": False, "number": 0, "agreed_touch_id": touch.id}]
        )
        self.assertEqual(sure.summary, "Confirm: Meeting on 03/12/2026")
        self.assertEqual(sure.activity_id.summary, sure.summary)
        self.assertIn("place and time", sure.activity_id.note)
        self.on(BEFORE)
        cards = self.env["touch.desk"].with_user(self.rep).load(ahead=True)["cards"]
        self.assertIn("Who decides, who pays", cards[sure.id]["before"], "R63: the check-list is read the day before")
        sure.with_user(self.rep).done(self.outcomes["reached"])
        asking = self.planned(self.lead)
        self.assertRecordValues(asking, [{"purpose": "asking", "date_deadline": AFTER, "agreed_touch_id": touch.id}])
        self.assertIn("What came of it?", asking.summary)
        self.on(AFTER)
        asking.with_user(self.rep).done(self.outcomes["step_kept"])
        self.assertEqual(asking.agreed_step_id, self.meeting)
        self.assertEqual(self.approach.touch_count, 1, "what belongs to the step counts for nothing else")
        self.on(date(2026, 3, 17))
        following = self.planned(self.lead)
        self.assertEqual((following.purpose, following.number), ("closing", 2), "who came is asked for the next step")
        self.assertNotEqual(following.reason_id.next_step_id, self.meeting)
        self.assertIn("come a step nearer", following.why)

    def test_R45_marked_as_done_in_the_popover(self):
        activity = self.planned(self.lead).activity_id.with_user(self.rep)
        said = {"touch_outcome_id": self.outcomes["next_step"].id, "touch_next_step_id": self.invoice.id, "touch_next_day": str(THE_DAY)}
        touch = self.planned(self.lead)
        activity.with_context(**said).action_feedback()
        self.assertRecordValues(touch, [{"agreed_step_id": self.invoice.id, "agreed_date": THE_DAY, "state": "done"}])

    def test_R45_logged(self):
        values = {"channel": "call", "outcome_id": self.outcomes["next_step"].id}
        self.lead.with_user(self.rep).log_touch({**values, "agreed_step_id": self.meeting.id, "agreed_date": str(THE_DAY)})
        self.assertFalse(self.planned(self.lead))
        self.assertIn("Agreed with the client", self.approach.why)

    def test_R45_agreed_without_a_day_holds_nothing(self):
        touch = self.planned(self.lead)
        touch.reason_id = self.env.ref("touch_cadence.touch_reason_ask_contract")
        touch.with_user(self.rep).done(self.outcomes["next_step"])
        self.assertEqual(touch.agreed_step_id, self.env.ref("touch_cadence.touch_next_step_contract"), "the one that was asked for")
        self.assertNotIn("Agreed with", self.approach.why or "")

    def test_R45_moved_and_missed(self):
        self.agree()
        self.on(BEFORE)
        later = THE_DAY + timedelta(days=14)
        self.planned(self.lead).with_user(self.rep).done(self.outcomes["step_moved"], None, None, later)
        self.assertFalse(self.planned(self.lead))
        self.assertIn("03/26/2026", self.approach.why)
        self.on(later - timedelta(days=1))
        self.planned(self.lead).with_user(self.rep).done(self.outcomes["reached"])
        self.on(later + timedelta(days=1))
        self.planned(self.lead).with_user(self.rep).done(self.outcomes["step_missed"])
        self.on(later + timedelta(days=6))
        self.assertEqual(self.planned(self.lead).purpose, "warming")

    def test_R45_a_meeting_in_the_calendar(self):
        self.assertTrue(self.planned(self.lead))
        event = self.meet()
        self.decide()
        self.assertTrue(self.planned(self.lead), "the rep makes it while the client is on the phone")
        self.on(date(2026, 3, 3))
        self.assertFalse(self.planned(self.lead), "what was planned waits")
        self.assertIn("appointment on 03/12/2026", self.approach.why)
        self.on(date(2026, 3, 10))
        sure = self.planned(self.lead)
        self.assertRecordValues(sure, [{"purpose": "confirming", "date_deadline": BEFORE, "agreed_event_id": event.id}])
        self.assertEqual(sure.summary, "Confirm: At their place on 03/12/2026")
        # it is moved, and its confirmation with it
        start = event.start + timedelta(days=1)
        event.with_user(self.rep).write({"start": start, "stop": start + timedelta(hours=1)})
        self.decide()
        self.assertEqual(self.planned(self.lead).date_deadline, THE_DAY)
        # it is cancelled: the plan goes on
        event.with_user(self.rep).unlink()
        self.decide()
        self.assertEqual(self.planned(self.lead).purpose, "warming")

    def test_R45_a_meeting_that_is_said_twice_is_one(self):
        self.agree()
        self.meet()
        self.on(BEFORE)
        sure = self.planned(self.lead)
        self.assertEqual(len(sure), 1)
        sure.with_user(self.rep).done(self.outcomes["reached"])
        self.on(AFTER)
        self.planned(self.lead).with_user(self.rep).done(self.outcomes["step_kept"])
        self.on(date(2026, 3, 18))
        self.assertEqual(self.planned(self.lead).purpose, "closing", "it is not asked twice what came of it")

    def test_R45_who_declines_does_not_come(self):
        partner = self.make_partners()
        self.lead.partner_id = partner
        event = self.meet(partner_ids=[(6, 0, (self.rep.partner_id | partner).ids)])
        self.on(date(2026, 3, 3))
        self.assertFalse(self.planned(self.lead))
        event.attendee_ids.filtered(lambda one: one.partner_id == partner).do_decline()
        self.decide()
        self.assertEqual(self.planned(self.lead).purpose, "warming")

    def test_R45_a_recurring_meeting_counts_by_its_next_time(self):
        self.meet(recurrency=True, rrule_type="weekly", thu=True, count=8, end_type="count", event_tz="UTC")
        self.on(BEFORE)
        self.planned(self.lead).with_user(self.rep).done(self.outcomes["reached"])
        self.assertEqual(self.planned(self.lead).date_deadline, AFTER)

    def test_R45_a_meeting_with_a_contact_is_one_where_it_is_ticked(self):
        partner = self.make_partners()
        self.care.enroll(partner)
        self.assertTrue(self.planned(partner) or partner.enrollment_ids.next_date)
        attending = [(6, 0, (self.rep.partner_id | partner).ids)]
        event = self.meet(opportunity_id=False, partner_ids=attending)
        self.decide()
        self.assertNotIn("Agreed with", partner.enrollment_ids.why or "")
        event.with_user(self.rep).touch_is_step = True
        self.decide()
        self.assertIn("Agreed with", partner.enrollment_ids.why)

    def test_R45_the_meeting_of_another_companys_people_holds_nothing(self):
        partner = self.make_partners()
        self.care.enroll(partner)
        company = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env, "tc_b", "sales_team.group_sale_salesman", company_id=company.id, company_ids=[(6, 0, company.ids)]
        )
        attending = [(6, 0, (stranger.partner_id | partner).ids)]
        event = self.meet(opportunity_id=False, partner_ids=attending, touch_is_step=True)
        event.user_id = stranger
        self.decide()
        self.assertNotIn("Agreed with", partner.enrollment_ids.why or "")
        event.user_id = self.rep
        self.decide()
        self.assertIn("Agreed with", partner.enrollment_ids.why)

    def test_R45_a_ticked_meeting_on_a_deal_holds_the_same_whoever_is_decided_with_it(self):
        partner = self.make_partners()
        self.care.enroll(partner)
        other = partner.enrollment_ids
        self.meet(partner_ids=[(6, 0, (self.rep.partner_id | partner).ids)], touch_is_step=True)

        def agreed(runs):
            return {run: facts.agreed for run, facts, _decision in self.env["touch.facts"]._decide(runs)}

        together = agreed(self.approach | other)
        self.assertEqual(together, agreed(self.approach) | agreed(other))
        self.assertTrue(all(together.values()))

    def test_R45_what_a_private_meeting_is_called_is_told_to_nobody(self):
        event = self.meet(privacy="private")
        self.on(date(2026, 3, 10))
        sure = self.planned(self.lead)
        self.assertEqual((sure.agreed_event_id, sure.summary), (event, "Confirm: appointment on 03/12/2026"))
        self.assertEqual(sure.activity_id.summary, sure.summary)

    def test_R45_the_day_is_that_of_the_companys_clock(self):
        """An evening in California is the next day in London."""
        self.env.company.resource_calendar_id.tz = "America/Los_Angeles"
        evening = datetime(2026, 3, 13, 2)  # by UTC: seven in the evening of the 12th
        self.meet(start=evening, stop=evening + timedelta(hours=1))
        self.on(date(2026, 3, 10))
        sure = self.planned(self.lead)
        self.assertEqual((sure.date_deadline, sure.summary), (BEFORE, "Confirm: At their place on 03/12/2026"))
        self.assertEqual(sure.with_user(self.rep).with_context(tz="Pacific/Kiritimati").summary, sure.summary)
        self.assertEqual(sure.activity_id.summary, sure.summary)

    def test_R45_a_meeting_that_is_put_on_a_deal_later(self):
        event = self.meet(opportunity_id=False)
        self.assertFalse(self.env["touch.facts"]._decide(self.approach)[0][1].agreed)
        event.with_user(self.rep).opportunity_id = self.lead
        self.assertTrue(self.env["touch.facts"]._decide(self.approach)[0][1].agreed)
        foreign = self.make_leads(user_id=self.rep_two.id)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            event.with_user(self.rep).opportunity_id = foreign

    def test_R45_what_was_agreed_on_a_deal_is_kept_when_it_is_merged(self):
        other = self.make_leads()
        self.cadence.enroll(other)
        self.agree()
        viewing = self.env.ref("touch_cadence.touch_next_step_viewing")
        self.planned(other).with_user(self.rep).done(self.outcomes["next_step"], next_step=viewing, next_day=date(2026, 3, 6))
        (self.lead | other).merge_opportunity()
        self.decide()
        left = (self.lead | other).exists()
        run = left.enrollment_ids.filtered(lambda one: one.state == "running")
        days = [step.day for step in self.env["touch.facts"]._decide(run)[0][1].agreed]
        self.assertEqual(days, [date(2026, 3, 6), THE_DAY])
        self.assertEqual(self.planned(left).summary, "Confirm: Viewing or demonstration on 03/06/2026")

    def test_R45_what_was_agreed_is_kept_in_the_next_cadence(self):
        touch = self.agree()
        self.approach.action_stop("Another way")
        self.nurture.enroll(self.lead)
        self.decide()
        run = self.lead.enrollment_ids.filtered(lambda one: one.state == "running")
        self.assertEqual(run.cadence_id, self.nurture)
        self.assertEqual([step.key for step in self.env["touch.facts"]._decide(run)[0][1].agreed], [f"touch:{touch.id}"])

    def test_R45_an_experts_booking_is_the_same_fact(self):
        self.meet(day=THE_DAY)
        self.assertEqual(len(self.env["touch.facts"]._decide(self.approach)[0][1].agreed), 1)

    def test_R8_hot_when_the_window_is_over(self):
        for lead in self.make_leads(2):
            self.cadence.enroll(lead)
        by_method, by_hand = self.env["crm.lead"].search([("name", "in", ("Deal 0", "Deal 1"))], order="id desc", limit=2)
        by_hand.with_user(self.rep).temperature = "hot"
        by_method._touch_set_temperature("hot", "warm_hand")
        self.assertEqual((by_hand | by_method).mapped("temperature_by_hand"), [True, False])
        self.on(MONDAY + timedelta(days=65))
        self.planned(by_method | by_hand).done(self.outcomes["no_answer"])
        self.assertEqual(by_method.temperature, "warm")
        self.assertEqual(by_method.enrollment_ids.filtered(lambda one: one.state == "running").cadence_id, self.nurture)
        self.assertEqual(by_hand.temperature, "hot")
        self.assertEqual(by_hand.enrollment_ids.mapped("state"), ["running"])

    def test_R8_who_turns_hot_in_nurture_is_sold_to(self):
        self.nurture.hot_cadence_id = self.cadence
        lead = self.make_leads()
        self.nurture.enroll(lead)
        lead.temperature = "hot"
        self.decide()
        self.assertRecordValues(lead.enrollment_ids.sorted("id"), [{"state": "exhausted"}, {"state": "running"}])
        self.assertEqual(self.planned(lead).cadence_id, self.cadence)
        self.assertEqual(self.planned(lead).purpose, "closing")
        with self.assertRaises(UserError):
            self.cadence.hot_cadence_id = self.nurture

    def test_R11_a_rung_names_a_step_and_one_of_archived_steps_is_none(self):
        rungs = self.env["touch.cadence.rung"]
        for steps in ({}, {"next_step_ids": False}, {"next_step_ids": [(6, 0, [])]}):
            with self.assertRaisesRegex(ValidationError, "names no next step"), self.env.cr.savepoint():
                rungs.create({"cadence_id": self.cadence.id, **steps})
        old = self.env["touch.next.step"].create({"name": "Fax the order"})
        rung = rungs.create({"cadence_id": self.cadence.id, "next_step_ids": [(6, 0, old.ids)]})
        with self.assertRaisesRegex(ValidationError, "names no next step"), self.env.cr.savepoint():
            rung.next_step_ids = False
        self.env.invalidate_all()
        self.lead.temperature = "hot"
        self.decide()
        self.assertFalse(self.planned(self.lead).reason_id.next_step_id, "no reason asks for the only step")
        old.active = False
        self.env.invalidate_all()
        other = self.make_leads(temperature="hot")
        self.cadence.enroll(other)
        self.assertTrue(self.planned(other).reason_id.next_step_id, "without a ladder, in the company's order")

    def test_what_is_anonymous_points_at_nobody(self):
        self.meet()
        self.on(date(2026, 3, 10))
        sure = self.planned(self.lead)
        self.assertTrue(sure.agreed_event_id)
        sure.with_user(self.rep).done(self.outcomes["reached"])
        touches = self.lead.enrollment_ids.touch_ids
        touches._anonymise()
        # whatever a touch points at that has a client's name, or leads to it
        named = ("res.partner", "crm.lead", "calendar.event", "mail.message", "mail.activity", "touch.touch", "touch.enrollment")
        for name, field in touches._fields.items():
            if field.store and field.type == "many2one" and field.comodel_name in named:
                self.assertFalse(touches[name], name)
        self.assertNotIn(self.lead.name, " ".join(touches.mapped("display_name")))

    @users("tc_rep")
    def test_nobody_forges_what_was_agreed(self):
        touch = self.planned(self.lead).with_user(self.env.user)
        for name, value in (("agreed_date", str(THE_DAY)), ("agreed_step_id", self.meeting.id), ("agreed_event_id", 1)):
            with self.assertRaises(AccessError):
                touch.write({name: value})
        with self.assertRaises(UserError):
            touch.done(self.outcomes["next_step"].id, None, self.meeting.id, "2020-01-01")

    def test_R11_outcomes_by_channel(self):
        outcomes = self.env["touch.outcome"]
        names = {channel: outcomes._default_outcome(channel).name for channel in ("call", "email", "letter", "meeting", "sms", "social")}
        self.assertEqual(names, {"call": "Reached", "email": "Sent", "letter": "Posted", "meeting": "Met", "sms": "Sent", "social": "Sent"})
        self.assertEqual(self.env.ref("touch_cadence.touch_outcome_posted").channels, "letter")
        shown = {one["name"]: one for one in outcomes.with_user(self.rep).choices()}
        self.assertEqual((shown["No answer"]["channels"], shown["Not now"]["asks"]), (["call"], "obstacle"))
