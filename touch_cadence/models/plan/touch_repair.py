from odoo import models
from odoo.tools import groupby


class TouchTouch(models.Model):
    _inherit = "touch.touch"

    def _recreate_activities(self):
        """Give planned touches whose activity is gone a new one, with whoever is responsible now (invariant 9). One that hangs on another
        client's run is taken back: its activity would make somebody follow a foreign record."""
        strays = self.filtered(lambda touch: touch._is_stray())
        strays._withdraw()
        self -= strays
        responsible = self.enrollment_id._get_responsible()
        for user, touches in groupby(self, lambda touch: responsible.get(touch.enrollment_id.id) or self.env["res.users"]):
            self.browse().union(*touches).write({"user_id": user.id})
        self.env["touch.mark"]._mark(self.enrollment_id)  # one that a substitute made may lie on leave of whoever has it now
        for touch, activity in zip(self, self._create_activities([touch._activity_row() for touch in self])):
            touch.activity_id = activity

    def _block(self, error):
        self._withdraw()
        self.enrollment_id._block(error)
