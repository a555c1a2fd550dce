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
            # Odoo has just deleted their activities: the planner gives the touches to whoever is responsible now
            self.env.ref("touch_cadence.ir_cron_plan_touches").sudo()._trigger()  # sudo: waking the planner needs no right
        return result
