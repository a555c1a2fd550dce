from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..models.base.arguments import single, takes

# clients of each kind that are shown; more means: say it more exactly
SHOWN = 100
SHORTEST = 3


class TouchPrivacyFind(models.TransientModel):
    """Find a client by name, address or number, including archived ones and leads without a contact, and show what is kept."""

    _name = "touch.privacy.find"
    _description = "Find a Client's Data"

    term = fields.Char(string="Name, Email or Phone Number")
    searched = fields.Char(readonly=True)
    line_ids = fields.One2many("touch.privacy.find.line", "find_id", string="Found")
    is_cut = fields.Boolean(readonly=True)
    mention_count = fields.Integer(
        compute="_compute_mention_count", help="Number of touches, also of other clients, whose notes contain these words."
    )

    def _compute_display_name(self):
        self.display_name = self.env._("Find a Client's Data")

    @api.depends("searched")
    def _compute_mention_count(self):
        for find in self:
            # as far as the user may see them; counting all of a million is not worth the wait
            find.mention_count = self.env["touch.touch"].search_count(find._mentions(), limit=1000) if find.searched else 0

    def _mentions(self):
        return Domain("note", "ilike", self.searched)

    @takes(self=single())
    def action_find(self):
        """Look for the words; the form shows what was found.

        :raise UserError: if the words are too short
        """
        self.ensure_one()
        term = (self.term or "").strip()
        if len(term) < SHORTEST:
            raise UserError(self.env._("Type at least %(count)s characters of a name, an email address or a phone number.", count=SHORTEST))
        holding = self.env["touch.privacy.holding"]
        contacts, leads = holding._search_clients(term, SHOWN + 1)
        counts = holding._counts_by_client(contacts, leads)
        lines = [
            {
                "model": one._name,
                "res_id": one.id,
                "name": one.display_name,
                "email": one.email if one._name == "res.partner" else one.email_from,
                "phone": one.phone,
                "archived": not one.active,
                "touches": counts.get((one._name, one.id), (0, 0))[0],
                "enrollments": counts.get((one._name, one.id), (0, 0))[1],
            }
            for records in (contacts[:SHOWN], leads[:SHOWN])
            for one in records
        ]
        self.write(
            {
                "searched": term,
                "is_cut": max(len(contacts), len(leads)) > SHOWN,
                "line_ids": [Command.clear(), *(Command.create(line) for line in lines)],
            }
        )
        return True

    @takes(self=single())
    def action_mentions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("touch_cadence.touch_touch_action_history")
        return {**action, "name": self.env._("Notes with “%(words)s”", words=self.searched), "domain": list(self._mentions())}

    @takes(self=single())
    def action_export(self):
        return self._open("export")

    @takes(self=single())
    def action_erase(self):
        return self._open("erase")

    def _open(self, kind):
        self.ensure_one()
        chosen = self.line_ids.filtered("chosen")
        if not chosen:
            raise UserError(self.env._("Select the clients whose data you mean."))
        return self.env["touch.privacy"]._open(chosen, kind)
