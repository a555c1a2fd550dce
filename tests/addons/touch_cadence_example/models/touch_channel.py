from odoo import api, models
from odoo.addons.touch_cadence.method.plan.channels import Channel


class TouchChannel(models.AbstractModel):
    _inherit = "touch.channel"

    @api.model
    def _channels(self):
        return {**super()._channels(), "whatsapp": Channel("whatsapp", needs=("phone",), sense="eye", talk=True)}

    @api.model
    def _buttons(self):
        button = {"icon": "fa-whatsapp", "name": self.env._("Write on WhatsApp"), "needs": ["visible", "dial"]}
        return {**super()._buttons(), "whatsapp": button}
