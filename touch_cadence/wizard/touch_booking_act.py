from odoo import fields, models

from ..models.base.arguments import records, single, takes
from ..models.base.notification import notification


class TouchBookingAct(models.TransientModel):
    """The dialog to move, decline, cancel, swap or finish a booking."""

    _name = "touch.booking.act"
    _inherit = ["touch.named.mixin"]
    _description = "Action on an Expert Booking"

    booking_id = fields.Many2one("touch.expert.booking", required=True, readonly=True)
    kind = fields.Selection(
        [("move", "Another Time"), ("decline", "Decline"), ("cancel", "Cancel"), ("swap", "Swap"), ("done", "Done")],
        required=True,
        readonly=True,
    )
    place = fields.Selection("_selection_place", string="Free Times")
    agreed = fields.Boolean(string="The Client Agreed to It")
    reason = fields.Char(string="Why")
    other_id = fields.Many2one("touch.expert.booking", string="Swap with", domain="[('state', '=', 'booked'), ('id', '!=', booking_id)]")
    outcome_id = fields.Many2one("touch.outcome")
    hours = fields.Float(string="Hours Given", default=lambda self: self._default_hours())
    note = fields.Text()

    def _default_hours(self):
        return self._chosen_booking().hours

    def _selection_place(self):
        """The times that are free for the booking for which the dialog was opened."""
        booking = self._chosen_booking() if self.env.context.get("default_kind") == "move" else None
        # sudo: when experts and the salesperson are free, as hours, for who sees the booking
        return booking._as_system()._selection_of_places() if booking else []

    def _chosen_booking(self):
        """:return: the booking for which the dialog was opened, empty for none
        :raise UserError, AccessError: for an id that is none, or that the user may not read"""
        chosen = self.env.context.get("default_booking_id")
        booking = records("touch.expert.booking")(self.env, "booking_id", chosen) if chosen else self.env["touch.expert.booking"]
        booking.check_access("read")
        return booking

    @takes(self=single())
    def action_do(self):
        booking = self.booking_id
        if self.kind == "move":
            booking.action_move(self.place, self.agreed)
        elif self.kind == "decline":
            booking.action_decline(self.reason)
        elif self.kind == "cancel":
            booking.action_cancel(self.reason)
        elif self.kind == "swap":
            booking.action_swap(self.other_id)
        else:
            booking.action_done(self.outcome_id, self.hours, self.note)
        then = {"type": "ir.actions.client", "tag": "soft_reload"}
        if not booking.has_access("read"):  # who declined has no part in it any more
            then = self.env["ir.actions.act_window"]._for_xml_id("touch_cadence.touch_expert_booking_action_mine") | {"target": "main"}
        said = {
            "move": self.env._("The booking was moved, and everyone involved is told."),
            "decline": self.env._("Declined: the deal waits for another expert."),
            "cancel": self.env._("No expert comes: the time goes to the next deal."),
            "swap": self.env._("The two bookings were swapped."),
            "done": self.env._("The meeting counts as a touch of the client."),
        }[self.kind]
        return notification(True, said, then=then)
