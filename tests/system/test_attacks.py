"""FAULTS A1 to A7, each tried from outside on a real server, as the lowest role that could: over JSON-RPC, XML-RPC, JSON-2, reports and files.

What nobody can write any more is planted by SQL, as a database of before may hold it. Two things are looked at after each try: no answer
tells what is foreign (texts of each owner carry a mark), and no foreign row has changed.
"""

import json
import re
import time
from contextlib import contextmanager
from datetime import datetime

import db
import pytest
import rights
from people import CLEAR, People, Refused, mark

FAR = "9999-12-31"
# whoever sees the page in a browser may call JSON-2 without a key
BROWSER = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-User": "?1"}
# what only the method, or a manager, sets on clients
FOUND = {
    "crm.lead": {"potential": "high", "temperature_date": "1999-01-01", "potential_date": "1999-01-01", "readiness": 4,
                 "expert_alone_reason": "I can", "touch_erased_date": "1999-01-01"},
    "res.partner": {"potential": "high", "temperature_date": "1999-01-01", "purchase_value": 1e6, "abc_class": "a", "nps_group": "promoter",
                    "is_loyal": True, "value_lost": 5, "last_purchase_date": "2026-01-01", "touch_erased_date": "1999-01-01"},
}  # fmt: skip


@pytest.fixture(scope="module")
def world(make_database):
    with Attackers.at_work(make_database("system_attacks")) as working:
        yield working


class Attackers(People):
    def sql(self, query, *values):
        with db.connect(self.server.database).cursor() as cr:
            cr.execute(query, values)
            return cr.fetchall() if cr.description else None

    def whole(self, table, *ids):
        return self.sql(f"SELECT to_jsonb(t) FROM {table} t WHERE id = ANY(%s) ORDER BY id", list(ids))

    @contextmanager
    def unchanged(self, **rows):
        """Rows of the tables named stay as they are, whatever is tried."""
        before = {table: self.whole(table, *ids) for table, ids in rows.items()}
        yield
        for table, ids in rows.items():
            assert self.whole(table, *ids) == before[table], table

    @contextmanager
    def planted(self, table, id_, **values):
        """Columns of one row hold these values for a while; then the row is as it was."""
        names = ", ".join(f'"{name}"' for name in values)
        [before] = self.sql(f"SELECT {names} FROM {table} WHERE id = %s", id_)
        put = f"UPDATE {table} SET ({names}) = ROW ({', '.join(['%s'] * len(values))}) WHERE id = %s"
        self.sql(put, *values.values(), id_)
        try:
            yield
        finally:
            self.sql(put, *(json.dumps(one) if isinstance(one, list | dict) else one for one in before), id_)

    def refused(self, role, model, method, *args, **kwargs):
        """The call ends as a sentence. :return: it"""
        try:
            answer = self.call(role, model, method, *args, **kwargs)
        except Refused as error:
            assert error.name in CLEAR, f"{role}: {model}.{method}{args}: {error}"
            return str(error)
        # an import says in its answer what it refused
        assert method == "load" and not answer["ids"], f"{role} did {model}.{method}{args}{kwargs}: {answer}"
        return str(answer["messages"])

    def tries(self, role, model, method, *args, **kwargs):
        """:return: the answer as text, whether the call is allowed or refused with a sentence"""
        answer = self.ask(role, model, method, list(args), kwargs)
        error = answer.json().get("error", {}).get("data")
        assert not error or error["name"] in CLEAR, f"{role}: {model}.{method}{args}{kwargs}: {error['name']}: {error['message']}"
        return json.dumps(error["message"] if error else answer.json(), ensure_ascii=False)

    def lead(self, role, **values):
        """:return: a new deal of the role's own"""
        return self.call(role, "crm.lead", "create", {"name": "New", "phone": "+32470111222", **values})

    def free_choice(self, role):
        """Forget the personal defaults of a role."""
        found = self.call(role, "ir.default", "search", [("user_id", "=", self.world["users"][role])])
        if found:
            self.call(role, "ir.default", "unlink", found)

    def outcome(self, name):
        [[id_]] = self.sql("SELECT res_id FROM ir_model_data WHERE module = 'touch_cadence' AND name = %s", f"touch_outcome_{name}")
        return id_


def nothing_of(owner, text, *, but=()):
    """No mark of an owner's deal, contact or notes stands in an answer."""
    for what in ("deal", "contact", "note"):
        assert what in but or mark(owner, what).lower() not in text.lower(), text[:2000]


# --------------------------------------------------------------
# A1: nobody writes plan and history by hand
# --------------------------------------------------------------


def forged(world, owner):
    """:return: {model: values that would make a row of one's own another client's, or history something else}"""
    rows = world.rows
    return {
        "touch.touch": [
            {"lead_id": rows["crm.lead"][owner], "partner_id": rows["res.partner"][owner]},
            {"activity_id": rows["mail.activity"][owner]},
            {"lead_id": rows["crm.lead"][owner], "activity_id": False},
            {"enrollment_id": rows["touch.enrollment"][owner]},
            {"company_id": world.world["companies"]["b"], "user_id": world.world["users"]["rep_b"]},
            {"why_data": 5},
            {"why_data": [["%(a)200000000s", {"a": "x"}]]},
            {
                "outcome_id": rows["touch.outcome"]["shared"],
                "state": "done",
                "date_done": "2020-01-01 00:00:00",
                "counts": True,
                "reached": True,
            },
            {"client_key": rows["res.partner"][owner], "number": 99},
            {"note": "Mine", "desk_key": "x", "handed_from_id": world.world["users"]["rep"]},
        ],
        "touch.enrollment": [
            {"state": "won"},
            {"run": 99},
            {"touch_count": 50},
            {"user_id": world.world["users"]["rep"]},
            {"lead_id": rows["crm.lead"][owner]},
            {"company_id": world.world["companies"]["b"]},
            {"touch_ids": [[4, rows["touch.touch"][owner], 0]]},
        ],
    }


@pytest.mark.parametrize("role, owner", [("rep", "rep2"), ("rep", "rep_b"), ("rep_all", "rep_b"), ("manager", "rep_b")])
def test_a1_no_write_makes_a_row_another_clients(world, role, owner):
    for model, tries in forged(world, owner).items():
        row = world.rows[model][role]
        with world.unchanged(**{model.replace(".", "_"): [row, world.rows[model][owner]]}):
            for values in tries:
                world.refused(role, model, "write", [row], values)
                world.refused(role, model, "web_save", [row], values, {"display_name": {}})
                nothing_of(owner, world.tries(role, model, "onchange", [row], values, list(values), {"display_name": {}, "lead_id": {}}))
        plain = {name: str(value) for name, value in tries[0].items()}
        columns = [".id", *(f"{name}/.id" if name.endswith("_id") else name for name in plain)]
        world.refused(role, model, "load", columns, [[str(row), *plain.values()]])


