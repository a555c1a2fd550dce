from odoo import api, fields, models

from ..models.base.arguments import single, takes

# who waits is named up to this many; the count says how many there are
WAITING_NAMED = 10


class TouchEnroll(models.TransientModel):
    _name = "touch.enroll"
    _inherit = "touch.bulk.mixin"
    _description = "Enrol Clients in a Cadence"

    cadence_id = fields.Many2one("touch.cadence", required=True)
    enrolled_count = fields.Integer(related="do_count", string="Will be Enrolled")

    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        if "cadence_id" in fields_list and not defaults.get("cadence_id"):
            defaults["cadence_id"] = self.env["touch.cadence"].search([("model", "=", defaults.get("model"))], limit=1).id
        return defaults

    def _preview_fields(self):
        return ("cadence_id",)

    def _exclusion_reasons(self, records):
        if not self.cadence_id:
            return {}, records
        left_out = {client: why for client, why in self.cadence_id._exclusion_reasons(records).items() if why}
        return left_out, records.filtered(lambda client: client not in left_out)

    def _note(self, fit):
        waits = self.cadence_id._waiting_reasons(fit) if self.cadence_id and fit else {}
        if not waits:
            return ""
        named = [f"{client.display_name}: {when}" for client, when in waits.items()][:WAITING_NAMED]
        return self.env._("Waiting: %(count)s. %(named)s", count=self._number(len(waits)), named=" ".join(named))

    def _act(self, fit):
        return self.cadence_id._enroll(fit)[1]

    def _title(self):
        return self.env._("Enrol in “%(cadence)s”", cadence=self.cadence_id.name)

    def _told(self, done, total):
        return self.env._("%(enrolled)s of %(all)s clients are enrolled.", enrolled=done, all=total)

    @takes(self=single())
    def action_enroll(self):
        return self._begin()
