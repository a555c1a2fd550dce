from odoo import models
from odoo.exceptions import UserError

from ...method.plan import by_hand
from ...method.plan.decision import Touch
from ..base.arguments import choice, day, selected, single, takes, text
from ..base.system import as_system
from ..touch.touch_touch import MOST_AHEAD

# characters of a reason of one's own
MOST_REASON = 200


class TouchClientMixin(models.AbstractModel):
    """A touch that a salesperson plans (R50)."""

    _inherit = "touch.client.mixin"

    @takes(
        self=single(),
        channel=selected("touch.touch", "channel"),
        day=day(past=0, ahead=MOST_AHEAD),
        reason=text(),
        purpose=choice("warming", "closing"),
    )
    def plan_touch(self, channel, day, reason, purpose="warming"):
        """Plan the next touch by hand, for a reason of your own: "read about their new shop". It replaces the planned one, which is withdrawn and gives its
        reason back; the plan goes on after it.

        :param channel: its code
        :param day: of the touch, by the cadence's clock
        :param reason: in your own words; the summary of the activity tells it
        :param purpose: ``warming`` or ``closing``
        :return: the touch
        :raise AccessError: if the client's enrolment is not the user's to work
        :raise UserError: if the client is in no cadence, or must not be touched that way or on that day, with the reason
        """
        self.check_access("read")
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why you want to touch %(client)s: it is the reason of the touch.", client=self.display_name))
        if len(reason) > MOST_REASON:
            raise UserError(self.env._("The reason has more than %(most)s characters: put details into the note.", most=MOST_REASON))
        planned, facts = self._touch_facts_to_plan()
        decision = by_hand.plan(facts, channel, day, purpose or "warming")
        if not isinstance(decision, Touch):
            why = self.env["touch.words"]._say([decision])
            raise UserError(self.env._("%(client)s: %(why)s", client=self.display_name, why=why))
        planned._open_touches()._withdraw()
        touch = planned.env["touch.planner"]._apply([(planned, facts, decision)])
        touch._update_planned([{"own_reason": reason}])
        return touch.with_env(self.env)

    def _touch_facts_to_plan(self):
        """:return: the enrolment in which the user may plan the client's next touch, with all rights, and its facts
        :raise AccessError: for an enrolment that is not the user's to work; who works no touches is not even told whether there is one
        :raise UserError: for a client in no cadence"""
        self.env["touch.touch"].check_access("write")
        run = self.env["touch.touch"]._runs_of(self).get(self, self.env["touch.enrollment"]).with_env(self.env)
        if not run:
            raise UserError(
                self.env._(
                    "%(client)s is in no cadence. Enrol the client first, or plan an activity: when you mark it as done, it counts as a touch.",
                    client=self.display_name,
                )
            )
        run.check_access("write")
        system = as_system(self.env)  # deciding reads all of the client's touches; the run is the user's to work
        planned = run.with_env(system)
        [facts] = system["touch.facts"]._read_facts(system["touch.client"]._subjects_of_enrollments(planned))
        return planned, facts

    @takes(self=single())
    def action_touch_plan(self):
        """Open the dialog for a touch of one's own."""
        _run, facts = self._touch_facts_to_plan()
        field = "lead_id" if self._name == "crm.lead" else "partner_id"
        proposed = {f"default_{name}": value for name, value in by_hand.proposed(facts).items()}
        return self._touch_wizard("touch.plan", self.env._("Plan a Touch"), {f"default_{field}": self.id, **proposed})