def test_a1_what_a_company_sets_is_pushed_into_no_other_and_names_none(world):
    """Odoo looks at its rules before a write and not after it: a manager could move his reasons into another company's letters."""
    rows, tried = world.rows, 0
    foreign = {
        **{model: rows[model]["b"] for model in ("touch.cadence", "touch.reason", "touch.expert", "touch.marker.question")},
        "res.company": world.world["companies"]["b"],
        "crm.team": world.world["teams"]["b"],
    }
    for model in rights.MODELS:
        if "a" not in rows.get(model, {}):
            continue
        row = rows[model]["a"]
        for name, field in world.world["fields"][model].items():
            if field["type"] not in ("many2one", "many2many") or not field["writable"] or field["relation"] not in foreign:
                continue
            target, tried = foreign[field["relation"]], tried + 1
            value = target if field["type"] == "many2one" else [[4, target, 0]]
            with world.unchanged(**{model.replace(".", "_"): [row]}):
                said = world.refused("manager", model, "write", [row], {name: value})
                said += world.refused("manager", model, "web_save", [row], {name: value}, {name: {"fields": {"display_name": {}}}})
                assert not re.search("(Cadence|Reason|Question) b|Company B|Team b", said), said
    assert tried > 8, "each pointer to what a company sets"


@pytest.mark.parametrize("role", ["rep", "rep_all", "manager"])
def test_a1_nobody_makes_rows_by_hand(world, role):
    rows, lead = world.rows, world.rows["crm.lead"][role]
    made = (
        "touch.touch",
        "touch.enrollment",
        "touch.expert.booking",
        "touch.judgement",
        "touch.job",
        "touch.job.left.out",
        "touch.privacy.log",
    )
    count = {model: world.sql(f"SELECT count(*) FROM {model.replace('.', '_')}") for model in made}
    for model in made:
        world.refused(role, model, "create", {"lead_id": lead})
        world.refused(role, model, "create", {}, context={"default_lead_id": lead})
        world.refused(role, model, "copy", [rows[model][role]])
        world.tries(role, model, "name_create", "New")  # what has no name of its own makes none, and says so
        world.refused(role, model, "web_save", [], {"lead_id": lead}, {})
        world.refused(role, model, "load", ["id"], [["new_one"]])
    for model, record, name, values in (
        ("crm.lead", lead, "enrollment_ids", {"cadence_id": rows["touch.cadence"]["a"]}),
        ("crm.lead", lead, "booking_ids", {"hours": 99}),
        ("crm.lead", lead, "judgement_ids", {"potential": "high"}),
        ("crm.lead", lead, "touch_ids", {"channel": "call"}),
        ("res.partner", rows["res.partner"][role], "enrollment_ids", {"cadence_id": rows["touch.cadence"]["a"]}),
        ("mail.activity", rows["mail.activity"][role], "touch_ids", {"channel": "call"}),
    ):
        for command in ([0, 0, values], [1, rows["touch.touch"]["rep2"], {"state": "done"}], [4, rows["touch.touch"]["rep2"], 0]):
            if name == "touch_ids" and model == "crm.lead" and command[0] != 1:
                world.tries(role, model, "write", [record], {name: [command]})  # a computed list, which nobody keeps
            else:
                world.refused(role, model, "write", [record], {name: [command]})
    assert count == {model: world.sql(f"SELECT count(*) FROM {model.replace('.', '_')}") for model in made}


def test_a1_what_a_touch_planted_on_a_foreign_client_tells_and_does(world):
    """As a database may hold it that was forged before: cards, letters and acts look whose it is."""
    rows, touch = world.rows, world.rows["touch.touch"]["rep"]
    for owner in ("rep_b", "rep2"):
        foreign = {
            "crm_lead": [rows["crm.lead"][owner]], "touch_touch": [rows["touch.touch"][owner]], "mail_activity": [rows["mail.activity"][owner]],
            "touch_enrollment": [rows["touch.enrollment"][owner]],
        }  # fmt: skip
        bought = world.outcome("bought")
        for values in (
            {"lead_id": rows["crm.lead"][owner], "partner_id": rows["res.partner"][owner]},
            {"lead_id": None, "partner_id": rows["res.partner"][owner]},
            {"enrollment_id": rows["touch.enrollment"][owner]},
        ):
            with world.planted("touch_touch", touch, **values), world.unchanged(**foreign):
                said = [
                    world.tries("rep", "touch.desk", "act", touch, act, its, f"{act} {owner}", 0)
                    for act, its in (
                        ("pause", {}),
                        ("done", {"outcome_id": bought}),
                        ("snooze", {"until": "2026-12-24"}),
                        ("skip", {"reason": "x"}),
                    )
                ]
                for method, *args in (("done", bought), ("skip", "x"), ("snooze", "2026-12-24"), ("explain_why",), ("action_prepare",)):
                    said.append(world.refused("rep", "touch.touch", method, [touch], *args))
                said.append(world.refused("rep", "mail.activity", "action_feedback", [rows["mail.activity"]["rep"]]))
                said += [
                    world.get("rep", f"/report/{kind}/touch_cadence.touch_{form}/{touch}").text
                    for kind, form in (("html", "letter"), ("html", "card"), ("pdf", "letter"))
                ]
                text = " ".join(said)
                nothing_of(owner, text, but=("deal", "contact") if owner == "rep2" else ())
                assert "1234" not in text.replace(str(touch), ""), "the revenue of a foreign deal"
    assert world.call("rep", "touch.touch", "read", [touch], ["state"])[0]["state"] == "planned"


def test_a1_an_activity_planted_on_a_foreign_record_is_left_alone(world):
    rows, users = world.rows, world.world["users"]
    touch = rows["touch.touch"]["rep_all"]
    foreign = rows["mail.activity"]["rep_b"]
    [[own]] = world.sql("SELECT activity_id FROM touch_touch WHERE id = %s", touch)
    world.sql("UPDATE touch_touch SET activity_id = %s WHERE id = %s", foreign, touch)
    with world.unchanged(mail_activity=[foreign], crm_lead=[rows["crm.lead"]["rep_b"]]):
        nothing_of("rep_b", world.tries("rep_all", "touch.touch", "snooze", [touch], time.strftime("%Y-%m-%d")))
        nothing_of("rep_b", world.tries("rep_all", "touch.desk", "act", touch, "reassign", {"user_id": users["rep2"]}))
        world.sql("UPDATE touch_touch SET user_id = %s, activity_id = %s WHERE id = %s", users["rep_all"], foreign, touch)
        nothing_of("rep_b", world.tries("rep_all", "touch.touch", "skip", [touch], "x"))
    assert world.sql("SELECT count(*) FROM mail_activity WHERE id = %s", own) == [(1,)]


@pytest.mark.parametrize("planted", [5, "x", [5], [["nth"]], [["%(a)200000000s", {"a": "x"}]], [["nth", {"number": "%(a)999999999s"}]]])
def test_a1_a_planted_why_takes_no_list_down(world, planted):
    for table, model in (("touch_touch", "touch.touch"), ("touch_enrollment", "touch.enrollment"), ("touch_judgement", "touch.judgement")):
        row = world.rows[model]["rep2"]
        with world.planted(table, row, why_data=json.dumps(planted)):
            read = world.ask("manager", model, "search_read", [[], ["display_name", "why"]])
            assert read.status_code == 200 and "error" not in read.json(), read.text[:2000]
            assert len(read.text) < 100_000


