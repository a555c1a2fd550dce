"""An installation's life on a real server: its first minutes, updates of it and of others, uninstalling."""

import lzma
import subprocess
import sys
import threading
import time
from pathlib import Path

import db
import pytest
from conftest import CONF, ROOT, Server, drop, in_shell, odoo

DATA = Path(__file__).parent / "data"


def rows(database, query, *values):
    with db.connect(database).cursor() as cr:
        cr.execute(query, values)
        return cr.fetchall()


# what a database is made of; each row begins with its kind. Ids of actions in views, and how an index spells its types, are left out.
SHAPE = r"""
SELECT 'table', tablename::text FROM pg_tables WHERE schemaname = 'public'
UNION ALL SELECT 'column', table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || COALESCE(column_default, '')
    FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'index', regexp_replace(indexdef, '::(text|character varying)|\[\]|[()]', '', 'g') FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint', conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
UNION ALL SELECT 'model', model FROM ir_model
UNION ALL SELECT 'field', model || '.' || name || ' ' || ttype || ' ' || COALESCE(relation, '') FROM ir_model_fields
UNION ALL SELECT 'selection', field.model || '.' || field.name || ' ' || value
    FROM ir_model_fields_selection selection JOIN ir_model_fields field ON field.id = selection.field_id
UNION ALL SELECT 'xmlid', module || '.' || name || ' ' || model || ' ' || COALESCE(noupdate, FALSE) FROM ir_model_data
UNION ALL SELECT 'rule', data.name || ' ' || COALESCE(domain_force, '') || perm_read || perm_write || perm_create || perm_unlink || rule.active
    FROM ir_rule rule JOIN ir_model_data data ON data.model = 'ir.rule' AND data.res_id = rule.id
UNION ALL SELECT 'acl', name || perm_read || perm_write || perm_create || perm_unlink FROM ir_model_access
UNION ALL SELECT 'cron', cron_name FROM ir_cron
UNION ALL SELECT 'server action', name::text FROM ir_act_server
UNION ALL SELECT 'window action', name::text || ' ' || COALESCE(res_model, '') FROM ir_act_window
UNION ALL SELECT 'menu', name::text FROM ir_ui_menu
UNION ALL SELECT 'view', COALESCE(model, '') || ' ' || name || ' ' || md5(regexp_replace(arch_db::text, 'name=."\d+."', '', 'g')) FROM ir_ui_view
UNION ALL SELECT 'group', name::text FROM res_groups
UNION ALL SELECT 'parameter', key FROM ir_config_parameter
UNION ALL SELECT 'mail template', name::text FROM mail_template
UNION ALL SELECT 'activity type', name::text FROM mail_activity_type
UNION ALL SELECT 'subtype', name::text FROM mail_message_subtype
UNION ALL SELECT 'asset', path FROM ir_asset
UNION ALL SELECT 'calendar', name::text FROM resource_calendar
UNION ALL SELECT 'meeting', name FROM calendar_event
UNION ALL SELECT 'activity', id::text FROM mail_activity WHERE active
UNION ALL SELECT 'attachment', COALESCE(res_model, '') || ' ' || COALESCE(name, '') FROM ir_attachment
    WHERE COALESCE(url, '') NOT LIKE '/web/assets%%'
"""


def shape(database):
    return sorted(rows(database, SHAPE))


def load_dump(name, path):
    """Load a plain dump of ``pg_dump`` without ``psql``: statements, and between them rows for COPY."""
    drop(name)
    with db.connect().cursor() as cr:
        cr.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    with db.connect(name).cursor() as cr, lzma.open(path, "rt", encoding="utf-8", newline="\n") as dump:
        statements = []
        for line in dump:
            if line.startswith("COPY ") and line.endswith(" FROM stdin;\n"):
                cr.execute("SELECT 1;" + "".join(statements))  # what stands before may be comments only
                statements = []
                cr.copy_expert(line, Rows(dump))
            else:
                statements.append(line)
        cr.execute("SELECT 1;" + "".join(statements))


class Rows:
    """The rows that follow a COPY in a dump, as a file that ends where they end."""

    def __init__(self, lines):
        self.lines, self.rest, self.over = lines, "", False

    def read(self, size=-1):
        while not self.over and (size < 0 or len(self.rest) < size):
            line = next(self.lines)
            if line == "\\.\n":
                self.over = True
            else:
                self.rest += line
        size = len(self.rest) if size < 0 else size
        piece, self.rest = self.rest[:size], self.rest[size:]
        return piece


