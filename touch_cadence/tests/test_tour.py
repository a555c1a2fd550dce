from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import TouchWorld


@tagged("post_install", "-at_install")
class TestTour(TouchWorld, HttpCase):
    """The web client's part of "Mark done": the popover of the chatter, as a rep."""

    def test_done_with_an_outcome_in_the_chatter(self):
        self.set_up_world()
        # the real day may be a weekend: the touch then waits for Monday, and the popover is there all the same
        lead = self.make_leads(name="Tour deal")
        self.cadence.enroll(lead)
        touch = self.planned(lead)
        self.start_tour(f"/odoo/crm.lead/{lead.id}", "touch_cadence_mark_done", login="tc_rep")
        self.assertEqual((touch.state, touch.outcome_id, touch.note), ("done", self.outcomes["interested"], "Wants a sample"))
        self.assertEqual(lead.temperature, "warm")
        self.assertEqual(self.planned(lead).number, 2)

    def test_the_guided_start_of_a_salesperson(self):
        self.set_up_world()
        lead = self.make_leads(name="Tour deal")
        self.cadence.enroll(lead)
        # the real day may be a weekend
        self.planned(lead).date_deadline = fields.Date.today()
        self.start_tour("/odoo", "touch_cadence_rep", login="tc_rep")

    def test_the_guided_start_of_a_manager(self):
        self.set_up_world()
        self.start_tour("/odoo", "touch_cadence_manager", login="tc_manager")
