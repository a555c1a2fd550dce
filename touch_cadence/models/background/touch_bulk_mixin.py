from collections import defaultdict
from itertools import islice

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from ..base.arguments import ids
from ..base.names import CLIENT_MODELS
from ..base.notification import notification
from ..base.rooms import shared
from .touch_job import AT_ONCE

# left-out clients that are named for each reason; the count says how many there are
MAX_NAMED = 50
# how a day is written where several stand side by side
DAY = "EEE d MMM"
LONG_DAY = "EEEE, d MMMM"


class TouchBulkMixin(models.AbstractModel):
    """The base of wizards for one record or many. They show how many records are included, and which are left out and why. They act at
    once on few records, and leave many to a ``touch.job``.

    A wizard implements :meth:`_exclusion_reasons` (who is left out, for preview, action and job), :meth:`_act` (the action), and :meth:`_title` and
    :meth:`_told` (its texts). Its own stored fields are kept in the job.
    """

    _name = "touch.bulk.mixin"
    _inherit = ["touch.named.mixin"]
    _description = "Action on Many Clients"

    # names of the models whose records it acts on; empty: all of its selection
    _acts_on = ()

    model = fields.Selection(CLIENT_MODELS, required=True)
    res_ids = fields.Json(required=True)
    selected_count = fields.Integer(compute="_compute_preview")
    do_count = fields.Integer(compute="_compute_preview")
    left_out_count = fields.Integer(string="Left out", compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        if not defaults.get("res_ids") and self.env.context.get("active_ids"):
            model = self.env.context.get("active_model")
            if model in self._models():
                defaults |= {"model": model, "res_ids": self._selected_ids(model)}
        return defaults

    @api.model
    def _models(self):
        """:return: list of the names of the models whose records it acts on; nothing is selected of others"""
        return list(self._acts_on or dict(self._fields["model"].selection))

    @api.model
    def _selected_ids(self, model):
        """:return: the ids selected in a list. The web client sends so many of them at most, and the domain of the list with them."""
        selected, domain = ids()(self.env, "active_ids", self.env.context["active_ids"]), self.env.context.get("active_domain")
        # sudo: a technical setting
        most = int(self.env["ir.config_parameter"].sudo().get_param("web.active_ids_limit", 20000))
        return self.env[model].search(domain).ids if domain and len(selected) >= most else selected

    # --------------------------------------------------------------
    # What a wizard says
    # --------------------------------------------------------------

    @shared
    def _exclusion_reasons(self, records):
        """:return: ({record: why it is left out}, what :meth:`_act` is done to)"""
        raise NotImplementedError

    def _act(self, fit):
        """:return: {record: why} of those whom a fault left out only now, or nothing"""
        raise NotImplementedError

    def _files(self):
        """:return: the files that came of the last :meth:`_act`: list of (name, bytes)"""
        return []

    def _title(self):
        """:return: what is done, as a name of the work"""
        raise NotImplementedError

    def _told(self, done, total):
        """:return: the sentence that tells what came of it"""
        raise NotImplementedError

    def _came_of(self, fit):
        """:return: one more sentence about what was done to these, or an empty string; and (label, address) of where one sees it, or None"""
        return "", None

    def _note(self, fit):
        """:return: one more sentence for the preview, or an empty string"""
        return ""

    def _look(self, records):
        """:return: ({record: why it is left out}, what the preview says beside that: values of its template)"""
        left_out, fit = self._exclusion_reasons(records)
        return left_out, {"note": self._note(fit)}

    def _preview_fields(self):
        """:return: what the preview depends on, beside the selection"""
        return ()

    def _check(self):
        """:raise UserError: for what is missing to act"""

    # --------------------------------------------------------------
    # Preview
    # --------------------------------------------------------------

    def _records(self):
        """:return: the selected records that the user may read. Of the others nothing is said, not even a name."""
        self.ensure_one()
        if self.model not in self._models():
            return self.env[self._models()[0]]
        named = ids()(self.env, "res_ids", self.res_ids or [])
        return self.env[self.model].browse(named).exists()._filtered_access("read")

    @api.depends(lambda self: ("model", "res_ids", *self._preview_fields()))
    def _compute_preview(self):
        for wizard in self:
            records = wizard._records()
            looked_at = records[:AT_ONCE]
            left_out, more = wizard._look(looked_at)
            wizard.selected_count = len(records)
            wizard.left_out_count = len(left_out)
            wizard.do_count = len(looked_at) - len(left_out)
            said = {
                "summary": wizard._summary(looked_at),
                "groups": wizard._groups(left_out),
                "background": len(records) > AT_ONCE,
                "nobody": not wizard.do_count,
                **more,
            }
            wizard.preview = self.env["ir.qweb"]._render("touch_cadence.touch_enroll_preview", said)

    def _groups(self, left_out):
        """:param left_out: {record: why}
        :return: rows, one for each reason, the most frequent first: how many, why, and who"""
        by_reason = defaultdict(list)
        for record, why in left_out.items():
            by_reason[why].append(record)
        return [
            {
                "count": self._number(len(records)),
                "reason": why,
                "open": len(left_out) == 1,
                "records": [{"name": one.display_name, "url": f"/odoo/{one._name}/{one.id}"} for one in records[:MAX_NAMED]],
                "more": len(records) > MAX_NAMED and self.env._("… and %(count)s more", count=self._number(len(records) - MAX_NAMED)),
            }
            for why, records in sorted(by_reason.items(), key=lambda group: -len(group[1]))
        ]

    @shared
    def _load_rows(self, loads):
        """:param loads: rows of salespeople: ``name``, ``clients``, and ``days`` as of ``workload.days``
        :return: the same as texts for the preview"""
        return [
            {
                "name": row["name"],
                "clients": self._number(row["clients"]),
                "days": [
                    {
                        "label": format_date(self.env, day.day, date_format=DAY),
                        "count": self._number(day.new + day.known),
                        "room": self._number(day.room) if day.room is not None else "",
                        "over": day.is_over,
                    }
                    for day in row["days"]
                ],
            }
            for row in loads
        ]

    def _summary(self, looked_at):
        """:return: the sentence that says for how many it will be done"""
        number = self._number
        done, left, every = number(self.do_count), number(self.left_out_count), number(self.selected_count)
        if self.selected_count == 1 and self.do_count:
            return self.env._("This will be done for %(client)s.", client=looked_at.display_name)
        if len(looked_at) < self.selected_count:
            first = number(len(looked_at))
            return self.env._("%(all)s are selected. Of the first %(first)s, %(left)s are left out.", all=every, first=first, left=left)
        if not self.do_count:
            return (
                self.env._("This cannot be done now:")
                if self.selected_count == 1
                else self.env._("This cannot be done for any of the %(all)s:", all=every)
            )
        if self.left_out_count:
            return self.env._("This will be done for %(count)s of %(all)s. Left out: %(left)s.", count=done, all=every, left=left)
        return self.env._("This will be done for %(count)s of %(all)s.", count=done, all=every)

    def _number(self, number):
        return formatLang(self.env, number, digits=0)

    # --------------------------------------------------------------
    # Acting
    # --------------------------------------------------------------

    @shared
    def _begin(self):
        """Act at once on few, in the background on many.

        :return: the action that tells what came of it
        :raise UserError: when something is missing, or nobody is left to act on
        """
        self._check()
        records = self._records()
        if not records:
            raise UserError(self.env._("You cannot see any of the selected records: they were removed, or you have no access to them."))
        if len(records) > AT_ONCE:
            job = self.env["touch.job"]._begin(self, records)
            count = self._number(job.total)
            text = self.env._("%(count)s clients are processed in the background. You can go on working. %%s", count=count)
            return notification(True, text, (self.env._("See the Progress"), f"/odoo/background-work/{job.id}"))
        left_out, fit = self._exclusion_reasons(records)
        if not fit:
            raise UserError(next(iter(left_out.values()), self.env._("This cannot be done for any of them.")))
        late = self._act(fit) or {}
        text = self._told(len(records) - len(left_out) - len(late), len(records))
        for record, why in islice(late.items(), 1):
            text = self.env._("%(text)s %(client)s: %(why)s", text=text, client=record.display_name, why=why)
        more, link = self._came_of(fit)
        text = " ".join(filter(None, (text, more)))
        return notification(True, f"{text.replace('%', '%%')} · %s", link) if link else notification(True, text)

    def _own_values(self):
        """:return: {field: value} of the wizard's own fields, such as Json can hold"""
        own = set(self._fields) - {"model", "res_ids", *models.MAGIC_COLUMNS}
        values = self._convert_to_write({name: self[name] for name in own if self._fields[name].store})
        return {name: fields.Date.to_string(value) if self._fields[name].type == "date" else value for name, value in values.items()}
