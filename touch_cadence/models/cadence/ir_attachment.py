from odoo import models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _touch_keep_for(self, record):
        """Files that were uploaded while ``record`` was being written belong to it, so that whoever may read the record may send them (R49)."""
        new = self.filtered(lambda one: not one.res_id and one.res_model in (False, record._name))
        new.write({"res_model": record._name, "res_id": record.id})
