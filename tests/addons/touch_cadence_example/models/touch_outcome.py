from odoo import fields, models


class TouchOutcome(models.Model):
    _inherit = "touch.outcome"

    sends_catalogue = fields.Boolean(help="A touch with this outcome leaves a note that the catalogue is to be sent.")

    def _apply_effects(self, touches):
        if self.sends_catalogue:
            said = self.env["touch.words"]._say([("catalogue", {"edition": "2026"})])
            for clients in (touches.lead_id, touches.filtered(lambda touch: not touch.lead_id).partner_id):
                clients._message_log_batch(bodies=dict.fromkeys(clients.ids, said))
        return super()._apply_effects(touches)
