from odoo import models


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    def _concerns(self, expert):
        """:return: whether this leave is the expert's own, or closes his company"""
        self.ensure_one()
        if self.resource_id:
            return self.resource_id.user_id == expert.user_id
        calendars = expert.resource_calendar_id | expert.company_id.resource_calendar_id
        return (not self.company_id or self.company_id == expert.company_id) and (not self.calendar_id or self.calendar_id in calendars)
