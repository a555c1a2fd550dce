from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...method.plan import rhythm
from ...method.plan import timeline as method_timeline
from ...method.plan.facts import ACTIVE_STATES
from ..base.arguments import takes
from ..base.rooms import shared

# what makes the plan; other values (names, texts, what follows) change for all clients without a question
PLAN_FIELDS = ("rhythm", "stop_after", "window_days")
FOLLOWING = ("won_cadence_id", "exhausted_cadence_id", "lapsed_cadence_id", "hot_cadence_id", "refused_cadence_id")
STEP_PLAN_FIELDS = ("sequence", "delay", "delay_few", "times", "channel", "purpose", "by_expert", "reason_id")


class TouchCadence(models.Model):
    """The cadence editor: the timeline with its problems, and changes of a cadence that has clients.

    A cadence keeps its identity (rules, what follows, whatever calls it by its id); clients who finish on the old steps go to an *old
    version*, an archived copy that takes no new clients.
    """

    _inherit = "touch.cadence"

    timeline = fields.Json(compute="_compute_timeline")
    under_way_count = fields.Integer(
        string="Current Clients",
        compute="_compute_under_way_count",
        compute_sudo=True,
        help="Clients who are in this cadence now, in all companies.",
    )
    under_way = fields.Selection(
        [("finish", "Finish on the old steps"), ("move", "Move to the new steps")],
        string="Current Clients after a Change",
        store=False,
        help="Written together with changed steps: says what happens to current clients. Empty: they move to the new steps.",
    )
    version_of_id = fields.Many2one(
        "touch.cadence", string="Old Version of", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    version_until = fields.Date(string="Valid until", readonly=True, copy=False)
    version_ids = fields.One2many("touch.cadence", "version_of_id", string="Old Versions", context={"active_test": False})
    version_count = fields.Integer(string="Old Version Count", compute="_compute_version_count")
    finishing_count = fields.Integer(
        string="Clients on Old Steps",
        compute="_compute_finishing_count",
        compute_sudo=True,
        help="Clients who finish on the steps of an old version, in all companies.",
    )

    _old_version_archived = models.Constraint(
        "CHECK(version_of_id IS NULL OR active IS NOT TRUE)", "An old version of a cadence takes no new clients: it stays archived."
    )

    _version_until = models.Constraint(
        "CHECK(version_until BETWEEN '1900-01-01' AND '2100-12-31')", "The end of an old version lies between 1900 and 2100."
    )

    @api.depends("name", "version_until")
    def _compute_display_name(self):
        for cadence in self:
            cadence.display_name = cadence.name
            if cadence.version_until:
                cadence.display_name = self.env._(
                    "%(cadence)s (until %(date)s)", cadence=cadence.name, date=format_date(self.env, cadence.version_until)
                )

    @api.depends(
        *(f"step_ids.{name}" for name in STEP_PLAN_FIELDS),
        *PLAN_FIELDS,
        "target",
        *(f"{name}.{what}" for name in FOLLOWING for what in ("active", "step_ids", "company_id")),
        "company_id",
    )
    @api.depends_context("lang", "company")
    def _compute_timeline(self):
        words = self.env["touch.words"]
        icons = self.env["mail.activity.type"]._touch_icons()
        there_are = self.env["touch.channel"]._channels()
        for cadence in self:
            steps = cadence._steps_in_order()
            known = cadence._method_cadence(self.env.company)
            plan = method_timeline.lay_out(known, there_are)
            cadence.timeline = {
                "window": cadence.window_days,
                "touches": [{**touch._asdict(), "icon": icons.get(touch.channel, "fa-random")} for touch in plan],
                "findings": [
                    {"severity": one.severity, "text": words._say([(one.code, one.values)]), "steps": one.steps}
                    for one in [
                        *method_timeline.what_follows(cadence._method_followers()),
                        *method_timeline.findings(known, plan, there_are),
                    ]
                ],
                "spread": [[steps.index(step), delay] for step, delay in cadence._spread().items()],
            }

    def _method_followers(self):
        """:return: what comes after this cadence, as :func:`timeline.what_follows` knows it; itself is meant where nothing else is named"""
        followers = self.browse().union(*(self[name] for name in FOLLOWING)) - self
        return [
            method_timeline.Follower(
                name=one.name or "",
                archived=not one.active,
                empty=not one.step_ids,
                # of no company, it may follow in any; the other way round it follows in its own only
                company=one.company_id.name or "" if one.company_id and one.company_id != self.company_id else "",
            )
            for one in followers
        ]

    @shared
    def _days_before_first_touch(self):
        """:return: working days between the beginning and the first touch of who is not hot, 0 where it falls on the day itself"""
        self.ensure_one()
        few_means = (self.company_id or self.env.company).touch_few_means
        return next((step._method_step(few_means).delay for step in self._steps_in_order()), 0)

    def _steps_in_order(self):
        """:return: list of the steps as they run; until an edit is over and read again they stand in any order"""
        return sorted(self.step_ids, key=lambda step: step.sequence)

    def _spread(self):
        """:return: {step: its delay when steps are spread over the decision window (R14)}; those that repeat are left as they are"""
        once = [step for step in self._steps_in_order() if step.times == 1] if self.window_days > 0 else []
        return dict(zip(once, rhythm.spread(self.window_days, len(once))))

    @api.depends("enrollment_ids.state")
    def _compute_under_way_count(self):
        counts = dict(
            self.env["touch.enrollment"]._read_group(
                [("cadence_id", "in", self.ids), ("state", "in", ACTIVE_STATES)], ["cadence_id"], ["__count"]
            )
        )
        for cadence in self:
            cadence.under_way_count = counts.get(cadence._origin, 0)

    @api.depends("version_ids")
    def _compute_version_count(self):
        for cadence in self:
            cadence.version_count = len(cadence.version_ids)

    @api.depends("version_ids.under_way_count")
    def _compute_finishing_count(self):
        for cadence in self:
            cadence.finishing_count = sum(cadence.version_ids.mapped("under_way_count"))

    # --------------------------------------------------------------
    # CRUD
    # --------------------------------------------------------------

    def write(self, vals):
        """Change the steps of a cadence that has clients: ``under_way`` says what happens to these.

        * ``finish``: they move to an old version with the old steps, which takes no new clients;
        * ``move``, or nothing: they continue in the new steps, with the first touch that they have not had; planned touches are reviewed.

        :raise UserError: if the steps of an old version are changed
        """
        under_way = vals.get("under_way")
        vals = {name: value for name, value in vals.items() if name != "under_way"}
        if not self._changes_plan(vals):
            return super().write(vals)
        self.check_access("write")
        if old := self.filtered("version_of_id")[:1]:
            raise UserError(
                self.env._(
                    "“%(cadence)s” is an old version and cannot be changed. Change “%(current)s” instead.",
                    cadence=old.display_name,
                    current=old.version_of_id.name,
                )
            )
        if under_way == "finish":
            self._keep_old_version()
        # those of steps: an occasion keeps its day whatever the steps are
        planned = (
            self.env["touch.touch"]
            .sudo()
            .search(  # sudo: as in _under_way()
                [("enrollment_id", "in", self._under_way().ids), ("state", "=", "planned"), ("step_id", "!=", False)]
            )
        )
        result = super().write(vals)
        planned.write({"outdated": True})
        self.env["touch.mark"]._mark(self._under_way())
        return result

    def _changes_plan(self, vals):
        """:return: whether these values make another plan: other steps, another order, rhythm, window or end"""
        return any(name in vals and any(cadence[name] != vals[name] for cadence in self) for name in PLAN_FIELDS) or any(
            command[0] != Command.UPDATE or any(name in command[2] for name in STEP_PLAN_FIELDS) for command in vals.get("step_ids") or ()
        )

    def _under_way(self):
        # sudo: the steps are the same for every rep and company
        return self.env["touch.enrollment"].sudo().search([("cadence_id", "in", self.ids), ("state", "in", ACTIVE_STATES)])

    # --------------------------------------------------------------
    # Old versions
    # --------------------------------------------------------------

    @shared
    def _current_version(self):
        """:return: the cadence that takes clients: this one, or the one whose old version it is"""
        return self.version_of_id or self

    @shared
    def _with_versions(self):
        """:return: these cadences with all their old versions"""
        current = self | self.version_of_id
        return current | current.version_ids

    def _keep_old_version(self):
        """Clients under way finish on the steps as they are: they go to a copy, with their history. Those who rest begin on the new steps.

        A client is under way once at most, and nobody was in the copy before: each keeps the number of his run.

        :return: the old versions, of the cadences that clients are on
        """
        enrollments = self._under_way()
        current = enrollments.cadence_id.sudo(False)
        # without the rule: it enrols nobody, and whoever edits the steps need not have the rights of who wrote it
        old = current.copy({"active": False, "auto_enroll": False, "domain": "[]"})
        today = fields.Date.context_today(self)
        copied = {}
        for cadence, version in zip(current, old):
            # sudo: kept by the server; the right to write the steps was asked for
            version.sudo().write({"version_of_id": cadence.id, "version_until": today})
            # lines are copied in the order of their ids, whatever their sequence is
            copied |= dict(zip(cadence.step_ids.sorted("id"), version.step_ids.sorted("id")))
        touches = enrollments.touch_ids
        for cadence, its in enrollments.grouped("cadence_id").items():
            its.write({"cadence_id": old[current.ids.index(cadence.id)].id})
        for (cadence, step), its in touches.grouped(lambda touch: (touch.cadence_id, touch.step_id)).items():
            if cadence in current:  # else logged before, in another one
                version = old[current.ids.index(cadence.id)]
                its.write({"cadence_id": version.id, "step_id": copied[step].id if step in copied else False})
        return old

    @takes()
    def action_view_finishing(self):
        """:return: the action that shows who finishes on the old steps, as far as the user may see them"""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("touch_cadence.touch_enrollment_action"),
            "display_name": self.env._("Clients on Old Steps"),
            "domain": [("cadence_id", "in", self.version_ids.ids), ("state", "in", ACTIVE_STATES)],
            "context": {},
        }

    def action_view_versions(self):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("touch_cadence.touch_cadence_action"),
            "display_name": self.env._("Old Versions"),
            "domain": [("version_of_id", "in", self.ids)],
            "context": {"active_test": False, "touch_versions": True},
        }
