"""What each role really may do, asked of a real server: by model, and by field."""

import db
from people import COLLEAGUE, Refused
from psycopg2.extras import Json

WHOSE = ("own", "colleague", "company")
# a filter of a record that its writer may not read is refused before his rights on the record are asked for
MISFITS = ("odoo.exceptions.UserError",)
# a value that nobody minds, to try to write
HARMLESS = {
    "touch.consent": ("note", "x"), "touch.wish": ("note", "x"), "touch.closed.address": ("words", "550 no such user, again"),
    "touch.cadence": ("description", "<p>x</p>"), "touch.cadence.step": ("name", "x"), "touch.reason": ("holiday", "x"), "touch.outcome": ("sequence", 11),
    "touch.enrollment": ("stop_note", "x"), "touch.touch": ("note", "x"), "touch.marker.question": ("sequence", 11), "touch.marker.option": ("sequence", 11),
    "touch.judgement": ("override_reason", "x"), "touch.skill": ("name", "Skill x"), "touch.expert": ("sequence", 11), "touch.expert.window": ("hour_to", 18),
    "touch.expert.booking": ("note", "x"), "touch.job": ("name", "x"), "touch.job.left.out": ("name", "x"), "touch.expert.report": ("hours", 1),
    "touch.act": ("reason", "x"), "touch.ask.expert": ("reason", "x"), "touch.base": ("company_id", False), "touch.booking.act": ("note", "x"),
    "touch.enroll": ("res_ids", [1]), "touch.finish": ("res_ids", [1]), "touch.judge": ("reason", "x"), "touch.leave": ("date_from", "2026-01-01"), "touch.log": ("note", "x"),
    "touch.settings": ("touch_horizon", 5), "touch.skip": ("reason", "x"), "touch.privacy": ("kind", "export"), "touch.privacy.find": ("term", "x"),
    "touch.privacy.find.line": ("chosen", False), "touch.privacy.log": ("rows", 1), "touch.cadence.rung": ("sequence", 11),
    "touch.next.step": ("sequence", 11), "touch.obstacle": ("sequence", 11), "touch.item": ("name", "Item x"),
    "touch.plan": ("reason", "x"), "touch.script": ("subject", "x"),
}  # fmt: skip


def allowed(act, refusals=()):
    """:param refusals: names of other errors that refuse as well
    :return: whether the server did not refuse it for lack of a right; that it fails for another cause does not count"""
    try:
        act()
    except Refused as error:
        return not error.by_rights and error.name not in refusals
    return True


