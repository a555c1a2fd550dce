from odoo import api, fields, models
from odoo.exceptions import UserError

from ...method.plan import come_back
from ..base.arguments import takes, text
from ..base.rooms import shared

# letters of an item's name
NAME_LENGTH = 200


class TouchObstacle(models.Model):
    """What stands behind "not now" (R46)."""

    _name = "touch.obstacle"
    _description = "Obstacle"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("money", "No money yet"),
            ("time", "No time"),
            ("item", "Item not available"),
            ("unsure", "Unsure what fits"),
            ("ask", "Must ask somebody"),
            ("supplier", "Has another supplier"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
        help="Item not available: the salesperson says which item, and the client is told first when it arrives.",
    )
    days = fields.Integer(
        string="Days until Coming Back",
        default=30,
        help="When to come back where the client names no day. 0: the cadence continues as planned.",
    )

    _bounds = models.Constraint(
        "CHECK(days BETWEEN 0 AND 1000 AND sequence BETWEEN -1000000 AND 1000000)",
        "The days until coming back go from 0 to 1,000, and the order from -1,000,000 to 1,000,000.",
    )

    @shared
    def _proposed(self, said, item):
        """:param said: the day on which the client said it
        :param item: whether the client waits for an item
        :return: the day to come back where nobody named one; False for none"""
        return come_back.proposed(said, self.days, item) or False if self else False


class TouchItem(models.Model):
    """What clients wait for (R57): a product, a model, a size, in the words of the salespeople."""

    _name = "touch.item"
    _inherit = ["touch.company.mixin"]
    _description = "Item that Clients Wait for"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: every company may use it.")

    _length = models.Constraint(f"CHECK(length(name) <= {NAME_LENGTH})", f"The name of an item has {NAME_LENGTH} letters at most.")
    # a second one would split the list: who waits for it is not told when the first arrives
    _name_uniq = models.UniqueIndex(
        "(lower(name), COALESCE(company_id, 0)) WHERE active", "An item of this name is there already: clients wait for one of them."
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._in_order(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._in_order(vals))

    @api.model
    def _in_order(self, vals):
        """:return: the values, without spaces too many in the name"""
        return {**vals, "name": " ".join(vals["name"].split())} if isinstance(vals.get("name"), str) else vals

    @api.model
    @takes(name=text())
    def name_create(self, name):
        """A salesperson names what the client waits for. One of that name that is there already is taken.

        :raise UserError: for a name that is empty or too long
        :raise AccessError: for who may not work touches
        """
        self.env["touch.touch"].check_access("write")
        name = " ".join(name.split())
        if not name or len(name) > NAME_LENGTH:
            raise UserError(self.env._("Name the item in 1 to %(most)s letters.", most=NAME_LENGTH))
        found = self.search([("name", "=ilike", name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_"))], limit=1)
        # sudo: salespeople have no right on the list of items, but may name one for their own company
        found = found or self.sudo().create({"name": name, "company_id": self.env.company.id})
        return found.id, found.name
