from ..base.rooms import shared

try:
    import phonenumbers
except ImportError:  # optional, as for Odoo: without it a number is dialled as it is written
    phonenumbers = None
from odoo import api, models
from odoo.tools import SQL

from ...method.client import reach


def emails_of(lead, partner):
    """:return: the mail addresses of a client, each once: the deal's own, then the contact's; either may be empty"""
    return list(dict.fromkeys([*reach.emails(lead.email_from), *reach.emails(partner.email)]))


class TouchReach(models.AbstractModel):
    """The numbers and addresses of clients. Only this model reads them, so that deciding, showing, dialling and writing use the same
    ones."""

    _name = "touch.reach"
    _description = "Channels Open to Clients"

    @shared
    @api.model
    def _read(self, owners):
        """Read what is known of clients and open to them: first the lead's own, then the contact's.

        Numbers are read with the country of the contact, else of its company, the lead, our company: a lead's number is mostly its contact's.
        Whatever stands on a blacklist is left out (invariant 2), and an address that takes no mail.

        :param owners: (lead id, partner id, company id), False for what there is none of
        :return: {owner: ``method.client.reach.Reach``}
        """
        owners = set(owners)
        leads = self.env["crm.lead"].browse({lead for lead, _partner, _company in owners if lead})
        partners = self.env["res.partner"].browse({partner for _lead, partner, _company in owners if partner})
        names = ["phone", "phone_sanitized", "country_id", "street", "city", "website"]
        leads.fetch([*names, "email_from"])
        partners.fetch([*names, "email", "commercial_partner_id"])
        numbers, emails = {}, {}
        for owner in owners:
            lead, partner = leads.browse(owner[0] or ()), partners.browse(owner[1] or ())
            company = self.env["res.company"].browse(owner[2] or ())
            countries = [partner.country_id, partner.commercial_partner_id.country_id, lead.country_id, company.country_id]
            country = next(filter(None, countries), partner.country_id)
            numbers[owner] = [number for record in (lead, partner) for number in self._numbers(record, country)]
            emails[owner] = emails_of(lead, partner)
        closed = self._closed_ways(
            {email for known in emails.values() for email in known},
            {number.dial for known in numbers.values() for number in known} - {""},
        )
        result = {}
        for owner in owners:
            lead, partner = leads.browse(owner[0] or ()), partners.browse(owner[1] or ())
            postal = next((name for name, one in (("contact", partner), ("lead", lead)) if self._is_postal(one)), "")
            website = reach.is_site(lead.website) or reach.is_site(partner.website)
            result[owner] = reach.best(numbers[owner], emails[owner], closed, postal, website)
        return result

    @api.model
    @shared
    def _needs_met(self, owners):
        """The door for channels of other addons that need more than a number, address or website of the client.

        :param owners: as for :meth:`_read`
        :return: {owner: set of needs that are met, by the words that channels name in their ``needs``}, a set for every owner
        """
        return {owner: set() for owner in owners}

    @api.model
    def _numbers(self, record, country):
        """:return: the numbers of a lead or contact, of all its fields for numbers"""
        names = record._phone_get_number_fields() if record else []

        def dial(text):
            if phonenumbers is None:
                return reach.plain(text, bool(country))
            # Odoo has read it already, where it went by the same country
            if names == ["phone"] and text == record.phone and (text.startswith("+") or (country and record.country_id == country)):
                return record.phone_sanitized or ""
            return record._phone_format_number(text, country=country) or ""

        return [number for name in names for number in reach.numbers(record[name], dial)]

    @api.model
    def _is_postal(self, record):
        return bool(record) and reach.is_known(record.street) and reach.is_known(record.city)

    @shared
    @api.model
    def _closed_ways(self, emails, numbers):
        """:return: those of the addresses and numbers that stand on a blacklist, and the addresses that take no mail"""
        self.env["mail.blacklist"].flush_model(["email", "active"])
        self.env["phone.blacklist"].flush_model(["number", "active"])
        self.env["touch.closed.address"].flush_model(["email"])
        # SQL: a search parses each number anew, and these are normalised already
        rows = self.env.execute_query(
            SQL(
                "SELECT email FROM mail_blacklist WHERE active AND email = ANY(%s)"
                " UNION ALL SELECT number FROM phone_blacklist WHERE active AND number = ANY(%s)"
                " UNION ALL SELECT email FROM touch_closed_address WHERE email = ANY(%s)",
                list(emails),
                list(numbers),
                list(emails),
            )
        )
        return {value for (value,) in rows}