class Matrix:
    def __init__(self, people):
        self.people, self.world = people, people.world
        self._own_wizards()

    def _own_wizards(self):
        """Wizards of everyone who may open them, each of the own client."""
        for model, kind in sorted(self.world["models"].items()):
            if kind["transient"]:
                self.people.rows[model] = rows = {}
                for owner in ("rep", "rep_all", "manager", "rep_b", "manager_b", "rep2", "rep2_b", "expert", "employee", "portal"):
                    try:
                        rows[owner] = self.people.call(owner, model, "create", self.values(model, owner, "own"))
                    except Refused as error:
                        assert error.by_rights, (model, owner, error)
                # who may open none tries those of the colleague as his own
                for owner in ("portal", "employee", "expert", "rep", "rep_all", "rep2", "rep_b", "rep2_b"):
                    rows.setdefault(owner, rows["manager_b" if owner.endswith("_b") else "manager"])

    def values(self, model, role, whose):
        """:return: values of a new row that is the role's own, a colleague's or the other company's"""
        row, user = (lambda name: self.people.row(name, role, whose)), self.world["users"]
        owner = self.people.row("res.users", role, whose)
        here = "b" if role.endswith("_b") else "a"
        company = self.world["companies"][here if whose != "company" else {"a": "b", "b": "a"}[here]]
        client = {"lead_id": row("lead2"), "company_id": company}
        return {
            "touch.cadence": {"name": "New", "company_id": company},
            "touch.cadence.step": {"cadence_id": row("touch.cadence")},
            "touch.reason": {"name": "New", "company_id": company},
            "touch.script": {"name": "New", "channel": "email", "company_id": company},
            "touch.outcome": {"name": "New"},
            "touch.next.step": {"name": "New"},
            "touch.obstacle": {"name": "New"},
            "touch.item": {"name": f"New {role} {whose}", "company_id": company},
            "touch.cadence.rung": {"cadence_id": row("touch.cadence"), "next_step_ids": [self.people.rows["touch.next.step"]["shared"]]},
            "touch.enrollment": {**client, "cadence_id": row("touch.cadence"), "user_id": owner, "state": "stopped", "client_key": 1},
            "touch.touch": {**client, "user_id": owner, "channel": "call", "state": "skipped", "date_done": "2026-01-01 00:00:00"},
            "touch.marker.question": {"name": "New", "company_id": company},
            "touch.marker.option": {"name": "New", "question_id": row("touch.marker.question")},
            "touch.judgement": {"lead_id": row("crm.lead"), "potential": "high"},
            "touch.skill": {"name": f"New {role} {whose}"},
            # without hours, as in people.py: it would get the places that fall when a window is tried, and touches would move
            "touch.expert": {"user_id": user["manager" if here == "a" else "manager_b"], "company_id": company, "hours_week": 0},
            "touch.expert.window": {"expert_id": row("touch.expert"), "hour_from": 1, "hour_to": 2},
            "touch.expert.booking": {**client, "user_id": owner},
            "touch.job": {"name": "New", "user_id": owner, "company_id": company, "wizard": "touch.enroll", "wizard_values": {"x": 1},
                          "wizard_context": {"x": 1}, "model": "crm.lead", "res_ids": [1]},
            "touch.job.left.out": {"job_id": row("touch.job")},
            "touch.expert.report": {"hours": 1},
            "touch.act": {"model": "crm.lead", "res_ids": [row("crm.lead")], "act": "stop", "reason": "Own words"},
            "touch.ask.expert": {"lead_id": row("crm.lead"), "reason": "Own words"},
            "touch.base": {"company_id": company},
            "touch.booking.act": {"booking_id": row("touch.expert.booking"), "kind": "cancel", "note": "Own words"},
            "touch.enroll": {"model": "crm.lead", "res_ids": [row("crm.lead")], "cadence_id": row("touch.cadence")},
            "touch.finish": {"model": "touch.touch", "res_ids": [row("touch.touch")], "outcome_id": self.people.rows["touch.outcome"]["shared"]},
            "touch.judge": {"lead_id": row("crm.lead"), "reason": "Own words"},
            "touch.leave": {"user_id": owner, "date_from": "2026-03-02", "date_to": "2026-03-03"},
            "touch.log": {"model": "crm.lead", "res_ids": [row("crm.lead")], "note": "Own words"},
            "touch.settings": {"company_id": company},
            "touch.plan": {"lead_id": row("crm.lead"), "reason": "Own words"},
            "touch.privacy": {"kind": "export", "model": "crm.lead", "res_ids": [row("crm.lead")]},
            "touch.privacy.find": {"term": "Own words"},
            "touch.privacy.find.line": {"find_id": self.people.rows.get("touch.privacy.find", {}).get(role, 1), "model": "crm.lead", "res_id": 1},
            "touch.privacy.log": {"act": "export", "user_id": owner, "company_id": company},
            "touch.skip": {"model": "touch.touch", "res_ids": [row("touch.touch")], "reason": "Own words"},
            "touch.consent": {"lead_id": row("crm.lead"), "state": "allowed", "source": "hand", "note": "Own words"},
            "touch.wish": {"lead_id": row("crm.lead"), "channel": "call", "note": "Own words"},
            "touch.closed.address": {"email": f"{role}.{whose}@closed.example"},
        }[model]  # fmt: skip

    # --------------------------------------------------------------
    # Models
    # --------------------------------------------------------------

    def rights(self, model, role, whose):
        """:return: letters of what the role may do with such rows: read, write, create, unlink. Whatever reads (search, groups, names, export)
        agrees with reading, or says so."""
        row = self.people.row(model, role, whose)
        if row is None:
            return ""  # there is no such row
        return self._reads(model, role, row) + self._changes(model, role, whose, row)

    def _reads(self, model, role, row):
        call, domain = self.people.call, [("id", "=", row)]

        def found(method, *args, **kwargs):
            try:
                return method(*args, **kwargs)
            except Refused as error:
                assert error.by_rights or "rights to export" in str(error), (model, role, error)
                return False

        ways = {
            "read": lambda: found(call, role, model, "read", [row], ["id"]),
            "search": lambda: found(call, role, model, "search", domain),
            "name_search": lambda: found(call, role, model, "name_search", "", domain),
            "read_group": lambda: (found(call, role, model, "read_group", domain, ["id:count"], []) or [{}])[0].get("__count"),
            "formatted_read_group": lambda: (found(call, role, model, "formatted_read_group", domain, [], ["__count"]) or [{}])[0].get("__count"),
            "web_read_group": lambda: (found(call, role, model, "web_read_group", domain, ["create_uid"]) or {}).get("groups"),
            "export": lambda: (found(call, role, model, "export_data", [row], ["display_name"]) or {}).get("datas"),
        }  # fmt: skip
        if self.world["models"][model]["sql"]:
            del ways["web_read_group"]  # by who made it: nobody did
        does = {name for name, way in ways.items() if way()}
        if not does:
            return ""
        return "r" if does == set(ways) else f"r without {sorted(set(ways) - does)}"

    def _changes(self, model, role, whose, row):
        call = self.people.call
        name, value = HARMLESS[model]
        may = "w" if allowed(lambda: call(role, model, "write", [row], {name: value})) else ""
        may += "c" if allowed(lambda: call(role, model, "create", self.values(model, role, whose)), MISFITS) else ""
        # asked, as a row that is gone is nothing for the next; where the answer is no, it is tried
        try:
            asked = call(role, model, "has_access", [row], "unlink")
        except Refused:
            asked = False
        return may + ("u" if asked or allowed(lambda: call(role, model, "unlink", [row])) else "")

    # --------------------------------------------------------------
    # Fields
    # --------------------------------------------------------------

    def reads_field(self, model, role, whose, name):
        row = self.people.row(model, role, whose)
        return allowed(lambda: self.people.call(role, model, "read", [row], [name]))

    def writes_any(self, model, role, names):
        """:return: whether the role may write one of the fields at least, tried all at once; for who writes nothing of the model"""
        row, fields = self.people.row(model, role, "own"), self.world["fields"][model]
        return allowed(
            lambda: self.people.call(role, model, "write", [row], {name: self._another(fields[name], None, role) for name in names})
        )

    def writes_field(self, model, role, whose, name):
        """Try to write another value; what was written is taken back in the database."""
        field, row = self.world["fields"][model][name], self.people.row(model, role, whose)
        if not field["writable"]:
            return False
        with db.connect(self.people.server.database).cursor() as cr:
            table = model.replace(".", "_")
            cr.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE id = %s", [row])
            found = cr.fetchone()
            assert found, f"{model} {row} of {role} is gone, so that {name} cannot be tried"
            [before] = found
            value = self._another(field, before.get(name), role)
            answer = allowed(lambda: self.people.call(role, model, "write", [row], {name: value}))
            if answer:
                columns = ", ".join(f'"{column}"' for column in before)
                cr.execute(
                    f"UPDATE {table} SET ({columns}) = (SELECT {columns} FROM jsonb_populate_record(NULL::{table}, %s)) WHERE id = %s",
                    [Json(before), row],
                )
        return answer

    def _another(self, field, before, role):
        """:return: a value of the field's type that differs, and that the role may choose: a refusal is the field's"""
        kind = field["type"]
        if kind == "boolean":
            return not before
        if kind in ("integer", "float", "monetary"):
            return (before or 0) + 1
        if kind in ("char", "text", "html"):
            return "another"
        if kind == "date":
            return "2026-02-03"
        if kind == "datetime":
            return "2026-02-03 04:05:06"
        if kind == "selection":
            # a dialog may offer what depends on its record: without one there is no choice
            return next((value for value in field["selection"] if value != before), "no choice")
        if kind == "many2one":
            return self._another_record(field, before, role)
        if kind == "one2many":
            return [[0, 0, {}]]  # rows of such a list are the other model's to refuse
        if kind == "many2many":
            return [[3, 10**9, 0]]  # takes away what is not there
        return [["another", {}]]

    def _another_record(self, field, before, role):
        """:return: id of another record of the role's own or one that all may see; False for none where that may be"""
        rows, users = self.people.rows, self.world["users"]
        own = {
            "crm.lead": [rows["lead2"].get(role)],
            "touch.expert.booking": [rows["touch.expert.report"].get(role)],
            "res.users": [users[COLLEAGUE["b" if role.endswith("_b") else "a"]], users["rep"]],
            "res.partner": [rows["res.partner"].get(role)],
            "res.company": [],
        }.get(field["relation"])
        if own is None:
            known = rows.get(field["relation"], {})
            own = [known.get(role), known.get("shared"), known.get("b" if role.endswith("_b") else "a")]
        found = next((id_ for id_ in own if id_ and id_ != before), False)
        return found if found or before else 1
