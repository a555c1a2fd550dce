from odoo import fields, models

from ..models.base.arguments import records, single, takes


class TouchBookingAct(models.TransientModel):
    """The dialog to decline, cancel, swap or finish a booking."""

    _name = "touch.booking.act"
    _inherit = ["touch.named.mixin"]
    _description = "Action on an Expert Booking"

    booking_id = fields.Many2one("touch.expert.booking", required=True, readonly=True)
    kind = fields.Selection(
        [("decline", "Decline"), ("cancel", "Cancel"), ("swap", "Swap"), ("done", "Done")], required=True, readonly=True
    )
    reason = fields.Char(string="Why")
    other_id = fields.Many2one("touch.expert.booking", string="Swap with", domain="[('state', '=', 'booked'), ('id', '!=', booking_id)]")
    outcome_id = fields.Many2one("touch.outcome")
    hours = fields.Float(string="Hours Given", default=lambda self: self._default_hours())
    note = fields.Text()

    def _default_hours(self):
        chosen = self.env.context.get("default_booking_id")
        return records("touch.expert.booking")(self.env, "booking_id", chosen).hours if chosen else 0

    @takes(self=single())
    def action_do(self):
        booking = self.booking_id
        if self.kind == "decline":
            booking.action_decline(self.reason)
        elif self.kind == "cancel":
            booking.action_cancel(self.reason)
        elif self.kind == "swap":
            booking.action_swap(self.other_id)
        else:
            booking.action_done(self.outcome_id, self.hours, self.note)
        if not booking.has_access("read"):  # who declined has no part in it any more
            return self.env["ir.actions.act_window"]._for_xml_id("touch_cadence.touch_expert_booking_action_mine")
        return {"type": "ir.actions.client", "tag": "soft_reload"}
