import textwrap

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ...method.desk import scripts
from ..base.rooms import shared
from ..cadence.touch_cadence_step import TOUCH_PURPOSES

# characters of a subject and a name, and of a text with its markup
MAX_LINE, MAX_TEXT = 200, 20000
# characters that a list shows of a text
EXCERPT = 90


class TouchScript(models.Model):
    """A ready text: what a client reads in a mail, a text message or a letter, or what the salesperson says in a call (R42).

    It belongs to a reason, or it is a general text. Which one a touch shows is decided by ``method.desk.scripts``.
    """

    _name = "touch.script"
    _inherit = ["touch.company.mixin"]
    _description = "Text"
    _order = "sequence, id"
    _rec_names_search = ["name", "subject", "reason_id.name"]

    name = fields.Char(translate=True, help="Empty: the reason and the channel.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    reason_id = fields.Many2one(
        "touch.reason", ondelete="cascade", index="btree_not_null", help="Touches with this reason use the text. Empty: a general text."
    )
    channel = fields.Selection(selection=lambda self: self.env["touch.channel"]._selection(), required=True, default="email")
    purpose = fields.Selection(
        TOUCH_PURPOSES,
        help="Only touches with this purpose use the text. Empty: any purpose, of a reason's text the purpose of the reason.",
    )
    subject = fields.Char(translate=True, help="Subject of the mail to the client. Empty: your company's name.")
    text = fields.Html(
        translate=True,
        help="In a mail or letter, what the client reads between “Dear …” and “Kind regards”. In a text message, all that the client reads. In a call, "
        "what the salesperson has in sight.",
    )
    excerpt = fields.Char(string="Beginning", compute="_compute_excerpt")
    only_steps = fields.Boolean(
        string="Only where a Step Names It", help="A general text that no touch uses but those of the cadence steps that name it."
    )
    again = fields.Boolean(
        string="For the Second Time", help="Only clients who got the first text of this reason by this channel already get this one."
    )
    company_id = fields.Many2one("res.company", help="Empty: every company may use it.")

    _order_bounds = models.Constraint("CHECK(sequence BETWEEN -1000000 AND 1000000)", "The order goes from -1,000,000 to 1,000,000.")

    @api.depends("name", "reason_id.name", "channel")
    @api.depends_context("lang")
    def _compute_display_name(self):
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for script in self:
            channel = channels.get(script.channel, script.channel or "")
            # sudo: whoever reads the text may know what it is about
            reason = script.sudo().reason_id.name
            script.display_name = script.name or (
                self.env._("%(reason)s: %(channel)s", reason=reason, channel=channel)
                if reason
                else self.env._("General: %(channel)s", channel=channel)
            )

    @api.depends("text")
    def _compute_excerpt(self):
        for script in self:
            script.excerpt = textwrap.shorten(html2plaintext(script.text or ""), EXCERPT, placeholder="…")

    @api.constrains("channel")
    def _check_channel(self):
        self.env["touch.channel"]._check_known(self.mapped("channel"))

    @api.constrains("name", "subject", "text")
    def _check_texts(self):
        words = self.env["touch.words"]
        for script in self:
            if max(len(script.name or ""), len(script.subject or "")) > MAX_LINE or len(script.text or "") > MAX_TEXT:
                raise UserError(
                    self.env._(
                        "“%(name)s” is too long: a name and a subject have %(line)s characters at most, a text %(text)s.",
                        name=script.display_name[:MAX_LINE],
                        line=MAX_LINE,
                        text=MAX_TEXT,
                    )
                )
            for text in (script.subject, script.text):
                words._check_places(script.display_name, text)

    # --------------------------------------------------------------
    # Which one a touch shows
    # --------------------------------------------------------------

    @api.model
    @shared
    def _chosen(self, rows):
        """Which text each touch shows, by :func:`scripts.choose`, in a number of queries that does not grow with the touches.

        sudo: who makes a touch needs no right on texts and steps; he is told the one that goes with it.

        :param rows: values of touches: ``company_id``, ``channel``, ``purpose``, ``reason_id``, ``step_id``, and ``read`` where the client
            got a text of the reason by the channel before
        :return: list of texts, in order, empty where a touch has none
        """
        every = self.sudo()
        reasons = {row["reason_id"] for row in rows} - {False, None}
        found = every.search(
            Domain("company_id", "in", [False, *{row["company_id"] for row in rows}])
            & (Domain("reason_id", "in", reasons) | Domain([("reason_id", "=", False), ("only_steps", "=", False)]))
        )
        by = found.grouped(lambda script: (script.reason_id.id, script.company_id.id))
        steps = every.env["touch.cadence.step"].browse({row["step_id"] for row in rows} - {False, None})
        own = {step.id: step.script_id for step in steps}
        keys = [
            tuple(row.get(name) or False for name in ("company_id", "channel", "purpose", "reason_id", "step_id", "read")) for row in rows
        ]
        chosen = {}  # the same for many touches
        for key in keys:
            if key not in chosen:
                company, channel, purpose, reason, step, read = key
                named = own.get(step, every.browse())
                # a company's own text goes before one that all share
                its, general = ([one for of in (company, False) for one in by.get((about, of), ())] for about in (reason, False))
                picked = scripts.choose(
                    channel,
                    purpose,
                    named._method_script() if named.active and named.company_id.id in (False, company) else None,
                    [one._method_script() for one in its] if reason else [],
                    [one._method_script() for one in general],
                    read,
                )
                chosen[key] = every.browse(picked.id if picked else ())
        return [chosen[key] for key in keys]

    def _method_script(self):
        """:return: the text as the method knows it"""
        return scripts.Script(self.id, self.channel, self.purpose or self.reason_id.purpose or None, self.again)
