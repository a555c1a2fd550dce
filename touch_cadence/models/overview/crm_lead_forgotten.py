from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.names import SALES


class CrmLead(models.Model):
    _inherit = "crm.lead"

    touch_forgotten = fields.Boolean(
        string="Nobody Touches",
        groups=SALES,
        compute="_compute_touch_forgotten",
        search="_search_touch_forgotten",
        help="The deal is open, and its client has neither a planned touch nor a cadence that will plan one.",
    )

    @api.depends("active", "won_status", "potential", "user_id", "partner_id")
    def _compute_touch_forgotten(self):
        found = self.search(Domain("id", "in", self.ids) & Domain("touch_forgotten", "=", True))
        for lead in self:
            lead.touch_forgotten = lead in found

    def _search_touch_forgotten(self, operator, value):
        """Open deals that are worth a touch, and whose client nobody will touch: in no cadence, or in one that found nobody to make its touches,
        or that is blocked by a fault. A pause, a rest and a place behind another deal are no oversight."""
        if operator != "in":
            return NotImplemented
        self.env["touch.touch"].flush_model(["state", "user_id", "client_key"])
        self.env["touch.enrollment"].flush_model(["state", "why_data", "client_key"])
        # SQL: whether anybody looks after the client, be he a colleague; only keys of clients, and the deals are found with the user's rights
        keys = SQL(
            """SELECT client_key FROM touch_touch WHERE state = 'planned' AND user_id IS NOT NULL AND client_key != 0
                UNION
               SELECT client_key FROM touch_enrollment
                WHERE client_key != 0 AND (state IN ('paused', 'resting', 'waiting')
                                           OR state = 'running' AND NOT COALESCE(why_data @> '[["no_rep"]]', FALSE))"""
        )
        looked_after = Domain("id", "in", SQL("(SELECT -client_key FROM (%s) its WHERE client_key < 0)", keys))
        looked_after |= Domain(
            "partner_id.commercial_partner_id", "in", SQL("(SELECT client_key FROM (%s) its WHERE client_key > 0)", keys)
        )
        forgotten = Domain("active", "=", True) & Domain("won_status", "=", "pending") & Domain("potential", "!=", "low") & ~looked_after
        return forgotten if True in value else ~forgotten
