from odoo import api, models

from ..method.plan.facts import UNDER_WAY

# enrolments that are decided in one go with what marked them; the planner decides the others
DECIDE_AT_ONCE = 200
# an enrolment that is decided may mark others (what follows it, a deal that waits for the place); so often in one go
MOST_ROUNDS = 5


class TouchMark(models.AbstractModel):
    _inherit = "touch.mark"

    @api.model
    def _settle(self):
        """Decide for what is marked and carry it out: the first :data:`DECIDE_AT_ONCE` now, the others by the planner. What is decided may
        mark in its turn. Whoever answers with what was decided calls this before he reads."""
        marks = self._marks()
        if marks.at_work or not marks:
            return
        marks.at_work = True
        try:
            left = DECIDE_AT_ONCE
            for _round in range(MOST_ROUNDS):
                ids = self._take()
                self.env["touch.enrollment"].browse(ids[:left]).exists()._review()
                self._leave_to_planner(ids[left:])
                left = max(left - len(ids), 0)
                if not marks:
                    return
            self._leave_to_planner(self._take())
        finally:
            marks.at_work = False

    @api.model
    def _take(self):
        """:return: ids of the enrolments that are marked, and are so no longer"""
        marks = self._marks()
        found = dict(marks.ids)
        clients = list(marks.clients.items())
        marks.clear()
        for model, ids in clients:
            records = self.env[model].browse(id_ for id_ in ids if id_)
            found.update(dict.fromkeys(self.env["touch.enrollment"]._of_clients(records, UNDER_WAY).ids))
        return list(found)
