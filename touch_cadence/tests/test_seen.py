from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TouchCase
from .test_mail import MailCase


class SeenCase(TouchCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-03-02 09:30:00"):
            cls.client = cls.make_partners(name="Ann Lee", email="ann@acme.example")
            cls.lead = cls.make_leads(partner_id=cls.client.id, email_from="ann@acme.example")
            cls.cadence.enroll(cls.lead)

    def made(self, lead=None):
        return self.env["touch.touch"].search([("lead_id", "=", (lead or self.lead).id), ("state", "=", "done")])

    def write_mail(self, user=None, lead=None, **values):
        lead = (lead or self.lead).with_user(user or self.rep)
        values = {
            "body": "We thought of you",
            "subtype_xmlid": "mail.mt_comment",
            "message_type": "comment",
            "partner_ids": self.client.ids,
            **values,
        }
        return lead.message_post(**values)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestWritten(SeenCase):
    """What a rep writes in the chatter is a touch (R1)."""

    def test_a_mail_of_the_chatter_is_a_touch(self):
        message = self.write_mail(subject="News")
        touch = self.made()
        self.assertRecordValues(
            touch,
            [
                {
                    "channel": "email", "direction": "out", "counts": True, "reached": False, "user_id": self.rep.id, "note": "News",
                    "message_id": message.id, "number": 1, "enrollment_id": self.lead.enrollment_ids.id,
                    "outcome_id": self.env.ref("touch_cadence.touch_outcome_sent").id,
                }
            ],
        )  # fmt: skip
        self.assertEqual(self.lead.enrollment_ids.touch_count, 1)
        self.assertEqual(self.planned(self.lead).number, 2)

    def test_two_mails_of_a_day_are_one_touch(self):
        self.write_mail()
        self.write_mail(body="And here is what I forgot")
        self.assertEqual(len(self.made()), 1)
        with freeze_time("2026-03-03 09:30:00"):
            self.write_mail()
        self.assertEqual(len(self.made()), 2)

    def test_what_does_not_go_to_the_client_is_none(self):
        stranger = self.make_partners(name="Somebody else", email="else@touch.example")
        self.write_mail(subtype_xmlid="mail.mt_note")
        self.write_mail(partner_ids=stranger.ids)
        self.write_mail(partner_ids=self.leader.partner_id.ids)
        self.lead.message_post(body="Odoo itself", message_type="comment", subtype_xmlid="mail.mt_comment", partner_ids=self.client.ids)
        self.lead.with_user(self.rep).message_post(
            body="A template", subtype_xmlid="mail.mt_comment", partner_ids=self.client.ids, message_type="auto_comment"
        )
        self.assertFalse(self.made())

    def test_an_address_of_the_deal_is_the_client(self):
        lead = self.make_leads(name="New", email_from="Bob <bob@new.example>", partner_id=False)
        lead.with_user(self.rep).message_post(
            body="Hello", subtype_xmlid="mail.mt_comment", message_type="comment", outgoing_email_to="bob@new.example"
        )
        self.assertEqual(self.made(lead).channel, "email")

    def test_a_mail_for_later_counts_when_it_goes(self):
        message = self.write_mail(scheduled_date="2099-03-04 10:00:00")
        self.assertFalse(self.made())
        self.env["mail.message.schedule"].sudo().search([("mail_message_id", "=", message.id)]).force_send()
        self.assertEqual(self.made().message_id, message)

    def test_the_planned_touch_keeps_its_gap(self):
        self.env.company.touch_min_gap = 3
        planned = self.planned(self.lead)
        self.assertEqual(str(planned.date_deadline), "2026-03-02")
        planned.channel = "call"
        self.write_mail()
        self.assertGreaterEqual(str(self.planned(self.lead).date_deadline), "2026-03-05")
        self.assertEqual(self.lead.enrollment_ids.touch_count, 1)

    def test_a_mail_to_a_contact_that_was_never_in_a_cadence_is_left_alone(self):
        supplier = self.make_partners(name="Supplier", email="buy@supplier.example")
        self.write_mail(lead=supplier, partner_ids=supplier.ids)
        self.assertFalse(self.env["touch.touch"].search([("partner_id", "=", supplier.id)]))
        self.write_mail(lead=self.client)
        self.assertEqual(self.env["touch.touch"].search([("state", "=", "done")]).enrollment_id, self.lead.enrollment_ids)

    def test_a_mail_of_the_composer_of_a_touch_is_that_touch(self):
        planned = self.planned(self.lead)
        self.write_mail(lead=self.lead.with_context(touch_prepared=planned.id))
        self.assertEqual(self.made(), planned)

    def test_a_mail_and_the_planned_touch_that_is_ticked_are_one(self):
        planned = self.planned(self.lead)
        planned.channel = "email"
        message = self.write_mail()
        self.assertEqual(self.lead.enrollment_ids.touch_count, 1)
        planned.with_user(self.rep).done()
        self.assertEqual(self.made(), planned)
        self.assertEqual(planned.message_id, message)
        self.assertEqual(self.lead.enrollment_ids.touch_count, 1)
        self.assertEqual(planned.number, 1)

    def test_a_mail_that_bounces_was_a_try(self):
        message = self.write_mail()
        message.sudo().notification_ids.notification_status = "bounce"
        self.env["touch.touch"]._came_back(message, email="ann@acme.example", why="unknown")
        self.assertFalse(self.made().counts)
        self.assertEqual(self.lead.enrollment_ids.touch_count, 0)

    def test_a_user_without_sales_makes_no_touch(self):
        clerk = self.env["res.users"].create(
            {
                "name": "Clerk",
                "login": "tc_clerk",
                "group_ids": [(6, 0, (self.env.ref("base.group_user") | self.env.ref("base.group_partner_manager")).ids)],
            }
        )
        self.write_mail(clerk, self.client)
        self.assertFalse(self.env["touch.touch"].search([("state", "=", "done")]))

    def test_a_failing_touch_loses_no_mail(self):
        self.patch(type(self.env["touch.touch"]), "_log_seen", lambda *args, **kwargs: 1 / 0)
        with mute_logger("odoo.addons.touch_cadence.models.listen.touch_inbox"):
            self.assertTrue(self.write_mail().exists())

    def test_many_are_counted_in_a_fixed_number_of_queries(self):
        def count(records):
            leads = self.make_leads(records).with_user(self.rep)
            self.cadence.enroll(leads.sudo())
            self.env["touch.touch"].with_user(self.rep)._log_seen(leads, "call", {lead: {} for lead in leads})

        def enroll(records):
            self.cadence.enroll(self.make_leads(records))

        self.assertLess(self.slope(count) - self.slope(enroll), 0.5)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestWrittenElsewhere(MailCase):
    def test_a_rep_who_answers_from_outlook_touches(self):
        self.lead.user_id = self.rep
        self.rep.email = "rita@touch.example"
        mail = "\r\n".join(
            [
                "From: Rita Rep <rita@touch.example>", "To: Ann Lee <ann@acme.example>", "Cc: sales@touch.example",
                "Message-Id: <own@wire.example>", f"In-Reply-To: {self.offer.message_id}", "Subject: Re: Our offer", "", "Hello Ann",
            ]
        )  # fmt: skip
        self.env["mail.thread"].with_user(self.env.ref("base.user_root")).message_process("crm.lead", mail.encode())
        touch = self.env["touch.touch"].search([("lead_id", "=", self.lead.id), ("state", "=", "done")])
        self.assertRecordValues(touch, [{"direction": "out", "channel": "email", "user_id": self.rep.id}])


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestActivitiesSeen(SeenCase):
    """An activity of Odoo that is done is a touch (R1)."""

    def plan(self, kind, record=None, **values):
        record = record or self.lead
        return record.with_user(self.rep).activity_schedule(f"mail.mail_activity_data_{kind}", user_id=self.rep.id, **values)

    def test_calls_and_meetings(self):
        for kind, channel, outcome in (("call", "call", "reached"), ("meeting", "meeting", "met")):
            with self.subTest(kind=kind):
                self.plan(kind).action_feedback(feedback="They liked it")
                touch = self.made().filtered(lambda one, channel=channel: one.channel == channel)
                expected = self.env.ref(f"touch_cadence.touch_outcome_{outcome}")
                self.assertRecordValues(
                    touch, [{"counts": True, "reached": True, "note": "They liked it", "outcome_id": expected.id, "user_id": self.rep.id}]
                )
        self.assertEqual(self.lead.enrollment_ids.touch_count, 2)

    def test_the_outcome_that_was_chosen(self):
        for name, counts in (("no_answer", False), ("interested", True)):
            activity = self.plan("call")
            self.assertTrue(activity.touch_is_plain)
            activity.touch_outcome_id = self.outcomes[name]
            activity.action_feedback()
            touch = self.made().filtered(lambda one, name=name: one.outcome_id == self.outcomes[name])
            self.assertRecordValues(touch, [{"counts": counts, "channel": "call"}])
        self.assertEqual(self.lead.temperature, "warm")

    def test_what_a_colleague_works_is_not_ended(self):
        partner = self.make_partners(name="Acme")
        self.care.enroll(partner)
        activity = partner.activity_schedule("mail.mail_activity_data_call", user_id=self.rep_two.id)
        activity.touch_outcome_id = self.outcomes["wrong_contact"]
        activity.with_user(self.rep_two).action_feedback()
        self.assertEqual(partner.enrollment_ids.state, "running")
        made = self.env["touch.touch"].search([("partner_id", "=", partner.id), ("state", "=", "done")])
        self.assertRecordValues(made, [{"outcome_id": self.outcomes["reached"].id, "user_id": self.rep_two.id}])

    def test_a_task_is_none(self):
        self.plan("todo").action_feedback()
        self.assertFalse(self.made())

    def test_the_activity_of_a_planned_touch_is_that_touch(self):
        planned = self.planned(self.lead)
        planned.activity_id.with_user(self.rep).action_feedback()
        self.assertEqual(self.made(), planned)

    def test_the_mail_and_its_activity_are_one_touch(self):
        activity = self.plan("email")
        message = self.write_mail()
        activity.action_feedback()
        self.assertEqual(self.made().message_id, message)

    def test_who_may_not_work_touches_may_finish_activities(self):
        clerk = self.env["res.users"].create(
            {"name": "Clerk", "login": "tc_clerk", "group_ids": [(6, 0, self.env.ref("base.group_user").ids)]}
        )
        activity = self.client.activity_schedule("mail.mail_activity_data_call", user_id=clerk.id)
        activity.with_user(clerk).action_feedback()
        self.assertFalse(self.env["touch.touch"].search([("state", "=", "done")]))


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestMeetingsSeen(SeenCase):
    """A meeting of the calendar that is over is a touch (R1): "Met?", until somebody says what came of it."""

    def meet(self, start="2026-03-02 13:00:00", hours=1, guests=None, **values):
        guests = self.client if guests is None else guests
        return (
            self.env["calendar.event"]
            .with_user(self.rep)
            .create(
                {
                    "name": "Coffee",
                    "start": start,
                    "stop": fields.Datetime.to_datetime(start) + timedelta(hours=hours),
                    "partner_ids": [(6, 0, (guests | self.rep.partner_id).ids)],
                    **values,
                }
            )
        )

    def pass_to(self, moment):
        self.env.flush_all()
        for _run in range(2):
            with freeze_time(moment), self.enter_registry_test_mode():
                self.env.ref("touch_cadence.ir_cron_meetings").method_direct_trigger()
        self.env.invalidate_all()
        return self.env["touch.touch"].search([("channel", "=", "meeting"), ("state", "=", "done")])

    def test_a_meeting_that_is_over_is_counted_once(self):
        event = self.meet()
        self.assertFalse(self.pass_to("2026-03-02 12:00:00"))
        touch = self.pass_to("2026-03-02 18:00:00")
        self.assertRecordValues(
            touch,
            [
                {
                    "event_id": event.id, "direction": "out", "counts": True, "reached": False, "unsure": True, "user_id": self.rep.id,
                    "date_done": event.stop, "note": "Coffee", "number": 1, "enrollment_id": self.lead.enrollment_ids.id,
                }
            ],
        )  # fmt: skip
        self.assertEqual(touch.outcome_id.name, "Met?")
        self.assertEqual(self.lead.enrollment_ids.touch_count, 1)

    def test_the_rep_says_what_came_of_it(self):
        self.meet()
        touch = self.pass_to("2026-03-02 18:00:00").with_user(self.rep)
        with freeze_time("2026-03-03 09:30:00"):
            desk = self.env["touch.desk"].with_user(self.rep).load()
            self.assertIn(touch.id, [row["id"] for row in desk["queue"]])
            self.env["touch.desk"].with_user(self.rep).act(
                touch.id, "done", {"outcome_id": self.env.ref("touch_cadence.touch_outcome_met").id}, "k"
            )
            desk = self.env["touch.desk"].with_user(self.rep).load()
            self.assertNotIn(touch.id, [row["id"] for row in desk["queue"]])
        self.assertRecordValues(touch, [{"unsure": False, "reached": True, "counts": True}])
        self.assertEqual(str(touch.date_done), "2026-03-02 14:00:00")

    def test_who_did_not_come_was_not_touched(self):
        self.meet()
        touch = self.pass_to("2026-03-02 18:00:00").with_user(self.rep)
        touch.done(self.env.ref("touch_cadence.touch_outcome_did_not_come"))
        self.assertRecordValues(touch, [{"unsure": False, "counts": False}])
        self.assertEqual(self.lead.enrollment_ids.touch_count, 0)

    def test_declined_removed_and_moved_meetings_are_none(self):
        event = self.meet()
        event.attendee_ids.filtered(lambda one: one.partner_id == self.client).state = "declined"
        self.assertFalse(self.pass_to("2026-03-02 18:00:00"))
        for change in ({"active": False}, {"start": "2026-03-09 13:00:00", "stop": "2026-03-09 14:00:00"}, None):
            with self.subTest(change=change):
                event = self.meet()
                self.assertTrue(self.pass_to("2026-03-02 18:00:00"))
                with freeze_time("2026-03-02 18:30:00"):
                    event.write(change) if change else event.unlink()
                self.assertFalse(self.pass_to("2026-03-02 19:00:00"))
                self.assertEqual(self.lead.enrollment_ids.touch_count, 0)

    def test_an_agreed_step_is_asked_after_and_says_it_of_the_meeting(self):
        for outcome, there in (("step_kept", True), ("step_missed", False)):
            with self.subTest(outcome=outcome):
                lead = self.make_leads(name=outcome)
                self.cadence.enroll(lead)
                self.meet(opportunity_id=lead.id, guests=lead.partner_id)
                touch = self.pass_to("2026-03-02 18:00:00").filtered(lambda one, lead=lead: one.lead_id == lead)
                self.assertTrue(touch.unsure)
                with freeze_time("2026-03-03 09:30:00"):
                    self.run_planner()
                    asking = self.planned(lead)
                    self.assertEqual(asking.purpose, "asking")
                    queue = self.env["touch.desk"].with_user(self.rep).load(True)["queue"]
                    self.assertNotIn(touch.id, [row["id"] for row in queue])
                    asking.with_user(self.rep).done(self.env.ref(f"touch_cadence.touch_outcome_{outcome}"))
                self.assertRecordValues(touch, [{"unsure": False, "counts": there, "state": "done" if there else "skipped"}])

    def test_whose_organizer_may_not_see_the_client_is_none(self):
        lead = self.make_leads(user_id=self.rep_two.id)
        self.cadence.enroll(lead)
        event = self.meet()
        event.sudo().opportunity_id = lead  # Odoo asks nobody whether the deal may be seen
        self.assertFalse(self.pass_to("2026-03-02 18:00:00").filtered(lambda one: one.lead_id == lead))

    def test_what_a_private_meeting_is_called_stays_private(self):
        self.meet(privacy="private")
        self.assertFalse(self.pass_to("2026-03-02 18:00:00").note)
        self.rep.with_user(self.rep).calendar_default_privacy = "private"
        self.meet("2026-03-03 13:00:00")
        self.assertEqual(self.pass_to("2026-03-03 18:00:00").mapped("note"), [False, False])

    def test_an_activity_of_the_meeting_confirms_it(self):
        event = self.meet()
        self.env["mail.activity"].with_user(self.rep).create(
            {
                "res_model_id": self.env["ir.model"]._get_id("crm.lead"), "res_id": self.lead.id, "user_id": self.rep.id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_meeting").id, "calendar_event_id": event.id,
            }
        )  # fmt: skip
        activity = event.activity_ids
        touch = self.pass_to("2026-03-02 18:00:00")
        with freeze_time("2026-03-02 18:30:00"):
            activity.with_user(self.rep).action_feedback(feedback="Good talk")
        self.assertEqual(self.pass_to("2026-03-02 19:00:00"), touch)
        self.assertRecordValues(touch, [{"unsure": False, "note": "Coffee\nGood talk"}])

    def test_meetings_are_counted_in_batches(self):
        def meet(records):
            leads = self.make_leads(records)
            self.cadence.enroll(leads)
            self.env["calendar.event"].create(
                [
                    {
                        "name": "Coffee", "start": "2026-03-02 08:00:00", "stop": "2026-03-02 09:00:00", "opportunity_id": lead.id,
                        "user_id": self.rep.id, "partner_ids": [(6, 0, self.rep.partner_id.ids)],
                    }
                    for lead in leads
                ]
            )  # fmt: skip
            self.env.flush_all()

        def count(records):
            meet(records)
            events = self.env["calendar.event"]
            events._touch_count(events._touch_read_over())

        self.assertLess(self.slope(count) - self.slope(meet), 1.0)

    def test_one_bad_meeting_harms_itself_alone(self):
        self.meet()
        bad = self.meet(start="2026-03-02 15:00:00", name="bad")
        count = type(self.env["calendar.event"])._touch_count

        def fail(events, rows):
            if bad.id in [row.event for row in rows]:
                raise ValueError("bad")
            return count(events, rows)

        self.patch(type(self.env["calendar.event"]), "_touch_count", fail)
        with mute_logger("odoo.addons.touch_cadence.models.listen.calendar_event"):
            self.assertEqual(len(self.pass_to("2026-03-02 18:00:00")), 1)
