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

    touch_retry = fields.Integer(
        string="Try Again after",
        default=1,
        help="When a touch that did not get through is tried again: nobody answered, or the message came back. A call is then planned for "
        "another half of the day.",
    )
    touch_retry_unit = fields.Selection([("hours", "Hours"), ("days", "Working days")], string="Unit of Try Again", default="days")

    _touch_retry_bounds = models.Constraint(
        "CHECK(touch_retry BETWEEN 1 AND 100)", "A touch is tried again after 1 to 100 hours or working days."
    )

    def _touch_retry(self):
        """:return: the rule as a channel of the method has it"""
        if self.touch_retry_unit == "hours":
            return {"retry_hours": self.touch_retry, "retry_days": 0}
        return {"retry_hours": 0, "retry_days": self.touch_retry or 1}

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
