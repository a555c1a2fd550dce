from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            # their planned touches go to whoever is responsible now; archiving has deleted the activities, the planner makes new ones
            touches = self.env["touch.touch"].sudo().search([("user_id", "in", self.ids), ("state", "=", "planned")])  # sudo: of all reps
            self.env["touch.mark"]._mark(touches.enrollment_id)
            self.env["touch.mark"]._wake_planner()
            self.env["touch.expert"].sudo().search([("user_id", "in", self.ids)]).active = False  # sudo: whoever archives the user
        return result
