import smtplib

from odoo import api, models
from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import format_duration

from ..base.arguments import choice, takes
from ..base.names import MANAGER

ADMINISTRATOR = "base.group_system"


class TouchFirstHour(models.AbstractModel):
    """The first hour: what must work before touches pay, as a checklist that ticks itself (the empty desk shows it).

    Everybody reads it. What a step needs is done by whoever may do it; to the others it says who that is.
    """

    _name = "touch.first.hour"
    _description = "The First Hour"

    @api.model
    @takes()
    def read_steps(self):
        """:return: dict: ``begun`` (somebody was enrolled), ``shown`` (the checklist has something to say, and nobody closed it), ``may_close``,
            and ``steps``, each with ``key``, ``title``, ``text``, ``done`` and ``buttons``: list of ``label``, ``method`` of this model with
            ``args``, or ``action``
        :raise AccessError: if the user may not see touches
        """
        self.env["touch.touch"].check_access("read")
        company = self.env.company.sudo()  # sudo: whether the company is ready; nothing else of it is told
        steps = [self._clients(), self._texts(company), self._hours(company), self._mail(company), self._answers(company), self._sms()]
        begun = steps[0]["done"]
        may_close = begun and self.env.user.has_group(MANAGER)
        opened = not company.touch_first_hour_over and not all(step["done"] for step in steps)
        return {
            "begun": begun,
            # once clients are worked, what is left is the manager's, and not in the way of salespeople
            "shown": opened and (may_close or not begun),
            "may_close": may_close,
            "steps": steps,
        }

    # --------------------------------------------------------------
    # The steps
    # --------------------------------------------------------------

    def _clients(self):
        buttons = [
            {"label": self.env._("Choose deals"), "action": "touch_cadence.crm_lead_action_first_hour"},
            {"label": self.env._("Choose contacts"), "action": "touch_cadence.res_partner_action_first_hour"},
        ]
        if self.env["res.partner"].has_access("create"):
            importing = {"type": "ir.actions.client", "tag": "import", "params": {"active_model": "res.partner", "context": {}}}
            name = self.env._("Import contacts from a file")
            buttons.append({"label": name, "action": {**importing, "name": name}})
            if not self._has_clients():  # there is nobody to choose yet
                buttons.reverse()
        text = self.env._(
            "Open your deals or contacts, select some, and press Enrol. Contacts of an imported file can be selected at once. In the file, head the "
            "column of their employers “Related Company”: “Company” is one of yours."
        )
        return self._step("clients", self.env._("Enrol your first clients"), text, self.env["touch.presence"]._in_use(), buttons)

    def _has_clients(self):
        """:return: whether the user sees any contact or open deal that could be enrolled"""
        clients = self.env["res.partner"].search_count([("touch_is_ours", "=", False)], limit=1)
        return clients or self.env["crm.lead"].search_count([("won_status", "=", "pending")], limit=1)

    def _texts(self, company):
        kinds = company._fields["touch_business"]._description_selection(self.env)
        title = self.env._("Choose the texts for your business")
        if company.touch_business:
            text = self.env._("Chosen: %(kind)s.", kind=dict(kinds)[company.touch_business])
        else:
            text = self.env._("Ready reasons, mails, text messages and call plans. You can change each of them later under Configuration.")
        buttons = [{"label": name, "method": "choose_business", "args": [kind]} for kind, name in kinds if kind != company.touch_business]
        if not company.touch_what_we_do:
            text = self.env._("%(text)s They introduce your company better when you say in one sentence what it does.", text=text)
            buttons.append({"label": self.env._("Say what you do"), "action": "touch_cadence.touch_settings_action"})
        return self._step("texts", title, text, bool(company.touch_business), buttons, MANAGER)

    def _hours(self, company):
        text = self.env._(
            "Clients are contacted from %(first)s to %(last)s of their own time zone, on the working days of “%(calendar)s” (%(zone)s).",
            first=format_duration(company.touch_hour_from),
            last=format_duration(company.touch_hour_to),
            calendar=company.resource_calendar_id.name or self.env._("Monday to Friday"),
            zone=company.resource_calendar_id.tz or "UTC",
        )
        buttons = [
            {"label": self.env._("That is right"), "method": "confirm_hours", "args": []},
            {"label": self.env._("Change the hours"), "action": "touch_cadence.touch_settings_action"},
        ]
        return self._step("hours", self.env._("Check the hours"), text, company.touch_hours_checked, buttons, MANAGER)

    def _mail(self, company):
        done = company.touch_mail_checked or self._has_sent("email")
        buttons = [{"label": self.env._("Send a test mail to me"), "method": "send_test_mail", "args": []}]
        # sudo: whether there is one; a server may also be named in the configuration file, then the test mail goes out and ticks the step
        has_server = self.env["ir.mail_server"].sudo().search_count([], limit=1)
        if self.env.user.has_group(ADMINISTRATOR):
            buttons.append({"label": self.env._("Mail servers"), "action": "base.action_ir_mail_server_list"})
            if not has_server:
                buttons.reverse()
            text = self.env._("Mails go out through the mail server that you enter here.")
        elif has_server:
            text = self.env._("Mails go out through the mail server that your administrator entered.")
        else:
            text = self.env._("No mail server is entered in Odoo yet. Ask your administrator.")
        return self._step("mail", self.env._("Mails go out"), text, done, buttons)

    def _answers(self, company):
        # sudo: whether mails come in at all
        servers = self.env["fetchmail.server"].sudo().search_count([("state", "=", "done")], limit=1)
        heard = self.env["touch.touch"].sudo()  # sudo: as above
        heard = heard.search([("state", "=", "done"), ("direction", "=", "in"), ("channel", "=", "email")], limit=1)
        done = bool(heard) or bool(servers and company.alias_domain_id)
        text = self.env._(
            "Answers come back to the deal when Odoo receives mails: it needs an alias domain and an incoming mail server. Then a reply stops "
            "the planned touches, and the desk shows it."
        )
        buttons = [
            {"label": self.env._("Incoming mail servers"), "action": "mail.action_email_server_tree"},
            {"label": self.env._("Alias domains"), "action": "mail.mail_alias_domain_action"},
        ]
        return self._step("answers", self.env._("Answers come back"), text, done, buttons, ADMINISTRATOR)

    def _sms(self):
        is_off = "sms" not in self.env["mail.activity.type"]._touch_types_by_channel()
        text = self.env._("Text messages need credit at Odoo's gateway. Switch the channel off, and no text message is planned.")
        if is_off:
            text = self.env._("Text messages are switched off.")
        buttons = [] if is_off else [{"label": self.env._("We send none"), "method": "switch_off_sms", "args": []}]
        if not is_off and self.env.user.has_group(ADMINISTRATOR):
            buttons.append({"label": self.env._("Gateway and credit"), "action": "iap.iap_account_action"})
        done = is_off or self._has_sent("sms")
        return self._step("sms", self.env._("Text messages go out, or are switched off"), text, done, buttons, MANAGER)

    def _step(self, key, title, text, done, buttons, group=None):
        """:param group: whose it is; to the others the step says so"""
        if group and not self.env.user.has_group(group):
            buttons = []
            if not done:
                whose = self.env._("your administrator") if group == ADMINISTRATOR else self.env._("your sales manager")
                text = self.env._("%(text)s Ask %(whose)s.", text=text, whose=whose)
        return {"key": key, "title": title, "text": text, "done": bool(done), "buttons": buttons}

    def _has_sent(self, channel):
        touches = self.env["touch.touch"].sudo()  # sudo: whether anybody of us has
        return bool(touches.search([("message_id", "!=", False), ("delivery", "=", "sent"), ("channel", "=", channel)], limit=1))

    # --------------------------------------------------------------
    # What is done there
    # --------------------------------------------------------------

    @api.model
    @takes(kind=choice("general", "equipment", "retail"))
    def choose_business(self, kind):
        """Take the ready reasons, cadences and questions of a kind of business into use, and put away those of another kind that nobody uses.
        Whatever somebody wrote or archived by hand stays, and what another company works with.

        :param kind: general, equipment or retail
        :raise AccessError: for who is no sales manager
        """
        self._check_manager()
        # sudo: which sets are in use; the other companies are not named
        elsewhere = self.env["res.company"].sudo().search([("id", "!=", self.env.company.id)]).mapped("touch_business")
        for model in ("touch.marker.question", "touch.reason", "touch.cadence"):
            every = self.env[model].with_context(active_test=False).search([("business", "!=", False), ("company_id", "=", False)])
            wanted = every.filtered(lambda one: one.business == kind)
            others = (every - wanted).filtered("active")
            if model != "touch.marker.question":  # of these a team has four at most: the last choice counts
                others = others.filtered(lambda one: one.business not in elsewhere)
            if model == "touch.cadence":
                # sudo: of every company, whose clients are none of the user's business
                used = self.env["touch.enrollment"].sudo().search([("cadence_id", "in", others.ids)]).cadence_id.sudo(False)
                others -= used | used.exhausted_cadence_id | used.won_cadence_id
            if model == "touch.marker.question" and kind != "general":
                others |= self._general_questions()
            others.active = False
            wanted.active = True
        if kind == "general":
            self._general_questions().active = True
        self._company().touch_business = kind
        return self.read_steps()

    def _general_questions(self):
        """:return: the marker questions that ship for every business; a team asks four at most"""
        ids = self.env["ir.model.data"].sudo()  # sudo: which records the addon brought
        ids = ids.search([("module", "=", "touch_cadence"), ("model", "=", "touch.marker.question")]).mapped("res_id")
        return self.env["touch.marker.question"].with_context(active_test=False).search([("id", "in", ids), ("business", "=", False)])

    @api.model
    @takes()
    def confirm_hours(self):
        self._check_manager()
        self._company().touch_hours_checked = True
        return self.read_steps()

    @api.model
    @takes()
    def close(self):
        """The desk shows the checklist no longer."""
        self._check_manager()
        self._company().touch_first_hour_over = True
        return self.read_steps()

    @api.model
    @takes()
    def switch_off_sms(self):
        """No text messages are planned: their activity types are archived, which all companies share. Unarchive one to plan them again.

        :raise AccessError: for who is no sales manager
        :raise UserError: for who is not of all companies
        """
        self._check_manager()
        # sudo: whether there are others; they are not named
        if self.env["res.company"].sudo().search_count([("id", "not in", self.env.user.company_ids.ids)], limit=1):
            raise UserError(
                self.env._(
                    "Text messages are switched off for all companies, and you do not belong to all of them: ask your administrator, or let each "
                    "cadence's steps say another channel."
                )
            )
        types = self.env["mail.activity.type"].search([("touch_channel", "=", "sms")])
        types.sudo().active = False  # sudo: a manager of sales may write activity types of CRM only
        return self.read_steps()

    @api.model
    @takes()
    def send_test_mail(self):
        """Send a mail to the user's own address, now.

        :raise UserError: if it does not go out, with what the mail server says
        """
        self.env["touch.touch"].check_access("write")
        user = self.env.user
        if not user.email:
            raise RedirectWarning(
                self.env._("You have no e-mail address: enter one in your preferences, then repeat."),
                self.env.ref("base.action_res_users_my").id,
                self.env._("Open the preferences"),
            )
        body = self.env._("Mails from Touch Cadence go out. You need not do anything.")
        values = {
            "subject": self.env._("Test: mails go out"),
            "body_html": f"<p>{body}</p>",
            "email_to": user.email_formatted,
            "email_from": user.email_formatted,
            "auto_delete": True,
        }
        try:
            with self.env.cr.savepoint():
                # sudo: one mail with our own text, to the user who asked
                self.env["mail.mail"].sudo().create(values).send(raise_exception=True)
        except (MailDeliveryException, smtplib.SMTPException, OSError) as error:
            said = " ".join(str(one) for one in error.args)
            values = {"address": user.email, "error": said}
            if user.has_group(ADMINISTRATOR):
                text = self.env._(
                    "The test mail to %(address)s did not go out: %(error)s. Enter or mend the server under Mail servers.", **values
                )
            else:
                text = self.env._("The test mail to %(address)s did not go out: %(error)s. Your administrator can mend it.", **values)
            raise UserError(text) from error
        self._company().touch_mail_checked = True
        return self.read_steps()

    def _company(self):
        return self.env.company.sudo()  # sudo: these settings belong to the sales manager, a company's others do not

    def _check_manager(self):
        """:raise AccessError: for who is no sales manager"""
        self.env["touch.settings"].check_access("write")
