from collections import Counter
from importlib.machinery import SourceFileLoader
from pathlib import Path
from unittest.mock import patch

from freezegun import freeze_time
from odoo.modules.module import get_module_path
from odoo.tests import tagged
from psycopg2.extras import Json

from .. import upgrade
from ..hooks import pre_init_hook
from .common import MONDAY, TouchCase


@tagged("post_install", "-at_install")
@freeze_time(MONDAY)
class TestInstallation(TouchCase):
    """The life of an installation: first use, updates of our and other addons, uninstalling."""

    # --------------------------------------------------------------
    # D1: the first minutes
    # --------------------------------------------------------------

    def test_d1_a_process_never_remembers_that_nothing_is_there(self):
        self.assertFalse(self.env["touch.presence"]._in_use())
        # another thread's first enrolment: nobody tells this one
        with patch.object(type(self.env.registry), "clear_cache"), patch.object(type(self.env["touch.presence"]), "_rows_made"):
            self.cadence.enroll(self.make_leads())
        self.env.cr.cache.clear()  # as at the beginning of this thread's next transaction
        self.assertTrue(self.env["touch.presence"]._in_use())

    def test_d1_the_own_first_row_is_seen_in_the_same_transaction(self):
        self.assertFalse(self.env["touch.expert"]._any_expert())
        expert = self.env["touch.expert"].create({"user_id": self.leader.id})
        self.assertTrue(self.env["touch.expert"]._any_expert())
        expert.unlink()
        self.assertTrue(self.env["touch.expert"]._any_expert(), "a yes is remembered: it costs a query, and is never wrong")

    def test_d1_marked_as_done_where_the_hook_did_not_look(self):
        leads = self.make_leads(4)
        self.cadence.enroll(leads)
        done, silent, archived, open_ = self.planned(leads).sorted("id")
        with patch.object(type(self.env["mail.activity"]), "_planned_touches", lambda self: self.env["touch.touch"]):
            done.activity_id.touch_outcome_id = self.outcomes["interested"]
            done.activity_id.action_feedback(feedback="Wants the price list")
            silent.activity_id.action_done()
            archived.activity_id.action_archive()
        self.assertEqual(self.planned(leads).sorted("id"), done | silent | archived | open_)
        self.night()
        self.assertRecordValues(
            done,
            [
                {
                    "state": "done",
                    "outcome_id": self.outcomes["interested"].id,
                    "note": "Wants the price list",
                    "counts": True,
                    "reached": True,
                }
            ],
        )
        self.assertEqual(done.date_done.date(), MONDAY)
        self.assertEqual(done.lead_id.temperature, "warm")
        self.assertTrue(self.planned(done.lead_id), "and the next one is planned")
        self.assertRecordValues(silent, [{"state": "done", "outcome_id": self.outcomes["sent"].id, "note": False}])
        self.run_planner()
        self.assertEqual(archived.state, "planned")
        self.assertTrue(archived.activity_id.active)
        self.assertTrue(open_.activity_id.active)

    # --------------------------------------------------------------
    # D6: updates
    # --------------------------------------------------------------

    def test_d6_no_update_makes_again_what_a_person_may_delete(self):
        """Records that are not updated belong to the people there; only who may see what is always made."""
        kept = {
            name
            for name, record in upgrade.records().items()
            if record.getparent().get("noupdate") == "1"
            and record.get("forcecreate") != "0"
            and record.get("model") not in ("ir.rule", "res.groups")
        }
        self.assertFalse(kept, 'not updated and without forcecreate="0"')

    def migration(self):
        path = Path(get_module_path("touch_cadence"), "migrations", "19.0.1.3.0", "post-migrate.py")
        return SourceFileLoader("post_migrate", str(path)).load_module()

    def test_R16_large_deals_ask_for_their_meetings_where_nobody_changed_them(self):
        migration = self.migration()
        cadence = self.env.ref("touch_cadence.touch_cadence_high")
        steps = {number: self.env.ref(f"touch_cadence.touch_cadence_high_step_{number}") for number in migration.LARGE_DEALS}
        plan = lambda: [(step.sequence, step.delay, step.purpose, step.channel) for step in steps.values()]  # noqa: E731 - said twice
        reason = self.env.ref("touch_cadence.touch_reason_figures")
        delivered, channels = plan(), reason.channel_ids

        def as_before():
            for number, (sequence, delay) in migration.LARGE_DEALS.items():
                steps[number].write({"sequence": sequence, "delay": delay, "purpose": False})
            reason.channel_ids |= self.env.ref("mail.mail_activity_data_meeting")

        as_before()
        migration.ask_for_meetings(self.env)
        self.assertEqual(plan(), delivered)
        self.assertEqual(reason.channel_ids, channels)
        as_before()
        steps["4"].delay = 9
        reason.channel_ids -= self.env.ref("mail.mail_activity_data_call")
        changed, of_manager = plan(), reason.channel_ids
        migration.ask_for_meetings(self.env)
        self.assertEqual((plan(), reason.channel_ids), (changed, of_manager), "the manager's own plan stays")
        cadence.unlink()
        migration.ask_for_meetings(self.env)

    def test_d6_texts_that_a_manager_wrote_become_records(self):
        migration = self.migration()
        self.env["res.lang"]._activate_lang("fr_BE")
        ref = self.env.ref
        written, delivered = (ref(f"touch_cadence.touch_reason_{name}") for name in ("ask_audit", "ask_meeting"))
        call, mail = (ref(f"touch_cadence.touch_cadence_standard_step_{number}") for number in (1, 2))
        (written | delivered).script_ids.unlink()
        # SQL: columns of the version before, as it left them
        self.env.cr.execute("ALTER TABLE touch_reason ADD COLUMN letter jsonb, ADD COLUMN subject jsonb")
        self.env.cr.execute("ALTER TABLE touch_cadence_step ADD COLUMN script jsonb")
        own = {"en_US": "<p>Let us walk through your hall.</p>", "fr_BE": "<p>Faisons le tour.</p>"}
        for reason, letter in ((written, own), (delivered, {"en_US": migration.OLD_LETTERS[0]})):
            self.env.cr.execute("UPDATE touch_reason SET letter = %s WHERE id = %s", [Json(letter), reason.id])
        self.env.cr.execute("UPDATE touch_reason SET subject = %s WHERE id = %s", [Json({"en_US": "A walk"}), written.id])
        for step in (call, mail):
            self.env.cr.execute(
                "UPDATE touch_cadence_step SET script = %s WHERE id = %s", [Json({"en_US": "<p>Ask for Ann.</p>"}), step.id]
            )
        migration.make_texts(self.env)
        texts = {script.channel: script for script in written.script_ids}
        self.assertEqual((texts["email"].subject, texts["email"].with_context(lang="fr_BE").text), ("A walk", own["fr_BE"]))
        self.assertEqual(texts["sms"].text, "<p>{{ name }},</p>" + own["en_US"], "a mail greets by itself")
        self.assertFalse(set(texts) & {"letter"}, "a letter takes the text of the mail")
        self.assertNotIn("A walk", delivered.script_ids.mapped("subject"))
        self.assertIn("email", delivered.script_ids.mapped("channel"), "nobody rewrote it: the ready texts come")
        self.assertEqual((call.script_id.text, call.script_id.active), ("<p>Ask for Ann.</p>", True))
        self.assertEqual(
            (mail.script_id.text, mail.script_id.active), ("<p>Ask for Ann.</p>", False), "no client has read it, and none does now"
        )
        self.assertTrue(call.script_id.only_steps)

    def test_d6_a_migration_makes_what_can_be_made(self):
        care = self.env.ref("touch_cadence.touch_cadence_care")
        self.env.ref("touch_cadence.touch_cadence_win_back").unlink()  # of the steps, too
        self.env["touch.cadence"].search([("won_cadence_id", "=", care.id)]).won_cadence_id = False
        care.unlink()
        upgrade.load(self.env, dict.fromkeys(("touch_cadence_win_back", "touch_cadence_win_back_step_1", "touch_cadence_care_step_1")))
        self.assertTrue(self.env.ref("touch_cadence.touch_cadence_win_back").step_ids, "with its step")
        self.assertFalse(self.env.ref("touch_cadence.touch_cadence_win_back").won_cadence_id, "care was deleted")
        self.assertFalse(self.env.ref("touch_cadence.touch_cadence_care_step_1", raise_if_not_found=False), "a step needs its cadence")

    # --------------------------------------------------------------
    # D7: leaving
    # --------------------------------------------------------------

    def test_d7_the_dialog_says_what_goes_and_what_stays(self):
        self.cadence.enroll(self.make_leads(3))
        self.env["touch.expert"].create({"user_id": self.leader.id})
        wizard = self.env["base.module.uninstall"].create({"module_ids": self.env.ref("base.module_touch_cadence").ids})
        said = wizard.touch_leaving.splitlines()
        self.assertEqual(
            said[:2], ["3 open activities of planned touches are deleted.", "1 calendars of experts' weekly windows are deleted."]
        )
        wizard.module_ids = self.env.ref("base.module_crm")  # takes us along
        self.assertTrue(wizard.touch_leaving)
        other = self.env["base.module.uninstall"].create({"module_ids": self.env.ref("base.module_sms").ids})
        self.assertEqual(bool(other.touch_leaving), "touch_cadence" in other._get_modules().mapped("name"))

    def test_d7_what_was_put_among_the_records_of_others_goes_or_becomes_theirs(self):
        leads = self.make_leads(2)
        self.cadence.enroll(leads)
        planned = self.planned(leads)
        done, open_ = planned[0].activity_id, planned[1].activity_id
        letter, voice, social = (self.env.ref(f"touch_cadence.mail_activity_type_{name}") for name in ("letter", "voice", "social"))
        done.activity_type_id = voice
        done.action_done()
        open_ |= self.planned(leads[0]).activity_id
        own = leads[0].activity_schedule(activity_type_id=letter.id, user_id=self.rep.id)
        experts = self.env["touch.expert"].create([{"user_id": self.leader.id}, {"user_id": self.rep_two.id}])
        free, used = experts.resource_calendar_id
        self.env["resource.resource"].create({"name": "Machine", "calendar_id": used.id})
        self.env["touch.installation"]._leave()
        self.assertFalse(open_.exists())
        self.assertTrue(done.exists(), "history")
        self.assertTrue(own.exists(), "made by hand")
        self.assertFalse(free.exists())
        self.assertTrue(used.exists(), "a machine works by it")
        self.assertEqual((letter.active, voice.active), (True, False))
        self.assertFalse((letter | voice).get_external_id()[letter.id])
        self.assertEqual(social.get_external_id()[social.id], "touch_cadence.mail_activity_type_social", "Odoo deletes it")
        pre_init_hook(self.env)  # installed once more
        self.assertEqual(self.env.ref("touch_cadence.mail_activity_type_letter"), letter)
        self.assertEqual(self.env.ref("touch_cadence.mail_activity_type_voice"), voice)
        self.assertTrue(voice.active)

    # --------------------------------------------------------------
    # D8: other addons are updated
    # --------------------------------------------------------------

    def test_d8_no_column_of_ours_is_in_the_way_of_others(self):
        added = {(model._table, field.name) for model, field in self.env["touch.installation"]._added_columns()}
        self.assertLessEqual({("res_users", "touch_advance"), ("crm_team", "touch_judge_rule"), ("res_partner", "is_vip")}, added)
        tables = tuple({table for table, _name in added})
        self.env.cr.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_name IN %s AND is_nullable = 'NO' AND column_default IS NULL",
            [tables],
        )
        self.assertFalse(added & set(self.env.cr.fetchall()), "NOT NULL without a default in the database")

    def test_d8_a_user_and_a_team_are_made_by_who_does_not_know_us(self):
        self.env.cr.execute(
            "INSERT INTO res_users (login, partner_id, company_id, active, notification_type) VALUES ('d8', %s, %s, TRUE, 'email') RETURNING id",
            [self.make_partners().id, self.env.company.id],
        )
        user = self.env["res.users"].browse(self.env.cr.fetchone()[0])
        alias = self.env["mail.alias"].create({"alias_model_id": self.env["ir.model"]._get_id("crm.lead")})  # Odoo's own, required
        self.env.cr.execute("""INSERT INTO crm_team (name, alias_id) VALUES ('{"en_US": "D8"}', %s) RETURNING id""", [alias.id])
        team = self.env["crm.team"].browse(self.env.cr.fetchone()[0])
        self.assertEqual((user.touch_advance, team.touch_judge_rule), ("go", self.env["crm.team"].new().touch_judge_rule))

    # --------------------------------------------------------------
    # D10: labels
    # --------------------------------------------------------------

    def test_d10_no_field_of_ours_has_the_label_of_another(self):
        """Two fields with one label are told apart by nobody in filters, exports and imports, and Odoo warns of them."""
        labels = Counter((model._name, field.string) for model in self.env.values() for field in model._fields.values())
        added = [(model._name, field.string) for model, field in self.env["touch.installation"]._added_columns()]
        self.assertFalse([one for one in added if labels[one] > 1])
        # of Human Resources, which need not be installed here
        self.assertNotIn(("res.partner", "Employees"), added)

    def night(self):
        self.decide()
        with self.enter_registry_test_mode():
            self.env.ref("touch_cadence.ir_cron_night").method_direct_trigger()
        self.env.invalidate_all()