def test_a1_when_a_touch_was_made_is_said_by_nobody(world):
    """XML-RPC sends real moments, so that a moment in the context proves nothing."""
    touch = world.call("rep", "touch.touch", "search", [("state", "=", "planned"), ("user_id", "=", world.world["users"]["rep"])], limit=1)
    lead = world.lead("rep")
    [run] = world.call("rep", "touch.cadence", "enroll", [world.rows["touch.cadence"]["a"]], [lead])
    [touch] = world.call("rep", "touch.touch", "search", [("enrollment_id", "=", run), ("state", "=", "planned")])
    context = {"touch_date_done": datetime(2050, 1, 1), "touch_unreviewed": True, "touch_by_method": True, "touch_booking": True}
    world.server.call("rep", "touch.touch", "done", [touch], context=context)
    [[made]] = world.sql("SELECT date_done FROM touch_touch WHERE id = %s", touch)
    assert abs((datetime.utcnow() - made).total_seconds()) < 600
    planned = world.call("rep", "touch.touch", "search_count", [("enrollment_id", "=", run), ("state", "=", "planned")])
    assert planned == 1, "it was decided again, whatever the context says"


def test_a1_personal_defaults_and_the_context_forge_nothing(world):
    """Whoever works here may keep personal defaults for any field: what our methods make with all rights does not take them up."""
    rows, users = world.rows, world.world["users"]
    wishes = {
        "touch.enrollment": {"state": "won", "touch_count": 50, "date_start": "2000-01-01", "stop_reason": "won"},
        "touch.touch": {"warmed": True, "withdrawn": True, "desk_key": "x", "handed_from_id": users["rep2"], "skip_reason": "x", "moves": 7,
                        "expert_id": users["rep"], "date_planned": "2000-01-01 00:00:00"},
        "touch.expert.booking": {"state": "done", "expert_id": rows["touch.expert"]["a"], "start": "2026-01-01 09:00:00",
                                 "stop": "2026-01-01 10:00:00", "hours": 900, "reached": True, "note": "x"},
        "touch.judgement": {"override_reason": "x", "date": "2000-01-01", "company_id": world.world["companies"]["b"]},
        "touch.privacy.log": {"date": "2000-01-01 00:00:00"},
    }  # fmt: skip
    context = {f"default_{name}": value for values in wishes.values() for name, value in values.items()}
    for kept in (True, False):
        if kept:
            for model, values in wishes.items():
                for name, value in values.items():
                    world.call("rep", "ir.default", "set", model, name, value, user_id=True)
        try:
            kwargs = {} if kept else {"context": context}
            lead = world.lead("rep")
            world.call("rep", "touch.cadence", "enroll", [rows["touch.cadence"]["a"]], [lead], **kwargs)
            world.call("rep", "crm.lead", "log_touch", [lead], {"channel": "call"}, **kwargs)
            world.call("rep", "crm.lead", "judge", [lead], [rows["touch.marker.option"]["a"]], **kwargs)
            world.call("rep", "crm.lead", "ask_expert", [lead], **kwargs)
        finally:
            world.free_choice("rep")
        for model, values in wishes.items():
            if model != "touch.privacy.log":
                found = world.sql(f"SELECT to_jsonb(t) FROM {model.replace('.', '_')} t WHERE lead_id = %s", lead)
                assert found, model
                for (row,) in found:
                    taken = {name for name, value in values.items() if row[name] == value or str(row[name]).replace("T", " ") == value}
                    assert not taken, f"{model}: {taken}, {'kept' if kept else 'in the context'}"


# --------------------------------------------------------------
# A2: the contact's salesperson is not the deal's
# --------------------------------------------------------------


def test_a2_who_makes_himself_the_contacts_salesperson_sees_no_deal_of_a_colleague(world):
    rows, contact = world.rows, world.rows["res.partner"]["rep2"]
    with world.planted("res_partner", contact, user_id=world.world["users"]["rep2"]):
        world.call("rep", "res.partner", "write", [contact], {"user_id": world.world["users"]["rep"]})
        with world.unchanged(touch_touch=[rows["touch.touch"]["rep2"]], touch_enrollment=[rows["touch.enrollment"]["rep2"]]):
            for model, acts in (
                ("touch.touch", (("done",), ("skip", "x"), ("snooze", "2026-12-24"), ("explain_why",), ("write", {"note": "x"}))),
                ("touch.enrollment", (("action_pause",), ("action_stop", "x"), ("explain",))),
            ):
                row = rows[model]["rep2"]
                assert world.call("rep", model, "search", [("id", "=", row)]) == []
                assert world.call("rep", model, "formatted_read_group", [("id", "=", row)], [], ["__count"])[0]["__count"] == 0
                for method, *args in (("read", ["note", "lead_id"] if model == "touch.touch" else ["why"]), *acts):
                    nothing_of("rep2", world.refused("rep", model, method, [row], *args))
                nothing_of("rep2", world.tries("rep", model, "export_data", [row], ["display_name", "lead_id/phone"]))
        nested = {"enrollment_ids": {"fields": {"why": {}, "lead_id": {"fields": {"name": {}}}}}, "touch_ids": {"fields": {"note": {}}}}
        nothing_of("rep2", world.tries("rep", "res.partner", "web_read", [contact], nested), but=("contact",))


# --------------------------------------------------------------
# A3: a filter runs with the rights of who wrote it
# --------------------------------------------------------------

SECRET = (
    "[('user_ids.totp_secret', '=like', 'A%')]", "[('user_ids', 'any', [('totp_secret', '=like', 'A%')])]", "[('user_ids.password', '!=', False)]",
    "[('company_id.partner_id.user_ids.totp_secret', '!=', False)]", "['!', ('user_ids.api_key_ids.key', '=like', 'a%')]",
)  # fmt: skip


@pytest.mark.parametrize("secret", SECRET)
@pytest.mark.parametrize("model", ["touch.reason", "touch.cadence"])
def test_a3_no_filter_asks_for_what_its_writer_may_not_read(world, model, secret):
    values = {"domain": secret, **({"model": "res.partner"} if model == "touch.cadence" else {})}
    row = world.rows[model]["a"]
    with world.unchanged(**{model.replace(".", "_"): [row]}):
        for said in (
            world.refused("manager", model, "write", [row], values),
            world.refused("manager", model, "web_save", [row], values, {"display_name": {}}),
            world.refused("manager", model, "create", {"name": "New", **values}),
            world.refused("manager", model, "create", {"name": "New"}, context={f"default_{name}": one for name, one in values.items()}),
            world.refused("manager", model, "copy", [row], values),
            world.refused("manager", model, "load", ["name", *values], [["New", *values.values()]]),
        ):
            assert "totp" in said or "password" in said or "key" in said, said
    world.refused("manager", model, "write", [row], {"domain_user_id": 1})
    world.refused("manager", model, "create", {"name": "New", "domain_user_id": 1})
    made = world.call("manager", model, "create", {"name": "New"}, context={"default_domain_user_id": 1, "default_problem_data": 5})
    assert world.call("manager", model, "read", [made], ["domain_user_id"])[0]["domain_user_id"][0] == world.world["users"]["manager"]


