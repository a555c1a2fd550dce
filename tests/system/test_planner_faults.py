"""The planner as a batch job on real workers: killed anywhere, shared by two hosts (invariants 1, 6; PEERS 8)."""

import signal
import time

import db
from conftest import Server, in_shell

ENROL = """
leads = env["crm.lead"].search([], order="id")
env.ref("touch_cadence.touch_cadence_standard")._create_enrollments(leads)
cron = env.ref("touch_cadence.ir_cron_plan_touches")
cron.nextcall = "2020-01-01 00:00:00"
env.cr.commit()
"""
# what a touch is, without what depends on who came first (ids, moments)
PLANNED = """SELECT lead_id, number, purpose, channel, reason_id, step_id, user_id, date_deadline, state
             FROM touch_touch ORDER BY lead_id, id"""

PLANNING = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'INSERT INTO \"touch_touch\"%'"
ODOO_AT_WORK = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'odoo-%'"


def rows(database, query):
    connection = db.connect(database)
    with connection.cursor() as cr:
        cr.execute(query)
        found = cr.fetchall()
    connection.close()
    return found


def wait_for(question, seconds=90):
    for _try in range(seconds * 20):
        if question():
            return
        time.sleep(0.05)  # polls a condition of another process; the test goes on as soon as it holds
    raise AssertionError("it did not come to pass")


def wait_for_cron(database, question):
    """As :func:`wait_for`, but wakes the cron workers meanwhile, as Odoo does; by themselves they look once a minute."""

    def asked():
        with db.connect().cursor() as cr:
            cr.execute("SELECT pg_notify('cron_trigger', %s)", [database])
        return question()

    wait_for(asked)


def planned(database):
    return rows(database, "SELECT count(*) FROM touch_touch WHERE state = 'planned'")[0][0]


def undisturbed(template, name):
    """What a planner that nobody disturbs plans."""
    from conftest import CONF, drop, odoo

    drop(name)
    odoo("db", "-c", str(CONF), "duplicate", "-f", template, name)
    in_shell(name, ENROL + '\nenv["touch.enrollment"]._cron_plan_touches()\nenv.cr.commit()\n')
    found = rows(name, PLANNED)
    drop(name)
    assert len(found) == 300
    return found


def test_killed_and_run_again_it_plans_the_same(template, database):
    in_shell(database, ENROL)
    # small batches, each slowed down in the database itself, so that the kill surely falls into the middle
    connection = db.connect(database)
    with connection.cursor() as cr:
        cr.execute(
            """CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.01); RETURN NEW; END';
               CREATE TRIGGER slow BEFORE INSERT ON touch_touch FOR EACH ROW EXECUTE FUNCTION slow()"""
        )
    kills = 0
    for _attempt in range(2):
        server = Server(database, crons=1)
        wait_for_cron(database, lambda: rows(database, PLANNING))
        server.stop(signal.SIGKILL)
        kills += 1
        wait_for(lambda: not rows(database, ODOO_AT_WORK))
        assert planned(database) < 300, "the kill came too late to mean anything"
        orphans = rows(
            database, "SELECT 1 FROM mail_activity a WHERE automated AND NOT EXISTS (SELECT 1 FROM touch_touch WHERE activity_id = a.id)"
        )
        assert not orphans, "half a batch was left behind"
    assert kills == 2
    with connection.cursor() as cr:
        cr.execute("DROP TRIGGER slow ON touch_touch")
    connection.close()
    server = Server(database, crons=1)
    wait_for_cron(database, lambda: planned(database) == 300)
    server.stop()
    assert rows(database, PLANNED) == undisturbed(template, "system_undisturbed")
    in_shell(database, 'env["touch.enrollment"]._cron_plan_touches()\nenv.cr.commit()\n')
    assert planned(database) == 300


def test_two_hosts_share_the_work(template, database):
    in_shell(
        database,
        ENROL
        + """
cron.code = "model._cron_plan_touches(0, 2)"
cron.copy({"code": "model._cron_plan_touches(1, 2)", "nextcall": "2020-01-01 00:00:00"})
# a third one without a shard runs into both
cron.copy({"code": "model._cron_plan_touches()", "nextcall": "2020-01-01 00:00:00"})
env.cr.commit()
""",
    )
    servers = [Server(database, crons=2) for _host in range(2)]
    wait_for_cron(database, lambda: planned(database) == 300)
    for server in servers:
        server.stop()
    assert rows(database, PLANNED) == undisturbed(template, "system_undisturbed_two")
    assert rows(database, "SELECT count(*) FROM mail_activity WHERE automated AND active")[0][0] == 300
    assert rows(database, "SELECT count(*) FROM ir_cron WHERE failure_count > 0")[0][0] == 0
    assert not rows(database, "SELECT 1 FROM touch_enrollment WHERE state = 'blocked'")
