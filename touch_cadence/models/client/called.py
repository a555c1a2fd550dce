from ...method.client import names


def client_name(lead, partner):
    """:return: who a client is: person and company. The deal's title says it only where neither is known."""
    person = (not partner.is_company and partner.name) or lead.contact_name
    # a firm that nobody ticked as a company is the parent of its people all the same
    company = partner.commercial_company_name or partner.parent_id.name or lead.partner_name
    return names.person_and_company(person, company) or lead.display_name or partner.display_name or ""
