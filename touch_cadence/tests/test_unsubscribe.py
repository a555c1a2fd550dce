import re

from odoo.addons.mail.tests.common import MockEmail
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import TouchCase

LINK = re.compile(r"https?://[^\s>\"]*/touch_cadence/unsubscribe/[^\s>\"]+")


@tagged("post_install", "-at_install")
class TestUnsubscribe(TouchCase, MockEmail, HttpCase):
    """Who wants no more mails says so with one click (RFC 8058, R44, R55)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_partners(name="Ann Lee", email="ann@acme.example", phone="+3212345678")
        cls.lead = cls.make_leads(partner_id=cls.client.id, email_from="ann@acme.example", phone="+3212345678")
        cls.cadence.enroll(cls.lead)
        cls.touch = cls.env["touch.touch"].search([("lead_id", "=", cls.lead.id), ("state", "=", "planned")])
        cls.touch.channel = "email"

    def send(self, partners=None):
        """:return: the mails that went out with the touch, as they were handed to the server"""
        touch = self.touch.with_user(self.rep)
        action = touch.action_prepare()
        composer = self.env[action["res_model"]].with_user(self.rep).with_context(**action["context"]).create({})
        if partners:
            composer.partner_ids |= partners
        with self.mock_mail_gateway():
            composer.action_send_mail()
        return self._mails

    def link(self):
        [mail] = self.send()
        return LINK.search(mail["headers"]["List-Unsubscribe"])[0].replace(self.lead.get_base_url(), "")

    def test_the_clients_own_mail_carries_headers_and_link(self):
        [mail] = self.send()
        self.assertEqual(self.touch.state, "done")
        self.assertEqual(mail["headers"]["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        [url] = set(LINK.findall(mail["headers"]["List-Unsubscribe"]))
        self.assertEqual(LINK.findall(mail["body"]), [url])
        self.assertIn("No more mails like this", mail["body"])
        self.assertFalse({"Precedence", "X-Auto-Response-Suppress"} & set(mail["headers"]), "who is away shall say so")

    def test_a_colleague_in_copy_unsubscribes_nobody(self):
        colleague = self.make_partners(name="Carl", email="carl@acme.example")
        mails = {mail["email_to"][0]: mail for mail in self.send(colleague)}
        self.assertEqual(len(mails), 2)
        for to, mail in mails.items():
            its = "ann@acme.example" in to
            self.assertEqual("List-Unsubscribe" in mail["headers"], its, to)
            self.assertEqual(bool(LINK.search(mail["body"])), its, to)

    def test_a_mail_of_ones_own_carries_none(self):
        with self.mock_mail_gateway():
            self.lead.with_user(self.rep).message_post(
                body="As agreed", partner_ids=self.client.ids, subtype_xmlid="mail.mt_comment", message_type="comment"
            )
        self.assertTrue(self._mails)
        self.assertFalse([mail for mail in self._mails if "List-Unsubscribe" in mail["headers"] or LINK.search(mail["body"])])

    def wishes(self):
        self.env.invalidate_all()
        return self.env["touch.consent"].search([("lead_id", "=", self.lead.id)])

    def test_looking_changes_nothing_and_one_click_does(self):
        link = self.link()
        page = self.url_open(link)
        self.assertEqual(page.status_code, 200)
        self.assertIn("ann@acme.example", page.text)
        self.assertNotIn(self.lead.name, page.text, "a deal's title is ours")
        self.assertFalse(self.wishes(), "programs that look for viruses open every link")
        self.assertEqual(self.url_open(link, data={"List-Unsubscribe": "One-Click"}).status_code, 200)
        self.assertRecordValues(self.wishes(), [{"channel": "email", "state": "refused", "source": "link"}])
        self.assertTrue(self.env["mail.blacklist"].search([("email", "=", "ann@acme.example")]))
        self.url_open(link, data={"List-Unsubscribe": "One-Click"})
        self.assertEqual(len(self.wishes()), 1, "once more changes nothing")
        self.assertNotEqual(self.planned(self.lead).channel, "email")

    def test_nothing_more_is_nothing_more(self):
        page = self.url_open(self.link(), data={"choice": "all"})
        self.assertIn("will not contact you any more", page.text)
        self.assertRecordValues(self.wishes(), [{"channel": False, "state": "refused", "source": "link"}])
        self.assertTrue(self.env["phone.blacklist"].search([("number", "=", "+3212345678")]))
        self.assertFalse(self.planned(self.lead))

    def test_a_link_that_is_not_whole_opens_nothing(self):
        link = self.link()
        stem, token = link.rsplit("/", 1)
        with mute_logger("odoo.http"):
            for wrong in (token[:-3], token[:10], "x", "ÿ", token.swapcase(), "A" * 5000):
                with self.subTest(wrong[:20]):
                    answer = self.url_open(f"{stem}/{wrong}", data={"List-Unsubscribe": "One-Click"})
                    self.assertEqual(answer.status_code, 404)
        self.assertFalse(self.wishes())
        self.lead.with_context(active_test=False).unlink()
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(link).status_code, 404)
