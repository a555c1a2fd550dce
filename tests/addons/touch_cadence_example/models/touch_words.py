from odoo import api, models, tools


class TouchWords(models.AbstractModel):
    _inherit = "touch.words"

    @api.model
    @tools.ormcache("self.env.lang")
    def _sentences(self):
        return {
            **super()._sentences(),
            "closing_week": self.env._("The client is closed until %(date)s: nobody is touched in the closing week."),
            "fair": self.env._("Our trade fair lasts until %(date)s: nobody is touched before it is over."),
            "catalogue": self.env._("Asked for the catalogue, edition %(edition)s."),
        }

    @api.model
    def _kinds(self):
        """``date`` is known already; what is new says what it is: said as it stands."""
        return {**super()._kinds(), "edition": "plain"}
