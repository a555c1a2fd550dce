from odoo import models
from odoo.addons.iap.tools import iap_tools
from odoo.fields import Domain

from ...method.client import look_alikes
from ...method.plan.facts import UNDER_WAY
from ..base.system import as_system

# people who are named for one company or address; the count says how many more there are
MOST_NAMED = 8


class TouchCadence(models.Model):
    """Deals and contacts that may be one person's, by the same mail address or phone number as Odoo's own similar leads compares them."""

    _inherit = "touch.cadence"

    def _look_alikes(self, clients, leaving=None, once_an_address=False):
        """Find who is one person among those that are to be enrolled, and what is under way: the one place for it, for a person who enrols and
        for the rules of the night. A contact gives way to a deal; a deal gives way to other deals only, since deals are sold to before contacts are
        cared for. Where each deal is worked on its own that is meant, and only contacts are compared.

        :param leaving: enrolments that are about to give their places up
        :param once_an_address: of those who share an address one is worked
        :return: ``look_alikes.LookAlikes``, by ids of contacts, and minus the ids of deals
        """
        its = self._compared(clients)
        held = [one for model in dict.fromkeys(("crm.lead", clients._name)) for one in self._held_like(its, model, leaving)]
        return look_alikes.group([*map(self._as_deal, its), *held], once_an_address)

    def _compared(self, clients):
        """:return: those of whom it is asked whether they are one person's, with all rights"""
        its = clients.with_env(as_system(self.env))
        if its._name != "crm.lead":
            return its
        usual = (self.company_id or self.env.company).with_env(its.env)
        return its.filtered(lambda one: not (one.company_id or usual).touch_per_deal)

    def _held_like(self, its, model, leaving=None):
        """:return: list of ``look_alikes.Deal``: deals or contacts that are under way, and share an address with one of these"""
        emails, phones = (sorted(set(filter(None, its.mapped(name)))) for name in ("email_normalized", "phone_sanitized"))
        if not emails and not phones:
            return []
        usual = (self.company_id or self.env.company).with_env(its.env)
        same = Domain("email_normalized", "in", emails) | Domain("phone_sanitized", "in", phones)
        runs = Domain("state", "in", UNDER_WAY) & Domain("company_id", "in", (its.company_id | usual).ids)
        runs &= Domain("id", "not in", leaving.ids if leaving else [])
        runs &= Domain("company_id.touch_per_deal", "=", False) if model == "crm.lead" else Domain("lead_id", "=", False)
        held = its.env[model].with_context(active_test=False).search(same & Domain("enrollment_ids", "any", runs))
        return [self._as_deal(one, held=True) for one in held if model != its._name or one not in its]

    def _as_deal(self, client, held=False):
        person, company, domain, its = self._of_lead(client) if client._name == "crm.lead" else self._of_contact(client)
        return look_alikes.Deal(
            email=client.email_normalized or None,
            phone=client.phone_sanitized or None,
            person=person or None,
            company=company or None,
            domain=domain if (domain or "").startswith("@") else None,
            client=client._touch_contacts().commercial_partner_id.id or None,
            opened=client.create_date.timestamp() if client.create_date else 0,
            held=held,
            **its,
        )

    def _of_lead(self, lead):
        """:return: person, company, domain of the mail address, and what else is a deal's own"""
        contact = lead.partner_id
        person = lead.contact_name or (not contact.is_company and contact.name)
        company = lead.partner_name or contact.commercial_company_name
        # not the probability: Odoo reckons it anew for every deal, and nobody sees why one is further
        return person, company, lead.email_domain_criterion, {"id": -lead.id, "stage": lead.stage_id.sequence}

    def _of_contact(self, contact):
        """:return: as :meth:`_of_lead`"""
        person = not contact.is_company and contact.name
        domain = iap_tools.mail_prepare_for_domain_search(contact.email_normalized)
        alone = not contact.is_company and contact.commercial_partner_id == contact
        return person, contact.commercial_company_name, domain, {"id": contact.id, "alone": alone}

    def _visible(self, keys):
        """:param keys: ids as :meth:`_look_alikes` gives them
        :return: {key: deal or contact}, of those that the user may read"""
        leads = self.env["crm.lead"].browse(-key for key in keys if key < 0)._filtered_access("read")
        contacts = self.env["res.partner"].browse(key for key in keys if key > 0)._filtered_access("read")
        return {-lead.id: lead for lead in leads} | {contact.id: contact for contact in contacts}

    def _say_twins(self, verdicts):
        """:return: sentences, one for each person of whom several deals or contacts were chosen; what the user may not read is not named"""
        twins = {client: one.twin for client, one in verdicts.items() if one.twin}
        visible = self._visible({twin.of for twin in twins.values()})
        by_worked = {}
        for client, twin in twins.items():
            by_worked.setdefault(twin, []).append(client)
        return [self._say_twin(visible.get(twin.of, self.browse()), its, twin.why) for twin, its in by_worked.items()]

    def _say_beside(self, clients):
        """:return: sentences, one for each deal without a contact whose person is in a cadence as a contact, too; of contacts that the user may
        read"""
        if clients._name != "crm.lead":
            return []
        its = self._compared(clients.filtered(lambda lead: not lead.partner_id))
        twins = look_alikes.group([*map(self._as_deal, its), *self._held_like(its, "res.partner")]).twins
        contacts = self._visible({twin.of for twin in twins.values() if twin.of > 0})
        return [
            self.env._(
                "%(contact)s is in a cadence as a contact: name the contact on “%(deal)s”, and the deal goes first.",
                contact=contacts[twin.of].display_name,
                deal=clients.browse(-key).display_name,
            )
            for key, twin in twins.items()
            if twin.of in contacts
        ]

    def _say_twin(self, worked, others, why):
        is_contact = others[0]._name == "res.partner"
        names = [name for one in [worked, *others] if one and (name := one.name if one._name == "res.partner" else one.contact_name)]
        values = {
            "person": max(names, key=len, default="") or others[0].email_normalized or others[0].phone or others[0].display_name,
            "worked": worked.display_name,
            "others": ", ".join(f"“{one.display_name}”" for one in others),
        }
        if not worked:
            return self.env._("%(person)s is worked by a colleague already. Left out: %(others)s.", **values)
        if why == look_alikes.HELD:
            return self.env._("%(person)s is in a cadence already, with “%(worked)s”. Left out: %(others)s.", **values)
        if is_contact:
            return self.env._(
                "%(person)s was entered several times: “%(worked)s” is older and is enrolled. Left out: %(others)s.", **values
            )
        if why == look_alikes.FURTHER:
            return self.env._("%(person)s has several deals: “%(worked)s” is further and is enrolled. Left out: %(others)s.", **values)
        return self.env._("%(person)s has several deals: “%(worked)s” is older and is enrolled. Left out: %(others)s.", **values)

    def _say_shared(self, alike, fit):
        """:return: sentences about different people who share an address, and people of one company; of those that the user may read"""
        named = {-one.id if one._name == "crm.lead" else one.id: one for one in fit}
        shared, companies = [], []
        for address, ids in alike.shared.items():
            its = [named[id_] for id_ in ids if id_ in named]
            if len(its) > 1:
                shared.append(self.env._("%(address)s: %(clients)s", address=address, clients=self._say_people(its)))
        for company, ids in alike.companies.items():
            its = [named[id_] for id_ in ids if id_ in named]
            if len(its) > 1:
                # firms of one domain may be named differently: none of them speaks for all
                names = {one.partner_name if one._name == "crm.lead" else one.commercial_company_name for one in its}
                label = (len(names) == 1 and names.pop()) or company.lstrip("@")
                companies.append(self.env._("%(company)s: %(clients)s", company=label, clients=self._say_people(its)))
        return shared, companies

    def _say_people(self, clients):
        names = [one.contact_name if one._name == "crm.lead" else "" for one in clients]
        people = [f"{name} (“{one.display_name}”)" if name else f"“{one.display_name}”" for name, one in zip(names, clients)]
        if len(people) <= MOST_NAMED:
            return ", ".join(people)
        return self.env._("%(named)s and %(count)s more", named=", ".join(people[:MOST_NAMED]), count=len(people) - MOST_NAMED)
