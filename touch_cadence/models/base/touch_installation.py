from odoo import api, fields, models
from odoo.tools import SQL, split_every

from .rooms import shared

ADDON = "touch_cadence"
# types of activities that ask something of a person, and make no touch
ASKING = ("judge", "lost")
# our tables whose rows keep others of ours from being deleted, in the order in which they can be emptied
HOLDING = ("touch_touch", "touch_enrollment", "touch_expert_booking", "touch_expert", "touch_judgement", "touch_job")


class TouchInstallation(models.AbstractModel):
    """The addon as a guest in a database: what it adds to tables that are not its own."""

    _name = "touch.installation"
    _description = "Touch Installation"

    def init(self):
        self.env.registry.post_init(self._set_database_defaults)
        return super().init()

    @api.model
    def _added_columns(self):
        """:return: (model, field) of the columns that this addon adds to the tables of others"""
        return [
            (model, field)
            for model in self.env.values()
            if model._auto and not model._abstract and model._original_module and not model._original_module.startswith(ADDON)
            for field in model._fields.values()
            if field.store and field.column_type and (field._module or "").startswith(ADDON)
        ]

    @api.model
    def _set_database_defaults(self):
        """Give each required column that we add to a table of others a default in the database. While another addon is updated, its data
        files make users or teams in a registry that does not know our fields yet, and leave their columns out."""
        for model, field in self._added_columns():
            if field.required and field.default:
                value = field.convert_to_column_insert(field.convert_to_cache(field.default(model), model), model)
                # what our own code says is the default, written once as part of the table
                # SQL: run by an installation or update only; names and defaults are those of our code
                self.env.cr.execute(
                    SQL(
                        "ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s",
                        SQL.identifier(model._table),
                        SQL.identifier(field.name),
                        value,
                    )
                )

    # --------------------------------------------------------------
    # Leaving
    # --------------------------------------------------------------

    @shared
    @api.model
    def _leaving(self):
        """:return: {what: how many} of what uninstalling takes along or leaves behind, for the dialog and for :meth:`_leave`"""
        env = self._of_everyone()
        return {
            "activities": len(self._open_activities(env)),
            "calendars": len(self._expert_calendars(env)),
            "meetings": env["touch.expert.booking"].search_count(
                [("state", "=", "booked"), ("event_id", "!=", False), ("start", ">", fields.Datetime.now())]
            ),
            "touches": env["touch.touch"].search_count([("state", "!=", "planned")]),
        }

    @api.model
    def _leave(self):
        """What the addon put among the records of others goes with it, or becomes theirs.

        * Open activities of planned touches, and reminders to judge a deal: deleted. Done ones are history and stay.
        * Calendars of experts' windows: deleted; one that somebody uses for something else stays.
        * Meetings with experts: they were agreed on and stay, as meetings of who takes part.
        * Our activity types: deleted; one that a person uses stays as his, one that only done touches name is archived.
        """
        env = self._of_everyone()
        for batch in split_every(1000, self._open_activities(env).ids, env["mail.activity"].browse):
            batch.unlink()
        calendars = self._expert_calendars(env)
        env["touch.expert"].search([("resource_calendar_id", "!=", False)]).resource_calendar_id = False
        calendars.unlink()
        own = self._own_types(env)
        used = {one.id for (one,) in env["mail.activity"]._read_group([("activity_type_id", "in", own.ids)], ["activity_type_id"])}
        others = env["mail.activity"]._read_group(
            [("activity_type_id", "in", own.ids), ("touch_ids", "=", False), ("activity_type_id", "not in", self._asking_types(env).ids)],
            ["activity_type_id"],
        )
        theirs = {one.id for (one,) in others} | self._used_by_others(env, own)
        staying = own.filtered(lambda one: one.id in used | theirs)
        staying.filtered(lambda one: one.id not in theirs).active = False
        # without its name in our data Odoo leaves it alone
        env["ir.model.data"].search([("module", "=", ADDON), ("model", "=", own._name), ("res_id", "in", staying.ids)]).unlink()
        # what holds reasons, outcomes and cadences back goes first: Odoo deletes those one by one, and each that is held is an error in its log
        env.flush_all()
        for table in HOLDING:
            # SQL: run by the uninstallation only; names of our own tables
            env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
        env.invalidate_all()
        # saved filters name their model in words, which Odoo does not follow
        env["ir.filters"].search([("model_id", "=like", "touch.%")]).unlink()

    def _of_everyone(self):
        # sudo: whoever may uninstall takes along what belongs to every user and company
        return self.sudo().with_context(active_test=False).env

    @shared
    @api.model
    def _asking_types(self, env):
        """:return: types of activities that ask somebody something, and are no touch"""
        types = env["mail.activity.type"]
        return types.union(*(env.ref(f"touch_cadence.mail_activity_type_{name}", raise_if_not_found=False) or types for name in ASKING))

    def _open_activities(self, env):
        planned = env["touch.touch"].search([("state", "=", "planned")]).activity_id
        asking = env["mail.activity"].search([("activity_type_id", "in", self._asking_types(env).ids)])
        return (planned | asking).filtered("active")

    def _expert_calendars(self, env):
        """:return: calendars that were made for experts' windows and that nobody uses for anything else"""
        calendars = env["touch.expert"].search([("resource_calendar_id", "!=", False)]).resource_calendar_id
        used = self._used_by_others(env, calendars)
        return calendars.filtered(lambda calendar: calendar.id not in used)

    def _own_types(self, env):
        known = env["ir.model.data"].search([("module", "=", ADDON), ("model", "=", "mail.activity.type")])
        return env["mail.activity.type"].browse(known.mapped("res_id")).exists()

    def _used_by_others(self, env, records):
        """:return: ids of those records that a stored field of a model other than ours refers to; what they consist of, activities and
        messages are looked away from"""
        used = set()
        if not records:
            return used
        aside = {"mail.activity", "mail.message", "resource.calendar.attendance", "resource.calendar.leaves"}
        for model in env.values():
            if not model._auto or model._abstract or model._transient or model._name.startswith("touch.") or model._name in aside:
                continue
            for name, field in model._fields.items():  # a handful of fields in all, of whatever addons are there
                if field.type == "many2one" and field.store and field.comodel_name == records._name:
                    used.update(one.id for (one,) in model._read_group([(name, "in", records.ids)], [name]))
        return used
