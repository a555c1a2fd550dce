import logging

from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ...method.client import merging as method_merging
from ..base.arguments import single, takes
from ..base.inside import says
from ..base.names import MANAGER, SALES
from ..base.rooms import shared
from ..base.system import as_system
from ..base.touch_guarded_mixin import own_defaults

_logger = logging.getLogger(__name__)

TEMPERATURE_SELECTION = [("cold", "Cold"), ("warm", "Warm"), ("hot", "Hot")]
POTENTIAL_SELECTION = [("low", "Low"), ("standard", "Standard"), ("high", "High")]
# letters of a name that a sentence repeats
MOST_NAME = 80


class TouchClientMixin(models.AbstractModel):
    """What contacts and leads have in common as clients: how warm they are, what they could bring, and their touches.

    A client's touches are those of the whole company, so that whoever opens one of its contacts sees them all.
    """

    _name = "touch.client.mixin"
    _description = "Client of Touches"

    # a change of these may change the decision about the client
    _touch_review_fields = {"active", "user_id", "potential", "temperature", "phone"}

    temperature = fields.Selection(
        TEMPERATURE_SELECTION, groups=SALES, default="cold", tracking=True, help="How near the client is to buying."
    )
    temperature_date = fields.Date(string="Temperature since", groups=SALES, readonly=True, copy=False, default=fields.Date.context_today)
    temperature_by_hand = fields.Boolean(
        groups=SALES, readonly=True, copy=False, help="Somebody set the temperature: it stays when the decision window is over."
    )
    # a copy is another client or deal, which nobody has judged
    potential = fields.Selection(
        POTENTIAL_SELECTION, groups=SALES, copy=False, help="How much the client could ever bring. Empty: not judged yet."
    )
    touch_erased_date = fields.Date(
        string="Touches Erased on",
        groups=SALES,
        readonly=True,
        copy=False,
        help="The client's data were erased on this day: rules no longer enrol this client, but people may.",
    )
    touch_tz = fields.Selection(
        _tz_get,
        string="Time Zone for Touches",
        groups=SALES,
        help="The client is contacted in the hours of this time zone. Empty: the time zone of the country.",
    )
    touch_away_until = fields.Date(
        string="Away until",
        groups=SALES,
        copy=False,
        tracking=True,
        help="The last day on which this person cannot be reached: no touch falls before it is over. An automatic answer that names a day sets it.",
    )
    touch_zone = fields.Char(string="Effective Time Zone", groups=SALES, compute="_compute_touch_zone")
    touch_ids = fields.One2many("touch.touch", groups=SALES, string="Touches", compute="_compute_touch_ids")
    touch_count = fields.Integer(string="Touches Made", groups=SALES, compute="_compute_touch_figures")
    last_touch_date = fields.Datetime(string="Last Touch", groups=SALES, compute="_compute_touch_figures", search="_search_last_touch_date")
    next_touch_date = fields.Date(string="Next Touch", groups=SALES, compute="_compute_touch_figures", search="_search_next_touch_date")
    next_touch_why = fields.Text(string="What Happens Next", groups=SALES, compute="_compute_next_touch_why")

    _touch_away = models.Constraint(
        "CHECK(touch_away_until BETWEEN '1900-01-01' AND '2100-12-31')", "The last day of an absence lies between 1900 and 2100."
    )

    @api.model
    @shared
    def _touch_personal_fields(self):
        """:return: set of the fields of other addons that say who a client is or how to reach him: exported and erased with ours"""
        return set()

    @api.model
    def _touch_fields_to_review(self):
        """:return: names of fields of which a change may change the decision about the client; other addons add theirs"""
        return self._touch_review_fields

    @shared
    def _touch_contacts(self):
        """:return: the contacts of these leads, empty for a lead without one; contacts are their own"""
        return self.partner_id if self._name == "crm.lead" else self

    def _touch_owners(self):
        """Under what a client's touches are found: the company, or the lead itself while nobody knows whose it is.

        :return: {client: (field of ``touch.touch``, id)}
        """
        partners = {client: client._touch_contacts() for client in self}
        return {
            client: ("commercial_partner_id", partner.commercial_partner_id.id) if partner.id else ("lead_id", client.id)
            for client, partner in partners.items()
        }

    def _touch_domain(self):
        """:return: the touches (or enrolments) of these clients"""
        owners = self.sudo()._touch_owners().values()  # sudo: ids only
        return Domain.OR(
            Domain(field, "in", [id_ for of, id_ in owners if of == field]) for field in ("commercial_partner_id", "lead_id")
        ) & Domain("company_id", "in", self.env.companies.ids)

    def _compute_touch_ids(self):
        # what the planner took back was nobody's doing
        touches = self.env["touch.touch"].search(self._touch_domain() & Domain("withdrawn", "!=", True))
        grouped = {field: touches.grouped(field) for field in ("commercial_partner_id", "lead_id")}
        for client, (field, id_) in self._touch_owners().items():
            client.touch_ids = grouped[field].get(self.env[touches._fields[field].comodel_name].browse(id_), touches.browse())

    @api.depends("touch_tz")
    def _compute_touch_zone(self):
        system = as_system(self.env)
        known = self.with_env(system)
        is_lead = self._name == "crm.lead"
        names = system["touch.client"]._client_zones([(one, one.partner_id) if is_lead else (known.env["crm.lead"], one) for one in known])
        for client, name in zip(self, names):
            company = client.company_id or self.env.company
            client.touch_zone = name or str(company._touch_clock())

    def _compute_touch_figures(self):
        touches = self.env["touch.touch"].sudo()  # sudo: figures only, so that a colleague's touches count
        owners = self._touch_owners()
        figures = {}
        for owner in {field for field, _id in owners.values()}:
            domain = self._touch_domain() & Domain(owner, "!=", False)
            for record, count, last in touches._read_group(domain & Domain("state", "=", "done"), [owner], ["__count", "date_done:max"]):
                figures[owner, record.id] = (count, last, False)
            for record, upcoming in touches._read_group(domain & Domain("state", "=", "planned"), [owner], ["date_deadline:min"]):
                figures[owner, record.id] = (*figures.get((owner, record.id), (0, False))[:2], upcoming)
        for client, owner in owners.items():
            client.touch_count, client.last_touch_date, client.next_touch_date = figures.get(owner, (0, False, False))

    def _search_last_touch_date(self, operator, value):
        self._check_field_access(self._fields["last_touch_date"], "read")  # a domain asks for it where the field is stored only
        return self._search_touches(Domain("state", "=", "done"), "date_done", operator, value)

    def _search_next_touch_date(self, operator, value):
        self._check_field_access(self._fields["next_touch_date"], "read")  # as above
        return self._search_touches(Domain("state", "=", "planned"), "date_deadline", operator, value)

    def _search_touches(self, domain, field, operator, value):
        domain &= Domain("company_id", "in", self.env.companies.ids)
        if operator == "in" and False in value:  # "not set"
            return ~self._search_touches(domain, field, "!=", False)
        touches = self.env["touch.touch"].sudo()._search(domain & Domain(field, operator, value))  # sudo: as the figures themselves
        companies = touches.subselect(SQL.identifier(touches.table, "commercial_partner_id"))
        if self._name == "res.partner":
            return Domain("commercial_partner_id", "in", companies)
        leads = touches.subselect(SQL.identifier(touches.table, "lead_id"))
        return Domain("partner_id.commercial_partner_id", "in", companies) | (Domain("partner_id", "=", False) & Domain("id", "in", leads))

    @shared
    def _touch_merged(self):
        """:return: {field: value} of what these records, the one that stays first, are as one client: the warmer and the judged. Read
        before they are merged; see :meth:`_touch_write_merged`."""
        temperature, since = method_merging.temperature((one.temperature, one.temperature_date) for one in self)
        potential, _judged_on = method_merging.potential((one.potential, None) for one in self)
        return {"temperature": temperature, "temperature_date": since, "potential": potential or False}

    @shared
    def _touch_write_merged(self, merged):
        """Write what :meth:`_touch_merged` found to the record that stays."""
        client = self.sudo()  # sudo: it stood on the records themselves, and who merges them may write none by hand
        warmer = client.temperature != merged["temperature"]
        if warmer:
            client._touch_set_temperature(merged["temperature"], "warm_merged")
        changed = {name: value for name, value in merged.items() if client[name] != value}
        if changed:
            client.write(changed)
        # the days last: writing what they date sets them to today
        dates = {name: value for name, value in merged.items() if name.endswith("_date") and client[name] != value}
        if dates:
            client.write(dates)

    def write(self, vals):
        if not self.env.su:
            self._touch_check_guarded(vals, self)
        vals = {**vals, **self._touch_set_along(vals)}
        if "temperature" in vals and not says(self.env, "touch_by_method"):
            self._track_set_log_message(self.env["touch.words"]._say([("warm_hand", {})]))
        result = super().write(vals)
        if not self._touch_fields_to_review().isdisjoint(vals):
            self.env["touch.mark"]._mark_clients(self)
        return result

    def _sms_get_recipients_info(self, force_field=False, partner_fallback=True):
        """What was prepared for a touch goes to the number by which the touch was decided."""
        result = super()._sms_get_recipients_info(force_field=force_field, partner_fallback=partner_fallback)
        if self.env.context.get("touch_prepared"):
            is_lead = self._name == "crm.lead"
            owners = {
                one.id: (one.id if is_lead else False, one._touch_contacts().id, (one.company_id or self.env.company).id) for one in self
            }
            known = self.env["touch.reach"].sudo()._read(owners.values())  # sudo: blacklists bind every rep
            for id_, owner in owners.items():
                if number := known[owner].number:
                    result[id_].update(sanitized=number, number=number, field_store=result[id_]["field_store"] or "phone")
        return result

    def web_read(self, specification):
        """A form reads the record after saving, before the transaction ends: marked enrolments are decided first."""
        self.env["touch.mark"]._decide_marked()
        return super().web_read(specification)

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        # the planner adds the followers of a whole batch itself (touch.touch._add_followers)
        if says(self.env, "touch_followers_added"):
            return True
        return super().message_subscribe(partner_ids, subtype_ids)

    # --------------------------------------------------------------
    # What nobody writes by hand
    # --------------------------------------------------------------

    @api.model
    def _touch_guarded(self):
        """:return: set of the fields of ours that only the method finds: what a form shows as read-only is so on the server, too"""
        return {name for name in self._touch_stored() if self._fields[name].readonly}

    @api.model
    def _touch_stored(self):
        """:return: set of the stored fields of ours"""
        ours = (field for field in self._fields.values() if field._modules and field._modules[0].startswith("touch_cadence"))
        return {field.name for field in ours if field.store}

    def _touch_check_guarded(self, values, before=None):
        """Refuse what a user sets by hand though only the method, or a manager, finds it.

        :param values: {field: value} of the guarded ones among these
        :param before: the records, for what stays as it is; None for new ones
        :raise AccessError: which names the field
        """
        # a potential decides over effort, experts and gates: whoever is no manager sets it by answers, or with a reason (R32)
        judged = {"potential"} if not self.env.user.has_group(MANAGER) else set()
        for name in sorted((self._touch_guarded() | judged) & set(values)):
            field = self._fields[name]
            if before is None:
                changed = values[name]
            else:
                before.check_access("write")  # first: what is read below must not be found in the cache by Odoo's own check
                value = field.convert_to_cache(values[name], self, validate=False)
                # sudo: who writes may be outside sales
                changed = any(field.convert_to_cache(one[name], one, validate=False) != value for one in before.sudo())
            if not changed:
                continue
            if name == "potential":
                text = self.env._("Judge the potential on a deal: by the marker questions, or by hand with a reason.")
            else:
                text = self.env._(
                    "“%(field)s” (%(model)s) cannot be set by hand: it follows from touches, purchases and judgements.",
                    field=field._description_string(self.env),
                    model=self.env["ir.model"]._get(self._name).name,
                )
            # of a file with a thousand rows, this one: Odoo names the first
            client = before.name if before and len(before) == 1 else values.get("name")
            said = isinstance(client, str) and client[:MOST_NAME]
            raise AccessError(self.env._("“%(client)s”: %(why)s", client=said, why=text) if said else text)

    @api.model
    def _touch_set_along(self, vals):
        """:return: {field: value} that the method sets with what a person sets: since when it is so, and that a person said so"""
        if "temperature" not in vals:
            return {}
        return {"temperature_date": fields.Date.context_today(self), "temperature_by_hand": not says(self.env, "touch_by_method")}

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = self._touch_chosen(vals_list)
        along = [self._touch_set_along(vals) for vals in vals_list]
        if self.env.su:
            return super().create([{**added, **vals} for added, vals in zip(along, vals_list)])
        return super().create([{**vals, **added} for added, vals in zip(along, vals_list)])

    @api.model
    def _touch_chosen(self, vals_list):
        """Refuse what a user sets by hand though only the method finds it. Our own defaults stand: Odoo writes them down for the contact of
        a new user, whom an administrator outside sales may make, too.

        :return: list of the values without our defaults that the user may not write; the record gets them anyway
        """
        # what a default of the caller's brings, of the context or one that he keeps, he sets by hand, too
        guarded = {*self._touch_guarded(), "potential"}
        proposed, ours = self.default_get(list(guarded)), own_defaults(self, self._touch_stored())
        for vals in [*vals_list, proposed]:
            self._touch_check_guarded({name: value for name, value in vals.items() if name not in ours or value != ours[name]})
        closed = {name: value for name, value in ours.items() if not self._has_field_access(self._fields[name], "write")}
        return [{name: value for name, value in vals.items() if name not in closed or value != closed[name]} for vals in vals_list]

    # --------------------------------------------------------------
    # Actions
    # --------------------------------------------------------------

    @takes()
    def action_touch_enroll(self):
        chosen = {"default_cadence_id": self.env.context["touch_cadence_id"]} if self.env.context.get("touch_cadence_id") else {}
        return self._touch_wizard(
            "touch.enroll", self.env._("Enrol in a Cadence"), {"default_model": self._name, "default_res_ids": self.ids, **chosen}
        )

    @takes(self=single())
    def action_touch_answer(self):
        """Open the answer to what the client wrote last: to whoever wrote it, with its subject. Sending it is a touch.

        :return: an action; the record itself, where no mail of the client's is known
        :raise AccessError: for who may not read the client
        """
        self.check_access("read")
        contact = self._touch_contacts() if self._name == "crm.lead" else self.browse()
        records = [self, *contact._filtered_access("read")]
        of = Domain.OR(Domain("model", "=", one._name) & Domain("res_id", "=", one.id) for one in records)
        # one of us may have answered by mail
        theirs = Domain("message_type", "=", "email") & (Domain("author_id", "=", False) | Domain("author_id.partner_share", "=", True))
        last = self.env["mail.message"].search(of & theirs, order="date DESC, id DESC", limit=1)
        if not last:
            return self.get_formview_action()
        record = self.env[last.model].browse(last.res_id)
        writer = last.author_id or record._partner_find_from_emails_single([last.email_from])
        subject = last.subject or last.record_name or ""
        context = {
            "default_composition_mode": "comment",
            "default_model": record._name,
            "default_res_ids": record.ids,
            "default_parent_id": last.id,
            "default_partner_ids": writer.ids,
            "default_subject": subject if subject.lower().startswith("re:") else f"Re: {subject}",
        }
        return record._touch_wizard("mail.compose.message", self.env._("Answer"), context)

    @shared
    def _touch_wizard(self, model, name, context):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [[False, "form"]],
            "view_mode": "form",
            "target": "new",
            "context": context,
        }

    @takes()
    def action_view_touches(self):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("touch_cadence.touch_touch_action_history"),
            "domain": list(self._touch_domain()),
        }