def test_a3_a_planted_filter_finds_nothing_and_says_so(world):
    """As a manager could write it before: it runs with his rights, is set aside, and tells nobody's secret."""
    reason, lead = world.rows["touch.reason"]["a"], world.lead("rep", name="Who comes next")
    writer = world.world["users"]["manager"]
    with world.planted("touch_reason", reason, domain=SECRET[0], domain_user_id=writer, problem_date=None, problem_data=None):
        [run] = world.call("rep", "touch.cadence", "enroll", [world.rows["touch.cadence"]["a"]], [lead])
        assert world.sql("SELECT count(*) FROM touch_touch WHERE enrollment_id = %s AND reason_id = %s", run, reason) == [(0,)]
        assert "totp" in world.call("manager", "touch.reason", "read", [reason], ["problem"])[0]["problem"]


def test_a3_secrets_are_neither_searched_nor_sorted_nor_grouped_by(world):
    for role, model, name in (
        ("rep", "touch.touch", "user_id.totp_secret"),
        ("rep", "touch.touch", "user_id.touch_level"),
        ("rep", "touch.reason", "domain_user_id"),
        ("rep", "touch.reason", "problem_date"),
        ("rep", "touch.expert", "user_id.touch_per_day"),
        ("employee", "res.partner", "birthdate_date"),
        ("employee", "res.partner", "next_touch_date"),
        ("employee", "res.partner", "last_touch_date"),
        ("employee", "res.partner", "touch_ids"),
        ("employee", "res.users", "touch_strength"),
        ("employee", "touch.outcome", "create_uid.touch_level"),
    ):
        world.refused(role, model, "search", [(name, "!=", False)])
        world.refused(role, model, "search_count", [(name, "!=", False)])
        world.refused(role, model, "formatted_read_group", [(name, "!=", False)], [], ["__count"])
        if "." not in name:  # Odoo knows no order by what stands behind a dot
            world.refused(role, model, "formatted_read_group", [], [name], ["__count"])
            world.refused(role, model, "search_read", [], [name])
            world.refused(role, model, "export_data", world.call(role, model, "search", [], limit=1) or [1], [name])
            if name not in ("next_touch_date", "last_touch_date", "touch_ids"):
                world.refused(role, model, "search", [], order=name)
        # saved, shared filters and exports are Odoo's: they run with the rights of who uses them
        kept = {
            "name": f"Filter {role} {name}",
            "model_id": model,
            "domain": f"[('{name}', '!=', False)]",
            "user_ids": [[4, world.world["users"][role], 0]],
        }
        world.tries(role, "ir.filters", "create_filter", kept)


# --------------------------------------------------------------
# A4: nothing foreign is told by counting ids
# --------------------------------------------------------------


@pytest.mark.parametrize("role, owner", [("rep", "rep2"), ("rep", "rep_b"), ("manager", "rep_b"), ("expert", "rep2")])
def test_a4_a_wizard_pointed_at_foreign_records_names_none(world, role, owner):
    rows = world.rows
    foreign = {"crm.lead": rows["crm.lead"][owner], "res.partner": rows["res.partner"][owner], "touch.touch": rows["touch.touch"][owner],
               "touch.enrollment": rows["touch.enrollment"][owner], "touch.expert.booking": rows["touch.expert.booking"][owner],
               "touch.cadence": rows["touch.cadence"]["b"], "res.company": world.world["companies"]["b"],
               "touch.marker.option": rows["touch.marker.option"]["b"], "touch.reason": rows["touch.reason"]["b"]}  # fmt: skip
    for model, kind in world.world["models"].items():
        if not kind["transient"]:
            continue
        fields = world.world["fields"][model]
        shown = {name: {"fields": {"display_name": {}}} if field["type"] == "many2one" else {} for name, field in fields.items()}
        pointed = [
            {name: foreign[field["relation"]]}
            for name, field in fields.items()
            if field["relation"] in foreign and field["type"] == "many2one"
        ]
        if "res_ids" in fields:
            pointed += [{"model": target, "res_ids": [foreign[target]]} for target in fields["model"]["selection"] if target in foreign]
        if "res_id" in fields:
            pointed += [{"model": target, "res_id": foreign[target]} for target in fields["model"]["selection"] if target in foreign]
        base = {"touch.enroll": {"cadence_id": rows["touch.cadence"]["a"]}, "touch.skip": {"reason": "x"}, "touch.booking.act": {"kind": "cancel"},
                "touch.finish": {"outcome_id": rows["touch.outcome"]["shared"]}}.get(model, {})  # fmt: skip
        for values in pointed:
            context = {f"default_{name}": value for name, value in values.items()}
            said = [
                world.tries(role, model, "web_save", [], {**base, **values}, shown),
                world.tries(role, model, "onchange", [], values, list(values), shown),
                world.tries(role, model, "onchange", [], {}, [], shown, context=context),
                world.tries(role, model, "default_get", list(fields), context=context),
            ]
            text = " ".join(said)
            nothing_of(owner, text, but=("contact",) if owner == "rep2" else ())
            for name in ("Cadence b", "Company B", "Reason b"):
                assert name not in text, (model, values, text)


def test_a4_a_form_of_what_a_company_sets_names_nothing_foreign(world):
    """Odoo shows the name of what a form points at before it is saved: a cadence, a reason and a text of another company, a foreign touch."""
    rows, tried = world.rows, 0
    touch, named = rows["touch.touch"]["rep_b"], {"fields": {"display_name": {}}}
    foreign = {
        **{model: rows[model]["b"] for model in ("touch.cadence", "touch.reason", "touch.script", "touch.expert", "touch.marker.question")},
        "touch.touch": touch, "res.company": world.world["companies"]["b"], "crm.team": world.world["teams"]["b"],
    }  # fmt: skip

    def look(text):
        nothing_of("rep_b", text)
        assert not re.search("(Cadence|Reason|Text|Question) b|Company B|Team b", text), text

    for model in rights.MODELS:
        if "a" not in rows.get(model, {}):
            continue
        for name, field in world.world["fields"][model].items():
            if field["type"] not in ("many2one", "many2many") or field["relation"] not in foreign:
                continue
            target, tried = foreign[field["relation"]], tried + 1
            value, sent = (target, {"id": target}) if field["type"] == "many2one" else ([[4, target, 0]], [[6, 0, [target]]])
            for one in (value, sent):
                look(world.refused("manager", model, "onchange", [], {name: one}, [name], {name: named, "display_name": {}}))
                look(world.refused("manager", model, "onchange", [], {name: one}, [], {name: named, "display_name": {}}))
            look(world.tries("manager", model, "onchange", [rows[model]["a"]], {name: value}, [name], {name: named, "display_name": {}}))
            look(world.tries("manager", model, "onchange", [], {}, [], {name: named}, context={f"default_{name}": value}))
            look(world.tries("manager", model, "web_save", [rows[model]["a"]], {name: value}, {name: named}))
            look(world.tries("manager", model, "web_save", [], {name: value}, {name: named}))
    assert tried > 12, "each pointer to what a company sets"
    # a row of a list in the form of another model
    shown = {"script_ids": {"fields": {"preview_client": named, "preview_subject": {}, "preview_note": {}, "preview_text": {}}}}
    script = rows["touch.script"]["a"]
    reason = world.call("manager", "touch.reason", "create", {"name": "New", "script_ids": [[4, script, 0]]})
    for client in (f"crm.lead,{rows['crm.lead']['rep_b']}", f"res.partner,{rows['res.partner']['rep_b']}"):
        row = [[0, "new", {"channel": "email", "preview_client": client, "text": "{{ deal }} {{ name }}"}]]
        context = {"default_script_ids": row}
        look(world.refused("manager", "touch.reason", "onchange", [], {"name": "New"}, [], shown, context=context))
        for changed in ([], ["script_ids"]):
            look(world.refused("manager", "touch.reason", "onchange", [], {"name": "New", "script_ids": row}, changed, shown))
        row = [[1, script, {"preview_client": client}]]
        look(world.refused("manager", "touch.reason", "onchange", [reason], {"script_ids": row}, ["script_ids"], shown))
        look(world.refused("manager", "touch.reason", "web_save", [reason], {"script_ids": row}, shown))
    world.call("manager", "touch.script", "write", [script], {"reason_id": False})
    world.call("manager", "touch.reason", "unlink", [reason])


