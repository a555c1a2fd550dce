from datetime import date, datetime, time, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo.addons.mail.tests.common import MockEmail
from odoo.addons.sms.tools.sms_api import SmsApi
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged, users
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ..method.plan.channels import Channel
from .common import MONDAY, TouchCase


class DeskCase(TouchCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.desk = cls.env["touch.desk"]
        cls.leads = cls.make_leads(5, partner_name="Acme", contact_name="Anna Acme")
        cls.leads[3].temperature = "hot"
        cls.leads[4].potential = "high"
        cls.cadence.enroll(cls.leads)
        cls.touches = cls.env["touch.touch"].search([("state", "=", "planned")]).sorted(lambda touch: touch.lead_id.id)

    def load(self, user=None, **values):
        return self.desk.with_user(user or self.rep).load(**values)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestDesk(DeskCase):
    """What the desk shows, as a rep with own documents only."""

    def test_the_queue_is_in_order_and_says_why(self):
        self.touches[2].date_deadline = MONDAY - timedelta(days=2)
        rows = self.load()["queue"]
        self.assertEqual([row["id"] for row in rows], [self.touches[at].id for at in (3, 2, 4, 0, 1)])
        self.assertEqual(
            [(row["why"], row["overdue"]) for row in rows], [("Hot. Closing.", 0), ("", 2), ("High potential.", 0), ("", 0), ("", 0)]
        )

    def test_rows_name_person_and_company(self):
        company = self.make_partners(is_company=True, name="Azure Interior")
        person = self.make_partners(name="Anna Weber", parent_id=company.id)
        self.leads[0].write({"contact_name": False, "partner_name": False, "partner_id": person.id})
        self.leads[1].write({"contact_name": False, "partner_name": "Azure Interior"})
        self.leads[2].write({"contact_name": False, "partner_name": False})
        self.touches[0].partner_id = person
        named = self.touches.with_user(self.rep).mapped("client_name")
        self.assertEqual(named[:4], ["Anna Weber · Azure Interior", "Azure Interior", "Deal 2", "Anna Acme · Acme"])
        self.touches[0].partner_id = company
        self.assertEqual(self.touches[0].client_name, "Azure Interior")

    def test_filters_narrow_together_and_are_counted_over_the_whole_queue(self):
        (self.touches - self.touches[3]).channel = "call"
        self.touches[3].channel = self.touches[4].channel = "email"
        self.touches[2].date_deadline = MONDAY - timedelta(days=2)
        self.touches[2].reason_id = self.env["touch.reason"].search([("kind", "=", "birthday")], limit=1)
        told = self.load()["filters"]
        self.assertEqual([[value, count] for value, _name, count in told["channel"]], [["call", 3], ["email", 2]])
        self.assertEqual([one[1:] for one in told["temperature"]], [["Hot", 1], ["Cold", 4]])
        self.assertEqual(told["overdue"], [["overdue", "Overdue", 1]])
        self.assertIn(["birthday", "Birthday", 1], told["kind"])
        data = self.load(filters={"channel": ["email"], "temperature": ["cold"]})
        self.assertEqual([row["id"] for row in data["queue"]], self.touches[4].ids)
        self.assertEqual((data["total"], data["all"]), (1, 5))
        # what choosing another value would leave
        self.assertEqual([one[1:] for one in data["filters"]["temperature"]], [["Hot", 1], ["Cold", 1]])
        none = self.load(filters={"channel": ["letter"]}, current=self.touches[0].id)
        self.assertEqual((none["queue"], none["gone"]), ([], False))
        self.assertIn(["letter", "Letter or card", 0], none["filters"]["channel"], "what is chosen can be taken back")

    def test_one_group_comes_after_the_other(self):
        self.touches.channel = "call"
        self.touches[3].channel = "email"  # of the hot client
        rows = self.load(group="channel")["queue"]
        self.assertEqual([row["channel"] for row in rows], ["call"] * 4 + ["email"])
        self.assertEqual({row["group"] for row in rows}, {"Call", "Email"})
        groups = [row["group"] for row in self.load(group="cadence")["queue"]]
        self.assertEqual((set(groups), groups), (set(self.touches.cadence_id.mapped("name")), sorted(groups)))
        self.assertEqual(self.load(group="temperature")["queue"][0]["group"], "Hot")

    def test_a_touch_of_another_hour_waits_for_it(self):
        self.touches[3].date_planned = "2026-03-02 15:00:00"
        rows = self.load()["queue"]
        self.assertEqual((rows[-1]["id"], rows[-1]["hour"].replace("\u202f", " ")), (self.touches[3].id, "3:00 PM"))
        self.assertFalse(rows[0]["hour"])
        with freeze_time("2026-03-02 15:00:00"):
            self.assertEqual(self.load()["queue"][0]["id"], self.touches[3].id)

    def test_what_is_new_of_the_client_is_seen_in_the_queue(self):
        self.assertEqual({row["news"] for row in self.load()["queue"]}, {""})
        mail = {"channel": "email", "date_done": "2026-03-01 09:00:00"}
        self.leads[0].log_touch({"channel": "email", "direction": "in", "date_done": "2026-03-02 08:00:00"})
        self.leads[1].log_touch({**mail, "outcome_id": self.env.ref("touch_cadence.touch_outcome_bounced").id})
        # who was touched since has been answered
        self.leads[2].log_touch({**mail, "direction": "in"})
        self.leads[2].log_touch({**mail, "date_done": "2026-03-01 10:00:00"})
        self.leads[3].log_touch(mail)
        self.env["touch.touch"].search([("lead_id", "=", self.leads[3].id), ("state", "=", "done")]).delivery = "bounced"
        planned = self.planned(self.leads)
        planned.date_deadline = MONDAY
        failed = planned.filtered(lambda touch: touch.lead_id == self.leads[4])
        failed.delivery = "failed"
        rows = self.load()["queue"]
        of = {touch.id: touch.lead_id for touch in planned}
        self.assertEqual(
            {of[row["id"]]: row["news"] for row in rows},
            dict(zip(self.leads, ["answered", "bounced", "", "bounced", "failed"])),
        )
        self.assertEqual(rows[0]["id"], failed.id, "what could not be sent stands on top")

    def test_who_waits_for_an_answer_stands_first_today_whatever_is_planned(self):
        """Clients who wrote left the day: "All done for today", with three who waited."""
        self.assertEqual(self.load()["answers"], 0)
        self.leads[0].log_touch({"channel": "email", "direction": "in", "date_done": "2026-03-02 08:00:00"})
        touch = self.planned(self.leads[0])
        touch.date_deadline = MONDAY + timedelta(days=9)
        told = self.load()
        self.assertEqual((told["queue"][0]["id"], told["queue"][0]["later"], told["answers"]), (touch.id, False, 1))
        self.assertNotIn(touch.id, self.desk.with_user(self.rep).bulk(), "no ready text answers a question")
        self.leads[0].log_touch({"channel": "email", "date_done": "2026-03-02 09:00:00"})
        told = self.load()
        self.assertEqual(told["answers"], 0)
        self.assertNotIn(self.planned(self.leads[0]).id, [row["id"] for row in told["queue"]])

    def test_an_address_that_takes_no_mail_is_told_in_row_and_card(self):
        """A mail that was refused at once became a letter in silence."""
        lead = self.leads[0]
        lead.email_from = "anna@acme.example"
        self.env["touch.closed.address"]._close_address("anna@acme.example", "550 No such user")
        self.env.invalidate_all()
        told = self.load()
        touch = self.planned(lead)
        self.assertEqual([row["news"] for row in told["queue"] if row["id"] == touch.id], ["bounced"])
        self.assertEqual(told["cards"][touch.id]["closed_why"], "anna@acme.example (550 No such user)")

    def test_what_is_closed_to_a_client_is_told_on_the_card(self):
        lead = self.leads[0]
        lead.email_from = "anna@acme.example"
        card = self.load()["cards"][self.touches[0].id]
        self.assertEqual((card["email"], card["closed_email"], card["refuses"]), ("anna@acme.example", "", ""))
        self.env["mail.blacklist"]._add("anna@acme.example")
        self.env["touch.wish"].with_user(self.rep).with_context(default_lead_id=lead.id).create(
            {"channel": "call", "state": "refused", "note": "She said so"}
        ).action_note()
        touch = self.planned(lead)
        self.env.invalidate_all()
        card = self.desk.with_user(self.rep).cards(touch.ids)[touch.id]
        self.assertEqual((card["email"], card["closed_email"], card["refuses"]), ("", "anna@acme.example", "Calls"))

    def test_any_client_is_found_by_name_company_phone_and_mail(self):
        find = self.desk.with_user(self.rep).find
        self.leads[0].write(
            {"contact_name": "Zora Zeta", "partner_name": "Zeppelin", "phone": "+3212239999", "email_from": "zora@zeta.example"}
        )
        for words in ("zora zet", "ZEPPEL", "2239999", "zora@zeta", "Deal 0"):
            self.assertEqual([(one["model"], one["id"]) for one in find(words)], [("crm.lead", self.leads[0].id)], words)
        self.assertEqual(find("zora")[0]["name"], "Zora Zeta · Zeppelin")
        self.assertIn("Deal 0", find("zora")[0]["detail"])
        partner = self.make_partners(name="Yves Yonder")
        self.assertEqual([(one["model"], one["id"], one["name"]) for one in find("yves")], [("res.partner", partner.id, "Yves Yonder")])
        # with the rep's own rights, and no more
        self.leads[0].write({"user_id": self.rep_two.id})
        self.assertEqual(find("zora"), [])
        self.assertEqual((find(" "), find("%%%")), ([], []))
        with self.assertRaises(AccessError):
            self.desk.with_user(self.rep).log_form("crm.lead", self.leads[0].id)
        with self.assertRaises(AccessError):
            self.desk.with_user(new_test_user(self.env, "tc_searcher", "base.group_user")).find("Deal")

    def test_todays_meetings_with_clients_stand_on_the_desk(self):
        """A meeting is agreed, not planned: on its day the desk said that nothing is due."""
        today = MONDAY
        noon = datetime.combine(today, time(12))
        me, lead = self.rep.partner_id, self.leads[0]
        make = self.env["calendar.event"].with_context(no_mail_to_attendees=True).create
        with_client = {"name": "With Zora", "opportunity_id": lead.id, "partner_ids": [(6, 0, me.ids)], "user_id": self.rep.id}
        event = make({**with_client, "start": noon, "stop": noon + timedelta(hours=1)})
        make({**with_client, "name": "Tomorrow", "start": noon + timedelta(days=1), "stop": noon + timedelta(days=1, hours=1)})
        make({"name": "Not with a client", "start": noon, "stop": noon + timedelta(hours=1), "partner_ids": [(6, 0, me.ids)]})
        make(
            {
                **with_client,
                "name": "Others'",
                "start": noon,
                "stop": noon + timedelta(hours=1),
                "partner_ids": [(5,)],
                "user_id": self.env.uid,
            }
        )
        fair = make({**with_client, "name": "Fair", "allday": True, "start_date": today, "stop_date": today})
        refused = make({**with_client, "name": "Refused", "start": noon, "stop": noon + timedelta(hours=1)})
        refused.attendee_ids.with_context(no_mail_to_attendees=True).state = "declined"
        told = self.load()["meetings"]
        self.assertEqual({one["id"] for one in told}, {event.id, fair.id})
        by_id = {one["id"]: one for one in told}
        self.assertEqual(
            (by_id[event.id]["hour"].replace("\u202f", " "), by_id[event.id]["model"], by_id[event.id]["res_id"]),
            ("12:00 PM", "calendar.event", event.id),
        )
        self.assertFalse(by_id[fair.id]["hour"])
        self.assertEqual(by_id[event.id]["name"], "With Zora · Anna Acme")
        with freeze_time(noon + timedelta(hours=2)):
            self.assertTrue({one["id"]: one for one in self.load()["meetings"]}[event.id]["over"])

    def test_a_call_asks_what_the_clients_ladder_offers(self):
        questions = self.desk.with_user(self.rep).log_form("crm.lead", self.leads[0].id)["questions"]
        of_touch = self.touches[0].with_user(self.rep).questions()
        self.assertEqual((questions["steps"], questions["obstacles"]), (of_touch["steps"], of_touch["obstacles"]))
        self.assertFalse(questions["step"])

    def test_the_desk_costs_the_same_for_a_long_queue(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.load(ahead=True, filters={"temperature": ["cold", "hot"]}, group="cadence")
            return self.env.cr.sql_log_count - before

        self.cadence.enroll(self.make_leads(60))
        queries()
        few = queries()
        self.cadence.enroll(self.make_leads(120))
        queries()  # what is kept between requests was thrown away by the enrolling, as before
        self.assertEqual(queries(), few)

    def test_later_touches_are_counted_and_can_be_worked_ahead(self):
        self.touches[:2].date_deadline = MONDAY + timedelta(days=1)
        data = self.load()
        self.assertEqual((len(data["queue"]), data["total"], data["later"]), (3, 3, 2))
        ahead = self.load(ahead=True)
        self.assertEqual((len(ahead["queue"]), ahead["total"], ahead["later"]), (5, 5, 2))

    def test_a_card_has_all_that_the_rep_needs(self):
        self.leads[0].log_touch(
            {"channel": "call", "direction": "in", "note": "Asks for samples", "outcome_id": self.outcomes["reached"].id}
        )
        self.touches[0].date_deadline = MONDAY
        card = self.load()["cards"][self.touches[0].id]
        self.assertEqual((card["contact"], card["company"], card["phone"]), ("Anna Acme", "Acme", "+3212230000"))
        self.assertEqual((card["number"], card["target"], card["warming"], card["rhythm"]), (2, 7, 1, 5))
        self.assertEqual([(past["note"], past["incoming"]) for past in card["history"]], [("Asks for samples", True)])
        self.assertTrue(card["reason"])
        self.assertIn("Touch 2 of 7.", card["why"])

    @mute_logger("odoo.addons.touch_cadence.models.desk.touch_desk")
    def test_a_card_that_fails_says_so_and_claims_no_history(self):
        read = type(self.desk)._news

        def failing(desk, mine, touch):
            if mine.id == self.touches[1].id:
                raise ValueError("no such planet")
            return read(desk, mine, touch)

        with patch.object(type(self.desk), "_news", failing):
            cards = self.load()["cards"]
        self.assertEqual([card["id"] for card in cards.values() if card.get("broken")], self.touches[1].ids)
        self.assertIn("Tell your manager: “no such planet”.", cards[self.touches[1].id]["reason"])

    def test_what_an_outcome_would_bring_is_what_it_brings(self):
        touch = self.touches[0]
        outlook = self.load()["cards"][touch.id]["outlook"]
        self.assertIn("The client turns warm.", outlook[self.outcomes["interested"].id])
        self.assertIn("Rests until 04/01/2026.", outlook[self.outcomes["clear_no"].id])
        self.desk.with_user(self.rep).act(touch.id, "done", {"outcome_id": self.outcomes["interested"].id})
        follows = self.planned(self.leads[0])
        said = f"Next: {follows.date_deadline:%m/%d/%Y}, {dict(follows._fields['channel']._description_selection(self.env))[follows.channel].lower()}, {follows.purpose}."
        self.assertEqual(outlook[self.outcomes["interested"].id], ["The client turns warm.", said])

    def test_what_a_sale_would_bring_is_what_it_brings(self):
        self.leads[0].partner_id = self.make_partners()
        for lead in self.leads[:2]:  # the second has no contact, and gets one
            says = "Continues in “Care”."
            enrollment, touch = lead.enrollment_ids, self.planned(lead)
            said = self.load()["cards"][touch.id]["outlook"][self.outcomes["bought"].id]
            self.assertIn(says, said)
            self.desk.with_user(self.rep).act(touch.id, "done", {"outcome_id": self.outcomes["bought"].id})
            self.assertFalse(enrollment.nothing_follows)
            self.assertTrue(lead.partner_id.enrollment_ids - enrollment)

    def test_done_today_is_counted(self):
        self.desk.with_user(self.rep).act(self.touches[0].id, "done")
        self.assertEqual((self.load()["done"], self.load()["total"]), (1, 4))

    def test_only_the_first_are_told_in_full(self):
        leads = self.make_leads(60)
        self.cadence.enroll(leads)
        data = self.load(ahead=True)
        self.assertEqual((len(data["queue"]), len(data["cards"]), data["total"]), (50, 10, 65))
        rest = [row["id"] for row in data["queue"][10:13]]
        self.assertEqual(list(self.desk.with_user(self.rep).cards(rest)), sorted(rest, key=lambda one: -one))

    def test_colleagues_are_those_of_the_team(self):
        self.assertEqual(self.load()["colleagues"], [[self.leader.id, "Leo Leader"], [self.rep_two.id, "Rob Rep"]])

    def test_a_substitute_sees_what_was_said(self):
        self.touches[0].with_user(self.rep).done(self.outcomes["reached"], "Likes blue")
        follows = self.planned(self.leads[0])
        follows.write({"user_id": self.rep_two.id, "date_deadline": MONDAY})
        card = self.load(self.rep_two)["cards"][follows.id]
        self.assertEqual((card["client"], card["history"][0]["note"]), ("Anna Acme · Acme", "Likes blue"))
        self.assertEqual(card["deal"], "Deal 0")

    def test_each_sees_his_own(self):
        self.assertEqual(self.load(self.rep_two)["queue"], [])
        self.assertEqual(self.load(self.manager)["queue"], [])
        self.assertEqual(self.desk.with_user(self.rep_two).cards(self.touches.ids), {})
        for login, group in (("tc_plain", "base.group_user"), ("tc_portal", "base.group_portal")):
            with self.assertRaises(AccessError):
                self.load(new_test_user(self.env, login, group))

    def test_it_speaks_the_users_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.touches[0].reason_id.with_context(lang="fr_FR").name = "Bonne nouvelle"
        card = self.desk.with_user(self.rep).with_context(lang="fr_FR").load()["cards"][self.touches[0].id]
        self.assertEqual(card["reason"], "Bonne nouvelle")
        self.assertEqual(card["day"], "02/03/2026")

    def test_cards_cost_the_same_for_many(self):
        def queries(touches):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(self.desk.with_user(self.rep).cards(touches.ids)), len(touches))
            return self.env.cr.sql_log_count - before

        self.cadence.enroll(self.make_leads(40))
        touches = self.env["touch.touch"].search([("state", "=", "planned")])
        reasons = self.env["touch.reason"].search([("purpose", "=", "warming")])
        for touch, reason in zip(touches, list(reasons) * 9):
            touch.write({"reason_id": reason.id, "why_data": [["reason", {"reason": reason.id}]]})
        queries(touches[:10])
        few = queries(touches[:10])
        self.assertLessEqual(queries(touches[:40]), few + 2)

    def test_opening_costs_the_same_for_many(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.load(ahead=True)
            return self.env.cr.sql_log_count - before

        self.cadence.enroll(self.make_leads(55))
        self.load(ahead=True)
        few = queries()
        self.cadence._create_enrollments(self.make_leads(300))._review()
        self.assertEqual(self.load(ahead=True)["total"], 360)
        self.assertLessEqual(queries(), few)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestDeskHours(DeskCase):
    """Another hour of today, and a pause with an end."""

    def test_call_again_in_two_hours(self):
        self.desk.with_user(self.rep).act(self.touches[3].id, "snooze", {"until": "2026-03-02", "moment": "2026-03-02 11:30:00"})
        self.assertEqual((self.touches[3].date_deadline, str(self.touches[3].date_planned)), (MONDAY, "2026-03-02 11:30:00"))
        # what is decided anew meanwhile leaves it there
        self.run_planner()
        touch = self.planned(self.leads[3])
        self.assertEqual((touch, str(touch.date_planned)), (self.touches[3], "2026-03-02 11:30:00"))
        row = self.load()["queue"][-1]
        self.assertEqual((row["id"], row["moment"]), (touch.id, "2026-03-02 11:30:00"))
        with self.assertRaises(UserError):
            touch.with_user(self.rep).snooze("2026-03-02", "2026-03-09 11:30:00")

    def test_a_pause_has_an_end(self):
        self.desk.with_user(self.rep).act(self.touches[0].id, "pause", {"until": "2026-03-16"})
        run = self.touches[0].enrollment_id
        self.assertEqual((run.state, run.not_before), ("paused", date(2026, 3, 16)))
        self.desk.with_user(self.rep).act(self.touches[1].id, "pause", {})
        self.assertFalse(self.touches[1].enrollment_id.not_before)
        with self.assertRaises(UserError):
            self.desk.with_user(self.rep).act(self.touches[2].id, "pause", {"until": "2026-02-16"})


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestDeskActs(DeskCase):
    """What a rep does on the desk, once, twice and too late."""

    def act(self, touch, act, user=None, key=None, ago=0, **values):
        return self.desk.with_user(user or self.rep).act(touch.id, act, values, key, ago)

    def test_a_day_that_was_named_without_a_connection_was_named_then(self):
        agreed, later, moved = self.touches[:3]
        self.env.flush_all()  # the database's clock is not frozen
        self.env.cr.execute("UPDATE touch_touch SET create_date = '2026-03-02 09:00:00' WHERE id = ANY(%s)", [self.touches.ids])
        self.env.invalidate_all()
        meeting = self.env.ref("touch_cadence.touch_next_step_meeting")
        with freeze_time("2026-03-05 09:30:00"):  # three days on
            ago = 3 * 24 * 3600
            said = {"outcome_id": self.env.ref("touch_cadence.touch_outcome_next_step").id, "next_step_id": meeting.id}
            self.assertTrue(self.act(agreed, "done", ago=ago, next_day="2026-03-03", **said)["ok"])
            self.assertEqual(agreed.agreed_date, date(2026, 3, 3))
            self.decide()
            self.assertEqual(self.planned(agreed.lead_id).purpose, "asking", "that day is over: what came of it?")
            self.assertTrue(self.act(later, "done", ago=ago, outcome_id=self.outcomes["not_now"].id, back="2026-03-04")["ok"])
            self.assertEqual(later.back_date, date(2026, 3, 4))
            self.assertTrue(self.act(moved, "snooze", ago=ago, until="2026-03-04")["ok"])
            self.assertEqual(moved.date_deadline, date(2026, 3, 5))
            for touch, act, values in (
                (self.touches[3], "done", {**said, "next_day": "2026-03-01"}),
                (self.touches[3], "snooze", {"until": "2026-03-01"}),
            ):
                with self.assertRaises(UserError):
                    self.act(touch, act, ago=ago, **values)

    def test_each_act_is_done(self):
        done, skipped, moved, given, paused = self.touches
        self.act(done, "done", outcome_id=self.outcomes["interested"].id, note="Wants a sample")
        self.assertEqual((done.state, done.outcome_id, done.note), ("done", self.outcomes["interested"], "Wants a sample"))
        self.act(skipped, "skip", reason="On holiday")
        self.assertEqual((skipped.state, skipped.skip_reason), ("skipped", "On holiday"))
        self.act(moved, "snooze", until="2026-03-16")
        self.assertEqual((moved.date_deadline, moved.activity_id.date_deadline), (date(2026, 3, 16), date(2026, 3, 16)))
        self.act(given, "reassign", user_id=self.rep_two.id)
        self.assertEqual((given.user_id, given.activity_id.user_id), (self.rep_two, self.rep_two))
        self.act(paused, "pause")
        self.assertEqual((paused.state, paused.enrollment_id.state), ("skipped", "paused"))
        self.assertEqual(self.load()["total"], 0)

    def test_the_same_act_twice_is_done_once(self):
        for number, (act, values) in enumerate(
            (
                ("done", {"outcome_id": self.outcomes["reached"].id}),
                ("skip", {"reason": "x"}),
                ("snooze", {"until": "2026-03-16"}),
                ("pause", {}),
            )
        ):
            touch = self.touches[number]
            for _time in range(2):
                self.assertEqual(self.act(touch, act, **values), {"ok": True, "message": ""})
        made = self.env["touch.touch"].search_count([("lead_id", "=", self.leads[0].id), ("state", "=", "done")])
        self.assertEqual(made, 1)

    def test_a_call_that_was_made_counts_though_the_plan_changed(self):
        """The client's mail took the planned touch back while the rep was on the phone."""
        touch = self.touches[0]
        touch.enrollment_id.action_pause()
        result = self.act(touch, "done", outcome_id=self.outcomes["interested"].id, note="Was glad")
        self.assertTrue(result["ok"])
        self.assertIn("was logged separately", result["message"])
        self.assertEqual(self.leads[0].temperature, "warm")
        made = self.env["touch.touch"].search([("lead_id", "=", self.leads[0].id), ("state", "=", "done")])
        self.assertEqual((made.outcome_id, made.note, made.channel), (self.outcomes["interested"], "Was glad", touch.channel))

    def test_done_in_another_window_with_another_outcome(self):
        touch = self.touches[0]
        touch.with_user(self.rep).done(self.outcomes["reached"], "First")
        result = self.act(touch, "done", outcome_id=self.outcomes["interested"].id, note="Second")
        self.assertEqual(result, {"ok": False, "message": "This touch is done: Reached."})
        self.assertEqual((touch.outcome_id, touch.note), (self.outcomes["reached"], "First\nSecond"))

    def test_gone_says_why(self):
        touch = self.touches[0]
        self.assertFalse(self.load(current=touch.id)["gone"])
        touch.with_user(self.manager).skip("The manager called himself")
        self.assertEqual(self.load(current=touch.id)["gone"], "This touch was withdrawn. The manager called himself")
        self.act(self.touches[1], "snooze", until="2026-03-16")
        self.assertEqual(self.load(current=self.touches[1].id)["gone"], "This touch has moved to 03/16/2026.")
        self.touches[2].with_user(self.manager)._reassign(self.rep_two)
        self.assertEqual(self.load(current=self.touches[2].id)["gone"], "Rob Rep has this touch now.")

    def test_what_cannot_be_done_is_said(self):
        with self.assertRaises(UserError) as caught:
            self.act(self.touches[0], "snooze", until="2026-02-02")
        self.assertIn("that day is over", str(caught.exception))
        elsewhere = new_test_user(self.env, "tc_portal_two", "base.group_portal")
        with self.assertRaises(UserError) as caught:
            self.act(self.touches[0], "reassign", user_id=elsewhere.id)
        self.assertIn("Anna Acme · Acme", str(caught.exception))
        with self.assertRaises(UserError):
            self.act(self.touches[0], "sell")

    def test_nobody_acts_on_a_strangers_touch(self):
        for state in ("planned", "skipped"):
            for act in ("done", "skip", "snooze", "reassign", "pause"):
                result = self.act(self.touches[0], act, self.rep_two)
                self.assertEqual((result["ok"], "Acme" in result["message"]), (False, False))
                for login in ("tc_plain_two", "tc_portal_three"):
                    user = self.env["res.users"].search([("login", "=", login)]) or new_test_user(
                        self.env, login, "base.group_portal" if "portal" in login else "base.group_user"
                    )
                    with self.assertRaises(AccessError):
                        self.act(self.touches[0], act, user)
            self.assertEqual((self.touches[0].state, self.touches[0].user_id), (state, self.rep))
            if state == "planned":
                self.touches[0].enrollment_id.action_pause()
        self.assertEqual(self.env["touch.touch"].search_count([("lead_id", "=", self.leads[0].id)]), 1)

    def test_what_comes_twice_by_its_name_is_done_once_also_when_the_plan_changed(self):
        touch = self.touches[0]
        touch.enrollment_id.action_pause()
        for _time in range(3):
            self.assertTrue(self.act(touch, "done", key="a", outcome_id=self.outcomes["interested"].id, note="Was glad")["ok"])
        self.assertEqual(self.env["touch.touch"].search_count([("lead_id", "=", self.leads[0].id), ("state", "=", "done")]), 1)
        self.assertEqual(self.leads[0].temperature, "warm")
        second = self.touches[1]
        second.with_user(self.rep).done(self.outcomes["reached"], "First")
        for _time in range(2):
            self.act(second, "done", key="b", outcome_id=self.outcomes["interested"].id, note="Second")
        self.assertEqual(second.note, "First\nSecond")

    def test_a_call_counts_though_the_client_was_handed_over_meanwhile(self):
        touch = self.touches[0]
        self.leads[0].with_user(self.manager).user_id = self.rep_two
        self.decide()
        self.assertEqual(touch.user_id, self.rep_two)
        result = self.act(touch, "done", outcome_id=self.outcomes["reached"].id, note="Sends the drawing")
        self.assertTrue(result["ok"])
        made = self.env["touch.touch"].search([("lead_id", "=", self.leads[0].id), ("state", "=", "done")])
        self.assertEqual((made.user_id, made.note, touch.user_id), (self.rep, "Sends the drawing", self.rep_two))
        self.assertEqual(self.act(touch, "skip", reason="late")["ok"], False)
        self.assertEqual(touch.state, "planned", "the colleague's plan is his own")

    def test_to_whom_only_the_touch_was_given(self):
        """He sees why it is gone, may pause, and his call is not lost."""
        given, paused, taken = self.touches[:3]
        self.touches[:3].with_user(self.manager)._reassign(self.rep_two)
        given.enrollment_id.action_stop("The manager stopped it")
        self.assertIn("withdrawn", self.load(self.rep_two, current=given.id)["gone"])
        self.act(paused, "pause", self.rep_two)
        self.assertEqual(paused.enrollment_id.state, "paused")
        taken.enrollment_id.action_pause()
        self.act(taken, "done", self.rep_two, outcome_id=self.outcomes["reached"].id, note="Spoke to her")
        made = self.env["touch.touch"].search([("lead_id", "=", self.leads[2].id), ("state", "=", "done")])
        self.assertEqual((made.user_id, made.note), (self.rep_two, "Spoke to her"))

    def test_a_late_act_keeps_its_moment(self):
        touch = self.touches[0]
        touch.env.cr.execute("UPDATE touch_touch SET create_date = '2026-02-27 08:00' WHERE id = ANY(%s)", [self.touches.ids])
        self.touches.invalidate_recordset()
        self.act(touch, "done", ago=3 * 24 * 3600 - 3600)
        self.assertEqual(str(touch.date_done), "2026-02-27 10:30:00")
        self.act(self.touches[1], "done", ago=10**9)
        self.assertEqual(str(self.touches[1].date_done), "2026-02-27 08:00:00", "never before it was planned")

    def test_an_act_from_another_company_arrives(self):
        other = self.env["res.company"].create({"name": "Second Co"})
        self.rep.company_ids |= other
        desk = self.desk.with_user(self.rep).with_context(allowed_company_ids=other.ids)
        self.assertTrue(desk.act(self.touches[0].id, "done", {"note": "Late"})["ok"])
        self.assertEqual((self.touches[0].state, self.touches[0].note), ("done", "Late"))

    def test_desks_hear_what_leaves_them(self):
        said = []
        send = lambda user, kind, payload, **_values: kind == "touch_cadence.desk" and said.append((user, payload["touch_ids"]))  # noqa: E731
        with patch.object(type(self.env["res.users"]), "_bus_send", send):
            self.touches[:2].with_user(self.manager).skip("x")
            self.touches[2].with_user(self.manager).snooze("2026-03-16")
            self.touches[3].enrollment_id.action_stop()
            self.touches[0].note = "no news"
        heard = [id_ for user, ids in said for id_ in ids if user == self.rep]
        self.assertEqual(sorted(heard), sorted(self.touches[:4].ids))
        self.assertEqual(len(said), 3, "one message for many touches")


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestDeskBulk(MockEmail, DeskCase):
    """Mails of the filtered queue: looked through, and sent together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.touches.channel = "email"
        cls.touches[4].channel = "call"
        cls.env["touch.script"].create(
            {
                "name": "News",
                "channel": "email",
                "sequence": -1,
                "subject": "News for {{ company }}",
                "text": "<p>Hello {{ first_name }}</p>",
            }
        )

    def send(self, ids, key="click", user=None):
        with self.mock_mail_gateway():
            return self.desk.with_user(user or self.rep).send_prepared(ids, key)

    def test_what_is_due_is_looked_through_as_it_goes_out(self):
        self.touches[1].date_planned = "2026-03-02 15:00:00"
        self.touches[2].date_deadline = MONDAY + timedelta(days=1)
        desk = self.desk.with_user(self.rep)
        self.assertEqual(desk.bulk(), [self.touches[3].id, self.touches[0].id])
        self.assertEqual(desk.bulk({"temperature": ["cold"]}), self.touches[0].ids)
        self.assertEqual((desk.load()["to_send"], desk.load(ahead=True, filters={"temperature": ["cold"]})["to_send"]), (2, 1))
        self.assertEqual(desk.bulk({"channel": ["call"]}), [])
        [told] = desk.prepared(self.touches[0].ids)
        self.assertEqual((told["client"], told["to"], told["problem"]), ("Anna Acme · Acme", "deal0@touch.example", ""))
        composer = self.touches[0].with_user(self.rep).action_prepare()["context"]
        self.assertEqual((told["subject"], told["body"]), (composer["default_subject"], composer["default_body"]))

    def test_who_wrote_comes_first_and_gets_no_ready_text(self):
        """Who had asked for a catalogue got "Today I offer nothing" with all the others."""
        self.cadence.reply_days = 0
        values = {
            "channel": "email",
            "direction": "in",
            "outcome_id": self.env.ref("touch_cadence.touch_outcome_wrote").id,
            "note": "Catalogue?",
        }
        self.env["touch.touch"]._log(self.leads[1], values, by_client=True)
        self.decide()
        touch = self.planned(self.leads[1])
        touch.write({"date_deadline": MONDAY, "channel": "email", "date_planned": False})
        first = self.load()["queue"][0]
        self.assertEqual((first["id"], first["news"]), (touch.id, "answered"))
        self.assertIn("Waits for an answer.", first["why"])
        self.assertNotIn(touch.id, self.desk.with_user(self.rep).bulk())

    def test_the_mail_speaks_the_clients_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        partner = self.make_partners(lang="fr_FR")
        self.touches[0].partner_id = self.leads[0].partner_id = partner
        script = self.touches[0]._told()[self.touches[0]].script
        script.with_context(lang="fr_FR").text = "<p>Bonjour</p>"
        self.assertIn("Bonjour", self.desk.with_user(self.rep).prepared(self.touches[0].ids)[0]["body"])

    def test_each_that_goes_out_makes_its_touch_and_none_goes_twice(self):
        ids = self.touches[:3].ids
        result = self.send(ids)
        self.assertEqual([(one["id"], one["sent"]) for one in result], [(id_, True) for id_ in ids])
        made = self.touches[:3]
        self.assertEqual(set(made.mapped("state")), {"done"})
        self.assertEqual(made.outcome_id, self.env.ref("touch_cadence.touch_outcome_sent"))
        self.assertEqual(set(made.mapped("delivery")), {"sent"})
        count = len(made.message_id)
        # the answer was lost, and the click comes again
        with patch.object(type(self.env["mail.compose.message"]), "action_send_mail", side_effect=AssertionError("twice")):
            self.assertEqual([one["sent"] for one in self.send(ids)], [True] * 3)
            other = self.send(ids, "another click")
        self.assertEqual([one["sent"] for one in other], [False] * 3)
        self.assertIn("is done", other[0]["why"])
        self.assertEqual(len(made.message_id), count)

    @mute_logger("odoo.addons.touch_cadence.models.desk.touch_desk_bulk")
    def test_one_that_fails_harms_only_itself(self):
        self.leads[1].email_from = False
        send = type(self.env["mail.compose.message"]).action_send_mail

        def failing(composer):
            if self.leads[2].id in composer._evaluate_res_ids():
                raise ValueError("no such planet")
            return send(composer)

        with patch.object(type(self.env["mail.compose.message"]), "action_send_mail", failing):
            result = {one["id"]: one for one in self.send(self.touches[:4].ids)}
        self.assertEqual([result[touch.id]["sent"] for touch in self.touches[:4]], [True, False, False, True])
        self.assertIn("No e-mail address", result[self.touches[1].id]["why"])
        self.assertIn("no such planet", result[self.touches[2].id]["why"])
        self.assertEqual(self.touches[:4].mapped("state"), ["done", "planned", "planned", "done"])

    def test_the_callers_defaults_change_nothing_of_what_goes_out(self):
        others = {
            "default_email_from": "Boss <boss@touch.example>",
            "default_author_id": self.manager.partner_id.id,
            "default_reply_to": "thief@touch.example",
            "default_scheduled_date": "2030-01-01 00:00:00",
            "default_message_type": "notification",
            "default_parent_id": self.leads[1].message_ids[:1].id,
            "default_composition_mode": "mass_mail",
            "default_numbers": "+32470999999",
            "default_subtype_id": self.env.ref("mail.mt_note").id,
        }
        [told] = self.desk.with_user(self.rep).prepared(self.touches[0].ids)
        with self.mock_mail_gateway():
            [result] = self.desk.with_user(self.rep).with_context(**others).send_prepared(self.touches[0].ids, "click")
        self.assertTrue(result["sent"], result["why"])
        message = self.touches[0].message_id
        self.assertEqual((message.author_id, message.email_from), (self.rep.partner_id, self.rep.email_formatted))
        self.assertEqual((message.subject, message.message_type), (told["subject"], "comment"))
        self.assertNotIn("thief", message.reply_to)
        self.assertFalse(self.env["mail.message.schedule"].search([("mail_message_id", "=", message.id)]))

    def test_text_messages_are_sent_together_each_for_itself(self):
        its = self.touches[:2]
        its.channel = "sms"
        for touch, phone in zip(its, ("+32470123456", "+32470123457")):
            touch.lead_id.phone = phone
        self.assertLessEqual(set(its.ids), set(self.desk.with_user(self.rep).bulk()))
        asked = []

        def gateway(_api, messages, delivery_reports_url=False):
            numbers = [(one, message["content"]) for message in messages for one in message["numbers"]]
            asked.extend((number["number"], content) for number, content in numbers)
            refused = "+32470123457"
            return [
                {"uuid": number["uuid"], "state": "insufficient_credit" if number["number"] == refused else "success", "credit": 1}
                for number, _content in numbers
            ]

        with patch.object(SmsApi, "_send_sms_batch", gateway):
            [sent, refused] = self.send(its.ids)
            again = self.send(its.ids)
        self.assertEqual((sent["sent"], refused["sent"]), (True, False))
        self.assertIn("Credit", refused["why"])
        self.assertEqual(its.mapped("state"), ["done", "planned"])
        self.assertEqual(its[1].delivery, "failed")
        self.assertTrue(its[1].failure, "it says why")
        self.assertTrue(again[0]["sent"], "the same click")
        self.assertEqual([number for number, _content in asked].count("+32470123456"), 1, "nobody gets it twice")

    def test_what_the_client_has_read_already_is_not_sent_with_the_others(self):
        """A next step is asked for again; the same mail twice in three days is not."""
        touch, lead = self.touches[0], self.touches[0].lead_id
        lead.email_from = "anna@acme.example"
        self.desk.with_user(self.rep).prepared(touch.ids)  # the new address is planned with, before the touch asks for something
        meeting = self.env.ref("touch_cadence.touch_reason_ask_meeting")
        touch.write({"channel": "email", "purpose": "closing", "reason_id": meeting.id})
        [told] = self.desk.with_user(self.rep).prepared(touch.ids)
        self.assertEqual((told["problem"], told["missing"]), ("", ""))
        first = self.env.ref("touch_cadence.touch_script_ask_meeting_email")
        second = self.env.ref("touch_cadence.touch_script_ask_meeting_email_again")
        self.assertEqual(touch._told()[touch].script, first)
        over = {"state": "done", "counts": True, "activity_id": False, "enrollment_id": False}
        touch.copy({**over, "date_done": "2026-02-25 10:00:00"})
        self.env.invalidate_all()
        [told] = self.desk.with_user(self.rep).prepared(touch.ids)
        self.assertEqual((touch._told()[touch].script, told["problem"]), (second, ""), "the second time has words of its own")
        context = touch.with_user(self.rep).action_prepare()["context"]
        self.assertEqual(context["default_subject"], second.subject)
        self.assertIn("ten minutes", context["default_body"])
        second.active = False
        self.env.invalidate_all()
        [told] = self.desk.with_user(self.rep).prepared(touch.ids)
        self.assertIn("got this very text on 02/25/2026", told["problem"], "without one the first is not sent twice")
        second.active = True
        touch.copy({**over, "date_done": "2026-02-27 10:00:00"})
        self.env.invalidate_all()
        [told] = self.desk.with_user(self.rep).prepared(touch.ids)
        self.assertIn("got this very text on 02/27/2026", told["problem"])
        [result] = self.send(touch.ids)
        self.assertFalse(result["sent"])
        # nor by one's own hand without a word of one's own
        body = (
            self.env["mail.compose.message"]
            .with_user(self.rep)
            .with_context(**touch.with_user(self.rep).action_prepare()["context"])
            .create({})
            .body
        )
        self.assertIn("Dear Anna,", body)
        self.assertNotIn("ten minutes", body)
        touch.channel = "letter"
        self.assertFalse(touch._told_before(), "by another channel it is another text")

    def test_only_ones_own_mails_are_sent(self):
        foreign = self.send(self.touches[:2].ids, user=self.rep_two)
        self.assertEqual([one["sent"] for one in foreign], [False, False])
        self.assertNotIn("Acme", str(foreign))
        self.assertEqual(self.desk.with_user(self.rep_two).prepared(self.touches.ids), [])
        self.assertFalse(any(one["sent"] for one in self.send(self.touches[:2].ids, user=self.manager)))
        self.assertEqual(set(self.touches.mapped("state")), {"planned"})
        [call] = self.send(self.touches[4].ids)
        self.assertEqual((call["sent"], self.touches[4].state), (False, "planned"))
        with self.assertRaises(AccessError):
            self.send(self.touches.ids, user=new_test_user(self.env, "tc_sender", "base.group_user"))


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestWhy(DeskCase):
    @users("tc_rep")
    def test_why_in_facts_rules_and_what_would_change_it(self):
        touch = self.touches[0].with_user(self.env.user)
        why = touch.explain_why()
        self.assertEqual(why["title"], touch.display_name)
        self.assertEqual(why["sentences"][1]["text"], "Warming: 0 of 5 touches done before the next closing one.")
        self.assertTrue(all(sentence["rule"] for sentence in why["sentences"]))
        self.assertIn({"label": "Temperature", "value": "Cold"}, why["facts"])
        changes = {change["when"]: change["then"] for change in why["changes"]}
        self.assertEqual(changes["The potential is judged low"], "The client's potential is low: no touches are planned.")
        self.assertIn("closing", changes["The client turns hot"])
        self.assertEqual(changes["The deal is won"], "The deal is won. Continues in “Care”.")
        touch.done()
        self.assertEqual((touch.explain_why()["facts"], touch.explain_why()["changes"]), ([], []))

    def test_a_stranger_is_not_told(self):
        with self.assertRaises(AccessError):
            self.touches[0].with_user(self.rep_two).explain_why()

    def test_every_why_of_a_touch_has_its_rule(self):
        sentences, rules = self.env["touch.words"]._sentences(), self.env["touch.words"]._rules()
        self.assertFalse(set(rules) - set(sentences))
        # what stands between "why a touch" and "why no touch now"
        codes = list(sentences)
        touch_codes = codes[: codes.index("planned_later")]
        self.assertEqual(set(touch_codes) - set(rules), {"hand_over", "handed_by"})


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestPrepared(DeskCase):
    """A touch's mail, text or letter, with the client's data filled in."""

    def test_scripts_are_filled_in(self):
        script = {"channel": "call", "text": "<p>Ask {{ first_name }} of {{ company }} about {{ deal }}</p>"}
        self.cadence.step_ids[0].write({"channel": "call", "script_id": self.env["touch.script"].create(script).id})
        lead = self.make_leads(name="Chairs & <b>tables</b>", contact_name="Bob Brown", partner_name="Brown Ltd", phone="+32470123456")
        self.cadence.enroll(lead)
        touch = self.planned(lead)
        script = "<p>Ask Bob of Brown Ltd about Chairs &amp; &lt;b&gt;tables&lt;/b&gt;</p>"
        self.assertEqual(self.load()["cards"][touch.id]["script"], script)
        self.assertIn(script, touch.activity_id.note)

    def test_a_place_that_cannot_be_filled_is_refused_in_words(self):
        with self.assertRaises(UserError) as caught:
            self.env["touch.script"].with_user(self.manager).create({"channel": "call", "text": "<p>{{ surname }}</p>"})
        self.assertIn("{{ surname }}", str(caught.exception))
        with self.assertRaises(UserError):
            self.env["touch.script"].create({"channel": "email", "subject": "{{ surname }}"})
        with self.assertRaises(UserError):
            self.env["touch.reason"].create({"name": "News", "text": '<p><a href="{{ company }}">us</a></p>'})

    def test_each_channel_prepares_its_own(self):
        touch = self.touches[0].with_user(self.rep)
        touch.sudo().reason_id.name = "Samples"
        self.write_texts(touch, email="<p>Samples for {{ first_name }}</p>", sms="<p>Samples for {{ first_name }}</p>")
        expected = {"email": "mail.compose.message", "sms": "sms.composer", "meeting": "calendar.event", "call": "crm.lead"}
        for channel, model in expected.items():
            touch.sudo().channel = channel
            action = touch.action_prepare()
            self.assertEqual(action["res_model"], model)
            if channel in ("email", "sms"):
                self.assertIn("Samples for Anna", action["context"]["default_body"])
                composer = self.env[model].with_user(self.rep).with_context(**action["context"]).create({})
                if channel == "email":
                    self.assertEqual(composer.partner_ids.mapped("email_normalized"), ["deal0@touch.example"])
        touch.sudo().channel = "letter"
        self.assertEqual(touch.action_prepare()["report_name"], "touch_cadence.touch_letter")
        self.assertIn(b"Samples for Anna", self.env["ir.actions.report"]._render_qweb_html("touch_cadence.touch_letter", touch.ids)[0])

    def test_R16_a_touch_that_asks_for_a_meeting_has_the_appointment_at_hand(self):
        touch = self.touches[0].with_user(self.rep)
        touch.sudo().write({"purpose": "closing", "channel": "call"})
        card = self.env["touch.desk"].with_user(self.rep).load()["cards"][touch.id]
        self.assertEqual(card["asks"], "")
        self.assertFalse(touch.activity_id.touch_asks)
        self.assertEqual(touch.action_prepare(asked=True)["res_model"], "crm.lead", "there is no appointment to make")
        touch.sudo().step_id.channel = "meeting"
        self.env.invalidate_all()
        card = self.env["touch.desk"].with_user(self.rep).load()["cards"][touch.id]
        channels = self.env["touch.desk"].with_user(self.rep).load()["channels"]
        self.assertEqual((card["asks"], channels[card["asks"]]["prepare"]["name"]), ("meeting", "Make an appointment"))
        self.assertTrue(touch.activity_id.touch_asks)
        self.assertEqual(touch.action_prepare(asked=True)["res_model"], "calendar.event")
        self.assertEqual(touch.action_prepare()["res_model"], "crm.lead")
        touch.sudo().purpose = "warming"
        self.env.invalidate_all()
        self.assertFalse(touch.activity_id.touch_asks, "it is too early: nothing is asked for")

    def write_texts(self, touch, subject=False, **texts):
        """The reason of the touch has these texts, {channel: HTML}, and no others; texts that are no reason's are gone."""
        self.env["touch.script"].search([("reason_id", "in", [False, touch.sudo().reason_id.id])]).unlink()
        for channel, text in texts.items():
            values = {"reason_id": touch.sudo().reason_id.id, "channel": channel, "text": text, "subject": subject}
            self.env["touch.script"].create(values)

    def prepared(self, channel, text=False, subject=False, **reason):
        """The first touch of the rep, through ``channel``, and the composer that opens for it."""
        touch = self.touches[0].with_user(self.rep)
        touch.sudo().channel = channel  # sudo: the planner's to choose
        touch.sudo().reason_id.write(reason)  # sudo: the manager's to write
        self.write_texts(touch, subject, **{channel: text} if text else {})
        action = touch.action_prepare()
        return touch, action, self.env[action["res_model"]].with_user(self.rep).with_context(**action["context"]).create({})

    def test_the_client_never_reads_what_is_meant_for_the_salesperson(self):
        self.touches.sudo().reason_id.write({"name": "Who we are", "text": "<p>Two sentences, then listen.</p>"})
        for channel, greeting in (("email", "Dear Anna,"), ("sms", "")):
            touch, action, composer = self.prepared(channel)
            self.assertIn(greeting, composer.body or "")
            self.assertNotIn("listen", composer.body or "")
            self.assertIn("Who we are", action["name"])
            self.assertIn("write it yourself", self.load()["cards"][touch.id]["lacks"])
        _touch, _action, composer = self.prepared("email", "<p>Samples</p>", subject="Samples for {{ company }}")
        self.assertEqual(composer.subject, "Samples for Acme")
        _touch, _action, composer = self.prepared("email", "<p>Samples</p>")
        self.assertEqual(composer.subject, self.env.company.name)

    def test_a_deal_without_a_name_is_not_greeted_by_its_title(self):
        self.leads[0].write({"contact_name": False, "partner_name": False, "partner_id": False})
        _touch, _action, composer = self.prepared("email")
        self.assertIn("Good day,", composer.body)
        self.assertNotIn("Deal 0", composer.body)

    def test_a_mail_that_is_sent_makes_the_touch(self):
        touch, _action, composer = self.prepared("email", "<p>Samples</p>")
        composer.action_send_mail()
        self.assertEqual((touch.state, touch.outcome_id.name), ("done", "Sent"))
        self.assertIn("This touch is done", self.load(current=touch.id)["gone"])
        # the next one is planned, and sending another mail by hand is no touch of it
        following = self.planned(self.leads[0])
        self.assertTrue(following)
        self.leads[0].with_user(self.rep).message_post(
            body="One more thing", message_type="comment", subtype_xmlid="mail.mt_comment", partner_ids=composer.partner_ids.ids
        )
        self.assertEqual(following.state, "planned")

    def test_a_mail_goes_out_though_its_touch_cannot_be_finished(self):
        touch, _action, composer = self.prepared("email")
        failing = patch.object(self.registry["touch.touch"], "_apply_outcomes", side_effect=ValueError("broken"))
        with failing, mute_logger("odoo.addons.touch_cadence.models.listen.touch_inbox"):
            composer.action_send_mail()
        self.assertIn("Dear Anna,", self.leads[0].message_ids[0].body)
        self.assertEqual(touch.state, "planned")

    def test_a_text_message_that_is_sent_makes_the_touch(self):
        self.leads[0].phone = "+32470123456"
        touch, _action, composer = self.prepared("sms")
        with patch.object(self.registry["sms.sms"], "send", lambda *args, **kwargs: True):
            composer.action_send_sms()
        self.assertEqual(touch.state, "done")

    def test_a_note_to_colleagues_or_a_mail_to_another_makes_no_touch(self):
        touch, _action, composer = self.prepared("email")
        composer.subtype_id = self.env.ref("mail.mt_note")
        composer.action_send_mail()
        self.assertEqual(touch.state, "planned")
        # nor a mail to another client
        client = self.make_partners(email="client@touch.example")
        post = {"body": "Hello", "message_type": "comment", "subtype_xmlid": "mail.mt_comment", "partner_ids": client.ids}
        self.leads[2].with_user(self.rep).with_context(touch_prepared=touch.id).message_post(**post)
        self.assertEqual(touch.state, "planned")
        # nor one of a colleague's: the mail goes out, the colleague's touch stays
        partner = self.make_partners(user_id=self.rep_two.id)
        self.cadence.enroll(partner)
        theirs = self.planned(partner)
        sending = partner.with_user(self.rep).with_context(touch_prepared=theirs.id).sudo()  # as the chatter's route does
        sending.message_post(**post)
        self.assertEqual(theirs.state, "planned")
        # nor one that goes to colleagues only; what goes to the client does
        own = self.leads[0].with_user(self.rep).with_context(touch_prepared=touch.id).sudo()  # sudo: as the chatter's route
        own.message_post(**{**post, "partner_ids": self.rep_two.partner_id.ids})
        self.assertEqual(touch.state, "planned")
        own.message_post(**post)
        self.assertEqual(touch.state, "done")

    def test_who_was_given_the_touch_only_is_told_so(self):
        touch = self.touches[0]
        touch._reassign(self.rep_two)
        self.assertFalse(self.load(self.rep_two)["cards"][touch.id]["visible"])
        self.assertTrue(self.load()["cards"][self.touches[1].id]["visible"])
        touch.channel = "email"
        with self.assertRaises(UserError) as caught:
            touch.with_user(self.rep_two).action_prepare()
        self.assertIn("Anna Acme · Acme", str(caught.exception))
        # the letter needs the address only
        touch.channel = "letter"
        self.assertEqual(touch.with_user(self.rep_two).action_prepare()["report_name"], "touch_cadence.touch_letter")

    def test_a_note_stays_whatever_was_done_with_the_touch(self):
        acts = (
            ("skip", {"reason": "No time"}),
            ("snooze", {"until": "2026-03-10"}),
            ("reassign", {"user_id": self.manager.id}),
            ("pause", {}),
        )
        for touch, (act, values) in zip(self.touches, acts):
            said = f"Wants samples, {act}"
            self.desk.with_user(self.rep).act(touch.id, act, {**values, "note": said})
            self.assertEqual(touch.note, said)
        # who works the client next reads it: on the touch that goes on, or among the last ones
        given = self.desk.with_user(self.manager).cards(self.touches[2].ids)[self.touches[2].id]
        self.assertEqual(given["said"], "Wants samples, reassign")
        following = self.planned(self.leads[0])
        past = self.desk.with_user(self.rep).cards(following.ids)[following.id]["history"]
        self.assertEqual([(one["outcome"], one["note"]) for one in past], [("No time", "Wants samples, skip")])
        # also when a colleague was faster
        self.touches[4].with_user(self.manager).done()
        late = self.desk.with_user(self.rep).act(self.touches[4].id, "snooze", {"until": "2026-03-10", "note": "On holiday"})
        self.assertEqual((late["ok"], self.touches[4].note), (False, "On holiday"))
        # what is said later stands behind it
        self.desk.with_user(self.manager).act(self.touches[2].id, "done", {"note": "Samples sent"})
        self.assertEqual(self.touches[2].note, "Wants samples, reassign\nSamples sent")

    def test_R45_a_card_has_the_next_steps_in_the_order_of_the_ladder(self):
        contract, meeting = (self.env.ref(f"touch_cadence.touch_next_step_{name}") for name in ("contract", "meeting"))
        self.cadence.rung_ids = [(5,), *((0, 0, {"sequence": at, "next_step_ids": step.ids}) for at, step in enumerate(contract + meeting))]
        asking = self.env["touch.reason"].search([("next_step_id", "=", meeting.id)], limit=1)
        self.touches[0].reason_id = asking
        cards = self.desk.with_user(self.rep).cards(self.touches.ids)
        told = cards[self.touches[0].id]["questions"]
        self.assertEqual((told["steps"][:2], told["step"]), ([[contract.id, contract.name], [meeting.id, meeting.name]], meeting.id))
        self.assertEqual({id_ for id_, _name in told["steps"]}, set(self.env["touch.next.step"].search([]).ids))
        self.assertEqual(self.touches[0].with_user(self.rep).questions(), told)
        with self.assertRaises(AccessError):
            self.touches[0].with_user(self.rep_two).questions()

    def test_R46_a_card_has_the_obstacles_and_the_newest_items(self):
        names = [self.env["touch.item"].with_user(self.rep).name_create(f"Chair {number}")[1] for number in range(10)]
        told = self.desk.with_user(self.rep).cards(self.touches.ids)[self.touches[0].id]["questions"]
        self.assertEqual([kind for _id, _name, kind in told["obstacles"]], ["money", "time", "item", "unsure", "ask", "supplier"])
        self.assertEqual([name for _id, name in told["items"]], names[:1:-1])

    def test_R51_how_to_talk_with_the_client_stands_on_the_touch(self):
        company = self.make_partners(is_company=True, touch_how_to_talk="Never before ten")
        person = self.make_partners(parent_id=company.id)
        self.leads[0].partner_id = person
        self.touches[0].partner_id = person
        self.assertEqual(self.desk.with_user(self.rep).cards(self.touches[0].ids)[self.touches[0].id]["talk"], "Never before ten")
        person.with_user(self.rep).touch_how_to_talk = "Likes short sentences"
        self.assertEqual(self.touches[0].with_user(self.rep).how_to_talk, "Likes short sentences")

    def test_beyond_the_target_the_number_stands_alone(self):
        self.touches[0].number = 16
        data = self.load()
        row = next(row for row in data["queue"] if row["id"] == self.touches[0].id)
        self.assertEqual((row["target"], data["cards"][self.touches[0].id]["target"]), (0, 0))
        self.assertRegex(self.touches[0].summary, r"^Touch 16(:|$)")
        say = self.env["touch.words"]._say
        self.assertEqual(say([("nth", {"number": 16, "target": 7})]), "Touch 16.")
        self.assertEqual(say([("nth", {"number": 7, "target": 7})]), "Touch 7 of 7.")

    def test_another_addons_channel_has_the_outcomes_of_the_one_like_it(self):
        channels = type(self.env["touch.channel"])
        known = self.env["touch.channel"]._channels()
        own = {"chat": Channel("chat", needs=("phone",), sense="eye", talk=True), "fax": Channel("fax", needs=("phone",), sense="eye")}
        with patch.object(channels, "_channels", lambda _self: {**known, **own}):
            told = {one["name"]: one for one in self.env["touch.outcome"].with_user(self.rep).choices()}
        self.assertEqual(told["No answer"]["channels"], ["call", "chat"])
        self.assertIn("fax", told["Sent"]["channels"])
        self.assertEqual(told["Interested"]["channels"], [])
        self.assertEqual([name for name, one in told.items() if one["of_step"]], ["Next step kept", "Next step moved", "Next step missed"])

    def test_a_few_outcomes_are_in_sight_and_each_has_its_channel(self):
        """Five or six of a call, and of mails, letters and meetings their own; the rest stands under "More"."""
        told = self.env["touch.outcome"].with_user(self.rep).choices()
        in_sight = {
            channel: [one["name"] for one in told if channel in one["in_sight"]] for channel in ("call", "email", "letter", "meeting")
        }
        self.assertEqual(in_sight["call"], ["Reached", "No answer", "Interested", "Next step agreed", "Not now", "Clear no"])
        self.assertEqual(in_sight["email"], ["Sent", "Answered", "Bounced"])
        self.assertEqual(in_sight["letter"], ["Posted", "Answered", "Came back"])
        self.assertEqual(in_sight["meeting"], ["Met", "Did not come", "Interested", "Next step agreed", "Not now", "Clear no"])
        for one in told:
            self.assertFalse(one["channels"] and set(one["in_sight"]) - set(one["channels"]), one["name"])

    def test_outcomes_have_a_sign_each(self):
        signs = {one["name"]: (one["icon"], one["tone"]) for one in self.env["touch.outcome"].with_user(self.rep).choices()}
        self.assertEqual(signs["Bought"], ("fa-trophy", "success"))
        self.assertEqual(signs["No answer"][0], "fa-repeat")
        self.assertEqual(signs["Reached"][0], "fa-check")


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestFinish(DeskCase):
    """What came of many touches at once, as a rep from the list."""

    def test_R45_what_the_outcome_asks_is_told_for_all(self):
        step = self.env.ref("touch_cadence.touch_next_step_meeting")
        answers = {"next_step_id": step.id, "next_day": "2026-03-10"}
        self.env["touch.finish"].with_user(self.rep).finish(
            self.touches.ids, self.env.ref("touch_cadence.touch_outcome_next_step").id, answers
        )
        self.assertEqual(self.touches.agreed_step_id, step)
        self.assertEqual(set(self.touches.mapped("agreed_date")), {date(2026, 3, 10)})
        with self.assertRaises(UserError):
            self.env["touch.finish"].with_user(self.rep).finish(
                self.touches.ids, self.env.ref("touch_cadence.touch_outcome_next_step").id, {"next_day": "2026-02-10"}
            )

    def test_R45_a_logged_touch_says_what_was_agreed(self):
        step = self.env.ref("touch_cadence.touch_next_step_meeting")
        wizards = self.env["touch.log"].with_user(self.rep)
        values = {"model": "crm.lead", "agreed_step_id": step.id, "agreed_date": "2026-03-10"}
        agreed = self.env.ref("touch_cadence.touch_outcome_next_step")
        for lead, outcome in ((self.leads[0], agreed), (self.leads[1], self.outcomes["interested"])):
            wizards.create({**values, "res_ids": lead.ids, "outcome_id": outcome.id}).action_log()
        made = [self.env["touch.touch"].search([("lead_id", "=", lead.id), ("state", "=", "done")]) for lead in self.leads[:2]]
        self.assertEqual((made[0].agreed_step_id, made[0].agreed_date), (step, date(2026, 3, 10)))
        self.assertFalse(made[1].agreed_date, "an answer to another outcome's question")
        offered = wizards.new({"channel": "letter"}).offered_outcome_ids
        self.assertIn("Posted", offered.mapped("name"))
        self.assertNotIn("No answer", offered.mapped("name"))

    def test_the_planned_ones_are_done(self):
        self.touches[0].with_user(self.rep).skip("x")
        told = self.env["touch.finish"].with_user(self.rep).finish(self.touches.ids, self.outcomes["interested"].id)
        self.assertEqual(told["params"]["message"], "4 of 5 touches are done.")
        self.assertEqual(self.touches.mapped("state"), ["skipped", *["done"] * 4])
        with self.assertRaises(UserError):
            self.env["touch.finish"].with_user(self.rep).finish(self.touches.ids, self.outcomes["interested"].id)

    def test_skipping_many_asks_why(self):
        self.touches[0].with_user(self.rep).done()
        skip = self.env["touch.skip"].with_user(self.rep).with_context(active_model="touch.touch", active_ids=self.touches.ids)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            skip.create({}).flush_recordset()
        wizard = skip.create({"reason": "Trade fair"})
        self.assertEqual((wizard.do_count, wizard.left_out_count), (4, 1))
        self.assertEqual(wizard.action_skip()["params"]["message"], "4 of 5 touches are skipped.")
        self.assertEqual(self.touches.mapped("skip_reason"), [False, *["Trade fair"] * 4])
        with self.assertRaisesRegex(UserError, "have no access"):
            self.env["touch.skip"].with_user(self.rep_two).create(
                {"model": "touch.touch", "res_ids": self.planned(self.leads).ids, "reason": "x"}
            ).action_skip()

    def test_many_are_left_to_the_background(self):
        with patch("odoo.addons.touch_cadence.models.background.touch_bulk_mixin.AT_ONCE", 2):
            self.env["touch.finish"].with_user(self.rep).finish(self.touches.ids, self.outcomes["reached"].id)
        self.assertEqual(set(self.touches.mapped("state")), {"planned"})
        job = self.env["touch.job"].search([("user_id", "=", self.rep.id)])
        with self.enter_registry_test_mode():
            self.env.ref("touch_cadence.ir_cron_work").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((job.state, job.done_count, set(self.touches.mapped("state"))), ("done", 5, {"done"}))

    def test_a_stranger_finishes_nothing(self):
        with self.assertRaisesRegex(UserError, "have no access"):
            self.env["touch.finish"].with_user(self.rep_two).finish(self.touches.ids, self.outcomes["reached"].id)
        self.assertEqual(set(self.touches.mapped("state")), {"planned"})
