from odoo import models

from ...method.plan.facts import OF_AGREED_STEP
from ..base.arguments import single, takes
from ..base.rooms import shared

# items that are offered: those that were named last; each has a digit
ITEMS = 8


class TouchTouch(models.Model):
    """What a rep is asked who chooses an outcome: which next step and when, or what stands in the way."""

    _inherit = "touch.touch"

    @takes(self=single())
    def questions(self):
        """The answers that are offered for an outcome that asks something.

        :return: dict: ``steps`` (list of [id, name], in the order of the cadence's ladder) and ``step`` (id of the one that is proposed: what
            the touch asked for, or False); ``obstacles`` (list of [id, name, kind]) and ``items`` (list of [id, name], the newest first)
        :raise AccessError: if the user may see neither the touch nor finish its activity
        """
        self._check_may_answer()
        return self._questions()[self]

    @shared
    def _check_may_answer(self):
        """:raise AccessError: if the user may see neither the touch nor finish its activity"""
        activity = self.sudo().activity_id.sudo(False)  # sudo: who sells nothing finishes a touch whose activity is his
        if not activity or not activity.has_access("write"):
            self.check_access("read")

    @shared
    def _questions(self):
        """:return: {touch: the answers as in :meth:`questions`}, in a fixed number of queries"""
        steps = self.env["touch.next.step"].search([("active", "=", True)])
        names = {step.id: step.name for step in steps}
        obstacles = [[one.id, one.name, one.kind] for one in self.env["touch.obstacle"].search([("active", "=", True)])]
        items = self.env["touch.item"]
        items = items.search([("active", "=", True)], order="id DESC", limit=ITEMS) if items.has_access("read") else items
        result = {}
        for touch in self:
            known = touch.sudo()  # sudo: the touch may be seen; its ladder and what it asks for are told with it
            ladder = [step.id for rung in known.cadence_id.rung_ids for step in rung.next_step_ids.sorted() if step.id in names]
            proposed = (known.agreed_touch_id.agreed_step_id if touch.purpose in OF_AGREED_STEP else known.reason_id.next_step_id).id
            result[touch] = {
                "steps": [[id_, names[id_]] for id_ in dict.fromkeys([*ladder, *names])],
                "step": proposed in names and proposed,
                "obstacles": obstacles,
                "items": [[one.id, one.name] for one in items],
            }
        return result
