from odoo import models

from .res_company import SETTINGS


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    vars().update({name: kind(related=f"company_id.{name}", readonly=False) for name, kind in SETTINGS.items()})
