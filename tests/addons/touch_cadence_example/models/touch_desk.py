from odoo import models


class TouchDesk(models.AbstractModel):
    _inherit = "touch.desk"

    def _client(self, touch, reach):
        """What the button asks for; ``touch`` may be read whole, whatever the rep may read."""
        return {**super()._client(touch, reach), "linkedin": touch.partner_id.linkedin or ""}
