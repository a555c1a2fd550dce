from markupsafe import Markup
from odoo import api, fields, models

from ...method.desk import placeholders, scripts
from .touch_message import Told


class TouchScript(models.Model):
    """What a client gets of a text: its form shows it while it is written."""

    _inherit = "touch.script"

    preview_touch_id = fields.Many2one(
        "touch.touch",
        string="Preview for",
        compute="_compute_preview_touch_id",
        readonly=False,
        store=False,
        domain=[("state", "=", "planned")],
        help="A planned touch: the text is shown as its client gets it.",
    )
    preview_subject = fields.Char(string="Subject as Sent", compute="_compute_preview")
    preview_text = fields.Html(string="Preview", compute="_compute_preview", sanitize=False)
    preview_note = fields.Char(string="Missing for This Client", compute="_compute_preview")

    def _compute_preview_touch_id(self):
        """The next touch of the user's own that would show the text, else any that goes by its channel, else any."""
        touches = self.env["touch.touch"]
        mine = [("state", "=", "planned"), ("client_key", "!=", 0)]
        for script in self:  # a form has one
            likely = [*mine, ("channel", "=", script.channel)]
            so_far = touches.browse()
            for domain in ([*likely, ("reason_id", "=", script.reason_id._origin.id)] if script.reason_id else likely, likely, mine):
                so_far = so_far or touches.search(domain, order="date_deadline, id", limit=1)
            script.preview_touch_id = so_far

    @api.depends("subject", "text", "channel", "preview_touch_id")
    @api.depends_context("lang", "uid")
    def _compute_preview(self):
        kinds = self.env["touch.channel"]._channels()
        for script in self:  # a form has one
            touch = script.preview_touch_id._origin
            if not touch:
                script.update(dict.fromkeys(("preview_subject", "preview_text", "preview_note"), False))
                continue
            its = touch._for_worker()
            values, unknown = its._fill_values(), its._unknown_places()
            filled = its._fill(script.text, values)
            lacks = scripts.missing(script.channel, kinds, (script.subject or "", script.text or ""), its._greeted(), values, unknown)
            if scripts.greets(script.channel, kinds):
                told = Told(script, "", filled, lacks)
                filled = self.env["ir.qweb"]._render("touch_cadence.touch_message_text", {"touch": its, "told": told})
            subject = script.channel == "email" and (placeholders.fill(script.subject or "", values) or its.company_id.name)
            notes = [self.env["touch.words"]._say(lacks)]
            language = its._client_language()
            if scripts.is_read(script.channel, kinds) and language and language != (self.env.lang or "en_US"):
                name = self.env["res.lang"]._get_data(code=language).name
                notes.append(self.env._("This client reads the text in %(language)s: see its translation.", language=name))
            script.preview_subject, script.preview_text = subject or False, filled or Markup("")
            script.preview_note = " ".join(note for note in notes if note)
