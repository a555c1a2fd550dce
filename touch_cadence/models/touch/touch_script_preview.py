from markupsafe import Markup
from odoo import api, fields, models

from ...method.desk import placeholders, scripts
from .touch_message import Told


class TouchScript(models.Model):
    """What a client gets of a text: its form shows it while it is written."""

    _inherit = "touch.script"

    preview_client = fields.Reference(
        [("crm.lead", "Lead or Deal"), ("res.partner", "Contact")],
        string="Preview for",
        compute="_compute_preview_client",
        readonly=False,
        store=False,
        help="Any client whom you may see, enrolled or not: the text is shown as this client gets it.",
    )
    preview_subject = fields.Char(string="Subject as Sent", compute="_compute_preview")
    preview_text = fields.Html(string="Preview", compute="_compute_preview", sanitize=False)
    preview_note = fields.Char(string="Missing for This Client", compute="_compute_preview")

    def _compute_preview_client(self):
        """The client whose next touch would show the text, else one whose next touch goes by its channel, else one with any touch, else the
        newest deal."""
        touches = self.env["touch.touch"]
        mine = [("state", "=", "planned"), ("client_key", "!=", 0)]
        for script in self:  # a form has one
            likely = [*mine, ("channel", "=", script.channel)]
            so_far = touches.browse()
            for domain in ([*likely, ("reason_id", "=", script.reason_id._origin.id)] if script.reason_id else likely, likely, mine):
                so_far = so_far or touches.search(domain, order="date_deadline, id", limit=1)
            # who makes a colleague's touch may not see its client in lists
            client = so_far._client_record()._filtered_access("read") if so_far else None
            script.preview_client = client or self.env["crm.lead"].search([], order="id desc", limit=1) or False

    def _touch_of_client(self):
        """:return: a touch that is not saved, as one by this text would be for the client that was chosen, with all rights
        :raise AccessError: for a client whom the user may not read
        """
        client = self.preview_client
        client.check_access("read")
        lead, partner = (client, client.partner_id) if client._name == "crm.lead" else (self.env["crm.lead"], client)
        values = {
            "lead_id": lead.id,
            "partner_id": partner.id,
            "user_id": (client.user_id or self.env.user).id,
            "company_id": (client.company_id or self.env.company).id,
            "channel": self.channel,
        }
        # sudo: the user may read the client, and is told what a text says to it; nothing is saved
        return self.env["touch.touch"].sudo().new(values)

    @api.depends("subject", "text", "channel", "preview_client")
    @api.depends_context("lang", "uid")
    def _compute_preview(self):
        kinds = self.env["touch.channel"]._channels()
        for script in self:  # a form has one
            if not script.preview_client or not script.channel:
                script.update(dict.fromkeys(("preview_subject", "preview_text", "preview_note"), False))
                continue
            its = script._touch_of_client()
            values, unknown = its._fill_values(), its._unknown_places()
            filled = its._fill(script.text, values)
            lacks = scripts.missing(script.channel, kinds, (script.subject or "", script.text or ""), its._greeted(), values, unknown)
            if scripts.greets(script.channel, kinds):
                told = Told(script, "", filled, lacks)
                layout = "touch_cadence.touch_mail_text" if script.channel == "email" else "touch_cadence.touch_message_text"
                filled = self.env["ir.qweb"]._render(layout, {"touch": its, "told": told})
            subject = script.channel == "email" and (placeholders.fill(script.subject or "", values) or its.company_id.name)
            notes = [self.env["touch.words"]._say(lacks)]
            language = its._client_language()
            if scripts.is_read(script.channel, kinds) and language and language != (self.env.lang or "en_US"):
                name = self.env["res.lang"]._get_data(code=language).name
                notes.append(self.env._("This client reads the text in %(language)s: see its translation.", language=name))
            script.preview_subject, script.preview_text = subject or False, filled or Markup("")
            script.preview_note = " ".join(note for note in notes if note)
