"""Every public method of ours, called over JSON-RPC by every role with whatever a caller could send: only clear errors, no leak, no foreign row changed.

The calls are drawn with a fixed seed. An error of Odoo's own, raised before our code is reached (a wrong number of arguments, ids that are no
list), is Odoo's; one that was raised below a frame of ours is a fault of ours, unless it is one of the errors that Odoo shows as a sentence.
"""

import random
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import db
import pytest
from people import CLEAR, GROUPS, People, mark

SEED = 20261126
# values tried for each method and role
DRAWS = 6
AT_ONCE = 4
NASTY = (
    None, True, "x", "", -1, 0, 2**31, 2**70, 1e308, 10**9, [], [[]], [[1, [2, [3]]]], [None], ["x"], {}, {"x": 1}, {"id": [1]}, [{"x": {}}],
    "<script>alert(1)</script><img src=x onerror=alert(1)>", "Ж" * 100_000, "a\0b", "9999-12-31", "0001-01-01", "2026-02-30", "'; DROP TABLE touch_touch; --",
    [[6, 0, [1]]], ["|"], [["create_uid.password", "!=", False]],
)  # fmt: skip
# what may be sent along in the context, in every third call
CONTEXTS = (
    {"active_ids": "x", "active_model": "crm.lead"}, {"active_ids": [1], "active_model": "x"}, {"active_ids": [[1]], "active_model": []},
    {"default_act": []}, {"default_booking_id": "x"}, {"default_model": "res.users", "default_res_ids": [1]}, {"default_state": "done", "default_hours": 900},
    {"touch_outcome_id": "x"}, {"touch_prepared": "x"}, {"touch_date_done": "2050-01-01 00:00:00"}, {"touch_unreviewed": True, "touch_by_method": True},
    {"touch_booking": True, "touch_followers_added": True}, {"touch_mail_headers": [["x", "y"]]}, {"active_test": "x"}, {"cron_id": "x"},
    {"allowed_company_ids": [2]}, {"allowed_company_ids": [1, 2]}, {"uid": 1, "su": True}, {"bin_size": True, "tracking_disable": True},
)  # fmt: skip
# rows whose state nobody but their owner, a manager or the planner may move
WATCHED = {
    "touch_touch": "user_id, state, note, date_deadline, lead_id, partner_id, outcome_id, activity_id",
    "touch_enrollment": "user_id, state, stop_note, cadence_id",
    "touch_expert_booking": "user_id, state, note, expert_id, start",
    "touch_judgement": "potential, override_reason",
    "touch_job": "state, user_id",
    "crm_lead": "name, user_id, partner_id, potential, expert_alone_reason, won_status, active",
}


@pytest.fixture(scope="module")
def world(make_database):
    with People.at_work(make_database("system_fuzz")) as working:
        yield working


def owner_rows(world, owner):
    """:return: {table: ids of the owner's rows}"""
    rows = world.rows
    leads = [rows["crm.lead"][owner], rows["lead2"][owner]]
    return {
        "touch_touch": [rows["touch.touch"][owner], rows["done"][owner]],
        "touch_enrollment": [rows["touch.enrollment"][owner], rows["paused"][owner]],
        "touch_expert_booking": [rows["touch.expert.booking"][owner], rows["touch.expert.report"][owner]],
        "touch_judgement": [rows["touch.judgement"][owner]],
        "touch_job": [rows["touch.job"][owner]],
        "crm_lead": leads,
    }


def checksum(world, owner):
    with db.connect(world.server.database).cursor() as cr:
        result = {}
        for table, ids in owner_rows(world, owner).items():
            cr.execute(f"SELECT id, {WATCHED[table]} FROM {table} WHERE id = ANY(%s) ORDER BY id", [ids])
            result[table] = cr.fetchall()
        return result


def closed_to(role):
    """:return: the owners whose deals, runs and notes the role has no part in"""
    b = role.endswith("_b")
    if role in ("rep_all", "manager", "manager_b"):
        return [owner for owner in (*GROUPS, "rep2", "rep2_b") if owner.endswith("_b") != b]
    return [owner for owner in (*GROUPS, "rep2", "rep2_b") if owner != role]