def test_a4_a_deal_is_not_pointed_at_a_foreign_contact(world):
    contact = world.rows["res.partner"]["rep_b"]
    values = {"name": "New", "temperature": "cold"}
    for said in (
        world.refused("rep", "crm.lead", "create", {**values, "partner_id": contact}),
        world.refused("rep", "crm.lead", "create", values, context={"default_partner_id": contact}),
        world.refused("rep", "crm.lead", "load", ["name", "temperature", "partner_id/.id"], [["New", "Cold", str(contact)]]),
        world.refused("rep", "crm.lead", "write", [world.rows["crm.lead"]["rep"]], {"partner_id": contact}),
        world.refused("rep", "crm.lead", "copy", [world.rows["crm.lead"]["rep"]], {"partner_id": contact}),
    ):
        nothing_of("rep_b", said)
    world.call("rep", "ir.default", "set", "crm.lead", "partner_id", contact, user_id=True)
    try:
        nothing_of("rep_b", world.refused("rep", "crm.lead", "create", values))
    finally:
        world.free_choice("rep")


def test_a4_messages_followers_activities_and_files_of_foreign_rows(world):
    rows = world.rows
    booking, lead, job = rows["touch.expert.booking"]["rep2"], rows["crm.lead"]["rep2"], rows["touch.job"]["rep2"]
    [[file]] = world.sql(
        "INSERT INTO ir_attachment (name, type, res_model, res_id, db_datas, mimetype, company_id) "
        "VALUES ('export.json', 'binary', 'touch.job', %s, %s, 'application/json', 1) RETURNING id",
        job, mark("rep2", "note").encode(),
    )  # fmt: skip
    users = world.world["users"]
    for role in ("portal", "employee", "expert", "rep", "rep_b", "manager_b", "anonymous"):
        path = f"/web/content/{file}"
        for url in (path, f"/web/content/ir.attachment/{file}/raw", f"/web/content?model=touch.job&id={job}&field=name"):
            nothing_of("rep2", world.get(role, url).text)
        if role in ("anonymous", "portal"):
            continue
        said = [
            world.tries(role, "mail.message", "search_read", [("model", "in", ["touch.expert.booking", "touch.reason"]), ("res_id", "=", booking)], ["body"]),
            world.tries(role, "touch.expert.booking", "message_post", [booking], body="x"),
            world.tries(role, "mail.activity", "search_read", [("res_model", "=", "crm.lead"), ("res_id", "=", lead)], ["summary", "res_name"]),
            world.tries(role, "ir.attachment", "search_read", [("res_model", "=", "touch.job")], ["name", "raw"]),
        ]  # fmt: skip
        nothing_of("rep2", " ".join(said))
        for model, id_ in (("touch.expert.booking", booking), ("crm.lead", lead)):
            world.tries(role, model, "message_subscribe", [id_], [world.world["partners"][role]], context={"touch_followers_added": True})
            world.tries(role, "mail.followers", "create", {"res_model": model, "res_id": id_, "partner_id": world.world["partners"][role]})
            query = "SELECT count(*) FROM mail_followers WHERE res_model = %s AND res_id = %s AND partner_id = %s"
            assert world.sql(query, model, id_, world.world["partners"][role]) == [(0,)], (role, model)
    assert users


@pytest.mark.parametrize("form", ["letter", "card"])
def test_a4_no_letter_of_a_foreign_client_is_printed(world, form):
    for owner in ("rep2", "rep_b"):
        touch = world.rows["touch.touch"][owner]
        for role in ("anonymous", "portal", "employee", "expert", "rep", *(["manager"] if owner == "rep_b" else [])):
            for path in (
                f"/report/html/touch_cadence.touch_{form}/{touch}",
                f"/report/pdf/touch_cadence.touch_{form}/{touch}",
                f"/report/html/touch_cadence.touch_{form}/{world.rows['touch.touch']['rep']},{touch}",
                f'/report/html/touch_cadence.touch_{form}/{touch}?context={{"allowed_company_ids":[{world.world["companies"]["b"]}],"uid":1}}',
            ):
                answer = world.get(role, path)
                nothing_of(owner, answer.text)
                # a page of its own is no report: it is the door, or the error
                assert answer.status_code != 200 or "touch_address" not in answer.text, (role, path)
    own = world.rows["touch.touch"]["rep"]
    assert mark("rep", "contact") in world.get("rep", f"/report/html/touch_cadence.touch_letter/{own}").text


def test_a4_json_2_is_no_other_door(world):
    rows = world.rows

    def post(role, model, method, **body):
        return world.session(role).post(f"{world.server.url}/json/2/{model}/{method}", json=body, headers=BROWSER, timeout=60)

    for owner in ("rep2", "rep_b"):
        touch, run, lead = (rows[model][owner] for model in ("touch.touch", "touch.enrollment", "crm.lead"))
        before = world.whole("touch_touch", touch), world.whole("touch_enrollment", run)
        for role in ("portal", "employee", "rep"):
            for model, method, body in (
                ("touch.touch", "read", {"ids": [touch]}),
                ("touch.touch", "explain_why", {"ids": [touch]}),
                ("touch.touch", "done", {"ids": [touch]}),
                ("touch.touch", "write", {"ids": [rows["touch.touch"]["rep"]], "vals": {"lead_id": lead}}),
                ("touch.enrollment", "action_pause", {"ids": [run]}),
                ("touch.enrollment", "explain", {"ids": [run]}),
                ("touch.desk", "cards", {"touch_ids": [touch]}),
                ("touch.desk", "act", {"touch_id": touch, "act": "skip"}),
                ("touch.cadence", "preview_enroll", {"ids": [rows["touch.cadence"]["a"]], "clients": [lead]}),
                ("crm.lead", "judge_by_hand", {"ids": [lead], "potential": "low", "reason": "x"}),
                ("touch.touch", "search_read", {"domain": [["id", "=", touch]], "context": {"allowed_company_ids": [world.world["companies"]["b"]]}}),
            ):  # fmt: skip
                answer = post(role, model, method, **body)
                assert answer.status_code < 500, (role, model, method, answer.text[:500])
                nothing_of(owner, answer.text)
        assert before == (world.whole("touch_touch", touch), world.whole("touch_enrollment", run))
    assert post("rep", "touch.touch", "read", ids=[rows["touch.touch"]["rep"]], fields=["note"]).status_code == 200


