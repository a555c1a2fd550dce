from odoo import api, fields, models

from ..models.touch_installation import ADDON


class BaseModuleUninstall(models.TransientModel):
    _inherit = "base.module.uninstall"

    touch_leaving = fields.Text(compute="_compute_touch_leaving", help="What happens to what touches left among other records.")

    @api.depends("module_ids")
    def _compute_touch_leaving(self):
        for wizard in self:
            leaves = ADDON in wizard._get_modules().mapped("name")
            wizard.touch_leaving = wizard._touch_leaving_text() if leaves else False

    def _touch_leaving_text(self):
        counts = self.env["touch.installation"]._leaving()
        said = (
            ("activities", self.env._("%(count)s open activities of planned touches are deleted.", count=counts["activities"])),
            (
                "touches",
                self.env._("%(count)s touches of the history are deleted; what stands in the chatter stays.", count=counts["touches"]),
            ),
            ("calendars", self.env._("%(count)s calendars of experts' weekly windows are deleted.", count=counts["calendars"])),
            (
                "meetings",
                self.env._("%(count)s meetings with experts lie ahead: they stay as meetings of who takes part.", count=counts["meetings"]),
            ),
        )
        always = self.env._("Activity types of ours that somebody uses stay; those that only done touches name are archived.")
        return "\n".join([*(sentence for what, sentence in said if counts[what]), always])
