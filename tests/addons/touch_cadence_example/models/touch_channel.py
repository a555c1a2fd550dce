from odoo import api, models
from odoo.addons.touch_cadence.method.plan.channels import Channel


class TouchChannel(models.AbstractModel):
    _inherit = "touch.channel"

    @api.model
    def _channels(self):
        return {
            **super()._channels(),
            "whatsapp": Channel("whatsapp", needs=("phone",), sense="eye", talk=True, two_way=True),
            "linkedin": Channel("linkedin", needs=("linkedin",), sense="eye", two_way=True),
        }

    @api.model
    def _buttons(self):
        return {
            **super()._buttons(),
            "whatsapp": {"icon": "fa-whatsapp", "name": self.env._("Write on WhatsApp"), "needs": ["visible", "dial"]},
            "linkedin": {"icon": "fa-linkedin", "name": self.env._("Open LinkedIn"), "needs": ["visible", "linkedin"]},
        }
