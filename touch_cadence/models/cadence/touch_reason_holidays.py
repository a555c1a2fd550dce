from odoo import api, models, tools

from ..base.rooms import shared

try:
    import holidays
except ImportError:  # optional: without it reasons for official holidays never fall due, and say so on their form
    holidays = None


class TouchReason(models.Model):
    _inherit = "touch.reason"

    @api.model
    def _knows_holidays(self):
        return holidays is not None

    @shared
    @api.model
    @tools.ormcache("code", "year")
    def _official_holidays(self, code, year):
        """:param code: of the country, two letters
        :return: {day: name in English} from ``year`` to the next; empty for a country or a server that knows none"""
        if holidays is None or code not in holidays.list_supported_countries():
            return {}
        # names are English where the library has them so, else the country's own
        return dict(holidays.country_holidays(code, years=[year, year + 1], language="en_US"))
