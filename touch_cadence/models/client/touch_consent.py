from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ...method.client import consent
from ...method.listen import opt_out
from ..base.arguments import single, takes
from ..base.names import SALES
from ..base.rooms import shared

CHANNELS = [(consent.EMAIL, "Email"), (consent.TEXT, "Text messages"), (consent.CALL, "Calls"), (consent.PAPER, "Letters")]
STATES = [(consent.REFUSED, "Refused"), (consent.ALLOWED, "Allowed")]
BASES = [("consent", "Consent"), ("contract", "Contract"), ("interest", "Legitimate interest")]
BASIS_HELP = "Why we may write or call, where the client allowed it."
SOURCES = [("hand", "Said to us"), ("link", "Link in a mail"), ("text", "Text message"), ("list", "Imported list")]


class TouchConsent(models.Model):
    """What clients allowed and refused, by channel (R44, R55). The last word of each channel counts, for every company. Methods add rows; none is
    changed or taken back, so that one can show what was said when.

    *Wants No Contact* closes a whole client at once; a blacklist closes an address or a number, whoever has it.
    """

    _name = "touch.consent"
    _inherit = ["touch.guarded.mixin"]
    _description = "Client's Wish"
    _order = "date DESC, id DESC"

    partner_id = fields.Many2one("res.partner", string="Contact", readonly=True, index="btree_not_null", ondelete="cascade")
    lead_id = fields.Many2one("crm.lead", string="Deal", readonly=True, index="btree_not_null", ondelete="cascade")
    channel = fields.Selection(CHANNELS, readonly=True, help="Empty: every channel.")
    state = fields.Selection(STATES, string="Wish", required=True, readonly=True)
    date = fields.Datetime(string="Said on", required=True, readonly=True, default=fields.Datetime.now)
    source = fields.Selection(SOURCES, string="How We Know", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Entered by", readonly=True, ondelete="set null")
    basis = fields.Selection(BASES, string="Legal Basis", readonly=True, help=BASIS_HELP)
    note = fields.Char(string="In the Client's Words", readonly=True)

    _of_a_client = models.Constraint("CHECK(partner_id IS NOT NULL OR lead_id IS NOT NULL)", "A wish is a contact's or a deal's.")
    _why_allowed = models.Constraint(
        "CHECK(state <> 'allowed' OR (note <> '') IS TRUE)", "Say why the client may be contacted again: who said it, and when."
    )

    @api.depends("channel", "state")
    def _compute_display_name(self):
        for wish in self:
            wish.display_name = wish._said()

    @shared
    def _said(self):
        """:return: the wish in words"""
        channels, states = (dict(self._fields[name]._description_selection(self.env)) for name in ("channel", "state"))
        return f"{channels.get(self.channel) or self.env._('Every channel')}: {states.get(self.state, '')}"

    @shared
    @api.model
    def _note_wish(self, clients, channel, state, source, note=False, basis=False):
        """Keep what clients said, where it says something new.

        :param clients: contacts or deals
        :param channel: of ``consent.KINDS``, False for every one
        :param state: ``refused`` or ``allowed``
        :param source: how we know
        :param note: in the client's words
        :return: the new rows
        """
        field = "lead_id" if clients._name == "crm.lead" else "partner_id"
        owners = {client: self._owner(client) for client in clients}
        known = self._refused_kinds(owners.values())
        kinds = frozenset((channel,) if channel else consent.KINDS)
        new = [one for one, its in owners.items() if (kinds - known[its] if state == consent.REFUSED else kinds & known[its])]
        said = {"channel": channel or False, "state": state, "source": source, "note": note, "basis": basis, "user_id": self.env.uid}
        return self.create([{**said, field: client.id} for client in new])

    @shared
    @api.model
    def _owner(self, client):
        """:return: (deal's id, contact's id), False for what there is none of; a deal's wishes are its contact's, too"""
        return (client.id, client.partner_id.id) if client._name == "crm.lead" else (False, client.id)

    @shared
    @api.model
    def _said_by(self, client):
        """:return: the wishes of a deal or contact that the caller may ask about, the latest first"""
        lead, partner = self._owner(client)
        of_lead = Domain("lead_id", "=", lead) if lead else Domain.FALSE
        return self.search(of_lead | (Domain("partner_id", "=", partner) if partner else Domain.FALSE))

    @shared
    @api.model
    def _refused_kinds(self, owners):
        """:param owners: as :meth:`_owner` gives them
        :return: {owner: frozenset of the kinds of channels that the client refuses}"""
        owners = set(owners)
        leads, partners = ([owner[place] for owner in owners if owner[place]] for place in (0, 1))
        self.flush_model()
        # SQL: read for every client that the planner decides for; ids are its own
        rows = self.env.execute_query(
            SQL(
                """SELECT lead_id, partner_id, COALESCE(channel, ''), state, date, id FROM touch_consent
                    WHERE lead_id = ANY(%s) OR partner_id = ANY(%s)""",
                leads,
                partners,
            )
        )
        of_lead, of_partner = defaultdict(set), defaultdict(set)
        for lead, partner, *said in rows:
            word = consent.Word(*said)
            if lead:
                of_lead[lead].add(word)
            if partner:
                of_partner[partner].add(word)
        none = frozenset()
        return {(lead, partner): consent.refused(of_lead.get(lead, none) | of_partner.get(partner, none)) for lead, partner in owners}

    @api.model
    def on_text(self, number, text):
        """A client answered a text message: STOP and its forms refuse further ones, START allows them again (R44). For bridges to providers that
        hand over what came in.

        :param number: of the client, as the provider sends it
        :param text: what the client wrote
        :return: ``stop``, ``start``, or empty: it says something else, and a person reads it
        :raise AccessError: unless the caller has all rights
        """
        if not self.env.su:
            raise AccessError(self.env._("Text messages are handed over by the bridge to their provider."))
        if said := opt_out.on_text(text):
            state = consent.REFUSED if said == opt_out.STOP else consent.ALLOWED
            for model in ("res.partner", "crm.lead"):
                self._note_wish(self._of_number(model, number), consent.TEXT, state, "text", text)
        return said

    @api.model
    def _of_number(self, model, number):
        """:return: the contacts or deals, archived ones included, whose number it is"""
        records = self.env[model].with_context(active_test=False)
        known = {number, records._phone_format(number=number)} - {False, None, ""}
        return records.search(Domain("phone_sanitized", "in", list(known)))


class TouchClientMixin(models.AbstractModel):
    _inherit = "touch.client.mixin"

    touch_refused = fields.Char(string="Refuses", groups=SALES, compute="_compute_touch_refused")

    def _compute_touch_refused(self):
        """The channels that a client refuses, in words."""
        wishes = self.env["touch.consent"].sudo()  # sudo: a client's wish binds whoever may read the client
        owners = {client: wishes._owner(client._origin) for client in self}
        known = wishes._refused_kinds(owners.values())
        names = self.env["touch.consent"]._fields["channel"]._description_selection(self.env)
        for client, owner in owners.items():
            client.touch_refused = ", ".join(name for kind, name in names if kind in known[owner])

    @takes(self=single())
    def action_touch_wish(self):
        """:return: the dialog that shows what this client allowed and refused, and takes a new wish"""
        self.check_access("write")
        field = "lead_id" if self._name == "crm.lead" else "partner_id"
        return self._touch_wizard("touch.wish", self.env._("What the Client Wants"), {f"default_{field}": self.id})


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _merge_dependences(self, opportunities):
        """What was said on the merged deals binds this one."""
        result = super()._merge_dependences(opportunities)
        wishes = self.env["touch.consent"].sudo().search([("lead_id", "in", opportunities.ids)])  # sudo: of any rep
        wishes.lead_id = self
        return result