def test_a4_foreign_companies_in_the_context_open_nothing(world):
    """For every public method of ours: the companies that a caller names are his, or the call is refused."""
    here, there = world.world["companies"]["a"], world.world["companies"]["b"]
    foreign = {
        table: list(world.rows[model].values())
        for table, model in (("touch_touch", "touch.touch"), ("touch_enrollment", "touch.enrollment"))
    }
    foreign = {table: [one for one in ids if one in (world.rows[table.replace("_", ".")]["rep_b"], world.rows[table.replace("_", ".")]["rep2_b"])]
               for table, ids in foreign.items()}  # fmt: skip
    made = {
        table: world.sql(f"SELECT count(*) FROM {table} WHERE company_id = %s", there)
        for table in ("touch_touch", "touch_enrollment", "touch_job")
    }
    lead = world.lead("rep", company_id=False, team_id=False)
    own = {"crm.lead": lead, **{model: rows["rep"] for model, rows in world.rows.items() if "rep" in rows and model != "crm.lead"}}
    own["touch.cadence"], filled = (
        world.rows["touch.cadence"]["shared"],
        {"clients": [lead], "values": {"channel": "call"}, "touch_ids": [own["touch.touch"]]},
    )
    with world.unchanged(**foreign):
        for model, method, is_model, parameters in world.world["methods"]:
            for companies in ([there], [here, there], [there, here]):
                args = [filled.get(name, "x") for name in parameters]
                ids = [] if is_model else [[own.get(model, 1)]]
                answer = world.ask("rep", model, method, [*ids, *args], {"context": {"allowed_company_ids": companies}})
                assert answer.status_code == 200
                for owner in ("rep_b", "rep2_b"):
                    nothing_of(owner, answer.text)
                assert "Company B" not in answer.text, (model, method, answer.text[:500])
    for table, count in made.items():
        assert world.sql(f"SELECT count(*) FROM {table} WHERE company_id = %s", there) == count, table


# --------------------------------------------------------------
# A5: a colleague's run is the colleague's
# --------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["bought", "wrong_contact"])
def test_a5_a_logged_touch_ends_no_run_of_a_colleague(world, outcome):
    # another person each time: one person is enrolled once
    his = {"name": f"His {outcome}", "phone": f"+32470999{len(outcome):03}", "user_id": world.world["users"]["rep2"]}
    contact = world.call("rep2", "res.partner", "create", his)
    cadence = world.call(
        "manager", "touch.cadence", "create", {"name": "Contacts", "model": "res.partner", "step_ids": [[0, 0, {"delay": 0}]]}
    )
    [run] = world.call("rep2", "touch.cadence", "enroll", [cadence], [contact])
    with world.unchanged(touch_enrollment=[run]):
        said = world.refused("rep", "res.partner", "log_touch", [contact], {"channel": "call", "outcome_id": world.outcome(outcome)})
        assert "colleague's" in said
        wizard = {"model": "res.partner", "res_ids": [contact], "outcome_id": world.outcome(outcome)}
        made = world.call("rep", "touch.log", "create", wizard)
        world.refused("rep", "touch.log", "action_log", [made])


def test_a5_who_had_a_touch_before_ends_nothing_later(world):
    """The desk takes what was done on a touch that was given away meanwhile: as a touch, never as the end of a colleague's run."""
    users = world.world["users"]
    lead = world.lead("rep2", name="His")
    [run] = world.call("rep2", "touch.cadence", "enroll", [world.rows["touch.cadence"]["a"]], [lead])
    [touch] = world.call("rep2", "touch.touch", "search", [("enrollment_id", "=", run)])
    world.sql("UPDATE touch_touch SET handed_from_id = %s WHERE id = %s", users["rep"], touch)
    for number, outcome in enumerate(("bought", "wrong_contact")):
        said = world.call(
            "rep", "touch.desk", "act", touch, "done", {"outcome_id": world.outcome(outcome), "note": "He said"}, f"late {number}", 60
        )
        assert said["ok"] and "colleague" in said["message"], said
        assert world.sql("SELECT state, won_status FROM touch_enrollment r JOIN crm_lead l ON l.id = r.lead_id WHERE r.id = %s", run) == [
            ("running", "pending")
        ]
    logged = world.sql("SELECT note FROM touch_touch WHERE lead_id = %s AND user_id = %s AND state = 'done'", lead, users["rep"])
    assert len(logged) == 2 and all("He said" in note for (note,) in logged), "what he did is not lost"
    # who moved to another company since has no part in it at all
    with world.unchanged(touch_touch=[touch]):
        world.sql("UPDATE touch_touch SET handed_from_id = %s WHERE id = %s", users["rep_b"], touch)
        assert not world.call("rep_b", "touch.desk", "act", touch, "done", {"note": "Mine"}, "x", 0)["ok"]
        world.sql("UPDATE touch_touch SET handed_from_id = %s WHERE id = %s", users["rep"], touch)


def test_a5_the_words_of_a_colleagues_pause_stay_his(world):
    """The contact is every salesperson's to read, and says what happens next: without what a colleague wrote."""
    contact = world.call("rep2", "res.partner", "create", {"name": "His", "phone": "+32470999777", "user_id": world.world["users"]["rep2"]})
    cadence = world.call(
        "manager", "touch.cadence", "create", {"name": "Pauses", "model": "res.partner", "step_ids": [[0, 0, {"delay": 0}]]}
    )
    [run] = world.call("rep2", "touch.cadence", "enroll", [cadence], [contact])
    world.call("rep2", "touch.enrollment", "action_pause", [run], "They owe us money")
    said = json.dumps(world.call("rep", "res.partner", "read", [contact], ["next_touch_why"]))
    assert "Paused" in said and "owe" not in said
    assert "owe" in json.dumps(world.call("rep2", "res.partner", "read", [contact], ["next_touch_why"]))


def test_a5_the_other_companys_manager_touches_no_foreign_deal(world):
    for owner in ("rep", "rep2"):
        lead, contact = world.rows["crm.lead"][owner], world.rows["res.partner"][owner]
        for said in (
            world.refused("manager_b", "touch.touch", "create", {"lead_id": lead, "channel": "call"}),
            world.refused("manager_b", "crm.lead", "log_touch", [lead], {"channel": "call"}),
            world.refused("manager_b", "res.partner", "log_touch", [contact], {"channel": "call"}),
            world.refused("manager_b", "touch.cadence", "enroll", [world.rows["touch.cadence"]["b"]], [lead]),
            world.refused("manager_b", "crm.lead", "judge_by_hand", [lead], "high", "Because"),
            world.refused("manager_b", "crm.lead", "ask_expert", [lead]),
        ):
            nothing_of(owner, said)


