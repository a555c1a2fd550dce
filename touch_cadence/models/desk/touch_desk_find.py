from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...method.client import names
from ..base.arguments import choice, one_id, takes, text

# clients that are offered, of each model
MOST_FOUND = 6
# what a search looks in, besides the phone numbers
SEARCHED = {
    "crm.lead": ("name", "contact_name", "partner_name", "email_from"),
    "res.partner": ("complete_name", "email"),
}
# fewer digits are no number
LEAST_DIGITS = 3


class TouchDesk(models.AbstractModel):
    """Any client, found from the desk: somebody calls, and the call is logged at once."""

    _inherit = "touch.desk"

    @api.model
    @takes(words=text())
    def find(self, words):
        """Search clients by name, company, phone number or e-mail address, with the user's own rights.

        :return: list of dicts: ``model``, ``id``, ``name`` (person and company), ``detail``; deals first
        :raise AccessError: if the user may not work touches
        """
        self.env["touch.touch"].check_access("write")
        words = words.strip()
        if not any(map(str.isalnum, words)):
            return []
        leads = self._found("crm.lead", words)
        # a contact whose deal is found already is offered by its deal
        partners = self._found("res.partner", words) - leads.partner_id
        return [*map(self._found_lead, leads), *map(self._found_partner, partners)]

    def _found(self, model, words):
        """:return: records that the user may read"""
        records = self.env[model]
        if not records.has_access("read"):
            return records
        domain = Domain.OR(Domain(name, "ilike", words) for name in SEARCHED[model])
        if sum(map(str.isdigit, words)) >= LEAST_DIGITS:
            domain |= Domain("phone_mobile_search", "ilike", words)
        return records.search(domain, limit=MOST_FOUND)

    def _found_lead(self, lead):
        name = names.person_and_company(lead.contact_name, lead.partner_name or lead.partner_id.commercial_company_name)
        details = (lead.name if name else "", lead.phone or lead.email_from)
        return {"model": "crm.lead", "id": lead.id, "name": name or lead.name, "detail": " · ".join(filter(None, details))}

    def _found_partner(self, partner):
        person = "" if partner.is_company else partner.name
        name = names.person_and_company(person, partner.commercial_company_name)
        return {
            "model": "res.partner",
            "id": partner.id,
            "name": name or partner.display_name,
            "detail": partner.phone or partner.email or "",
        }

    @api.model
    @takes(model=choice(*SEARCHED), res_id=one_id())
    def log_form(self, model, res_id):
        """:return: dict: ``questions``: what an outcome of a call with this client asks, as :meth:`touch.touch.questions` tells it
        :raise AccessError: if the user may not see the client or work touches
        """
        touches = self.env["touch.touch"]
        touches.check_access("write")
        client = self.env[model].browse(res_id).exists()
        if not client:
            raise AccessError(self.env._("This client was deleted, or is not yours to see."))
        client.check_access("read")
        run = touches._runs_of(client).get(client)
        # a touch that is only thought of: which ladder its client is on
        thought = touches.new({"cadence_id": run.cadence_id.id if run else False, "purpose": "warming", "channel": "call"})
        return {"questions": thought._questions()[thought]}
