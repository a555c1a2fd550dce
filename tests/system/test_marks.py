"""What is marked is decided: with two transactions at once, over RPC, and when a process is killed."""

import json

from conftest import in_shell

ENROL = """
leads = env["crm.lead"].search([], order="id")
env.ref("touch_cadence.touch_cadence_standard")._create_enrollments(leads)
env.cr.commit()
env["touch.enrollment"]._cron_plan_touches()
env.cr.commit()
"""


def shell(database, script):
    """:return: what the script left in ``result``, by Json"""
    return json.loads(in_shell(database, script + "\nimport json; print('RESULT' + json.dumps(result))").split("RESULT")[-1])


def test_a_mark_set_while_the_planner_decides_is_not_lost(database):
    kept = shell(
        database,
        ENROL
        + """
from psycopg2.errors import LockNotAvailable
run = env["touch.enrollment"].search([], order="id", limit=1)
mark = env["touch.mark"]._leave_to_planner
mark(run.ids)
env.cr.commit()
result = {}
with env.registry.cursor() as planner:
    its = env(cr=planner)
    claimed = its["touch.enrollment"]._claim_marked(0, 1)
    claimed._plan()
    # somebody else's transaction, meanwhile: the planner has read what was there before
    env.cr.execute("SET LOCAL lock_timeout = '300ms'")
    try:
        mark(run.ids)  # more than are decided in one go: only marked
        env.cr.commit()
        result["waited"] = False
    except LockNotAvailable:
        env.cr.rollback()  # as a request, which is tried again
        result["waited"] = True
    planner.commit()
if result["waited"]:
    mark(run.ids)
    env.cr.commit()
env.cr.execute("SELECT review_since IS NOT NULL FROM touch_enrollment WHERE id = %s", [run.id])
[[result["marked"]]] = env.cr.fetchall()
""",
    )
    assert kept["marked"]