@pytest.mark.parametrize("role, owner", [("employee", "rep2"), ("expert", "rep2"), ("rep", "rep2"), ("rep", "rep_b"), ("manager", "rep_b")])
def test_a5_no_meeting_holds_up_a_foreign_deal(world, role, owner):
    """A meeting on a deal is an agreed step, for which its touches wait: nobody puts one on a deal that he may not see."""
    lead = world.rows["crm.lead"][owner]
    values = {"name": "Meeting", "start": "2026-12-01 10:00:00", "stop": "2026-12-01 11:00:00"}
    meeting = world.call(role, "calendar.event", "create", values)
    with world.unchanged(calendar_event=[meeting]):
        for said in (
            world.refused(role, "calendar.event", "write", [meeting], {"opportunity_id": lead}),
            world.refused(
                role, "calendar.event", "web_save", [meeting], {"opportunity_id": lead}, {"opportunity_id": {"fields": {"name": {}}}}
            ),
            world.refused(role, "calendar.event", "create", {**values, "opportunity_id": lead}),
            world.refused(role, "calendar.event", "create", values, context={"default_opportunity_id": lead}),
            world.refused(role, "calendar.event", "copy", [meeting], {"opportunity_id": lead}),
            world.refused(role, "calendar.event", "load", ["name", "start", "stop", "opportunity_id/.id"], [[*values.values(), str(lead)]]),
        ):
            nothing_of(owner, said)
    assert not world.sql("SELECT id FROM calendar_event WHERE opportunity_id = %s", lead)


@pytest.mark.parametrize("role", ["employee", "expert", "portal"])
def test_a5_nobody_outside_sales_asks_when_a_client_is_touched(world, role):
    for name in (
        "next_touch_date",
        "last_touch_date",
        "touch_count",
        "next_touch_why",
        "temperature",
        "potential",
        "touch_ids",
        "enrollment_ids",
    ):
        for model in ("res.partner", "crm.lead"):
            world.refused(role, model, "read", [world.rows[model]["rep"]], [name])
        for method, *args in (("plan_touch", "call", time.strftime("%Y-%m-%d"), "Mine"), ("action_touch_plan",)):
            said = world.refused(role, "res.partner", method, [world.rows["res.partner"]["rep"]], *args)
            assert "AccessError" in said and "cadence" not in said.lower(), said
        world.refused(role, "res.partner", "search", [(name, "!=", False)])
        world.refused(role, "res.partner", "search", [("child_ids", "any", [(name, "!=", False)])])
        world.refused(role, "res.partner", "formatted_read_group", [], [name], ["__count"])


# --------------------------------------------------------------
# A6: no setting stops the product
# --------------------------------------------------------------

HUGE = (3_000_000, 10**9, 2**31 - 1, -1, -(2**31))


def test_a6_settings_have_bounds_over_rpc(world):
    company = world.world["companies"]["a"]
    with world.unchanged(res_company=[company]):
        for name in (
            "touch_min_gap",
            "touch_judge_days",
            "touch_horizon",
            "touch_cool_days",
            "touch_keep_months",
            "touch_expert_weeks",
            "touch_value_months",
        ):
            for value in HUGE:
                wizard = world.call("manager", "touch.settings", "create", {name: value})
                assert re.search(r"\d", world.refused("manager", "touch.settings", "action_save", [wizard]))
        for value in (1e308, -1e308, -1, float("nan"), float("inf")):
            wizard = world.tries("manager", "touch.settings", "web_save", [], {"touch_large_factor": value}, {})
            made = re.search(r'"id": (\d+)', wizard.partition('"result"')[2])
            if made:
                world.refused("manager", "touch.settings", "action_save", [int(made[1])])


def test_a6_cadences_have_bounds_over_rpc(world):
    cadence, step = world.rows["touch.cadence"]["a"], world.rows["touch.cadence.step"]["a"]
    numbers = [name for name, field in world.world["fields"]["touch.cadence"].items() if field["type"] == "integer" and field["writable"]]
    assert {"rest_days", "window_days"} <= set(numbers)
    with world.unchanged(touch_cadence=[cadence], touch_cadence_step=[step]):
        for value in HUGE[:2] + HUGE[3:]:
            for name in ("rest_days", "window_days", "reply_days", "rhythm", "target"):
                assert re.search(r"\d", world.refused("manager", "touch.cadence", "write", [cadence], {name: value}))
            world.refused("manager", "touch.cadence.step", "write", [step], {"delay": value})
            world.refused("manager", "touch.cadence", "write", [cadence], {"step_ids": [[1, step, {"times": value}]]})


def test_a6_a_planted_bad_setting_takes_no_desk_down(world):
    """A database of before may hold what is refused today: the desks open, whatever one card or setting says."""
    cadence = world.rows["touch.cadence"]["a"]
    world.sql("ALTER TABLE touch_cadence DROP CONSTRAINT IF EXISTS touch_cadence_days")
    names = [
        name for (name,) in world.sql("SELECT conname FROM pg_constraint WHERE conrelid = 'touch_cadence'::regclass AND contype = 'c'")
    ]
    kept = {name: world.sql("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", name)[0][0] for name in names}
    for name in names:
        world.sql(f"ALTER TABLE touch_cadence DROP CONSTRAINT {name}")
    try:
        with world.planted("touch_cadence", cadence, rest_days=9_999_999, window_days=10**9):
            loaded = world.call("rep2", "touch.desk", "load", True)
            assert loaded["queue"] and len(loaded["cards"]) == len(loaded["queue"])
    finally:
        for name, definition in kept.items():
            world.sql(f"ALTER TABLE touch_cadence ADD CONSTRAINT {name} {definition}")


# --------------------------------------------------------------
# A7: nonsense ends as a sentence
# --------------------------------------------------------------


def test_a7_dates_have_bounds_over_rpc(world):
    lead, rows = world.rows["crm.lead"]["rep2"], world.rows
    touch, run, activity = rows["touch.touch"]["rep2"], rows["touch.enrollment"]["rep2"], rows["mail.activity"]["rep2"]
    with world.unchanged(touch_touch=[touch], touch_enrollment=[run], mail_activity=[activity]):
        for moment in ("2099-01-01 00:00:00", "0001-01-01 00:00:00", FAR, "soon", 5):
            world.refused("rep2", "crm.lead", "log_touch", [lead], {"channel": "call", "date_done": moment})
        for day in (FAR, "0001-01-01", "2026-02-30", "soon", None, 7, [], 1e308):
            world.refused("rep2", "touch.touch", "snooze", [touch], day)
            world.refused("rep2", "touch.desk", "act", touch, "snooze", {"until": day})
        for day in (FAR, "0001-01-01"):
            world.refused("rep2", "touch.enrollment", "action_pause", [run], "x", day)
            world.refused("rep2", "touch.touch", "write", [touch], {"date_deadline": day})
            world.refused("rep2", "mail.activity", "write", [activity], {"date_deadline": day})
            wizard = world.call("rep2", "touch.act", "create", {"model": "crm.lead", "res_ids": [lead], "act": "pause", "until": day})
            world.refused("rep2", "touch.act", "action_act", [wizard])


def test_a7_who_is_named_twice_was_touched_once(world):
    lead = world.lead("rep")
    assert len(world.call("rep", "crm.lead", "log_touch", [lead] * 2000, {"channel": "call"})) == 1
    assert world.sql("SELECT count(*) FROM touch_touch WHERE lead_id = %s", lead) == [(1,)]


