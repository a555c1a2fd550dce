from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...method.expert import level
from ..base.names import SALES
from ..base.rooms import shared

LEVEL_SELECTION = [("beginner", "Beginner"), ("experienced", "Experienced")]
ADVANCE_SELECTION = [("go", "Go on to the next touch"), ("ask", "Ask"), ("stay", "Stay with the client")]
STRENGTH_SELECTION = [("contact", "Making contact"), ("closing", "Closing"), ("product", "Knowing the product")]


def salespeople(model):
    """:return: domain of the users whom a substitute may be, for fields to choose from; :meth:`_touch_may_sell` asks one of them"""
    return [("share", "=", False), ("all_group_ids", "in", model.env.ref(SALES).ids)]


# what a colleague is good at, and how much he makes: for who leads the salespeople, and the administrator; one's own everybody may read
STAFF = "sales_team.group_sale_manager,base.group_erp_manager"


class ResUsers(models.Model):
    _inherit = "res.users"

    touch_substitute_id = fields.Many2one(
        "res.users",
        string="Substitute for Touches",
        domain=salespeople,
        groups=STAFF,
        help="Gets this user's new touches while the user is absent or archived.",
    )

    touch_strength = fields.Selection(
        STRENGTH_SELECTION,
        string="Strength",
        groups=STAFF,
        help="Clients are handed over to the colleague whose strength they need.",
    )
    touch_per_day = fields.Integer(string="Touches per Day", groups=STAFF, help="On a full working day. 0: as in the company's settings.")

    touch_level = fields.Selection(
        LEVEL_SELECTION,
        string="Level",
        groups=STAFF,
        help="Beginners work large deals with an expert. Empty: the level proposed from won deals and months.",
    )

    touch_advance = fields.Selection(
        ADVANCE_SELECTION, string="After an Outcome", required=True, default="go", help="What the desk does after an outcome is chosen."
    )

    _touch_per_day = models.Constraint("CHECK(touch_per_day BETWEEN 0 AND 1000)", "A salesperson makes 0 to 1,000 touches a day.")

    @api.constrains("touch_substitute_id")
    def _check_touch_substitute(self):
        for user in self.sudo():  # sudo: what a colleague may
            away = user.touch_substitute_id
            if away and away != user._touch_substitute():
                raise ValidationError(user.env._("%(user)s cannot be the substitute: choose a salesperson.", user=away.name))

    @shared
    def _touch_substitute(self):
        """:return: the user's substitute, if that is somebody else who may make touches; who sells no more makes none"""
        user = self.touch_substitute_id
        return user if user and user != self and user._touch_may_sell() else user.browse()

    @shared
    def _touch_may_sell(self):
        """:return: whether the user may make touches: clients' mails and deals are shown to who does"""
        self.ensure_one()
        user = self.sudo()  # sudo: what a colleague may
        return user.active and not user.share and user.has_group(SALES)

    def _touch_levels(self):
        """:return: {user id: beginner or experienced}, as the manager set it, else as proposed (R40)"""
        proposed = self.filtered(lambda user: not user.touch_level)._touch_levels_proposed()
        return {user.id: user.touch_level or proposed[user.id] for user in self}

    def _touch_levels_proposed(self):
        """:return: {user id: level} by the deals won, and the months since the first deal"""
        leads = self.env["crm.lead"].with_context(active_test=False)
        won = dict(leads._read_group([("user_id", "in", self.ids), ("won_status", "=", "won")], ["user_id"], ["__count"]))
        first = dict(leads._read_group([("user_id", "in", self.ids)], ["user_id"], ["create_date:min"]))
        now = fields.Datetime.now()
        result = {}
        for user in self:
            since = first.get(user, now)
            months = (now.year - since.year) * 12 + now.month - since.month - (now.day < since.day)
            company = user.company_id
            result[user.id] = level.propose(won.get(user, 0), months, company.touch_experienced_won, company.touch_experienced_months)
        return result

    @shared
    def _touches_per_day(self):
        """:return: touches that the user makes on a full working day; 0: no cap"""
        self.ensure_one()
        return self.touch_per_day or self.company_id.touch_per_day

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "touch_substitute_id", "touch_strength", "touch_per_day", "touch_level", "touch_advance"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "touch_substitute_id", "touch_advance"]
