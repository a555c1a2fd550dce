from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...method.plan import workdays
from ...method.plan.facts import UNDER_WAY
from ..base.arguments import choice, one_id, takes
from ..base.names import ALL_DOCUMENTS, MANAGER

# what is counted of a salesperson: {kind: the model whose rows are counted}
OF_PEOPLE = {
    "todo": "touch.touch",
    "overdue": "touch.touch",
    "done": "touch.touch",
    "hot": "touch.enrollment",
    "replies": "touch.enrollment",
    "forgotten": "crm.lead",
}
# what is counted of a cadence: enrolments
OF_CADENCES = ("under_way", "enrolled", "answered", "won")
# days in which enrolments began whose answers and wins are counted
SINCE_DAYS = 90
# days ahead in which leave is named
AWAY_DAYS = 14


class TouchTeam(models.AbstractModel):
    """A team's today: what each salesperson has to do and did, and what each cadence brings.

    * Whom somebody sees: a sales manager everybody, a team leader the members of the own teams, a salesperson the own row.
    * Every number counts records that the user may read, by the same domain with which :meth:`open` shows them.
    """

    _name = "touch.team"
    _description = "A Team's Today"

    @api.model
    @takes()
    def load(self):
        """Read everything that the page shows, in a fixed number of queries.

        :return: dict: ``role`` (manager, leader or rep), ``day``, ``days`` (those for which enrolments are counted), ``people`` and
            ``cadences``: dicts with ``id``, ``name`` and a number for each kind; the one of the people without an id is nobody. People also have
            ``away``: their present or next leave, in words.
            ``in_use``: whether anybody was ever enrolled. ``hint``: a sentence for who sees less than he leads, or an empty string
        :raise AccessError: if the user may not see touches
        """
        self.env["touch.touch"].check_access("read")
        scope = self._scope()
        return {
            "role": scope["role"],
            "day": format_date(self.env, fields.Date.context_today(self), date_format="EEEE, d MMMM"),
            "days": SINCE_DAYS,
            "people": self._people(scope),
            "cadences": self._cadences(scope),
            "in_use": self.env["touch.presence"]._in_use(),
            "hint": self._hint(scope),
        }

    @api.model
    @takes(kind=choice(*OF_PEOPLE, *OF_CADENCES), user_id=one_id(), cadence_id=one_id())
    def open(self, kind, user_id=None, cadence_id=None, nobody=False):
        """Show what a number counts.

        :param kind: which number
        :param user_id: of one salesperson; none: of all whom the user sees
        :param nobody: of what has no salesperson
        :param cadence_id: of one cadence, with its old versions
        :return: the action that opens the records
        """
        self.env["touch.touch"].check_access("read")
        scope = self._scope()
        domain, model = self._domain(kind, scope), OF_PEOPLE.get(kind, "touch.enrollment")
        if user_id or nobody:
            domain &= Domain("user_id", "=", user_id or False)
        if cadence_id:
            cadence = self.env["touch.cadence"].browse(cadence_id).exists()
            cadence.check_access("read")
            through = "enrollment_ids.cadence_id" if model == "crm.lead" else "cadence_id"
            domain &= Domain(through, "in", cadence._with_versions().ids)
        name = self._title(kind, user_id, nobody, cadence_id)
        return {**self._action(model), "name": name, "display_name": name, "domain": list(domain), "context": {}, "help": False}

    def _title(self, kind, user_id, nobody, cadence_id):
        """:return: what the opened records are, and whose: the list shows no filter that would say it"""
        label = self._labels()[kind]
        users = self.env["res.users"].with_context(active_test=False)
        whose = self.env._("Nobody") if nobody else users.search([("id", "=", user_id)]).name if user_id else ""
        whose = whose or self.env["touch.cadence"].browse(cadence_id or ()).name
        return self.env._("%(whose)s: %(what)s", whose=whose, what=label) if whose else label

    def _action(self, model):
        actions = self.env["ir.actions.act_window"]
        if model == "crm.lead":
            return {
                "type": "ir.actions.act_window",
                "res_model": model,
                "views": [[self.env.ref("crm.crm_case_tree_view_oppor").id, "list"], [False, "kanban"], [False, "form"]],
            }
        name = "touch_touch_action_history" if model == "touch.touch" else "touch_enrollment_action"
        return {**actions._for_xml_id(f"touch_cadence.{name}"), "path": False}

    def _labels(self):
        return {
            "todo": self.env._("To Do Today"),
            "overdue": self.env._("Overdue"),
            "done": self.env._("Done Today"),
            "hot": self.env._("Hot Clients"),
            "replies": self.env._("Clients Who Wait for an Answer"),
            "forgotten": self.env._("Clients Nobody Touches"),
            "under_way": self.env._("In the Cadence Now"),
            "enrolled": self.env._("Enrolled"),
            "answered": self.env._("Answered"),
            "won": self.env._("Won"),
        }

    # --------------------------------------------------------------
    # Whom the user sees
    # --------------------------------------------------------------

    def _scope(self):
        """:return: dict: ``role``; ``users`` whose rows are shown at least; ``teams`` that the user leads"""
        user = self.env.user
        teams = self.env["crm.team"].search([("company_id", "in", [False, *self.env.companies.ids])])
        led = teams.filtered(lambda team: team.user_id == user)
        role = "manager" if user.has_group(MANAGER) else "leader" if led and user.has_group(ALL_DOCUMENTS) else "rep"
        shown = {"manager": teams, "leader": led, "rep": teams.browse()}[role].sudo()  # sudo: members of teams, names of colleagues
        return {"role": role, "users": (shown.member_ids | shown.user_id).filtered("active") | user, "teams": led}

    def _hint(self, scope):
        if scope["role"] != "rep" or not scope["teams"]:
            return ""
        return self.env._(
            "You lead %(teams)s, but may see your own documents only: with the right “User: All Documents” you see the team here.",
            teams=", ".join(scope["teams"].mapped("name")),
        )

    def _whose(self, model, scope):
        """:return: the domain of what belongs to those whom the user sees: a leader also sees what nobody of the team has"""
        if scope["role"] == "manager":
            return Domain.TRUE
        whose = Domain("user_id", "in", scope["users"].ids)
        if scope["role"] == "leader":
            team = "team_id" if model == "crm.lead" else "lead_id.team_id"
            whose |= Domain("user_id", "=", False) & Domain(team, "in", scope["teams"].ids)
        return whose

    # --------------------------------------------------------------
    # Numbers
    # --------------------------------------------------------------

    def _domain(self, kind, scope):
        """:return: what a number counts; the one place for it, for the number and for what opens behind it"""
        today = fields.Date.context_today(self)
        planned, made = Domain("state", "=", "planned"), Domain("state", "=", "done")
        began = Domain("date_start", ">=", today - timedelta(days=SINCE_DAYS))
        of_deal, of_contact = Domain("lead_id.temperature", "=", "hot"), Domain("partner_id.temperature", "=", "hot")
        domain = {
            "todo": lambda: planned & Domain("date_deadline", "<=", today),
            "overdue": lambda: planned & Domain("date_deadline", "<", today),
            "done": lambda: self.env["touch.touch"]._made_since(workdays.midnight(today, self.env.tz)),
            "hot": lambda: Domain("state", "=", "running") & (of_deal | (Domain("lead_id", "=", False) & of_contact)),
            "replies": lambda: Domain("unanswered", "=", True),
            "forgotten": lambda: Domain("touch_forgotten", "=", True),
            "under_way": lambda: Domain("state", "in", UNDER_WAY),
            "enrolled": lambda: began,
            "answered": lambda: began & Domain("touch_ids", "any", made & Domain("reached", "=", True)),
            "won": lambda: began & Domain("state", "=", "won"),
        }
        return domain[kind]() & self._whose(OF_PEOPLE.get(kind, "touch.enrollment"), scope)

    def _people(self, scope):
        """:return: a row for each salesperson whom the user sees, by name, and one for nobody where there is something"""
        numbers = defaultdict(lambda: dict.fromkeys(OF_PEOPLE, 0))
        for kind, model in OF_PEOPLE.items():
            for user, count in self.env[model]._read_group(self._domain(kind, scope), ["user_id"], ["__count"]):
                numbers[user.id][kind] = count
        # sudo: names of colleagues
        users = (scope["users"] | scope["users"].browse(id_ for id_ in numbers if id_)).sudo()
        away = self.env["touch.facts"]._leave_told(users, AWAY_DAYS)
        rows = [{"id": user.id, "name": user.name, "away": away.get(user.id, ""), **numbers[user.id]} for user in users.sorted("name")]
        if False in numbers:
            rows.append({"id": False, "name": self.env._("Nobody"), "away": "", **numbers[False]})
        return rows

    def _cadences(self, scope):
        """:return: a row for each cadence in which somebody is or was, the busiest first; old versions count for the cadence"""
        numbers = defaultdict(lambda: dict.fromkeys(OF_CADENCES, 0))
        for kind in OF_CADENCES:
            for cadence, count in self.env["touch.enrollment"]._read_group(self._domain(kind, scope), ["cadence_id"], ["__count"]):
                numbers[cadence._current_version()][kind] += count
        rows = [{"id": cadence.id, "name": cadence.name, **its} for cadence, its in numbers.items()]
        return sorted(rows, key=lambda row: (-row["under_way"], -row["enrolled"], row["name"]))
