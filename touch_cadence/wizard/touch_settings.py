from odoo import api, fields, models

from ..models.base.arguments import single, takes
from ..models.base.notification import notification
from ..models.settings.res_company import SETTINGS


class TouchSettings(models.TransientModel):
    """The company's settings for touches, for sales managers: only administrators may open Odoo's own settings page."""

    _name = "touch.settings"
    _inherit = ["touch.named.mixin"]
    _description = "Settings for Touches"

    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    vars().update({name: kind() for name, kind in SETTINGS.items()})

    def _compute_display_name(self):
        self.display_name = self.env._("Settings for Touches")

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Labels and explanations are those of the company's fields."""
        found = super().fields_get(allfields, attributes)
        own = [name for name in SETTINGS if name in found]
        words = self.env["res.company"].fields_get(own, ["string", "help"]) if own else {}
        for name in own:
            found[name].update({what: text for what, text in words[name].items() if not attributes or what in attributes})
        return found

    @api.model
    def default_get(self, fields_list):
        company = self.env.company.sudo()  # sudo: a manager of sales may not read all of a company
        return super().default_get(fields_list) | {name: company[name] for name in SETTINGS if name in fields_list}

    @takes(self=single())
    def action_save(self):
        self.check_access("write")
        # sudo: these settings are the sales manager's to make, a company's others are not
        self.env.company.sudo().write({name: self[name] for name in SETTINGS})
        return notification(True, self.env._("The settings are saved."))
