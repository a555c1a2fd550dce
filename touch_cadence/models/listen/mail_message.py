import re

from lxml import html
from odoo import models
from odoo.tools import html2plaintext

from ...method.client import mail, reach
from ...method.listen import quoted, returned
from ..client.mail_message import LOST

# characters of a mail that a touch repeats
MOST_WORDS = 1000
# what stands on lines of its own
BLOCKS = ("br", "p", "div", "tr", "li", "blockquote", "h1", "h2", "h3", "h4", "table", "ul", "ol", "hr", "pre")


def _lines(body, without_quotes):
    """:param without_quotes: leave out what Odoo has marked as quoted
    :return: the text of a mail in the lines in which it is seen; Odoo's own plain text joins what stands in ``div``"""
    tree = html.fragment_fromstring(body, create_parent="div")
    for node in tree.xpath(".//*[@data-o-mail-quote]") if without_quotes else ():
        node.drop_tree()
    for node in tree.iter():
        if not isinstance(node.tag, str) or node.tag in ("style", "script"):  # a comment
            node.text = ""
        if node.tag != "pre":
            node.text = re.sub(r"\s+", " ", node.text or "")
        node.tail = re.sub(r"\s+", " ", node.tail or "")
    for node in tree.iter(*BLOCKS):
        node.tail = "\n" + (node.tail or "")
        if node.tag != "br":
            before = node.getprevious()
            owner = node.getparent()
            if before is not None:
                before.tail = (before.tail or "") + "\n"
            elif owner is not None:
                owner.text = (owner.text or "") + "\n"
    return tree.text_content().strip()


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _touch_own_words(self):
        """:return: what the writer of a mail added, as plain text: without what it quotes, signature and small print"""
        self.ensure_one()
        body = self.body or ""
        return quoted.what_they_wrote(_lines(body, True) or _lines(body, False))[:MOST_WORDS]

    def _touch_on_delivery(self, failure_type, failure_reason=None, bounced=False):
        """Odoo has sent these mails or text messages, or could not.

        :param failure_type: of the notification; empty for what was sent
        :param failure_reason: what the server said
        :param bounced: it was sent, and came back
        """
        touches = self.env["touch.touch"].sudo()  # sudo: of any rep
        if failure_type:
            said = dict(self.env["mail.notification"]._fields["failure_type"]._description_selection(self.env))
            why = html2plaintext(failure_reason or "").strip()
            if failure_type in ("mail_smtp", "unknown"):  # the server's own words, without those of the machine that asked it
                why = mail.server_words(why) or (said.get(failure_type) if mail.is_machine_talk(why) else why)
            why = why or said.get(failure_type, "")
            touches._came_back(self, why=why, delivery="bounced" if bounced else "failed")
            self._touch_close_refused(why)
        else:
            touches._went_out(self)

    def _touch_close_refused(self, why):
        """A server that says while it takes the mail that there is no such address says it for good: nothing is written there again.

        :param why: what the server said
        """
        if returned.classify(why) != returned.HARD:
            return
        lost = self._touch_client_notices().filtered(lambda one: one.notification_type == "email" and one.notification_status in LOST)
        refused = {email for one in lost for email in reach.emails(one.res_partner_id.email or one.mail_email_address)}
        # of several recipients only the one that is named was refused
        named = {email for email in refused if email in why.lower()} or (refused if len(refused) == 1 else set())
        for email in named:
            self.env["touch.closed.address"].sudo()._close_address(email, why)  # sudo: the address takes nobody's mail

    def _touch_was_refused(self):
        """:return: whether none of these text messages will go out: a number is missing, or the gateway is"""
        notices = self.sudo().notification_ids.filtered(lambda one: one.notification_type == "sms")  # sudo: of any rep
        return bool(notices) and all(one.notification_status in LOST for one in notices)
