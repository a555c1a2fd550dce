from odoo import models
from odoo.addons.touch_cadence.models.base.arguments import single, takes


class PrivacyLookupWizardLine(models.TransientModel):
    _inherit = "privacy.lookup.wizard.line"

    @takes(self=single())
    def action_unlink(self):
        """Make our records anonymous, once: the touches of a run with the run, and all records of a contact or lead with it."""
        rows = self.env.get(self.res_model) if self.res_model else None
        if rows is None or self.is_unlinked or not hasattr(rows, "_anonymise"):
            return super().action_unlink()
        # sudo: as Odoo deletes
        known = rows.sudo().browse(self.res_id).exists().filtered_domain(rows._is_known())
        if known:
            known.unlink()
        self.execution_details = self.env._("Made anonymous: %(model)s #%(id)s", model=self.res_model_id.name, id=self.res_id)
        self.is_unlinked = True
        return None
