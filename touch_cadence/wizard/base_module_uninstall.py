from odoo import api, fields, models

from ..models.base.touch_installation import ADDON


class BaseModuleUninstall(models.TransientModel):
    _inherit = "base.module.uninstall"

    touch_leaving = fields.Text(compute="_compute_touch_leaving", help="What happens to the data that touches left in other records.")

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
                self.env._("%(count)s touches of the history are deleted; messages in the chatter stay.", count=counts["touches"]),
            ),
            ("calendars", self.env._("%(count)s calendars of experts' weekly windows are deleted.", count=counts["calendars"])),
            (
                "meetings",
                self.env._("%(count)s future meetings with experts stay in the calendars of the attendees.", count=counts["meetings"]),
            ),
        )
        always = self.env._("Activity types of Touch Cadence that are in use stay; those used only by past touches are archived.")
        return "\n".join([*(sentence for what, sentence in said if counts[what]), always])
