from odoo import fields, models

from ...method.plan.facts import CHANNELS
from ..base.rooms import shared

CHANNEL_NAMES = {
    "call": "Call",
    "email": "Email",
    "meeting": "Meeting",
    "sms": "Text message",
    "voice": "Voice message",
    "letter": "Letter or card",
    "social": "Social network",
    "web": "Web or advert",
}
CHANNEL_SELECTION = [(channel, CHANNEL_NAMES[channel]) for channel in CHANNELS]


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    touch_channel = fields.Selection(
        CHANNEL_SELECTION,
        help="Touches by this channel are planned as activities of this type. Where several types name the same channel, "
        "the first in their order is taken.",
    )

    @shared
    def _touch_types_by_channel(self):
        """:return: {channel: activity type} of the channels that touches can be planned by, in the order of the types (R16)"""
        types = {}
        # sudo: channels are the same for everyone; a rep needs no right on activity types
        planned = [code for code, channel in self.env["touch.channel"]._channels().items() if channel.needs]
        for activity_type in self.sudo().search(
            [("touch_channel", "in", planned), ("res_model", "in", (False, "crm.lead", "res.partner"))]
        ):
            types.setdefault(activity_type.touch_channel, activity_type)
        return types

    def _touch_icons(self):
        """:return: {channel: icon}, also of channels that are only logged"""
        logged = self.sudo().search([("touch_channel", "!=", False)], order="sequence desc, id desc")  # sudo: as above
        return {one.touch_channel: one.icon for one in [*logged, *self._touch_types_by_channel().values()]}
