import io
import json
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import SQL, mute_logger
from openpyxl import load_workbook
from psycopg2 import IntegrityError

from .common import MONDAY, TouchCase

MIXIN = "odoo.addons.touch_cadence.models.background.touch_bulk_mixin"
WIZARD = "odoo.addons.touch_cadence.wizard.touch_privacy"
JOB = "odoo.addons.touch_cadence.models.background.touch_job"
# what the planted client is called, wherever a name, a note or an address of his stands
MARK = "zaphod"


class PrivacyCase(TouchCase):
    """Two clients of whom everything is held that can be: the planted one, and one beside whom nothing may happen to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engineer = new_test_user(cls.env, "tc_engineer", "base.group_user", name="Eva Engineer", tz="UTC")
        cls.rep.touch_level = cls.rep_two.touch_level = "experienced"
        cls.env.company.write({"touch_expert_weeks": 2, "touch_expert_notice": 0})
        cls.expert = cls.env["touch.expert"].create({"user_id": cls.engineer.id})

    def fill(self, mark, rep=None):
        """A contact with a deal and all that can be held about them, and a lead without a contact; each text has ``mark`` in it.

        :return: the contact, its deal, the lead
        """
        rep = rep or self.rep
        # that a salesperson was assigned is told by Odoo, for whom the record stays
        env = self.env(context={**self.env.context, "tracking_disable": False, "mail_auto_subscribe_no_notify": True})
        contact = env["res.partner"].create(
            {
                "name": f"{mark} Contact",
                "email": f"{mark}@touch.example",
                "phone": "+32470123456" if mark == MARK else "+32470999999",
                "street": f"{mark} street",
                "comment": f"{mark} comment",
                "user_id": rep.id,
                "birthdate_date": "1980-05-05",
            }
        )
        deal, lead = env["crm.lead"].create(
            [
                {
                    "name": f"{mark} Deal",
                    "type": "opportunity",
                    "partner_id": contact.id,
                    "user_id": rep.id,
                    "team_id": self.team.id,
                    "description": f"{mark} description",
                    "referred": f"{mark} friend",
                    "expected_revenue": 1000,
                },
                {
                    "name": f"{mark} Lead",
                    "contact_name": f"{mark} Alone",
                    "email_from": f"{mark}-alone@touch.example",
                    "phone": "+32470123457" if mark == MARK else "+32470999998",
                    "user_id": rep.id,
                    "team_id": self.team.id,
                },
            ]
        )
        self.cadence.enroll(contact)
        self.cadence.enroll(lead)
        touches = self.planned(contact) | self.planned(lead)
        touches.activity_id.write({"note": f"{mark} activity", "summary": f"{mark} summary"})
        for touch in touches:
            touch.activity_id.with_context(touch_outcome_id=self.outcomes["interested"].id).action_feedback(feedback=f"{mark} feedback")
        self.decide()
        self.planned(contact).skip(f"{mark} skipped")
        self.planned(lead).activity_id.note = f"{mark} planned"
        contact.enrollment_ids.filtered(lambda one: one.state == "running").action_pause(f"{mark} pause")
        contact.log_touch({"channel": "call", "direction": "in", "note": f"{mark} called"})
        deal.judge_by_hand("standard", f"{mark} judged")
        deal.judge(self.env.ref("touch_cadence.touch_marker_option_1_2"))
        deal.ask_expert()
        booking = deal.booking_ids
        booking.note = f"{mark} booking"
        deal.write({"has_need": True, "temperature": "hot"})
        self.decide()
        deal.with_user(rep).sudo().expert_alone_reason = f"{mark} alone"
        contact.enrollment_ids.action_stop(f"{mark} stopped")
        self.env["touch.job"].create(
            {
                "name": "Enrol",
                "user_id": self.manager.id,
                "company_id": self.env.company.id,
                "wizard": "touch.enroll",
                "wizard_values": {"kind": "x"},
                "wizard_context": {"lang": "en_US"},
                "model": "res.partner",
                "res_ids": contact.ids,
                "total": 1,
                "state": "done",
                "left_out_ids": [Command.create({"res_id": contact.id, "name": f"{mark} left", "why": f"{mark} why"})],
            }
        )
        self.env["touch.consent"]._note_wish(contact, "paper", "refused", "hand", f"{mark} wish")
        lead.enrollment_ids._hand_over(self.rep_two if rep == self.rep else self.rep)
        for email in (contact.email, lead.email_from):
            self.env["touch.closed.address"]._close_address(email, f"{mark} no such user")
        env.flush_all()
        env.cr.precommit.run()  # what was tracked is told
        return contact.with_env(self.env), deal.with_env(self.env), lead.with_env(self.env)

    def places(self, mark, tables=("touch\\_%", "mail_message", "mail_activity", "mail_tracking_value")):
        """:return: {table.column: rows} in which ``mark`` stands, of every column that holds text; wizards are cleared away by themselves"""
        self.env.flush_all()
        wizards = [model._table for model in self.env.values() if model._transient]
        columns = self.env.execute_query(
            SQL(
                """SELECT table_name, column_name FROM information_schema.columns JOIN pg_tables ON tablename = table_name
                    WHERE schemaname = 'public' AND table_name LIKE ANY(%s) AND table_name != ALL(%s)
                      AND data_type IN ('text', 'character varying', 'json', 'jsonb')""",
                list(tables),
                wizards,
            )
        )
        found = {}
        for table, column in columns:
            query = "SELECT count(*) FROM %s WHERE %s::text ILIKE %s"
            [[count]] = self.env.execute_query(SQL(query, SQL.identifier(table), SQL.identifier(column), f"%{mark}%"))
            if count:
                found[f"{table}.{column}"] = count
        return found

    def figures(self):
        """:return: what the reports say"""
        self.env.flush_all()
        groups = (
            (
                "touch.touch",
                ["channel", "direction", "purpose", "outcome_id", "reason_id", "number", "user_id", "cadence_id", "company_id"],
            ),
            ("touch.touch", ["state", "date_done:month", "counts", "reached", "warmed"]),
            ("touch.enrollment", ["cadence_id", "user_id", "company_id", "run", "touch_count:sum"]),
            ("touch.judgement", ["potential", "user_id", "date:month"]),
            ("touch.judgement", ["option_ids"]),
        )
        result = [self.env[model]._read_group([], [name for name in names if ":sum" not in name], ["__count"]) for model, names in groups]
        sums = ["hours:sum", "meetings:sum", "touches:sum", "deals:sum", "deals_won:sum", "value_won:sum"]
        return [sorted(map(str, rows)) for rows in result] + [self.env["touch.expert.report"]._read_group([], ["expert_id"], sums)]

    def wizard(self, records, user=None, **values):
        wizard = self.env["touch.privacy"].with_user(user or self.manager)
        return wizard.create({"model": records._name, "res_ids": records.ids, **values})

    def erase(self, records, **values):
        return self.wizard(records, kind="erase", **values).action_erase()

    def exported(self, records, form="json", user=None):
        wizard = self.wizard(records, user, form=form)
        action = wizard.action_export()
        self.assertEqual(action["url"], f"/web/content/touch.privacy/{wizard.id}/file/{wizard.file_name}?download=true")
        return (
            wizard.with_context(bin_size=False).file.content
            if hasattr(wizard.file, "content")
            else __import__("base64").b64decode(wizard.file)
        )


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestPrivacy(PrivacyCase):
    # --------------------------------------------------------------
    # Find
    # --------------------------------------------------------------

    def find(self, term, user=None):
        find = self.env["touch.privacy.find"].with_user(user or self.manager).create({"term": term})
        find.action_find()
        return find

    def test_found_by_name_address_and_number(self):
        contact, deal, lead = self.fill(MARK)
        self.fill("arthur", self.rep_two)
        contact.active = lead.active = False
        for term, expected in (
            (MARK, contact | deal.partner_id),
            (f"{MARK}@touch.example", contact),
            ("0470 12 34 56", contact),
            ("+32470123456", contact),
            ("Zaphod Cont", contact),
        ):
            lines = self.find(term).line_ids
            self.assertIn(("res.partner", expected[:1].id), [(line.model, line.res_id) for line in lines], term)
            self.assertFalse([line.name for line in lines if "arthur" in line.name])
        lines = self.find(f"{MARK}-alone").line_ids
        self.assertEqual([(line.model, line.res_id, line.archived) for line in lines], [("crm.lead", lead.id, True)])
        self.assertEqual((lines.touches, lines.enrollments), (2, 1))

    def test_nobody_found_and_too_little_typed(self):
        self.assertFalse(self.find("Slartibartfast").line_ids)
        with self.assertRaisesRegex(UserError, "at least 3"):
            self.find("za")

    def test_notes_of_others_that_name_somebody_are_counted(self):
        other = self.make_partners()
        other.log_touch({"channel": "call", "note": "Zaphod sits beside her"})
        find = self.find(MARK)
        self.assertEqual((len(find.line_ids), find.mention_count), (0, 1))
        self.assertEqual(self.env["touch.touch"].search(find.action_mentions()["domain"]).partner_id, other)

    def test_many_found_are_cut_and_it_is_said(self):
        self.make_partners(3)
        with patch("odoo.addons.touch_cadence.wizard.touch_privacy_find.SHOWN", 2):
            find = self.find("touch.example")
        self.assertTrue(find.is_cut)
        self.assertEqual(len(find.line_ids.filtered(lambda line: line.model == "res.partner")), 2)

    def test_what_was_found_is_exported_and_erased_line_by_line(self):
        contact, _deal, lead = self.fill(MARK)
        find = self.find(MARK)
        with self.assertRaisesRegex(UserError, "Select the clients"):  # nobody is meant by a namesake
            find.action_erase()
        find.line_ids.filtered(lambda line: (line.model, line.res_id) == ("crm.lead", lead.id)).chosen = True
        wizard = self.env["touch.privacy"].with_user(self.manager).browse(find.action_erase()["res_id"])
        self.assertEqual((wizard.kind, wizard.do_count), ("erase", 1))
        wizard.action_erase()
        self.assertFalse(lead.touch_count)
        self.assertTrue(contact.touch_count)
        find.line_ids.chosen = False
        with self.assertRaisesRegex(UserError, "Select the clients"):
            find.action_export()

    # --------------------------------------------------------------
    # Export
    # --------------------------------------------------------------

    def test_all_that_is_held_is_exported_and_nothing_of_others(self):
        contact, _deal, lead = self.fill(MARK)
        self.fill("arthur", self.rep_two)
        before = self.places(MARK)
        self.assertGreater(len(before), 8)
        text = self.exported(contact).decode() + self.exported(lead).decode()
        for what in (
            "Contact", "Deal", "Lead", "Alone", "street", "comment", "description", "friend", "feedback", "skipped", "called", "judged",
            "booking", "alone", "stopped", "left", "why", "activity", "planned",
        ):  # fmt: skip
            self.assertIn(f"{MARK} {what}", text)
        self.assertNotIn("arthur", text)
        known = json.loads(self.exported(contact))
        self.assertEqual(known["Exported by"], "Mara Manager")
        [called] = [row for row in known["Touches"] if row["Note"] == f"{MARK} called"]
        self.assertEqual((called["Channel"], called["Direction"], called["Contact"]), ("Call", "Incoming", f"{MARK} Contact"))
        self.assertEqual(called["Done on"], "2026-03-02T09:30+00:00", "a moment has its zone")
        [asked] = [row for row in known["Judgements"] if row["Answers"]]
        self.assertTrue(asked["Judged by"])
        self.assertEqual(known["Contacts"][0]["Email"], f"{MARK}@touch.example")

    def test_the_workbook_holds_the_same_and_no_formula(self):
        contact, _deal, _lead = self.fill(MARK)
        contact.log_touch({"channel": "call", "note": '=HYPERLINK("http://x.example")'})
        contact.log_touch({"channel": "call", "note": "x" * 50000})
        book = load_workbook(io.BytesIO(self.exported(contact, "xlsx")))
        rows = list(book["Touches"].values)
        notes = [row[rows[0].index("Note")] for row in rows[1:]]
        self.assertIn(f"{MARK} called", notes)
        self.assertIn('=HYPERLINK("http://x.example")', notes)
        cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
        self.assertFalse([cell for cell in cells if cell.data_type == "f"])
        self.assertTrue([note for note in notes if note and note.endswith("(the JSON file has the full text)")])

    def test_an_export_is_logged_without_a_name(self):
        contact, _deal, _lead = self.fill(MARK)
        self.exported(contact)
        line = self.env["touch.privacy.log"].search([], limit=1)
        self.assertEqual((line.act, line.clients, line.user_id), ("export", 1, self.manager))
        self.assertGreater(line.rows, 3)

    # --------------------------------------------------------------
    # Erase
    # --------------------------------------------------------------

    def test_every_address_of_a_field_is_forgotten(self):
        contact = self.make_partners(email="one@touch.example, two@touch.example", user_id=self.rep.id)
        for email in ("one@touch.example", "two@touch.example", "else@touch.example"):
            self.env["touch.closed.address"]._close_address(email, "no such user")
        self.erase(contact)
        self.assertEqual(self.env["touch.closed.address"].search([]).mapped("email"), ["else@touch.example"])

    def test_nothing_of_the_client_is_left_and_the_reports_say_the_same(self):
        contact, deal, lead = self.fill(MARK)
        other, _deal, _lead = self.fill("arthur", self.rep_two)
        theirs, before = self.places("arthur"), None
        # what runs ends first: the reports are compared from then on
        (lead.enrollment_ids | contact.enrollment_ids).filtered(lambda one: one.state == "running")._stop("stopped", "erased")
        before = self.figures()
        self.erase(contact | contact.browse())
        self.erase(lead)
        self.assertEqual(self.places(MARK), {})
        self.assertEqual(self.places("arthur"), theirs, "nothing happened to the other one")
        self.assertEqual(self.figures(), before)
        self.assertFalse(contact.touch_count + deal.touch_count + lead.touch_count)
        self.assertTrue(other.touch_count)
        self.assertEqual((contact.name, contact.active, contact.touch_opt_out), (f"{MARK} Contact", True, True))
        gone = self.env["touch.touch"].search([("client_key", "=", 0)])
        with self.assertRaisesRegex(UserError, "anonymous"):
            gone[0].action_open_client()
        self.assertEqual(set(gone.mapped("client_name")), {"Anonymous client"})
        self.assertFalse(gone.partner_id | gone.commercial_partner_id)
        self.assertFalse(gone.lead_id or gone.activity_id)
        self.assertTrue(all(touch.enrollment_id.client_key == 0 for touch in gone if touch.enrollment_id))
        line = self.env["touch.privacy.log"].search([], limit=1)
        self.assertEqual((line.act, line.clients), ("erase", 1))

    def test_the_contact_and_the_lead_become_anonymous_too(self):
        contact, deal, lead = self.fill(MARK)
        deal.message_post(body=f"{MARK} wrote")
        contact.message_post(body=f"{MARK} wrote", attachments=[("letter.txt", MARK.encode())])
        self.env["ir.attachment"].create({"name": f"{MARK}.txt", "raw": b"x", "res_model": "res.partner", "res_id": contact.id})
        self.erase(contact, scope="whole", blacklist=True)
        self.erase(lead, scope="whole")
        everywhere = ("touch\\_%", "mail_message", "mail_activity", "mail_tracking_value", "res_partner", "crm_lead", "ir_attachment")
        self.assertEqual(self.places(MARK, everywhere), {})
        self.assertEqual(
            (contact.name, contact.active, contact.touch_opt_out, contact.birthdate_date), ("Anonymous client", False, True, False)
        )
        self.assertEqual((deal.name, deal.active, deal.expected_revenue, deal.referred), ("Anonymous deal", False, 1000, "–"))
        self.assertEqual((lead.active, lead.phone), (False, False))
        self.assertTrue(self.env["mail.blacklist"].search([("email", "=", f"{MARK}@touch.example")]))
        self.assertTrue(self.env["phone.blacklist"].search([("number", "=", "+32470123456")]))

    def test_what_runs_is_stopped_first(self):
        lead, deal = self.make_leads(2)
        self.cadence.enroll(lead | deal)
        run, activity = lead.enrollment_ids, self.planned(lead).activity_id
        self.erase(lead)
        self.assertEqual((run.state, run.stop_reason, run.client_key), ("stopped", "erased", 0))
        self.assertFalse(activity.exists())
        self.assertFalse(self.planned(lead))
        self.assertEqual(run.display_name, "Anonymous client · Selling")
        self.assertTrue(run.explanation is not None and self.planned(deal))

    def test_what_waits_its_turn_is_stopped_with_what_runs(self):
        """Else it takes the place that the erased run leaves, and is worked as nobody's."""
        partner = self.make_partners()
        deals = self.make_leads(2, partner_id=partner.id)
        self.cadence.enroll(deals)
        runs = deals.enrollment_ids
        self.assertEqual(sorted(runs.mapped("state")), ["running", "waiting"])
        self.erase(partner)
        self.assertEqual({(run.state, run.stop_reason, run.client_key) for run in runs}, {("stopped", "erased", 0)})
        self.assertFalse(self.planned(deals))

    def test_what_waits_its_turn_goes_with_its_contact(self):
        partner = self.make_partners()
        self.cadence.enroll(partner)
        runs = partner.enrollment_ids
        runs |= self.nurture._create_enrollments(partner, state="waiting", next_date=False)
        partner.unlink()
        self.assertEqual({(run.state, run.stop_reason, run.client_key) for run in runs}, {("stopped", "removed", 0)})

    def test_an_open_booking_is_cancelled_and_a_given_one_stays_the_experts(self):
        _contact, deal, _lead = self.fill(MARK)
        booking = deal.booking_ids
        self.assertEqual(booking.state, "booked")
        with freeze_time(booking.start):
            booking.action_done(note=f"{MARK} met")
        before = self.figures()[-1]
        self.assertEqual(before[0][3], 1, "the expert's touch is counted")
        self.erase(deal)
        self.assertEqual(self.figures()[-1], before)
        self.assertEqual(booking.state, "done")
        self.assertIn(MARK, deal.name)
        other = self.make_leads()
        other.ask_expert()
        self.erase(other)
        self.assertEqual(other.booking_ids.state, "cancelled")

    def test_a_company_brings_its_contacts_and_a_colleague_stays(self):
        company = self.make_partners(is_company=True)
        one, two = self.make_partners(2, parent_id=company.id)
        for contact in (one, two):
            contact.log_touch({"channel": "call", "note": "Tea"})
        self.erase(one)
        self.assertEqual(self.env["touch.touch"].search([("note", "=", "Tea")]).partner_id, two)
        self.erase(company)
        self.assertFalse(self.env["touch.touch"].search([("note", "=", "Tea")]))

    def test_no_rule_enrols_an_erased_client_again_a_person_may(self):
        lead = self.make_leads()
        self.nurture.write({"auto_enroll": True, "domain": f"[('id', '=', {lead.id})]"})
        self.nurture._enroll_next_by_rule()
        self.assertTrue(lead.enrollment_ids)
        self.erase(lead)
        self.nurture.rule_cursor = 0
        self.nurture._enroll_next_by_rule()
        self.assertFalse(lead.enrollment_ids)
        self.nurture.enroll(lead)
        self.assertEqual(lead.enrollment_ids.state, "running")

    def test_anonymous_rows_collide_with_nobody(self):
        leads = self.make_leads(3)
        runs = self.cadence.enroll(leads)
        self.erase(leads)
        self.assertEqual(runs.mapped("client_key"), [0, 0, 0])
        self.assertEqual(set(runs.mapped("run")), {1})
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            more = self.cadence.enroll(self.make_leads(1))
            more.copy({"state": "stopped"}).run = 1
            self.env.flush_all()
        # what looks at many enrolments passes over them
        self.env.company.touch_per_deal = True
        self.assertEqual(runs.mapped("client_key"), [0, 0, 0])

    def test_who_is_one_of_us_or_anothers_client_keeps_the_record(self):
        company = self.env["res.company"].create({"name": "Other"})
        shared, own = self.make_partners(2)
        self.cadence.enroll(shared | own)
        theirs = self.cadence.with_company(company).enroll(shared)
        deal = self.make_leads(partner_id=own.id)
        users = self.rep.partner_id | self.env.company.partner_id
        wizard = self.wizard(shared | own | users, kind="erase", scope="whole")
        self.assertEqual((wizard.do_count, wizard.left_out_count), (1, 3))
        self.assertIn("Another company works this client", wizard.preview)
        self.assertNotIn("Other:", wizard.preview)
        lead = self.wizard(deal, kind="erase", scope="whole")
        self.assertIn("choose the contact", lead.preview)
        wizard.action_erase()
        self.assertEqual((own.name, shared.name, self.rep.name), ("Anonymous client", "Client 0", "Rita Rep"))
        # touches only: ours go, theirs stay
        self.erase(shared)
        self.assertEqual((theirs.partner_id, theirs.state, theirs.stop_reason), (shared, "running", False))
        self.assertFalse(shared.enrollment_ids - theirs)
        self.assertFalse(shared.touch_erased_date, "it is their client still")

    # --------------------------------------------------------------
    # Who
    # --------------------------------------------------------------

    def test_the_rep_cannot(self):
        contact, _deal, _lead = self.fill(MARK)
        for user in (self.rep, self.leader, self.engineer):
            for model in ("touch.privacy", "touch.privacy.find", "touch.privacy.find.line"):
                self.assertFalse(self.env[model].with_user(user).has_access("create"), f"{user.login} {model}")
            self.assertFalse(self.env["touch.privacy.log"].with_user(user).has_access("read"), user.login)
        for operation in ("create", "write", "unlink"):
            self.assertFalse(self.env["touch.privacy.log"].with_user(self.manager).has_access(operation))
        with self.assertRaises(AccessError):
            self.wizard(contact, self.rep)

    def test_a_file_and_a_search_are_who_asked_alone(self):
        contact, _deal, _lead = self.fill(MARK)
        colleague = new_test_user(self.env, "tc_colleague", "sales_team.group_sale_manager", name="Cleo Colleague")
        wizard, find = self.wizard(contact), self.find(MARK)
        wizard.action_export()
        for record in (wizard, find, find.line_ids):
            self.assertFalse(record.with_user(colleague).has_access("read"), record._name)

    def test_the_other_companys_manager_finds_and_erases_nothing_of_ours(self):
        contact, _deal, lead = self.fill(MARK)
        (contact | lead.partner_id).company_id = lead.company_id = self.env.company
        company = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env, "tc_stranger", "sales_team.group_sale_manager", company_id=company.id, company_ids=[Command.set(company.ids)]
        )
        self.assertFalse(self.find(MARK, stranger).line_ids)
        before = self.places(MARK)
        with self.assertRaisesRegex(UserError, "cannot see any of the selected"):
            self.wizard(lead, stranger, kind="erase").action_erase()
        with self.assertRaisesRegex(UserError, "cannot see any of the selected"):
            self.wizard(lead, stranger).action_export()
        self.assertEqual(self.places(MARK), before)
        self.assertFalse(self.env["touch.privacy.log"].with_user(stranger).search([]))

    # --------------------------------------------------------------
    # Delete
    # --------------------------------------------------------------

    def test_deleting_by_a_person_makes_anonymous(self):
        partner = self.make_partners()
        run = self.cadence.enroll(partner)
        self.planned(partner).done(note="Tea")
        before = self.figures()
        touch = run.touch_ids.filtered(lambda one: one.state == "done")
        touch.with_user(self.manager).unlink()
        self.assertEqual((touch.exists(), touch.client_key, touch.note, touch.partner_id.id), (touch, 0, False, False))
        self.assertFalse(touch.enrollment_id, "a run that goes on would say whose it was")
        self.assertEqual(self.figures()[1], before[1])
        planned = self.planned(partner)
        planned.with_user(self.manager).unlink()
        self.assertEqual((planned.state, planned.withdrawn), ("skipped", True))
        self.run_planner()
        self.assertTrue(self.planned(partner), "the run goes on")
        run.with_user(self.manager).unlink()
        self.assertEqual((run.state, run.stop_reason, run.client_key), ("stopped", "erased", 0))
        with self.assertRaisesRegex(UserError, "already anonymous"):
            run.with_user(self.manager).unlink()
        self.assertEqual(self.env["touch.privacy.log"].search([]).mapped("act"), ["delete"] * 3)

    def test_a_deleted_deal_leaves_its_counts(self):
        _contact, deal, lead = self.fill(MARK)
        with freeze_time(deal.booking_ids.start):
            deal.booking_ids.action_done(note=f"{MARK} met")
        lead.enrollment_ids._stop("stopped", "removed")
        self.env.flush_all()
        before = self.figures()
        (deal | lead).unlink()
        after = self.figures()
        self.assertEqual(after[:-1], before[:-1])
        self.assertEqual(after[-1], before[-1])
        self.assertEqual(self.env["touch.privacy.log"].search([], limit=1).act, "removed")
        judgements = self.env["touch.judgement"].search([("lead_id", "=", False)])
        self.assertEqual(len(judgements), 2)
        self.assertEqual(self.env["touch.judgement"].with_user(self.manager).search([("lead_id", "=", False)]), judgements)
        self.assertFalse(self.env["touch.judgement"].with_user(self.rep).search([("lead_id", "=", False)]))
        left = self.places(MARK)
        self.assertFalse([name for name in left if "judgement" in name or "booking" in name])
        self.assertFalse(self.env["mail.message"].search([("model", "=", "touch.expert.booking"), ("body", "ilike", MARK)]))

    # --------------------------------------------------------------
    # Many
    # --------------------------------------------------------------

    def test_many_are_erased_in_the_background(self):
        leads = self.make_leads(25)
        self.cadence.enroll(leads)
        with patch(f"{MIXIN}.AT_ONCE", 10), patch(f"{WIZARD}.AT_ONCE", 10), patch(f"{JOB}.BATCH", 10):
            self.wizard(leads, kind="erase").action_erase()
            job = self.env["touch.job"].search([], limit=1)
            self.assertEqual((job.total, job.user_id, job.name), (25, self.manager, "Erase clients' data"))
            while job._work_next():
                pass
        self.assertEqual((job.state, job.done_count), ("done", 25))
        self.assertFalse(leads.enrollment_ids)
        self.assertEqual(sum(self.env["touch.privacy.log"].search([("act", "=", "erase")]).mapped("clients")), 25)

    def test_many_are_exported_in_the_background_into_files_of_the_job(self):
        leads = self.make_leads(25)
        with patch(f"{MIXIN}.AT_ONCE", 10), patch(f"{WIZARD}.AT_ONCE", 10), patch(f"{JOB}.BATCH", 10):
            self.wizard(leads, form="json").action_export()
            job = self.env["touch.job"].search([], limit=1)
            while job._work_next():
                pass
        files = job.with_user(self.manager).attachment_ids
        self.assertEqual(len(files), 3)
        names = [row["Opportunity"] if "Opportunity" in row else row["id"] for one in files for row in json.loads(one.raw)["Leads"]]
        self.assertEqual(len(names), 25)
        self.assertFalse(job.with_user(self.rep).sudo(False).env["ir.attachment"].search([("id", "in", files.ids)]))

    def test_erasing_costs_no_query_a_client(self):
        def filled(count):
            leads = self.make_leads(count)
            self.cadence.enroll(leads)
            self.planned(leads).done(note="Tea")
            return leads

        batches = {count: filled(count) for count in (2, 100, 200)}
        wizard = self.env["touch.privacy"].with_user(self.manager)
        self.assertLess(
            self.slope(lambda count: wizard.create({"model": "crm.lead", "res_ids": batches[count].ids, "kind": "erase"}).action_erase()),
            0.5,
        )

    def test_exporting_costs_no_query_a_client(self):
        batches = {count: self.make_leads(count) for count in (2, 100, 200)}
        for leads in batches.values():
            leads.log_touch({"channel": "call", "note": "Tea"})
        self.assertLess(self.slope(lambda count: self.wizard(batches[count]).action_export()), 0.2)

    def test_the_form_says_what_there_is(self):
        contact, _deal, _lead = self.fill(MARK)
        context = {"active_model": "res.partner", "active_ids": contact.ids, "active_id": contact.id}
        form = Form(self.env["touch.privacy"].with_user(self.manager).with_context(**context))
        self.assertEqual(form.kind, "export")
        self.assertRegex(
            form.preview, "(?s)This will be done for zaphod Contact.*Contacts: 1, Leads: 1, Touches: 4, Enrolments: 2, Judgements: 2"
        )
        form.kind = "erase"
        form.scope = "whole"
        self.assertIn("This will be done for zaphod Contact", form.preview)


