from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..base.arguments import day, number, records, single, takes, text
from ..touch.touch_touch import MOST_AHEAD
from .touch_expert import aware


class TouchExpertBooking(models.Model):
    """What experts and reps do with bookings."""

    _inherit = "touch.expert.booking"

    def _check_party(self, expert_only=False):
        """:raise AccessError: for who is neither the booking's expert, nor its rep, nor a sales manager"""
        self.check_access("read")
        # bookings are written here only; who may is asked first
        bookings = self._as_system()
        if self.env.su or self.env.user.has_group("sales_team.group_sale_manager"):
            return bookings
        for booking in bookings:
            parties = booking.expert_user_id if expert_only else booking.expert_user_id | booking.user_id
            if self.env.user not in parties:
                raise AccessError(
                    self.env._("Only the expert or a sales manager may do this with “%(deal)s”.", deal=booking.lead_name)
                    if expert_only
                    else self.env._(
                        "Only the expert, the salesperson or a sales manager may do this with “%(deal)s”.", deal=booking.lead_name
                    )
                )
        return bookings

    def _check_booking_state(self, *states):
        wrong = self.filtered(lambda one: one.state not in states)[:1]
        if wrong:
            state = dict(self._fields["state"]._description_selection(self.env))[wrong.state].lower()
            raise UserError(
                self.env._("The booking of “%(deal)s” is %(state)s: this cannot be done now.", deal=wrong.lead_name, state=state)
            )

    def _check_ahead(self):
        """:raise UserError: for what has begun"""
        begun = self.filtered(lambda one: one._has_begun())[:1]
        if begun:
            raise UserError(self.env._("The meeting about “%(deal)s” has begun or is over: give its result instead.", deal=begun.lead_name))

    @takes(reason=text())
    def action_decline(self, reason=None):
        """The expert declines: the deal keeps its place and waits for another expert. The slot goes to the next deal.

        :param reason: why, in the expert's words
        :raise UserError: if the booking is not booked, or has begun
        """
        bookings = self._check_party(expert_only=True)
        bookings._check_booking_state("booked")
        bookings._check_ahead()
        for booking in bookings:
            booking._declined(self.env._("%(expert)s declined: %(reason)s", expert=booking.expert_id.name, reason=reason or "–"))
        self._assign_soon()
        return True

    def _declined(self, text, archive=False):
        """The expert does not come: the booking waits for another."""
        self.ensure_one()
        self.declined_expert_ids = [fields.Command.link(self.expert_id.id)]
        self._tell(lambda one: one.env._("Expert declined"), text)
        self._unbook(archive=archive, state="waiting")

    @takes(reason=text())
    def action_cancel(self, reason=None):
        """No expert is needed any more; the slot goes to the next waiting deal. Once a meeting should have begun, only its expert or a
        sales manager may cancel it: it did not take place.

        :raise UserError: if the booking is over
        """
        bookings = self._check_party()
        bookings._check_booking_state("waiting", "booked")
        bookings.filtered(lambda one: one._has_begun()).with_env(self.env)._check_party(expert_only=True)
        bookings._cancel_because(self.env._("Cancelled: %(reason)s", reason=reason or "–"), begun=True)
        return True

    @takes(self=single(), place=text())
    def action_move(self, place, agreed=False):
        """The booking takes place at another time, or with another expert; its meeting moves along.

        :param place: one of those that the dialog *Another Time* offers
        :param agreed: whether the client agreed to that time, and is invited to it
        :raise UserError: if the booking is not booked or has begun, or if that time is not free any more
        """
        booking = self._check_party()
        booking._check_booking_state("booked")
        booking._check_ahead()
        expert, start, stop = booking._chosen_place(place)
        if agreed:
            booking.write({"client_agreed": True, "agreed_date": aware(start).astimezone(expert._zone()).date()})
        elif start != booking.start:
            booking._forget_clients_word()
        booking._move(expert, start, stop)
        booking._message_log(body=self.env._("%(user)s moved the booking.", user=self.env.user.name))
        self._assign_soon()
        return True

    @takes(self=single())
    def action_client_agreed(self):
        """The client was told the time of the meeting, and agreed: he is on the meeting, and invited where the company wants it.

        :raise UserError: if the booking is not booked or has begun
        """
        booking = self._check_party()
        booking._check_booking_state("booked")
        booking._check_ahead()
        booking.write({"client_agreed": True, "agreed_date": aware(booking.start).astimezone(booking.expert_id._zone()).date()})
        booking._add_client()
        booking._message_log(body=self.env._("%(user)s: the client agreed to this time.", user=self.env.user.name))
        booking.lead_id._touch_expert_changed()
        return True

    @takes(self=single(), other=records("touch.expert.booking"))
    def action_swap(self, other):
        """Two bookings exchange their places, each with its expert.

        :param other: the other booking, or its id
        :raise UserError: if one is not booked, an expert lacks the skill or declined, or a salesperson is busy at that time
        """
        self.ensure_one()
        pair = self._check_party() | other._check_party()
        pair._check_booking_state("booked")
        pair._check_ahead()
        one, two = pair[:1], pair[1:]
        if not two:
            raise UserError(self.env._("Choose another booking to swap with."))
        for booking, expert in ((one, two.expert_id), (two, one.expert_id)):
            lacking = booking.skill_id and booking.skill_id not in expert.skill_ids
            foreign = expert.company_id != booking.company_id or expert.user_id == booking.user_id
            if lacking or foreign or expert in booking.declined_expert_ids:
                raise UserError(
                    self.env._(
                        "%(expert)s cannot help with “%(deal)s”: choose another booking.", expert=expert.name, deal=booking.lead_name
                    )
                )
        places = [(booking.expert_id, booking.start, booking.stop) for booking in (two, one)]
        pair._unbook(state="waiting")
        for booking, (expert, start, stop) in zip((one, two), places):
            booking._book(expert, start, stop)
            if booking._is_busy(booking.user_id):
                raise UserError(self.env._("%(rep)s is busy at that time.", rep=booking.user_id.name))
            booking._message_log(body=self.env._("%(user)s swapped the booking.", user=self.env.user.name))
        return True

    @takes(
        outcome=records("touch.outcome"),
        hours=number(0, 1000),
        note=text(),
        next_step=records("touch.next.step"),
        next_day=day(past=0, ahead=MOST_AHEAD),
    )
    def action_done(self, outcome=None, hours=None, note=None, next_step=None, next_day=None):
        """The expert helped. This makes a touch of the client, and the hours count for the expert (R41).

        :param outcome: a ``touch.outcome`` or its id; none counts as "met"
        :param hours: the hours given, if they differ from the booked ones
        :param note: what was said
        :param next_step: a ``touch.next.step`` or its id, which the client agreed to (R45)
        :param next_day: the day for which it is agreed
        :raise UserError: if the booking is not booked, or has not begun
        """
        bookings = self._check_party(expert_only=True)
        bookings._check_booking_state("booked")
        early = bookings.filtered(lambda one: not one._has_begun())[:1]
        if early:
            raise UserError(self.env._("The meeting about “%(deal)s” has not begun: it cannot be done yet.", deal=early.lead_name))
        outcome = outcome or self.env["touch.outcome"]._default_outcome("meeting")
        bookings.write({"state": "done", "note": note, "reached": outcome.reached, **({} if hours is None else {"hours": hours})})
        for booking in bookings:
            booking.lead_id._touch_with_expert(booking, outcome, note, next_step, next_day)
        return True

    @takes(self=single())
    def action_open_lead(self):
        self.ensure_one()
        self._check_tells()
        return self.lead_id.get_formview_action()

    @takes(self=single())
    def action_open_event(self):
        self.ensure_one()
        return self.event_id.get_formview_action()

    @takes(self=single())
    def action_ask_decline(self):
        return self._wizard("decline", self.env._("Decline"))

    @takes(self=single())
    def action_ask_cancel(self):
        return self._wizard("cancel", self.env._("No Expert Needed"))

    @takes(self=single())
    def action_ask_move(self):
        return self._wizard("move", self.env._("Another Time"))

    @takes(self=single())
    def action_ask_swap(self):
        return self._wizard("swap", self.env._("Swap with Another Booking"))

    @takes(self=single())
    def action_ask_done(self):
        return self._wizard("done", self.env._("Result of the Meeting"))

    def _wizard(self, kind, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "touch.booking.act",
            "view_mode": "form",
            "target": "new",
            "context": {"default_kind": kind, "default_booking_id": self.id},
        }
