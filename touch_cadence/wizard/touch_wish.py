from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..models.base.arguments import single, takes
from ..models.client.touch_consent import BASES, BASIS_HELP, CHANNELS, STATES

EVERY = "every"


class TouchWish(models.TransientModel):
    """What a client said about being contacted: by which channel no more, or again (R44)."""

    _name = "touch.wish"
    _inherit = ["touch.named.mixin"]
    _description = "What the Client Wants"

    lead_id = fields.Many2one("crm.lead", string="Deal", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Contact", readonly=True)
    # no default: nobody refuses everything by a click too many
    channel = fields.Selection([*CHANNELS, (EVERY, "Every channel")])
    state = fields.Selection(STATES, string="Wish", required=True, default="refused")
    basis = fields.Selection(BASES, string="Legal Basis", help=BASIS_HELP)
    note = fields.Char(string="In the Client's Words")
    known = fields.Text(string="Said Before", compute="_compute_known")

    @api.depends("lead_id", "partner_id")
    @api.depends_context("lang", "tz")
    def _compute_known(self):
        for wizard in self:  # a dialog has one
            wizard.known = "\n".join(wizard._lines())

    def _client(self):
        """:return: the deal or contact, which the user may read"""
        return self.lead_id._filtered_access("read") or self.partner_id._filtered_access("read")

    def _lines(self):
        """:return: what is known, the latest first, a line each"""
        client = self._client()
        if not client:
            return []
        wishes = self.env["touch.consent"].sudo()  # sudo: of a client that the user may read
        sources = dict(wishes._fields["source"]._description_selection(self.env))
        return [
            " · ".join(
                part
                for part in (
                    format_date(self.env, fields.Datetime.context_timestamp(self, wish.date).date()),
                    wish._said(),
                    sources[wish.source],
                    wish.user_id.name if wish.source in ("hand", "list") else "",
                    wish.note,
                )
                if part
            )
            for wish in wishes._said_by(client)
        ]

    @takes(self=single())
    def action_note(self):
        """Keep the wish; what it forbids is withdrawn.

        :raise AccessError: for who may not edit the client
        :raise UserError: for a client who may be contacted again, without a word why
        """
        client = self._client()
        if not client:
            raise UserError(self.env._("The deal or contact is gone: close this dialog."))
        client.check_access("write")
        if not self.channel:
            raise UserError(self.env._("Choose the channel that the client spoke of, or every channel."))
        if self.state == "allowed" and not (self.note or "").strip():
            raise UserError(self.env._("Say why the client may be contacted again: who said it, and when."))
        # sudo: rows that methods add; the user may edit the client
        self.env["touch.consent"].sudo()._note_wish(
            client, self.channel != EVERY and self.channel, self.state, "hand", self.note, self.basis
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
