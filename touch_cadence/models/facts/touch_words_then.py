from datetime import timedelta

from odoo import fields, models

from ...method.plan.decision import Stop, Touch
from ..base.rooms import shared


class TouchWords(models.AbstractModel):
    _inherit = "touch.words"

    @shared
    def _decision_codes(self, decision, touch):
        """:param touch: the planned one, after which the decision would be taken
        :return: what a decision brings, as codes"""
        if isinstance(decision, Touch):
            return [("then_touch", {"date": decision.day, "channel": decision.channel, "purpose": decision.purpose})]
        follows = []
        if isinstance(decision, Stop):
            kept = touch.sudo()  # sudo: what follows is said to who works it
            cadence = kept.cadence_id.with_env(self.env).sudo()  # sudo: as above
            target, rest_days = cadence._next_cadence(decision.state, decision.reason)
            again = target or (rest_days and (cadence.refused_cadence_id or cadence)._current_version())
            if again and (closed := again._why_closed(self.env.company.id)):
                follows = [("nothing_follows", {}), *closed]
            elif target:
                follows = [("then_cadence", {"cadence": target.name})]
            elif rest_days:
                follows = [("then_rest", {"date": fields.Date.context_today(self) + timedelta(days=rest_days)})]
        return [*decision.why, *follows]
