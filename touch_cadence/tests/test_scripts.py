from freezegun import freeze_time
from lxml import etree
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .common import TouchCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestScripts(TouchCase):
    """Which text a touch shows, in which language, and what goes out with it (R42, R49)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scripts = cls.env["touch.script"]
        cls.scripts.search([]).unlink()
        cls.anna = cls.make_partners(name="Anna Weber", email="anna@touch.example", phone="+32470123456", lang="en_US")
        cls.lead = cls.make_leads(name="Chairs", partner_id=cls.anna.id, contact_name="Anna Weber", partner_name="Azure")
        cls.cadence.enroll(cls.lead)
        cls.touch = cls.planned(cls.lead)
        cls.reason = cls.touch.reason_id

    def script(self, channel="email", text="<p>News</p>", **values):
        return self.scripts.create({"channel": channel, "text": text, **values})

    def say(self, **values):
        """:return: what the touch says once it is ``values``"""
        self.touch.sudo().write(values)
        self.env.invalidate_all()
        return self.touch.with_user(self.rep)._told()[self.touch]

    def test_a_text_and_a_step_have_a_channel_that_there_is(self):
        for record in (self.script(), self.touch.step_id):
            for channel in ("pigeon", ["email"], {"email": 1}):
                with self.assertRaisesRegex(UserError, "no channel"):
                    record.with_user(self.manager).channel = channel
            record.invalidate_recordset()
            record.with_user(self.manager).channel = "letter"

    def test_R42_step_then_reason_then_general(self):
        general = self.script(purpose="warming")
        self.assertEqual(self.say(channel="email", purpose="warming").script, general)
        of_reason = self.script(reason_id=self.reason.id)
        self.assertEqual(self.say().script, of_reason)
        of_step = self.script(only_steps=True)
        self.touch.step_id.script_id = of_step
        self.assertEqual(self.say().script, of_step)
        of_step.active = False
        self.assertEqual(self.say().script, of_reason)
        self.assertFalse(self.say(purpose="closing").script, "the reason is a warming one")
        self.touch.step_id.script_id = False
        self.assertEqual(self.say(purpose="warming", channel="letter").script, of_reason, "a letter takes the mail's")
        self.assertFalse(self.say(channel="call").script, "nobody reads a mail aloud")

    def test_R42_a_companys_own_text_goes_before_one_that_all_share(self):
        shared = self.script(reason_id=self.reason.id, sequence=1)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.script(reason_id=self.reason.id, sequence=0, company_id=other.id)
        self.assertEqual(self.say(channel="email").script, shared)
        own = self.script(reason_id=self.reason.id, sequence=2, company_id=self.env.company.id)
        self.assertEqual(self.say().script, own)

    def test_the_client_reads_his_language_and_the_salesperson_the_own(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        mail, plan = self.script(reason_id=self.reason.id, subject="News"), self.script("call", "<p>Ask</p>", reason_id=self.reason.id)
        mail.with_context(lang="fr_FR").subject = "Du neuf"
        mail.update_field_translations("text", {"fr_FR": {"News": "Nouvelles"}})
        plan.update_field_translations("text", {"fr_FR": {"Ask": "Demandez"}})
        self.anna.lang = "fr_FR"
        told = self.say(channel="email")
        self.assertEqual((told.subject, told.text), ("Du neuf", "<p>Nouvelles</p>"))
        self.assertEqual(self.say(channel="call").text, "<p>Ask</p>")
        self.assertEqual(self.touch.with_user(self.rep).with_context(lang="fr_FR").told_text, "<p>Demandez</p>")

    def test_what_is_missing_is_named(self):
        self.assertEqual(self.say(channel="email").lacks, (("lacks_text", {"channel": "email"}),))
        self.assertEqual(self.touch.with_user(self.rep).told_lacks, "There is no text for this email: write it yourself.")
        self.script(reason_id=self.reason.id, text="<p>{{ first_name }} of {{ company }}</p>")
        self.assertFalse(self.say().lacks)
        self.lead.partner_id = False
        self.lead.write({"contact_name": False, "partner_name": "Azure"})
        self.env.invalidate_all()
        self.assertEqual(self.touch.with_user(self.rep).told_lacks, "No person is known: the text says “Dear Azure”.")

    def test_R49_materials_of_reason_and_step_go_out_with_the_mail(self):
        files = (
            self.env["ir.attachment"]
            .with_user(self.manager)
            .create(
                [
                    {"name": f"{name}.txt", "raw": name.encode(), "res_model": model}
                    for name, model in (("Report", "touch.reason"), ("List", "touch.cadence.step"))
                ]
            )
        )
        self.reason.with_user(self.manager).attachment_ids = [Command.link(files[0].id)]
        self.touch.step_id.with_user(self.manager).attachment_ids = [Command.link(files[1].id)]
        self.assertEqual(files[0].with_user(self.rep).name, "Report.txt", "who reads the reason reads what goes out with it")
        self.say(channel="email")
        action = self.touch.with_user(self.rep).action_prepare()
        composer = self.env["mail.compose.message"].with_user(self.rep).with_context(**action["context"]).create({})
        self.assertEqual(composer.attachment_ids.mapped("name"), ["Report.txt", "List.txt"])
        self.assertFalse(composer.attachment_ids & files, "who takes one out of the mail does not delete the material")
        composer.action_send_mail()
        message = self.lead.message_ids.filtered(lambda one: one.attachment_ids)
        self.assertEqual(sorted(message.attachment_ids.mapped("name")), ["List.txt", "Report.txt"])
        self.assertTrue(files.exists())

    def test_a_letter_carries_the_day_on_which_it_is_printed(self):
        self.script("letter", "<p>On paper</p>", reason_id=self.reason.id)
        self.say(channel="letter", date_deadline="2026-02-20")
        self.rep.tz = "Pacific/Auckland"
        with freeze_time("2026-03-05 20:00:00"):
            html = (
                self.env["ir.actions.report"]
                .with_user(self.rep)
                ._render_qweb_html("touch_cadence.touch_letter", self.touch.ids)[0]
                .decode()
            )
        self.assertIn("03/06/2026", html)
        self.assertNotIn("02/20/2026", html)
        self.assertIn("On paper", html)

    def test_a_call_plan_stands_in_the_activity_and_a_mail_does_not(self):
        self.script("call", "<p>Ask {{ first_name }}</p>", reason_id=self.reason.id)
        self.script("email", "<p>Read this</p>", reason_id=self.reason.id)
        texts = {}
        for channel in ("call", "email"):
            self.cadence.step_ids[0].channel = channel
            lead = self.make_leads(partner_id=self.make_partners(name="Bob Brown", email="bob@touch.example", phone="+32470123499").id)
            self.cadence.enroll(lead)
            touch = self.planned(lead)
            self.assertEqual((touch.channel, touch.reason_id), (channel, self.reason))
            texts[channel] = touch.activity_id.note or ""
        self.assertIn("Ask Bob", texts["call"])
        self.assertNotIn("Read this", texts["email"])

    def test_R15_a_step_names_its_reason(self):
        story = self.env.ref("touch_cadence.touch_reason_story")
        self.cadence.step_ids[0].with_user(self.manager).reason_id = story
        first, second = self.make_leads(2, name="Named")
        self.cadence.enroll(first)
        self.assertEqual(self.planned(first).reason_id, story)
        self.assertIn("as the step says", self.planned(first).why)
        story.audience = "vip"
        self.cadence.enroll(second)
        self.assertNotEqual(self.planned(second).reason_id, story)
        self.assertIn("which the step names", self.planned(second).why)

    # --------------------------------------------------------------
    # The form
    # --------------------------------------------------------------

    def test_the_form_shows_what_a_client_gets_while_it_is_written(self):
        self.say(channel="email")
        with Form(self.scripts.with_user(self.manager).with_context(default_reason_id=self.reason.id)) as form:
            form.subject = "For {{ company }}"
            form.text = "<p>{{ first_name }}, look</p>"
            self.assertEqual(form.preview_client, f"crm.lead,{self.touch.lead_id.id}")
            self.assertEqual(form.preview_subject, "For Azure")
            self.assertIn("Dear Anna,", form.preview_text)
            self.assertIn("Anna, look", form.preview_text)
            self.assertFalse(form.preview_note)
            form.preview_client = False
            self.assertFalse(form.preview_text)

    def test_the_preview_says_what_is_missing_and_in_which_language_it_is_read(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.anna.lang = "fr_FR"
        script = self.script(reason_id=self.reason.id, text="<p>{{ deal }}</p>")
        form = Form(script.with_user(self.manager))
        self.assertIn("French", form.preview_note)
        partner = self.make_partners(name="Azure Inc", is_company=True, email="info@azure.example")
        form.preview_client = f"res.partner,{partner.id}"
        self.assertIn("{{ deal }}", form.preview_note)
        self.assertIn("Dear Azure Inc", form.preview_note)

    def filter_of(self, model, name):
        arch = etree.fromstring(self.env[model].get_view(view_type="search")["arch"])
        return safe_eval(arch.find(f".//filter[@name='{name}']").get("domain"))

    def test_a_text_is_found_by_who_gets_it_and_what_is_missing_is_found_too(self):
        scripts = self.scripts.with_user(self.manager)
        mail, general = self.script(reason_id=self.reason.id), self.script(purpose="closing")
        unpicked = self.env["touch.reason"].create({"name": "Another business", "kind": "news", "active": False})
        idle = self.script(reason_id=unpicked.id)
        self.reason.write({"cold": False, "warm": True, "hot": False})
        found = {
            name: scripts.search(self.filter_of("touch.script", name))
            for name in ("cold", "warm", "hot", "warming", "closing", "reason_in_use")
        }
        self.assertIn(mail, found["warm"])
        self.assertNotIn(mail, found["cold"] | found["hot"])
        self.assertIn(mail, found["warming"])
        self.assertEqual(found["closing"], general)
        self.assertEqual(found["reason_in_use"], mail | general)
        self.assertIn(idle, scripts.search([]))
        reasons = self.env["touch.reason"].with_user(self.manager)
        lacks = lambda name: self.reason in reasons.search(self.filter_of("touch.reason", name))  # noqa: E731 - asked twice
        self.reason.script_ids.filtered(lambda one: one.channel != "email").unlink()
        self.assertEqual((lacks("no_email"), lacks("no_sms")), (False, True))
        self.reason.channel_ids = self.env.ref("mail.mail_activity_data_email")
        self.assertFalse(lacks("no_sms"), "it does not go by text message")

    def test_nobody_sees_a_client_through_the_preview_whom_he_may_not_see(self):
        script = self.script()
        foreign = self.make_leads(user_id=self.rep_two.id)
        self.cadence.enroll(foreign)
        values = {"preview_client": f"crm.lead,{foreign.id}", "channel": "email", "text": "<p>{{ name }}</p>"}
        spec = {"preview_client": {"fields": {"display_name": {}}}, "preview_text": {}}
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            script.with_user(self.rep).onchange(values, ["preview_client"], spec)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            script.with_user(self.rep).onchange(values, ["preview_client"], {"preview_client": spec["preview_client"]})
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            script.with_user(self.rep).onchange(values, ["preview_client"], {"preview_text": {}})

    def test_the_preview_takes_any_client_whether_enrolled_or_not(self):
        script = self.script(text="<p>{{ first_name }} of {{ company }}, about {{ deal }}, from {{ salesperson }}</p>")
        lead = self.make_leads(name="Ten desks", contact_name="Carla Cole", partner_name="Cole Ltd", user_id=self.rep.id)
        form = Form(script.with_user(self.manager))
        form.preview_client = f"crm.lead,{lead.id}"
        self.assertIn("Dear Carla,", form.preview_text)
        self.assertIn(f"Carla of Cole Ltd, about Ten desks, from {self.rep.name}", form.preview_text)
        self.assertFalse(self.env["touch.touch"].search([("lead_id", "=", lead.id)]))

    def test_a_text_has_bounds_and_places_that_can_be_filled(self):
        for values in ({"subject": "x" * 201}, {"name": "x" * 201}, {"text": "x" * 20001}, {"text": "{{ surname }}"}):
            with self.assertRaises(UserError):
                self.scripts.with_user(self.manager).create({"channel": "email", **values})
        script = self.scripts.with_user(self.manager).create({"channel": "email", "text": '<p onclick="x()">Hi<script>x()</script></p>'})
        self.assertEqual(script.text, "<p>Hi</p>")

    def test_texts_have_names(self):
        self.assertEqual(self.script(reason_id=self.reason.id).display_name, f"{self.reason.name}: Email")
        self.assertEqual(self.script("call").display_name, "General: Call")
        self.assertEqual(self.script("call", name="Plan").display_name, "Plan")
        self.assertIn("Plan", [name for _id, name in self.scripts.name_search("Pla")])
        self.assertEqual(self.script(text="<p>" + "word " * 40 + "</p>").excerpt[-6:], " word…")

    def test_queries_do_not_grow_with_the_touches(self):
        self.script(reason_id=self.reason.id, text="<p>{{ first_name }}</p>")

        def cost(count):
            touches = self.planned(self.cadence.enroll(self.make_leads(count, name="Many")).lead_id)
            self.env.invalidate_all()
            return self.queries(lambda: touches._told())

        cost(2)
        self.assertLess((cost(40) - cost(20)) / 20, 0.1)
