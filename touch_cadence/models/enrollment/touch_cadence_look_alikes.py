from odoo import models
from odoo.fields import Domain

from ...method.client import look_alikes
from ...method.plan.facts import UNDER_WAY
from ..base.system import as_system

# people who are named for one company or address; the count says how many more there are
MOST_NAMED = 8


class TouchCadence(models.Model):
    """Deals that may be one person's, by the same mail address or phone number as Odoo's own similar leads compares them."""

    _inherit = "touch.cadence"

    def _look_alikes(self, clients, leaving=None, once_an_address=False):
        """Find who is one person among deals that are to be enrolled, and those that are under way: the one place for it, for a person who
        enrols and for the rules of the night. Contacts are clients already, and where each deal is worked on its own that is meant.

        :param leaving: enrolments that are about to give their places up
        :param once_an_address: of those who share an address one is worked
        :return: ``look_alikes.LookAlikes``, by ids of deals
        """
        if clients._name != "crm.lead" or not clients:
            return look_alikes.LookAlikes()
        system = as_system(self.env)
        its = clients.with_env(system)
        usual = (self.company_id or self.env.company).with_env(system)
        its = its.filtered(lambda one: not (one.company_id or usual).touch_per_deal)
        emails, phones = (sorted(set(filter(None, its.mapped(name)))) for name in ("email_normalized", "phone_sanitized"))
        held = its.browse()
        if emails or phones:
            same = Domain("email_normalized", "in", emails) | Domain("phone_sanitized", "in", phones)
            runs = Domain("state", "in", UNDER_WAY) & Domain("company_id", "in", (its.company_id | usual).ids)
            runs &= Domain("id", "not in", leaving.ids if leaving else [])
            held = its.with_context(active_test=False).search(
                same & Domain("enrollment_ids", "any", runs) & Domain("id", "not in", its.ids)
            )
        return look_alikes.group([*(self._as_deal(one) for one in its), *(self._as_deal(one, held=True) for one in held)], once_an_address)

    def _as_deal(self, lead, held=False):
        contact = lead.partner_id
        return look_alikes.Deal(
            id=lead.id,
            email=lead.email_normalized or None,
            phone=lead.phone_sanitized or None,
            person=lead.contact_name or (not contact.is_company and contact.name) or None,
            company=lead.partner_name or contact.commercial_company_name or None,
            domain=lead.email_domain_criterion if (lead.email_domain_criterion or "").startswith("@") else None,
            client=contact.commercial_partner_id.id or None,
            stage=lead.stage_id.sequence + (lead.probability or 0) / 1000,
            opened=lead.create_date.timestamp() if lead.create_date else 0,
            held=held,
        )

    def _say_twins(self, verdicts):
        """:return: sentences, one for each person of whom several deals were chosen; deals that the user may not read are not named"""
        leads = self.env["crm.lead"]
        twins = {client: one.twin for client, one in verdicts.items() if one.twin}
        named = set(leads.browse({twin.of for twin in twins.values()})._filtered_access("read").ids)
        by_worked = {}
        for client, twin in twins.items():
            by_worked.setdefault(twin, []).append(client)
        return [self._say_twin(leads.browse(twin.of if twin.of in named else ()), its, twin.why) for twin, its in by_worked.items()]

    def _say_twin(self, worked, others, why):
        names = [one.contact_name for one in [worked, *others] if one.contact_name]
        values = {
            "person": max(names, key=len, default="") or others[0].email_from or others[0].phone or others[0].display_name,
            "worked": worked.display_name,
            "others": ", ".join(f"“{one.display_name}”" for one in others),
        }
        if not worked:
            return self.env._("%(person)s is worked by a colleague already, in another deal. Left out: %(others)s.", **values)
        if why == look_alikes.HELD:
            return self.env._("%(person)s is in a cadence already, with “%(worked)s”. Left out: %(others)s.", **values)
        if why == look_alikes.FURTHER:
            return self.env._("%(person)s has several deals: “%(worked)s” is further and is enrolled. Left out: %(others)s.", **values)
        return self.env._("%(person)s has several deals: “%(worked)s” is older and is enrolled. Left out: %(others)s.", **values)

    def _say_shared(self, alike, fit):
        """:return: sentences about different people who share an address, and people of one company; of deals that the user may read"""
        named = {one.id: one for one in fit}
        shared, companies = [], []
        for address, ids in alike.shared.items():
            its = [named[id_] for id_ in ids if id_ in named]
            if len(its) > 1:
                shared.append(self.env._("%(address)s: %(clients)s", address=address, clients=self._say_people(its)))
        for company, ids in alike.companies.items():
            its = [named[id_] for id_ in ids if id_ in named]
            if len(its) > 1:
                names = {one.partner_name for one in its}  # firms of one domain may be named differently: none of them speaks for all
                label = its[0].partner_name if len(names) == 1 and its[0].partner_name else company.lstrip("@")
                companies.append(self.env._("%(company)s: %(clients)s", company=label, clients=self._say_people(its)))
        return shared, companies

    def _say_people(self, leads):
        people = [f"{one.contact_name} (“{one.display_name}”)" if one.contact_name else f"“{one.display_name}”" for one in leads]
        if len(people) <= MOST_NAMED:
            return ", ".join(people)
        return self.env._("%(named)s and %(count)s more", named=", ".join(people[:MOST_NAMED]), count=len(people) - MOST_NAMED)
