from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import groupby

from ..base.arguments import day, day_or_month, records, takes, text
from ..base.inside import telling
from ..base.rooms import shared
from ..touch.touch_touch import MOST_AHEAD

# what an outcome may ask, and what the answers are
ANSWERS = {
    "next_step": records("touch.next.step"),
    "next_day": day(past=0, ahead=MOST_AHEAD),
    "obstacle": records("touch.obstacle"),
    "back": day_or_month(past=0, ahead=MOST_AHEAD),
    "item": records("touch.item"),
    "place": text(),
}


class TouchTouch(models.Model):
    """What a rep does with a planned touch."""

    _inherit = "touch.touch"

    @takes(outcome=records("touch.outcome"), note=text(), **ANSWERS)
    def done(self, outcome=None, note=None, next_step=None, next_day=None, obstacle=None, back=None, item=None, place=None):
        """The touch was made, or a meeting of the calendar took place. Ends where "Mark as done" on its activity ends.

        :param outcome: a ``touch.outcome`` or its id; none: what such a touch has by itself, a call "reached", a mail "sent"
        :param note: what was said
        :param next_step: a ``touch.next.step`` or its id, which the client agreed to (R45); none: the one that was asked for
        :param next_day: the day for which it is agreed; none: it is agreed, and holds no other touches off
        :param obstacle: a ``touch.obstacle`` or its id: what stands in the way of a client who says "not now" (R46)
        :param back: when to come back: a day, or a month as "2027-03"; none: after the days of the obstacle
        :param item: a ``touch.item`` or its id: the client waits for it, and is told first when it arrives (R57)
        :param place: the hour to which the client agreed, where an expert comes to that meeting: one of :meth:`places`; none, or taken meanwhile:
            the nearest of that day
        :raise AccessError: if the user may not read what is named
        :raise UserError: if the touch is not planned
        """
        self._check_may_work(unsure=True)
        answers = self.env["touch.touch"]._answers(next_step, next_day, obstacle, back, item, place)
        self = self.with_context(touch_answers=telling(answers))
        activities = self._own_activities()
        if outcome:
            activities.sudo().touch_outcome_id = outcome  # sudo: an assignee may finish an activity on a record closed to him
        activities.action_feedback(feedback=note or False)
        # sudo: touches are written by these methods only, once it is seen whose they are
        self._to_answer().sudo()._finish_as(lambda _touch: outcome, note)
        return True

    @takes(reason=text())
    def skip(self, reason=None):
        """Skip this touch and continue with the next step. Its reason stays unused, and the rhythm does not count it.

        :param reason: why, in the rep's words
        :raise UserError: if the touch is not planned
        """
        self._check_may_work()
        activities = self._own_activities().with_prefetch()
        # sudo: as in done()
        self.sudo().write({"state": "skipped", "skip_reason": reason, "date_done": fields.Datetime.now(), "activity_id": False})
        activities.sudo().unlink()  # sudo: the activity is only the touch's view, and the touch may be worked
        self.env["touch.mark"]._mark(self.sudo().enrollment_id)  # sudo: as above
        return True

    @shared
    def _message_sent(self, client, message):
        """What was prepared for this touch of ``client`` has gone out as ``message``: it is made."""
        touch = self.exists()
        if touch and touch.has_access("write") and touch.state == "planned" and touch._client_record() == client:
            touch.done()
            touch.sudo().write({"message_id": message.id, "delivery": "sent"})  # sudo: as in done()

    @shared
    def _check_taker(self, user):
        """:raise UserError: for who cannot be given these touches: who does not sell, or not in their company"""
        known = self.sudo()  # sudo: companies of the touches, and of a colleague
        if not user._touch_may_sell() or known.company_id - user.sudo().company_ids:  # sudo: as above
            raise UserError(
                self.env._(
                    "The touch of %(client)s cannot be given to that user: choose a salesperson of the company.",
                    client=known[:1].client_name,
                )
            )

    @shared
    def _give_to_responsible(self):
        """Planned touches that nobody has go to whoever is responsible for the client; their activities stay with the team that has them.
        Where nobody is responsible either, one that somebody has stays with him, and another is taken back: its run says what is missing.
        """
        responsible = self.enrollment_id._get_responsible()
        nobody = self.browse()
        for user, touches in groupby(self, lambda touch: responsible.get(touch.enrollment_id.id) or touch.user_id):
            touches = self.browse().union(*touches)
            if user:
                touches.write({"user_id": user.id})
            else:
                nobody = touches
        nobody._withdraw()
        # also those that have somebody: their day may be on his leave
        self.env["touch.mark"]._mark(self.enrollment_id)