@tagged("post_install", "-at_install")
class TestRetention(PrivacyCase):
    """Notes and touches are kept for so many months after the last contact, and no longer."""

    def forget(self, day):
        self.decide()
        with freeze_time(f"{day} 03:00:00"), self.enter_registry_test_mode():
            self.env.ref("touch_cadence.ir_cron_forget").method_direct_trigger()
        self.env.invalidate_all()

    def touched(self, clients, day, note="Tea"):
        with freeze_time(f"{day} 10:00:00"):
            return clients.log_touch({"channel": "call", "note": note})

    def kept(self):
        return self.env["touch.touch"].search([("note", "=", "Tea")])

    def test_zero_keeps_for_ever(self):
        self.assertEqual(self.env.company.touch_keep_months, 0)
        self.touched(self.make_partners(), "2016-01-04")
        self.forget("2026-03-02")
        self.assertEqual(len(self.kept()), 1)

    def test_who_was_left_alone_for_long_is_forgotten_and_counted(self):
        old, young = self.make_partners(2)
        lost = self.make_leads()
        self.env.company.touch_keep_months = 24
        for clients, day in ((old, "2024-01-08"), (young, "2024-04-08"), (lost, "2023-01-09")):
            self.touched(clients, day)
        with freeze_time("2023-02-01 10:00:00"):
            lost.action_set_lost()
        before = len(self.env["touch.touch"].search([]))
        self.forget("2026-03-02")
        self.assertEqual(self.kept().partner_id, young)
        self.assertEqual(len(self.env["touch.touch"].search([])), before)
        self.assertEqual(old.touch_erased_date, date(2026, 3, 2))
        self.assertFalse(old.touch_opt_out, "nobody said that he wants no contact")
        self.assertEqual(sum(self.env["touch.privacy.log"].search([("act", "=", "retention")]).mapped("clients")), 2)
        self.forget("2026-03-03")
        self.assertEqual(len(self.env["touch.privacy.log"].search([])), 2, "a night in which nothing is done leaves no line")

    def test_who_is_worked_has_an_open_deal_or_bought_stays(self):
        run, deal, buyer, open_lead = self.make_partners(), self.make_partners(), self.make_partners(), self.make_leads()
        self.env.company.touch_keep_months = 12
        for clients in (run, deal, buyer, open_lead):
            self.touched(clients, "2023-01-09")
        with freeze_time("2023-01-10 10:00:00"):
            self.cadence.enroll(run).action_pause("Later")
            self.make_leads(partner_id=deal.id)
        with freeze_time("2025-11-03 10:00:00"):
            self.make_leads(partner_id=buyer.id).action_set_won()
        self.env["res.partner"]._touch_see_purchases()
        self.forget("2026-03-02")
        self.assertEqual(len(self.kept()), 4)
        run.enrollment_ids.action_stop()
        self.forget("2026-03-02")
        self.assertEqual(len(self.kept()), 4, "the run ended only now")

    def test_each_company_has_its_own_months(self):
        company = self.env["res.company"].create({"name": "Other", "touch_keep_months": 12})
        shared = self.make_partners()
        self.touched(shared, "2023-01-09")
        self.touched(shared.with_company(company), "2023-01-09")
        self.assertEqual(self.kept().company_id, self.env.company | company)
        self.forget("2026-03-02")
        self.assertEqual(self.kept().company_id, self.env.company)

    def test_the_months_have_bounds(self):
        for months in (-1, 1, 241):
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.env.company.touch_keep_months = months
                self.env.flush_all()
        self.env.company.touch_keep_months = 3

    def test_one_who_cannot_be_forgotten_harms_himself_alone(self):
        partners = self.make_partners(5)
        self.env.company.touch_keep_months = 12
        self.touched(partners, "2023-01-09")
        holding = type(self.env["touch.privacy.holding"])
        erase = holding._erase

        def failing(this, held, whole=False):
            if partners[2].id in held.contacts.ids:
                raise ValueError("no such planet")
            return erase(this, held, whole)

        with patch.object(holding, "_erase", failing), mute_logger("odoo.addons.touch_cadence.models.privacy.touch_privacy_holding"):
            self.forget("2026-03-02")
        self.assertEqual(self.kept().partner_id, partners[2])

    def test_the_plan_walks_the_index(self):
        """Few of many rows are due: they are found by the index, however many the table holds."""
        self.touched(self.make_partners(), "2016-01-04")
        self.env.flush_all()
        query = SQL(
            "EXPLAIN SELECT id FROM touch_touch WHERE company_id = %s AND client_key != 0 AND date_done < %s ORDER BY date_done, id "
            "LIMIT 1000",
            self.env.company.id,
            MONDAY,
        )
        for rows in (100_000, 10_000_000):
            # superuser of the tests' own cluster; rolled back with the test. A table as small as the tests' own is read any way
            self.env.cr.execute("UPDATE pg_class SET reltuples = %s, relpages = 1 WHERE relname = 'touch_touch'", [rows])
            plan = "\n".join(line for (line,) in self.env.execute_query(query))
            self.assertIn("touch_touch_forget_idx", plan, rows)
            self.assertNotIn("Sort", plan, rows)
