from odoo import api, fields, models

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
    place = fields.Char(string="Free Times")
    places = fields.Json(string="Offered Times", compute="_compute_places")
    agreed = fields.Boolean(string="The Client Agreed to It")
    has_client = fields.Boolean(compute="_compute_client", help="The client is on the meeting now.")
    invited = fields.Boolean(string="Clients Are Invited", compute="_compute_client")
    reason = fields.Char(string="Why")
    other_id = fields.Many2one("touch.expert.booking", string="Swap with", domain="[('state', '=', 'booked'), ('id', '!=', booking_id)]")
    outcome_id = fields.Many2one("touch.outcome")
    asks = fields.Selection(related="outcome_id.asks")
    next_step_id = fields.Many2one("touch.next.step", string="Agreed On")
    next_day = fields.Date(string="Agreed for", help="Empty: agreed without a day; no touch waits for it.")
    hours = fields.Float(string="Hours Given", default=lambda self: self._default_hours())
    note = fields.Text()

    _next_day_bounds = models.Constraint(
        "CHECK(next_day BETWEEN '1900-01-01' AND '2100-12-31')", "The agreed day lies between 1900 and 2100."
    )

    def _default_hours(self):
        chosen = self.env.context.get("default_booking_id")
        return records("touch.expert.booking")(self.env, "booking_id", chosen).hours if chosen else 0

    @api.depends("booking_id", "kind")
    @api.depends_context("lang", "tz")
    def _compute_places(self):
        """The times that are free for the booking."""
        for wizard in self:  # a dialog has one
            booking = wizard.booking_id._filtered_access("read") if wizard.kind == "move" else wizard.booking_id.browse()
            # sudo: when experts and the salesperson are free, as hours, for who sees the booking
            wizard.places = booking._as_system()._selection_of_places() if booking else []

    @api.depends("booking_id")
    def _compute_client(self):
        for wizard in self:  # a dialog has one
            booking = wizard.booking_id._filtered_access("read").sudo()  # sudo: whether mails go out, for who sees the booking
            wizard.has_client = booking.client_comes
            wizard.invited = bool(booking) and booking.lead_id._touch_invites_client()

    @takes(self=single())
    def action_do(self):
        booking, had_client = self.booking_id, self.has_client
        if self.kind == "move":
            booking.action_move(self.place, self.agreed)
        elif self.kind == "decline":
            booking.action_decline(self.reason)
        elif self.kind == "cancel":
            booking.action_cancel(self.reason)
        elif self.kind == "swap":
            booking.action_swap(self.other_id)
        else:
            agreed = (self.next_step_id, self.next_day or None) if self.asks == "next_step" else ()
            booking.action_done(self.outcome_id, self.hours, self.note, *agreed)
        then = {"type": "ir.actions.client", "tag": "soft_reload"}
        if not booking.has_access("read"):  # who declined has no part in it any more
            then = self.env["ir.actions.act_window"]._for_xml_id("touch_cadence.touch_expert_booking_action_mine") | {"target": "main"}
        again = booking.sudo().state == "booked"  # sudo: whether another expert takes it, for who just had it
        said = {
            "move": self._said_of_move(booking, had_client) if self.kind == "move" else "",
            "decline": self.env._("Declined: another expert takes the deal.")
            if again
            else self.env._("Declined: the deal waits for another expert."),
            "cancel": self.env._("No expert comes: the time goes to the next deal."),
            "swap": self.env._("The two bookings were swapped."),
            "done": self.env._("The meeting counts as a touch of the client."),
        }[self.kind]
        return notification(True, said, then=then)

    def _said_of_move(self, booking, had_client):
        """:param had_client: the client was on the meeting before"""
        place = booking._place_told()
        if self.agreed and self.invited:
            return self.env._("Moved to %(place)s. The colleagues are told, and the client is invited by mail.", place=place)
        if had_client and not self.agreed:
            return self.env._("Moved to %(place)s. The colleagues are told; the client does not know it yet.", place=place)
        return self.env._("Moved to %(place)s. The colleagues are told.", place=place)
