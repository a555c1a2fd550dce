from dataclasses import replace

from odoo import api, models
from odoo.addons.touch_cadence.method.plan.facts import Hold


class TouchFacts(models.AbstractModel):
    _inherit = "touch.facts"

    @api.model
    def _read_holds(self, subjects):
        """No touches in the client's closing week, nor during our trade fair."""
        holds = super()._read_holds(subjects)
        partners = self._commercial_partners(subjects)
        companies = self.env["res.company"].browse({one.company_id for one in subjects})
        fairs = {company.id: (company.fair_from, company.fair_to) for company in companies}
        for one in subjects:
            client, fair = partners[one], fairs[one.company_id]
            if client.closing_from and client.closing_to:
                why = ("closing_week", {"date": client.closing_to})
                holds[one].append(Hold(client.closing_from, client.closing_to, why))
            if all(fair):
                holds[one].append(Hold(*fair, ("fair", {"date": fair[1]})))
        return holds

    @api.model
    def _more_facts(self, subjects, known):
        """Key accounts get what VIPs get."""
        partners = self._commercial_partners(subjects)
        known = super()._more_facts(subjects, known)
        return [replace(facts, vip=facts.vip or partners[one].key_account) for one, facts in zip(subjects, known)]

    @api.model
    def _commercial_partners(self, subjects):
        """:return: {subject: the client's commercial partner}, read for the whole batch at once"""
        contacts = {one: self.env["res.partner"].browse(one.partner_id or ()) for one in subjects}
        self.env["res.partner"].union(*contacts.values()).commercial_partner_id.fetch(["closing_from", "closing_to", "key_account"])
        return {one: contact.commercial_partner_id for one, contact in contacts.items()}
