from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    touch_substitute_id = fields.Many2one(
        "res.users",
        string="Substitute for Touches",
        domain=[("share", "=", False)],
        help="Gets this user's new touches while the user is absent or archived.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "touch_substitute_id"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "touch_substitute_id"]

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            # their planned touches go to whoever is responsible now; archiving has deleted the activities, the planner makes new ones
            touches = self.env["touch.touch"].sudo().search([("user_id", "in", self.ids), ("state", "=", "planned")])  # sudo: of all reps
            touches.enrollment_id._review()
            touches.enrollment_id._wake_planner()
        return result