def secrets(role):
    """:return: what may stand in no answer to the role. Contacts of one's own company are Odoo's to show."""
    found = [mark(owner, what) for owner in closed_to(role) for what in ("deal", "note")]
    others = [owner for owner in closed_to(role) if owner.endswith("_b") != role.endswith("_b") or role == "portal"]
    return re.compile("|".join([*found, *(mark(owner, "contact") for owner in others)]), re.IGNORECASE)


def draws(world, role, generator):
    """:return: the calls of a role: (model, method, arguments, what is sent along)"""
    calls = []
    for model, method, is_model, parameters in world.world["methods"]:
        foreign = [world.rows[model][owner] for owner in closed_to(role)] if model in world.rows and "rep2" in world.rows[model] else []
        some = [*NASTY, *foreign, *(row for rows in world.rows.values() for row in list(rows.values())[:2])]
        for number in range(DRAWS):
            args = [generator.choice(some) for _one in parameters]
            if number == 0:
                args = []
            elif number == 1 and parameters:
                args = [*args[:-1], foreign or [1]]
            if not is_model:
                ids = generator.choice([foreign, foreign, [generator.choice(foreign or [1])], [10**6], [[1]], ["x"], [-1], [None]])
                args = [ids, *args]
            calls.append((model, method, args, {"context": generator.choice(CONTEXTS)} if number % 3 == 2 else {}))
    return calls


def look_at(world, role, secret, call):
    """:return: what is wrong with the answer to a call, or nothing"""
    model, method, args, along = call
    answer = world.ask(role, model, method, args, dict(along))
    said = f"{role}: {model}.{method}({str(args)[:160]}, {along})"
    if answer.status_code != 200:
        return f"{said}: HTTP {answer.status_code}"
    sent = str(args)
    leaked = [one for one in secret.findall(answer.text) if one not in sent]
    if leaked:
        return f"{said}: tells {set(leaked)}"
    data = answer.json().get("error", {}).get("data")
    if not data or data["name"] in CLEAR or "/touch_cadence" not in data["debug"]:
        return None
    lines = data["debug"].splitlines()
    frames = [
        (line.strip(), source.strip()) for line, source in pairwise(lines) if "/touch_cadence" in line and line.lstrip().startswith("File")
    ]
    handed_on = re.search(rf"\bsuper\(.*\)\.{re.escape(frames[-1][0].rpartition(' in ')[2])}\(", frames[-1][1])
    if handed_on:  # what was sent went on unchanged, and Odoo's own method refused it
        return None
    return f"{said}: {data['name']}: {data['message'][:160]} {frames[-1][0]}"


def test_every_public_method_answers_in_sentences_and_tells_nothing_foreign(world):
    before = {owner: checksum(world, owner) for owner in (*GROUPS, "rep2", "rep2_b")}

    def work(role):
        generator, secret = random.Random(f"{SEED} {role}"), secrets(role)
        return [found for call in draws(world, role, generator) if (found := look_at(world, role, secret, call))]

    for role in GROUPS:
        world.session(role)
    # those who may do least first: what they changed is nobody's right
    low = [role for role in GROUPS if role in ("portal", "employee", "expert")]
    with ThreadPoolExecutor(AT_ONCE) as several:
        wrong = [one for found in several.map(work, low) for one in found]
        for owner in before:
            assert checksum(world, owner) == before[owner], f"rows of {owner} were changed by who has no part in sales"
        wrong += [one for found in several.map(work, ("rep", "rep_b")) for one in found]
        for owner in ("rep2", "rep2_b"):
            assert checksum(world, owner) == before[owner], f"rows of {owner} were changed by a colleague"
        wrong += [one for found in several.map(work, ("rep_all", "manager", "manager_b")) for one in found]
    assert not wrong, f"{len(wrong)} answers:\n" + "\n".join(wrong[:60])
