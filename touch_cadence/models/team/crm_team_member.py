from odoo import api, fields, models

from .res_users import LEVEL_SELECTION, STAFF, STRENGTH_SELECTION, salespeople

FIELDS = ("touch_strength", "touch_per_day", "touch_substitute_id", "touch_level")


class CrmTeamMember(models.Model):
    """Settings of salespeople for touches. They are here because sales managers may not edit users."""

    _inherit = "crm.team.member"

    touch_strength = fields.Selection(
        STRENGTH_SELECTION, string="Strength", compute="_compute_touch", inverse="_inverse_touch", groups=STAFF
    )
    touch_per_day = fields.Integer(
        string="Touches per Day", compute="_compute_touch", inverse="_inverse_touch", groups=STAFF, help="0: as in the company's settings."
    )
    touch_substitute_id = fields.Many2one(
        "res.users", string="Substitute", domain=salespeople, compute="_compute_touch", inverse="_inverse_touch", groups=STAFF
    )
    touch_level = fields.Selection(LEVEL_SELECTION, string="Level", compute="_compute_touch", inverse="_inverse_touch", groups=STAFF)
    touch_level_proposed = fields.Selection(
        LEVEL_SELECTION,
        string="Proposed Level",
        compute="_compute_touch_level_proposed",
        groups=STAFF,
        help="From the won deals and the months since the first one. It counts when no level is set.",
    )

    def _compute_touch_level_proposed(self):
        proposed = self.user_id.sudo()._touch_levels_proposed()  # sudo: of colleagues, as a number
        for member in self:
            member.touch_level_proposed = proposed.get(member.user_id.id)

    @api.depends(*(f"user_id.{name}" for name in FIELDS))
    def _compute_touch(self):
        for member in self:
            user = member.user_id.sudo()  # sudo: of a colleague
            for name in FIELDS:
                member[name] = user[name]

    def _inverse_touch(self):
        self.check_access("write")
        for member in self:
            user = member.user_id.sudo()  # sudo: these fields are the sales manager's to set, a user's others are not
            user.write({name: member[name] for name in FIELDS})
