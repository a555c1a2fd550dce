"""Experts on a live server: twenty who ask three at once, and the way of a beginner's deal and of an expert's week in the browser."""

import collections
import datetime
import threading
import time

from conftest import Server, in_shell
from playwright.sync_api import expect
from test_planner_faults import rows, wait_for_cron

ASKERS = 20

WORLD = """
users = env["res.users"].with_context(no_reset_password=True)
env.company.write({"touch_expert_weeks": 1, "touch_expert_notice": 0})
every_day = [(0, 0, {"dayofweek": str(day), "hour_from": 0, "hour_to": 24}) for day in range(7)]
for number in range(3):
    user = users.create({"name": f"Expert {number}", "login": f"expert{number}", "tz": "UTC"})
    env["touch.expert"].create({"user_id": user.id, "window_ids": every_day})
leads = env["crm.lead"].search([], order="id")
for number in range(ASKERS):
    login = f"asker{number}"
    user = users.create({"name": login, "login": login, "password": login, "tz": "UTC", "touch_level": "experienced",
        "group_ids": [(6, 0, env.ref("sales_team.group_sale_salesman").ids)]})
    leads[number].user_id = user
env.cr.commit()
""".replace("ASKERS", str(ASKERS))


def booked(database):
    return rows(
        database, "SELECT lead_id, expert_id, start, stop, hours FROM touch_expert_booking WHERE state = 'booked' ORDER BY start, expert_id"
    )


def utcnow():
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


