from dataclasses import replace

from odoo import api, models
from odoo.exceptions import UserError

from ...method.plan.channels import BUILT_IN
from ..base.arguments import shown
from ..base.rooms import shared


class TouchChannel(models.AbstractModel):
    """The channels there are: the one place that asks, and the door for channels of other addons.

    A channel that is agreed first (a meeting) is never planned in turn: a step that names it asks for it (:meth:`_agreed`).

    A channel of another addon has its name among the choices of ``mail.activity.type.touch_channel`` (``selection_add``), an activity type,
    and its line in :meth:`_channels`. Where a touch is prepared before it goes out, it has a line in :meth:`_buttons` and a method
    ``touch.touch._prepare_<code>``.
    """

    _name = "touch.channel"
    _description = "Channels of Touches"

    @api.model
    @shared
    def _channels(self):
        """:return: {code: ``method.plan.channels.Channel``}"""
        return BUILT_IN

    @api.model
    @shared
    def _channels_with_rules(self, types):
        """:param types: {channel: activity type}
        :return: as :meth:`_channels`, with the rules that these types have for tries that did not get through"""
        return {code: replace(one, **types[code]._touch_retry()) if code in types else one for code, one in self._channels().items()}

    @api.model
    @shared
    def _agreed(self):
        """:return: codes of the channels by which clients are touched only once they agreed to it"""
        return frozenset(code for code, channel in self._channels().items() if channel.agreed)

    @api.model
    def _selection(self):
        """:return: codes and names, in the user's language, as a selection field has them"""
        return self.env["mail.activity.type"]._fields["touch_channel"]._description_selection(self.env)

    @api.model
    @shared
    def _check_known(self, codes):
        """Odoo looks at no choice of a selection that is asked for when it is needed.

        :raise UserError: for a code that is no channel
        """
        names = dict(self._selection())
        for wrong in (code for code in codes if code and str(code) not in names):
            known = ", ".join(names.values())
            raise UserError(self.env._("There is no channel %(channel)s: choose %(names)s.", channel=shown(wrong), names=known))

    @api.model
    @shared
    def _buttons(self):
        """:return: {code: the button on the desk that calls ``_prepare_<code>``: its icon, its name, and which fields of the card it needs;
        ``visible``: the user must have access to the client's record}"""
        return {
            "email": {"icon": "fa-envelope", "name": self.env._("Write the mail"), "needs": ["visible", "email"]},
            "sms": {"icon": "fa-commenting", "name": self.env._("Write the text message"), "needs": ["visible", "dial"]},
            "letter": {"icon": "fa-print", "name": self.env._("Print the letter"), "needs": []},
            "meeting": {"icon": "fa-calendar", "name": self.env._("Make an appointment"), "needs": ["visible"]},
        }
