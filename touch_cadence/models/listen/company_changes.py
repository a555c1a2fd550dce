from odoo import models

# settings that say when clients are missed
LAPSE = ("touch_lapse_days", "touch_lapse_late", "touch_lapse_spreads", "touch_lapse_least")


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        changed = self.filtered(lambda company: "touch_per_deal" in vals and company.touch_per_deal != vals["touch_per_deal"])
        lapse = any(company[name] != vals[name] for company in self for name in LAPSE if name in vals)
        result = super().write(vals)
        if changed:
            # what counts as one client changes for every enrolment, whoever works it
            self.env["touch.enrollment"]._update_client_keys([("company_id", "in", changed.ids)])
        if any(name.startswith("touch_") or name == "resource_calendar_id" for name in vals):
            self.env["touch.mark"]._retry_blocked([("company_id", "in", self.ids)])
        if lapse and self.env["touch.presence"]._in_use():
            self.env["res.partner"].sudo()._touch_see_purchases()  # sudo: of every client
        return result
