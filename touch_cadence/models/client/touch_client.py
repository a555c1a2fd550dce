from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...method.plan import facts as method_facts
from ...method.plan import zones
from ...method.plan.facts import ACTIVE_STATES
from ..base.rooms import shared


class Subject(NamedTuple):
    """Whom to decide about: an enrolment, or (``enrollment`` 0) a client who might be enrolled."""

    enrollment: int
    client: int
    company_id: int
    cadence_id: int
    partner_id: int
    lead_id: int
    state: str
    started: object
    not_before: object
    pauses: tuple = ()
    reason_id: int = 0  # the only reason for which the client is enrolled


def past_pauses(pauses):
    """:param pauses: of a run, as they are kept
    :return: the same as the method knows them"""
    return tuple(tuple(map(fields.Date.to_date, pause)) for pause in pauses or ())


class TouchClient(models.AbstractModel):
    """Who is one client, and in which enrolments."""

    _name = "touch.client"
    _description = "Touch Client"

    @shared
    @api.model
    def _subjects_of_enrollments(self, enrollments):
        enrollments.fetch(
            [
                "client_key", "company_id", "cadence_id", "partner_id", "lead_id", "state", "date_start", "not_before", "pauses",
                "blocked_count", "user_id", "reason_id",
            ]
        )  # fmt: skip
        return [
            Subject(
                one.id, one.client_key, one.company_id.id, one.cadence_id.id, one.partner_id.id, one.lead_id.id,
                one.state, one.date_start, one.not_before or None, past_pauses(one.pauses), one.reason_id.id or 0,
            )
            for one in enrollments
        ]  # fmt: skip

    @shared
    @api.model
    def _subjects_of_clients(self, clients, cadence):
        """:return: subjects for partners or leads who might be enrolled in ``cadence``, in order"""
        is_lead = clients._name == "crm.lead"
        owners = [
            (
                (client.company_id or cadence.company_id or self.env.company).id,
                client._touch_contacts().id,
                client.id if is_lead else False,
            )
            for client in clients
        ]
        today = {id_: self.env["res.company"].browse(id_)._touch_today() for id_ in {company for company, _partner, _lead in owners}}
        return [
            Subject(0, key, company, cadence.id, partner, lead, "running", today[company], None)
            for (company, partner, lead), (key, _commercial) in zip(owners, self._client_keys(owners))
        ]

    @shared
    @api.model
    def _client_keys(self, owners):
        """Whose leads and contacts are.

        :param owners: list of (company id, partner id, lead id)
        :return: list of (client key, commercial partner's id or False). The key is one number: the commercial partner's id, or minus
            the lead's while it has no contact (or where the company works each deal on its own).
        """
        per_deal = {company.id for company in self.env["res.company"].sudo().search([("touch_per_deal", "=", True)])}  # sudo: a setting
        partners = self.env["res.partner"].sudo().browse({partner for _company, partner, _lead in owners if partner})  # sudo: ids only
        commercial = {partner.id: partner.commercial_partner_id.id for partner in partners}
        return [
            (-lead if lead and (not partner or company in per_deal) else commercial[partner], commercial.get(partner, False))
            for company, partner, lead in owners
        ]

    @shared
    @api.model
    def _active_by_client(self, keys, states=method_facts.ACTIVE_STATES):
        """:param keys: (company id, client key) pairs
        :return: {(company id, client key): enrolment} of those pairs that have one in ``states``"""
        found = self.env["touch.enrollment"].search(
            [
                ("company_id", "in", list({company for company, _key in keys})),
                ("client_key", "in", list({key for _company, key in keys})),
                ("state", "in", states),
            ]
        )
        return {(one.company_id.id, one.client_key): one for one in found}

    # --------------------------------------------------------------
    # How warm, and of what potential: said once for records and once for queries (TestStanding tries that both say the same)
    # --------------------------------------------------------------

    @shared
    @api.model
    def _standing(self, lead, partner):
        """What counts as the temperature and the potential of a client: the deal's own, else the contact's; a potential is the company's,
        too.

        :param lead, partner: records, each may be empty
        :return: temperature and potential as the method knows them
        """
        potential = lead.potential or partner.potential or partner.commercial_partner_id.potential
        return self._standing_of_row(lead.temperature or partner.temperature, potential)

    @shared
    @api.model
    def _standing_sql(self, owner):
        """The same for a query; :meth:`_standing_of_row` reads what it finds.

        :param owner: alias of a table that has ``lead_id`` and ``partner_id``
        :return: SQL of the temperature, of the potential, and of the joins that both need
        """
        for model in ("crm.lead", "res.partner"):
            self.env[model].flush_model(["temperature", "potential", *(["commercial_partner_id"] if model == "res.partner" else [])])
        joins = SQL(
            """LEFT JOIN crm_lead its_lead ON its_lead.id = %s
               LEFT JOIN res_partner its_contact ON its_contact.id = %s
               LEFT JOIN res_partner its_company ON its_company.id = its_contact.commercial_partner_id""",
            SQL.identifier(owner, "lead_id"),
            SQL.identifier(owner, "partner_id"),
        )
        return (
            SQL("COALESCE(its_lead.temperature, its_contact.temperature)"),
            SQL("COALESCE(its_lead.potential, its_contact.potential, its_company.potential)"),
            joins,
        )

    @shared
    @api.model
    def _standing_of_row(self, temperature, potential):
        """:return: what was found, as the method knows it"""
        return method_facts.as_temperature(temperature), method_facts.as_potential(potential)

    @shared
    @api.model
    def _client_zones(self, owners):
        """By which clocks clients live (R44), as :func:`zones.of_client` says.

        :param owners: list of (lead, contact), each may be empty
        :return: a zone's name each, None where nothing is known
        """
        contacts = self.env["res.partner"].union(*(contact for _lead, contact in owners))
        # who logs in has told the own zone: until then the contact's is that of whoever entered it
        logins = (
            self.env["res.users"].sudo().search([("partner_id", "in", contacts._origin.ids), ("login_date", "!=", False)])
        )  # sudo: of clients
        own = {user.partner_id.id: user.tz for user in logins}
        result = []
        for lead, contact in owners:
            client = contact.commercial_partner_id
            country = contact.country_id or client.country_id or lead.country_id
            chosen = (lead.touch_tz, contact.touch_tz, client.touch_tz)
            result.append(zones.of_client(chosen, country.code, own.get(contact._origin.id), contact.tz))
        return result

    @shared
    @api.model
    def _enrollments_of(self, clients, states=ACTIVE_STATES):
        """:return: the enrolments of partners (with all of their companies' contacts) or leads that are in ``states``"""
        if not self.env["touch.presence"]._in_use():
            return self.env["touch.enrollment"].sudo()  # sudo: empty, and as the other answer
        field = "lead_id" if clients._name == "crm.lead" else "partner_id"
        domain = Domain(field, "in", clients.ids)
        if field == "partner_id":
            domain |= Domain("commercial_partner_id", "in", clients.ids)
        # sudo: what happens to a client reaches the enrolments of every rep
        return self.env["touch.enrollment"].sudo().search(domain & Domain("state", "in", states))