@pytest.mark.parametrize("model", FOUND)
def test_a7_nobody_sets_what_the_method_finds(world, model):
    row, others = world.rows[model]["rep"], ("rep", "employee", "expert", "portal")
    for role in others:
        with world.unchanged(**{model.replace(".", "_"): [row]}):
            for name, value in FOUND[model].items():
                world.refused(role, model, "write", [row], {name: value})
                world.refused(role, model, "create", {"name": "New", name: value})
    for name, value in FOUND[model].items():
        world.refused("rep", model, "web_save", [row], {name: value}, {"display_name": {}})
        world.refused("rep", model, "load", ["name", name], [["New", str(value)]])
        world.refused("rep", model, "create", {"name": "New"}, context={f"default_{name}": value})
        world.refused("rep", model, "name_create", "New", context={f"default_{name}": value})
        world.refused("rep", model, "copy", [row], {name: value})
        world.call("rep", "ir.default", "set", model, name, value, user_id=True)
        try:
            world.refused("rep", model, "create", {"name": "New"})
        finally:
            world.free_choice("rep")
    with world.planted(model.replace(".", "_"), row, potential="high"):
        [copied] = world.call("rep", model, "copy", [row])  # a copy is judged by nobody yet, and may be made
        assert world.call("rep", model, "read", [copied], ["potential"]) == [{"id": copied, "potential": False}]


def test_a7_an_expert_reports_hours_that_a_week_has(world):
    booking = world.rows["touch.expert.booking"]["expert"]
    with world.planted("touch_expert_booking", booking, start="2026-01-01 09:00:00", stop="2026-01-01 10:00:00"):
        for hours in (1e308, -1, 1001, float("nan"), float("inf"), "x", [], True):
            world.refused("expert", "touch.expert.booking", "action_done", [booking], None, hours)
            if isinstance(hours, float | int) and hours is not True:
                values = {"booking_id": booking, "kind": "done", "hours": hours}
                made = re.search(r'"result": (\d+)', world.tries("expert", "touch.booking.act", "create", values))
                if made:
                    world.refused("expert", "touch.booking.act", "action_do", [int(made[1])])


def test_a7_no_touch_or_client_goes_to_a_portal_or_foreign_user(world):
    rows, users = world.rows, world.world["users"]
    touch, lead, activity = rows["touch.touch"]["rep2"], rows["crm.lead"]["rep2"], rows["mail.activity"]["rep2"]
    for name in ("portal", "rep_b"):
        with world.unchanged(touch_touch=[touch], crm_lead=[lead]):
            world.refused("rep2", "touch.desk", "act", touch, "reassign", {"user_id": users[name]})
            world.refused("rep2", "mail.activity", "write", [activity], {"user_id": users[name]})
            made = world.tries(
                "manager", "touch.act", "create", {"model": "crm.lead", "res_ids": [lead], "act": "hand_over", "user_id": users[name]}
            )
            wizard = re.search(r'"result": (\d+)', made)
            if wizard:
                world.refused("manager", "touch.act", "action_act", [int(wizard[1])])


@pytest.mark.parametrize("role", ["employee", "expert", "portal", "rep", "rep_b"])
def test_a7_personal_facts_are_for_those_who_need_them(world, role):
    users, contact = world.world["users"], world.rows["res.partner"]["rep2"]
    for name in ("touch_level", "touch_strength", "touch_per_day", "touch_substitute_id"):
        world.refused(role, "res.users", "read", [users["rep2"]], [name])
        world.refused(role, "res.users", "search", [(name, "!=", False)])
        world.refused(role, "res.users", "search", [], order=name)
        world.refused(role, "res.users", "formatted_read_group", [], [name], ["__count"])
    if role not in ("rep", "rep_b"):
        world.refused(role, "res.partner", "read", [contact], ["birthdate_date"])
        world.refused(role, "res.partner", "search", [], order="birthdate_date")
        world.refused(role, "res.partner", "formatted_read_group", [], [], ["birthdate_date:max"])


def test_a7_the_right_is_asked_for_before_the_values_are_read(world):
    for role in ("rep", "manager"):
        for values in ({}, {"channel": "call"}, {"lead_id": "x"}, {"partner_id": [1]}):
            assert "AccessError" in world.refused(role, "touch.touch", "create", values)
            assert "AccessError" in world.refused(role, "touch.enrollment", "create", values)


def test_a7_a_preview_of_a_hundred_thousand_is_short(world):
    before = time.monotonic()
    many = list(range(1, 100_001))
    answer = world.call("rep", "touch.cadence", "preview_enroll", [world.rows["touch.cadence"]["a"]], many)
    assert time.monotonic() - before < 15
    assert "100,000" in answer[-1]["reason"]
    nothing_of("rep2", json.dumps(answer))
    nothing_of("rep_b", json.dumps(answer))


# what a caller may send along with any call, and our code looks at
CONTEXTS = (
    {"active_ids": "x", "active_model": "crm.lead"}, {"active_ids": [1], "active_model": "x"}, {"active_ids": [1]}, {"active_ids": [[1]], "active_model": []},
    {"active_ids": [1] * 20000, "active_model": "res.partner", "active_domain": [["user_ids.totp_secret", "=like", "A%"]]},
    {"default_act": []}, {"default_act": {"x": 1}}, {"default_booking_id": "x"}, {"default_booking_id": [1]}, {"default_booking_id": 2**40},
    {"touch_outcome_id": "x"}, {"touch_outcome_id": [1]}, {"touch_outcome_id": -1}, {"touch_prepared": "x"}, {"touch_prepared": -1},
    {"touch_mail_headers": "x"}, {"touch_mail_headers": [[1, 2]]}, {"touch_date_done": "2050-01-01 00:00:00"}, {"touch_unreviewed": True},
    {"tz": "Mars/Phobos"}, {"cron_id": "x"}, {"active_test": "x"},
)  # fmt: skip


@pytest.mark.parametrize("context", CONTEXTS, ids=str)
def test_a7_a_strange_context_ends_as_a_sentence(world, context):
    rows = world.rows
    lead, touch, booking = rows["crm.lead"]["rep2"], rows["touch.touch"]["rep2"], rows["touch.expert.booking"]["rep2"]
    for model, method, *args in (
        ("touch.log", "default_get", ["model", "res_ids", "channel"]),
        ("touch.act", "default_get", ["model", "res_ids", "act"]),
        ("touch.enroll", "default_get", ["model", "res_ids", "cadence_id"]),
        ("touch.booking.act", "default_get", ["booking_id", "hours"]),
        ("touch.log", "onchange", [], {}, [], {"preview": {}, "selected_count": {}}),
        ("crm.lead", "action_touch_act", [lead]),
        ("crm.lead", "action_touch_log", [lead]),
        ("touch.expert.booking", "action_ask_done", [booking]),
        ("touch.touch", "explain_why", [touch]),
        ("touch.desk", "load"),
        ("crm.lead", "message_post", [lead]),
        ("mail.activity", "action_feedback", [rows["mail.activity"]["rep"]]),
    ):
        world.tries("rep2", model, method, *args, context=context)
