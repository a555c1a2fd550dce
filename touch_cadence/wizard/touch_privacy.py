import base64
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_list

from ..models.background.touch_job import AT_ONCE
from ..models.base.arguments import single, takes
from ..models.base.names import MANAGER


class TouchPrivacy(models.TransientModel):
    """Export or erase the data of one client, of a selection, or of the records that :class:`touch.privacy.find` found.

    Only sales managers may do this: they are responsible for these data, and a salesperson could hide own mistakes with it. A company
    includes its contacts, and a contact includes its deals.
    """

    _name = "touch.privacy"
    _inherit = "touch.bulk.mixin"
    _description = "Export or Erase Clients' Data"

    model = fields.Selection(selection_add=[("touch.privacy.find.line", "Found")], ondelete={"touch.privacy.find.line": "cascade"})
    kind = fields.Selection([("export", "Export"), ("erase", "Erase")], required=True, default="export")
    form = fields.Selection(
        [("json", "JSON, for programs"), ("xlsx", "Excel, for people")], string="File Format", required=True, default="json"
    )
    scope = fields.Selection(
        [("touches", "Touches only: contacts and leads stay as they are"), ("whole", "Also contacts and leads: they become anonymous")],
        string="What to Erase",
        required=True,
        default="touches",
    )
    opt_out = fields.Boolean(string="Wants No Contact", default=True, help="The contact is kept, and nobody contacts it any more.")
    blacklist = fields.Boolean(
        string="Blacklist Addresses",
        help="Email addresses and phone numbers are added to Odoo's blacklists, so that nobody writes or calls again.",
    )
    file = fields.Binary(readonly=True, attachment=False)
    file_name = fields.Char(readonly=True)

    def _preview_fields(self):
        return ("kind", "scope")

    @api.model
    def _open(self, records, kind="export"):
        """:return: the action that asks what is to be done with ``records``"""
        wizard = self.create({"model": records._name, "res_ids": records.ids, "kind": kind})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Export or Erase Clients' Data"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    # --------------------------------------------------------------
    # Who, and who not
    # --------------------------------------------------------------

    @api.model
    def _of(self, records):
        """:return: the contacts and leads that ``records`` are, as the user sees them"""
        env = self.with_context(active_test=False).env
        lines = records if records._name == "touch.privacy.find.line" else self.env["touch.privacy.find.line"]
        ids = defaultdict(list)
        for line in lines:
            ids[line.model].append(line.res_id)
        if not lines:
            ids[records._name] = records.ids
        return env["res.partner"].browse(ids["res.partner"]), env["crm.lead"].browse(ids["crm.lead"])

    def _exclusion_reasons(self, records):
        """Whom the user may not see is left out, and, where contacts become anonymous, who is one of us or also others' client."""
        contacts, leads = self._of(records)
        clients = {(one._name, one.id): one for one in (*contacts, *leads)}
        readable = {(one._name, one.id) for seen in (contacts, leads) for one in seen.exists()._filtered_access("read")}
        why = {key: self.env._("You may not see this client.") for key in clients if key not in readable}
        if self.kind == "erase" and self.scope == "whole":
            why = {**self._not_anonymous(contacts, leads), **why}
        if records._name == "touch.privacy.find.line":
            left_out = {line: why[line.model, line.res_id] for line in records if (line.model, line.res_id) in why}
        else:
            left_out = {one: why[one._name, one.id] for one in records if (one._name, one.id) in why}
        return left_out, records.filtered(lambda one: one not in left_out)

    def _not_anonymous(self, contacts, leads):
        """:return: {(model, id): why the record itself cannot become anonymous}"""
        # sudo: whether, never what; of a company's contacts, too
        every = self.sudo().env["res.partner"].with_context(active_test=False)
        family = every.search([("id", "child_of", contacts.ids)])
        users = every.env["res.users"].search([("partner_id", "in", family.ids)]).partner_id
        ours = every.env["res.company"].search([("partner_id", "in", family.ids)]).partner_id
        elsewhere = self.env["touch.privacy.holding"]._worked_elsewhere(family, self.env.companies)
        elsewhere |= family.filtered(lambda one: one.company_id and one.company_id not in self.env.companies)
        chosen = set(contacts.ids)
        result = {}
        for found, sentence in (
            (elsewhere, self.env._("Another company works this client too: only your company's touches can be erased.")),
            (ours, self.env._("This is one of your own companies.")),
            (users, self.env._("This contact, or one of its contacts, logs in as a user: delete the user first.")),
        ):
            for one in found:
                while one and one.id not in chosen:
                    one = one.parent_id
                result["res.partner", one.id] = sentence
        # sudo: whether there is a contact; who it is is not told
        for lead in leads.filtered(lambda lead: lead.sudo().partner_id.id not in {False, *family.ids}):
            result["crm.lead", lead.id] = self.env._(
                "This lead has a contact: choose the contact, which includes its deals. For the lead alone, only touches can be erased."
            )
        return result

    def _check(self):
        if not (self.env.su or self.env.user.has_group(MANAGER)):
            raise AccessError(self.env._("Only sales managers may export and erase clients' data."))

    def _title(self):
        return self.env._("Export clients' data") if self.kind == "export" else self.env._("Erase clients' data")

    def _told(self, done, total):
        if self.kind == "export":
            return self.env._("The data of %(done)s of %(all)s are exported.", done=done, all=total)
        return self.env._("The data of %(done)s of %(all)s are erased. The log says when, and how many.", done=done, all=total)

    def _note(self, fit):
        """What there is about them, in figures."""
        holding = self.env["touch.privacy.holding"]
        counts = holding._counts(holding._held(*self._of(fit))) if fit else []
        return format_list(self.env, [f"{what}: {self._number(count)}" for what, count in counts]) if counts else ""

    # --------------------------------------------------------------
    # Acting
    # --------------------------------------------------------------

    def _act(self, fit):
        self._check()
        holding = self.env["touch.privacy.holding"]
        contacts, leads = self._of(fit)
        held = holding._held(contacts, leads)
        count = len(contacts) + len(leads)
        if self.kind == "export":
            self.env["touch.privacy.log"]._write_line("export", clients=count, rows=held.rows)
            name, content = holding._export(held, self.form)
            self.write({"file": base64.b64encode(content), "file_name": name})
            return {}
        addresses = self._addresses(held) if self.blacklist else ((), ())
        holding._erase(held, whole=self.scope == "whole")
        self._close(*addresses)
        if self.opt_out:
            own = held.contacts - holding._worked_elsewhere(held.contacts, held.companies)
            holding._quietly(own).write({"touch_opt_out": True})
        self.env["touch.privacy.log"]._write_line("erase_client" if self.scope == "whole" else "erase", clients=count, rows=held.rows)
        return {}

    def _files(self):
        return [(self.file_name, base64.b64decode(self.with_context(bin_size=False).file))] if self.kind == "export" else []

    @api.model
    def _addresses(self, held):
        """:return: mail addresses and numbers of these clients, sorted"""
        clients = (held.contacts, held.leads)
        mails, numbers = (
            {value for records in clients for value in records.mapped(name)} for name in ("email_normalized", "phone_sanitized")
        )
        return sorted(mails - {False}), sorted(numbers - {False})

    @api.model
    def _close(self, mails, numbers):
        """Nobody writes to these addresses nor calls these numbers any more."""
        # sudo: the blacklists are for who sends mailings; a wish of the client closes an address whoever hears it
        closed = self.env["mail.blacklist"].sudo().create([{"email": mail} for mail in mails])
        closed.filtered(lambda one: not one.active).write({"active": True})
        self.env["phone.blacklist"].sudo().create([{"number": number} for number in numbers])

    @takes(self=single())
    def action_export(self):
        self.kind = "export"
        self._check()
        records = self._records()
        _left_out, fit = self._exclusion_reasons(records[:AT_ONCE])
        if len(records) > AT_ONCE or not fit:
            return self._begin()
        self._act(fit)
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{self.file_name}?download=true",
            "target": "self",
        }

    @takes(self=single())
    def action_erase(self):
        self.kind = "erase"
        return self._begin()