def update(database, *args):
    """Run an update and return its log."""
    done = subprocess.run(
        [sys.executable, "-m", "odoo", "-c", str(CONF), "-d", database, "--stop-after-init", "--log-level=warn", *args],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    faults = [line for line in done.stderr.splitlines() if " ERROR " in line or " CRITICAL " in line or " WARNING " in line]
    assert not faults, "\n".join(faults)
    return done.stderr


# --------------------------------------------------------------
# D6: upgrade
# --------------------------------------------------------------


@pytest.fixture(scope="module")
def upgraded():
    """The database of the oldest version after an update, and what stood in it before: {table: {id: row}}."""
    name = "system_upgraded"
    load_dump(name, DATA / "oldest.sql.xz")
    tables = ("touch_touch", "touch_enrollment", "touch_reason", "touch_cadence", "touch_cadence_step", "touch_outcome", "mail_activity")
    before = {}
    for table in tables:
        before[table] = {row["id"]: row for (row,) in rows(name, f"SELECT to_jsonb(t) FROM {table} t")}
    update(name, "-u", "touch_cadence")
    yield name, before
    drop(name)


def test_d6_an_update_leaves_all_as_it_was(upgraded):
    name, before = upgraded
    # what the migration fills where nobody changed it
    filled = {
        "touch_reason": {"name", "kind", "hot", "cold", "warm", "recurrence", "domain"},
        "touch_cadence": {"domain", "won_cadence_id"},
        "touch_cadence_step": {"name", "sequence", "delay", "purpose"},
        "touch_outcome": {"name", "sequence", "temperature_effect", "reached", "answer"},
        "touch_touch": {"reached"},
        "touch_enrollment": {"touch_count"},  # none is 0: without a value it stands behind all others in reports
    }
    counted = {"touch_outcome": "counts", "touch_touch": "counts"}  # what was called "reached"
    for table, old in before.items():
        now = {row["id"]: row for (row,) in rows(name, f"SELECT to_jsonb(t) FROM {table} t")}
        assert not set(old) - set(now), f"{table}: rows are gone"
        for id_, row in old.items():
            if table in counted:
                assert now[id_][counted[table]] == row["reached"], (table, id_)
            changed = {
                column
                for column, value in row.items()
                if now[id_].get(column, value) != value
                and column not in filled.get(table, ())
                and column not in ("write_date", "write_uid")
            }
            assert not changed, (table, id_, {column: (row[column], now[id_][column]) for column in changed})
    assert len(before["touch_touch"]) > 10
    assert {row["state"] for row in before["touch_touch"].values()} == {"planned", "done", "skipped"}
    assert {row["state"] for row in before["touch_enrollment"].values()} >= {"running", "paused", "refused", "won", "stopped"}


def test_d6_what_was_deleted_stays_deleted(upgraded):
    name, _before = upgraded
    known = {name for (name,) in rows(name, "SELECT name FROM ir_model_data WHERE module = 'touch_cadence'")}
    assert not known & {"touch_reason_faq", "touch_cadence_standard_step_5", "touch_outcome_voicemail"}
    assert not rows(name, "SELECT 1 FROM touch_reason WHERE name->>'en_US' = 'Answers to what others asked'")


def test_d6_what_is_new_comes_by_the_migration(upgraded):
    name, _before = upgraded
    said = in_shell(
        name,
        """
ref = lambda name: env.ref(f"touch_cadence.{name}")
print(ref("touch_outcome_met").reached, ref("touch_outcome_clear_no").channels, ref("touch_outcome_no_answer").reached, ref("touch_outcome_no_answer").name)
print(ref("touch_script_ask_meeting_email").subject, "|", ref("touch_reason_ask_audit").script_ids.mapped("channel"), "|", ref("touch_reason_tip").text)
print(ref("touch_reason_introduction").domain, ref("touch_reason_introduction").buyers, ref("touch_cadence_nurture").rhythm, ref("touch_cadence_care").lapsed_cadence_id.name)
touches = env["touch.touch"].search([("state", "=", "done")], order="id")
print(*(f"{touch.outcome_id.name or touch.direction}:{touch.reached}" for touch in touches), sep=", ")
print(all(touch.why for touch in env["touch.touch"].search([("state", "=", "planned")])))
print(env["ir.config_parameter"].search_count([("key", "=like", "touch_cadence.upgrade%")]))
""",
    ).splitlines()
    assert said[0] == "True  False Nobody there"
    # the manager made another thing of the audit: our texts for it would be wrong
    assert said[1] == "Half an hour together? | [] | <p>Our own tip: turn it off at night.</p>"
    assert said[2] == "False not 4 Win back"
    assert said[3] == "Interested:True, Nobody there:False, Clear no:True, Bought:True, in:True"
    assert said[4:] == ["True", "0"]


def test_d6_a_new_database_and_an_updated_one_are_the_same(upgraded, template):
    name, _before = upgraded
    fresh, old = set(shape(template)), set(shape(name))
    # what differs is people's: what they deleted, and what they made
    people = ("meeting", "activity", "attachment", "calendar", "parameter")
    gone = {
        "touch_cadence.touch_reason_faq touch.reason true",
        "touch_cadence.touch_cadence_standard_step_5 touch.cadence.step true",
        "touch_cadence.touch_outcome_voicemail touch.outcome true",
    }
    # texts of reasons that were deleted, or rewritten (the audit became a tour of the factory, the tip is their own), do not come
    of_gone = tuple(f"touch_cadence.touch_script_{name}_" for name in ("faq", "ask_audit", "tip"))
    missing = {
        row for row in fresh - old if row[0] not in people and not (row[0] == "xmlid" and (row[1] in gone or row[1].startswith(of_gone)))
    }
    extra = {row for row in old - fresh if row[0] not in people}
    # small addons that stand beside ours are installed by themselves with it, and by hand after an update
    ours = {row for row in missing | extra if "touch" in row[1].lower() and not row[1].startswith("touch_cadence_")}
    assert not ours, sorted(ours)


def test_d6_work_goes_on_after_the_update(upgraded, request):
    name, _before = upgraded
    copy = "system_goes_on"
    drop(copy)
    odoo("db", "-c", str(CONF), "duplicate", "-f", name, copy)
    request.addfinalizer(lambda: drop(copy))
    said = in_shell(
        copy,
        """
planned = env["touch.touch"].search([("state", "=", "planned")])
rep = env["res.users"].search([("login", "=", "rep")])
for touch in planned:
    touch.activity_id.with_user(rep).action_feedback(feedback="Made after the update")
env.cr.commit()
for cron in ("plan_touches", "night", "see_purchases", "cool", "enroll_by_rule", "assign_experts", "work"):
    env.ref(f"touch_cadence.ir_cron_{cron}").method_direct_trigger()
env.invalidate_all()
print(len(planned), len(planned.filtered(lambda touch: touch.state == "done" and touch.note == "Made after the update")))
print(env["touch.enrollment"].search_count([("state", "=", "blocked")]))
""",
    ).split()
    assert said[0] == said[1] != "0"
    assert said[2] == "0"


# --------------------------------------------------------------
# D1: the first minutes
# --------------------------------------------------------------


class Prefork(Server):
    """A server with two worker processes, as in production."""

    extra = ("--workers=2",)


class Threaded(Server):
    extra = ("--workers=0",)


@pytest.mark.parametrize("kind", [Threaded, Prefork])
def test_d1_the_first_enrolment_while_a_colleague_works(template, kind, request):
    """Nobody was ever enrolled; a colleague's clicks ask for it, over and over, while the first enrolment is made."""
    name = f"system_first_{kind.__name__.lower()}"
    drop(name)
    odoo("db", "-c", str(CONF), "duplicate", "-f", template, name)
    request.addfinalizer(lambda: drop(name))
    server = kind(name, args=kind.extra).wait()
    request.addfinalizer(server.stop)
    deals = [id_ for (id_,) in rows(name, "SELECT id FROM crm_lead ORDER BY id LIMIT 8")]
    over, clicks, faults = threading.Event(), [], []

    def colleague(deal):
        while not over.is_set():
            try:
                # an activity marked as done, and a deal moved: both ask whether there is anything of ours
                activity = server.call("manager", "crm.lead", "activity_schedule", [deal], act_type_xmlid="mail.mail_activity_data_todo")
                server.call("manager", "mail.activity", "action_feedback", activity)
                clicks.append(deal)
            except Exception as error:
                faults.append(error)
                return

    colleagues = [threading.Thread(target=colleague, args=[deal]) for deal in deals[-2:]]
    for one in colleagues:
        one.start()
    wait_until(lambda: len(clicks) >= 2)
    cadence = server.call("manager", "touch.cadence", "search", [["model", "=", "crm.lead"]], limit=1)
    context = {"default_model": "crm.lead", "default_res_ids": deals[:6]}
    wizard = server.call("manager", "touch.enroll", "create", {"cadence_id": cadence[0]}, context=context)
    server.call("manager", "touch.enroll", "action_enroll", wizard)
    many = len(clicks) + 2
    wait_until(lambda: len(clicks) >= many)
    over.set()
    for one in colleagues:
        one.join()
    assert not faults, faults
    planned = server.call("rep", "touch.touch", "search_read", [["state", "=", "planned"]], ["activity_id"])
    assert len(planned) == 6
    # every process of the server is asked several times
    for touch in planned:
        server.call("rep", "mail.activity", "action_feedback", [touch["activity_id"][0]])
    states = rows(name, "SELECT state, count(*) FROM touch_touch WHERE id = ANY(%s) GROUP BY 1", [touch["id"] for touch in planned])
    assert states == [("done", 6)], "activities ended, and not their touches"


def wait_until(what, seconds=60):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


# --------------------------------------------------------------
# D8: other addons are updated
# --------------------------------------------------------------


def test_d8_another_addon_that_makes_a_user_is_updated(database, tmp_path):
    """It comes before ours in the order of addons: while it is loaded, nobody knows our fields."""
    addon = tmp_path / "a_first_addon"
    (addon / "data").mkdir(parents=True)
    (addon / "__init__.py").write_text("")
    (addon / "__manifest__.py").write_text(
        '{"name": "First", "version": "1.0", "license": "LGPL-3", "author": "us", "depends": ["sales_team"], "data": ["data/users.xml"]}'
    )
    one = "<record id='user_{0}' model='res.users'><field name='name'>{0}</field><field name='login'>{0}</field></record>"
    (addon / "data" / "users.xml").write_text(f"<odoo>{one.format('early')}</odoo>")
    update(database, "-i", "a_first_addon", f"--addons-path={ROOT},{tmp_path}")
    (addon / "data" / "users.xml").write_text(f"<odoo>{one.format('early')}{one.format('late')}</odoo>")
    update(database, "-u", "a_first_addon", f"--addons-path={ROOT},{tmp_path}")
    assert rows(database, "SELECT login, touch_advance FROM res_users WHERE login IN ('early', 'late') ORDER BY 1") == [
        ("early", "go"),
        ("late", "go"),
    ]


# --------------------------------------------------------------
# D7: uninstalling
# --------------------------------------------------------------

PLANNED = """
from odoo import fields
cadence = env["touch.cadence"].search([("model", "=", "crm.lead")], limit=1)
cadence.enroll(env["crm.lead"].search([], order="id", limit=8))
env.cr.commit()
env.ref("touch_cadence.ir_cron_plan_touches").method_direct_trigger()
"""


def test_d7_uninstalled_and_installed_again(request):
    """The database is afterwards what it was before, with the bridge for sales orders installed, too; then one activity a deal again."""
    name = "system_leaving"
    drop(name)
    odoo("db", "-c", str(CONF), "duplicate", "-f", "tpl_crm", name)
    request.addfinalizer(lambda: drop(name))
    users = """
users = env["res.users"].with_context(no_reset_password=True)
rep = users.create({"name": "Rep", "login": "rep", "tz": "UTC", "email": "rep@touch.example",
    "group_ids": [(6, 0, [env.ref("sales_team.group_sale_salesman").id])]})
env["crm.lead"].create([{"name": f"Deal {n}", "type": "opportunity", "user_id": rep.id, "email_from": f"d{n}@touch.example",
    "phone": f"+32471{n:06}"} for n in range(8)])
env.cr.commit()
"""
    update(name, "-i", "sale")
    in_shell(name, users)
    before = shape(name)
    update(name, "-i", "touch_cadence,touch_cadence_sale")
    in_shell(
        name,
        f"""{PLANNED}
touches = env["touch.touch"].search([("state", "=", "planned")], order="id")
touches[0].done(note="Well")
skill = env["touch.skill"].create({{"name": "Steel"}})
env["touch.expert"].create({{"user_id": env.ref("base.user_admin").id, "skill_ids": skill.ids}})
env["ir.filters"].create({{"name": "Mine", "model_id": "touch.touch", "domain": "[]", "context": "{{}}", "sort": "[]"}})
env.cr.commit()
""",
    )
    assert rows(name, "SELECT count(*) FROM mail_activity WHERE active") == [(8,)]
    log = odoo("module", "uninstall", "-c", str(CONF), "-d", name, "touch_cadence").stderr
    assert not [line for line in log.splitlines() if " ERROR " in line or " CRITICAL " in line]
    after = shape(name)
    left = [row for row in after if row not in before and row[0] != "attachment"]
    # the type of the done touch: history names it
    assert [row for row in left if row[0] != "activity type"] == []
    assert len(left) <= 1
    assert rows(name, "SELECT count(*) FROM ir_filters WHERE model_id LIKE 'touch.%%'") == [(0,)]
    types = rows(name, "SELECT count(*) FROM mail_activity_type")
    update(name, "-i", "touch_cadence")
    in_shell(name, PLANNED)
    deals = rows(name, "SELECT res_id, count(*) FROM mail_activity WHERE active AND res_model = 'crm.lead' GROUP BY 1")
    assert len(deals) == 8
    assert {count for _deal, count in deals} == {1}
    doubled = rows(name, "SELECT name->>'en_US' FROM mail_activity_type GROUP BY 1 HAVING count(*) > 1")
    assert not doubled, (doubled, types)