def room(now, week):
    """:return: hours that three experts have in this or the next week of the calendar, within seven days"""
    monday = datetime.datetime.combine(now.date() - datetime.timedelta(days=now.weekday() - 7 * week), datetime.time())
    first = max(now, monday)
    last = min(now + datetime.timedelta(days=7), monday + datetime.timedelta(days=7))
    whole = int((last - first).total_seconds() // 3600)
    return 3 * min(3, max(0, whole))


def places_for(now):
    return min(ASKERS, sum(room(now, week) for week in range(2)))


def test_twenty_ask_three_experts_at_once(database):
    in_shell(database, WORLD)
    leads = [id_ for (id_,) in rows(database, "SELECT id FROM crm_lead ORDER BY id")][:ASKERS]
    servers = [Server(database, crons=1) for _host in range(2)]
    for server in servers:
        server.wait()
        server.call("asker0", "crm.lead", "search_count", [])  # warm
    asked, failed = {}, []
    barrier, answered = threading.Barrier(ASKERS), threading.Event()

    def ask(number):
        barrier.wait()
        # the second half when somebody was answered, so that some ask after others
        if number >= ASKERS // 2:
            answered.wait(60)
        begun = time.monotonic()
        try:
            servers[number % 2].call(f"asker{number}", "crm.lead", "ask_expert", [leads[number]])
        except Exception as error:
            failed.append(error)
        asked[leads[number]] = (begun, time.monotonic())
        answered.set()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(ASKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not failed, failed

    # no request is lost
    assert rows(database, "SELECT count(*), count(DISTINCT lead_id) FROM touch_expert_booking") == [(ASKERS, ASKERS)]
    # three hours a week each; a week from now reaches into two weeks of the calendar
    now = utcnow()
    wait_for_cron(database, lambda: len(booked(database)) >= places_for(utcnow()))
    places = booked(database)
    in_shell(database, 'env["touch.expert.booking"]._assign_soon()\nenv.cr.commit()')
    assert booked(database)[: len(places)] == places, "who has a place keeps it"
    places = booked(database)
    weeks = collections.Counter()
    for _lead, expert, start, stop, hours in places:
        assert (stop - start) == datetime.timedelta(hours=hours) == datetime.timedelta(hours=1)
        assert now - datetime.timedelta(minutes=1) <= start and stop <= now + datetime.timedelta(days=7, minutes=5)
        weeks[expert, start.isocalendar()[:2]] += hours
    assert max(weeks.values()) <= 3, "an expert gave more than his hours"
    assert len({(expert, start) for _lead, expert, start, _stop, _hours in places}) == len(places), "two in one slot"
    waiting = [lead for (lead,) in rows(database, "SELECT lead_id FROM touch_expert_booking WHERE state = 'waiting' ORDER BY asked, id")]
    assert len(waiting) + len(places) == ASKERS
    # nobody waits while there is room: three experts give three hours in each of the two weeks that seven days reach into; a full hour may
    # have struck meanwhile
    assert len(waiting) in {ASKERS - places_for(moment) for moment in (now, utcnow())}
    # order kept: who was answered before another began to ask never waits while that one is booked
    for early in waiting:
        for late, *_place in places:
            assert asked[early][1] > asked[late][0], "overtaken"
    # each meeting stands once in the calendar, with both
    assert rows(database, "SELECT count(*) FROM calendar_event WHERE opportunity_id IS NOT NULL") == [(len(places),)]
    positions = servers[0].call(
        "manager", "touch.expert.booking", "search_read", [("state", "=", "waiting")], ["position"], order="asked, id"
    )
    assert [one["position"] for one in positions] == list(range(1, len(waiting) + 1))

    # a slot that is given up goes to the first who waits
    if waiting:
        first = places[-1][0]  # days ahead: the hour does not strike meanwhile
        booking = servers[0].call("manager", "touch.expert.booking", "search", [("lead_id", "=", first)])
        servers[0].call("manager", "touch.expert.booking", "action_cancel", booking, "They bought elsewhere")
        wait_for_cron(database, lambda: waiting[0] in [place[0] for place in booked(database)])
    for server in servers:
        server.stop()


def test_from_marker_questions_to_a_booked_expert_and_the_blocked_stage(server, login, shot):
    manager = server.call
    team = manager("manager", "crm.team", "search", [("name", "=", "Sales")])
    stages = manager("manager", "crm.stage", "search", [("is_won", "=", False)], order="sequence, id")
    manager("manager", "crm.team", "write", team, {"touch_gate_stage_id": stages[0]})
    lead = manager("manager", "crm.lead", "search", [("name", "=", "Deal 1")])[0]
    manager("manager", "crm.lead", "write", [lead], {"stage_id": stages[0], "priority": "3"})
    engineer = in_shell(
        server.database,
        """
user = env["res.users"].with_context(no_reset_password=True).create({"name": "Eva Engineer", "login": "engineer", "password": "engineer",
    "tz": "UTC", "group_ids": [(6, 0, env.ref("base.group_user").ids)]})
env.company.touch_expert_notice = 2  # the hour must not strike while it is looked at
env.cr.commit()
print(user.id)
""",
    )
    windows = [(0, 0, {"dayofweek": str(day), "hour_from": 0, "hour_to": 24}) for day in range(7)]
    manager("manager", "touch.expert", "create", {"user_id": int(engineer.split()[-1]), "window_ids": windows})

    # a beginner answers three questions with the mouse or the keyboard, types nothing
    page = login("rep")
    page.goto(f"/odoo/crm.lead/{lead}")
    page.get_by_role("button", name="Judge").click()
    page.wait_for_selector(".modal .o_form_view")
    page.locator(".modal").get_by_label("More than 250").check()
    page.locator(".modal").get_by_label("They spend a lot, and are not content").check()
    page.locator(".modal").get_by_label("The person we talk with").focus()
    page.keyboard.press("Space")
    shot(page, "judge")
    page.locator(".modal footer button", has_text="Judge").click()
    expect(page.locator(".modal")).to_have_count(0)
    route = page.locator("div[name=touch_route]")
    expect(route).to_contain_text("High")
    expect(route).to_contain_text("Strategy 2: with an expert")
    # one is booked when the client agreed to meet, or at once for a rep who asks by hand
    expect(route).to_contain_text("when the client agrees to meet")
    route.get_by_role("button", name="Expert").click()
    page.locator(".modal button", has_text="Ask for an Expert").click()
    expect(page.locator(".modal")).to_have_count(0)
    page.goto(f"/odoo/crm.lead/{lead}")
    expect(route).to_contain_text("Eva Engineer")
    expect(page.locator(".o_form_sheet")).to_contain_text("By majority: 0 low, 1 standard, 2 high.")
    shot(page, "lead-route")
    page.goto("/odoo/crm")
    expect(page.locator(".o_kanban_record", has_text="Eva Engineer")).to_have_count(1)
    shot(page, "pipeline-route")

    # the stage is blocked, and the block says what is missing
    page.goto(f"/odoo/crm.lead/{lead}")
    page.wait_for_selector(".o_form_view")
    page.locator(f".o_statusbar_status button[data-value='{stages[1]}']:visible").click()
    expect(page.locator(".modal")).to_contain_text("an expert must help before")
    shot(page, "stage-blocked")
    page.locator(".modal button", has_text="Ask for an Expert").click()
    expect(page.locator(".modal .o_form_view")).to_contain_text("An expert has already been asked for")
    assert manager("rep", "crm.lead", "read", [lead], ["stage_id"])[0]["stage_id"][0] == stages[0]

    # the expert's week, by a colleague outside sales
    booking = manager("manager", "touch.expert.booking", "search", [("lead_id", "=", lead)])[0]
    expert = login("engineer")
    expert.goto("/odoo/expert-bookings")
    expect(expert.locator(".fc-event", has_text="Deal 1")).not_to_have_count(0)
    shot(expert, "expert-week")
    expert.goto(f"/odoo/expert-bookings/{booking}")
    expect(expert.locator(".o_form_view")).to_contain_text("Deal 1")
    expert.locator("button[name=action_open_lead]").click()
    expect(expert.locator(".o_statusbar_status")).to_contain_text("Qualified")
    shot(expert, "expert-deal")
    expert.goto(f"/odoo/expert-bookings/{booking}")
    expert.get_by_role("button", name="Decline").click()
    expert.locator(".modal div[name=reason] input").fill("Not my field")
    expert.locator(".modal footer button", has_text="Decline").click()
    expect(expert.locator(".modal")).to_have_count(0)
    expect(expert.locator(".o_breadcrumb")).to_contain_text("Deals I Help With")  # the deal is closed to him now
    assert manager("rep", "crm.lead", "read", [lead], ["expert_status"])[0]["expert_status"] == "waiting"


def test_an_expert_helps_and_the_stage_opens(server, login, shot):
    manager = server.call
    lead = manager("manager", "crm.lead", "search", [("name", "=", "Deal 2")])[0]
    team = manager("manager", "crm.team", "search", [("name", "=", "Sales")])
    stages = manager("manager", "crm.stage", "search", [("is_won", "=", False)], order="sequence, id")
    manager("manager", "crm.team", "write", team, {"touch_gate_stage_id": stages[0]})
    in_shell(
        server.database,
        f"""
user = env["res.users"].with_context(no_reset_password=True).create({{"name": "Eva Engineer", "login": "engineer", "password": "engineer",
    "tz": "UTC", "group_ids": [(6, 0, env.ref("base.group_user").ids)]}})
env["touch.expert"].create({{"user_id": user.id, "window_ids":
    [(0, 0, {{"dayofweek": str(day), "hour_from": 0, "hour_to": 24}}) for day in range(7)]}})
lead = env["crm.lead"].browse({lead})
lead.judge_by_hand("high", "They asked for all plants")
lead._touch_meeting_agreed()
booking = lead.booking_ids
assert booking.state == "booked", booking.state
env.cr.commit()
""",
    )
    booking = manager("manager", "touch.expert.booking", "search", [("lead_id", "=", lead)])[0]
    page = login("engineer")
    page.goto(f"/odoo/expert-bookings/{booking}")
    # another time, of those that are free
    [before] = manager("manager", "touch.expert.booking", "read", [booking], ["start"])
    page.get_by_role("button", name="Another Time").click()
    page.locator(".modal div[name=place] input").click()
    page.locator(".o_select_menu_item", has_text="Eva Engineer").nth(1).click()
    shot(page, "expert-another-time")
    page.locator(".modal footer button", has_text="Move").click()
    expect(page.locator(".o_notification", has_text="Moved to")).to_be_visible()
    [after] = manager("manager", "touch.expert.booking", "read", [booking], ["start", "state"])
    assert (after["state"], after["start"] > before["start"]) == ("booked", True)
    in_shell(
        server.database,
        """
# the hour has come
env.cr.execute("UPDATE touch_expert_booking SET start = now() - interval '2 hours', stop = now() - interval '1 hour'")
env.cr.commit()
""",
    )
    page.goto(f"/odoo/expert-bookings/{booking}")
    page.get_by_role("button", name="Result of the Meeting").click()
    page.locator(".modal div[name=note] textarea").fill("They want a pilot")
    shot(page, "expert-done")
    page.locator(".modal footer button", has_text="Done").click()
    expect(page.locator(".modal")).to_have_count(0)
    expect(page.locator(".o_statusbar_status")).to_contain_text("Done")
    page.get_by_role("menuitem", name="Experts' Work").click()
    expect(page.locator(".o_list_view")).to_contain_text("Eva Engineer")
    shot(page, "expert-report")
    manager("rep", "crm.lead", "write", [lead], {"stage_id": stages[1]})
    assert manager("rep", "crm.lead", "read", [lead], ["expert_status"])[0]["expert_status"] == "done"
