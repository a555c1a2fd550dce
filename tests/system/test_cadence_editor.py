"""A manager's cadence editor in the browser: dragged, moved by keyboard, findings in words before anything is saved, and clients under way."""

import re

from conftest import serious
from playwright.sync_api import expect


def names(page):
    return [name.split(". ", 1)[1] for name in page.locator(".o_touch_name").all_inner_texts()]


def drag(page, source, target):
    """Drag one step in front of another, in small moves as a hand does."""
    start, end = (page.locator(".o_touch_step").nth(number).bounding_box() for number in (source, target))
    x, y = start["x"] + start["width"] - 46, start["y"] + start["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for part in range(1, 16):
        page.mouse.move(x + (end["x"] + 10 - x) * part / 15, y)
        page.wait_for_timeout(20)
    page.mouse.up()


def choose(page, line, field, value):
    """Click a step of the timeline, and choose a value in its line."""
    page.locator(".o_touch_step").nth(line).click()
    row = page.locator(".o_data_row").nth(line)
    expect(row).to_have_class(re.compile("o_selected_row"))
    row.locator(f"[name={field}] input").click()
    page.locator(".o-dropdown-item, .o_select_menu_item, .dropdown-item", has_text=value).first.click()
    expect(row.locator(f"[name={field}] input")).to_have_value(value)


def open_standard(server, page):
    cadence = server.call("manager", "touch.cadence", "search", [("name", "=", "Standard selling")])
    page.goto(f"/odoo/touch.cadence/{cadence[0]}")
    expect(page.locator(".o_touch_step")).to_have_count(7)
    return cadence


def test_a_manager_edits_a_cadence_that_clients_are_on(server, login, shot):
    leads = server.call("manager", "crm.lead", "search", [], limit=3, order="id")
    cadence = server.call("manager", "touch.cadence", "search", [("name", "=", "Standard selling")])
    server.call("manager", "touch.cadence", "enroll", cadence, leads)
    touch = server.call("rep", "touch.touch", "search", [("lead_id", "=", leads[0]), ("state", "=", "planned")])
    server.call("rep", "touch.touch", "done", touch)

    page = login("manager")
    open_standard(server, page)
    expect(page.locator(".o_form_view")).to_contain_text("Clients in the middle of these steps: 3")
    expect(page.locator(".o_touch_findings")).to_contain_text("7 touches, 1 of them closing")
    shot(page, "cadence-timeline")

    # by hand and by keyboard
    before = names(page)
    drag(page, 4, 1)
    expect(page.locator(".o_touch_name").nth(1)).to_contain_text(before[4])
    page.locator(".o_touch_step").nth(1).focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator(".o_touch_name").nth(2)).to_contain_text(before[4])
    expect(page.locator(".o_touch_step").nth(2)).to_be_focused()
    page.keyboard.press("Alt+ArrowRight")
    page.keyboard.press("ArrowRight")
    order = [*before[:1], before[1], before[2], before[4], before[3], *before[5:]]
    expect(page.locator(".o_touch_name").nth(3)).to_contain_text(before[4])
    assert names(page) == order

    # a click opens the step; what is wrong is said at once
    choose(page, 1, "purpose", "Closing")
    choose(page, 5, "purpose", "Closing")
    findings = page.locator(".o_touch_findings")
    expect(findings).to_contain_text(
        "Closing touches 2 and 6 have only 3 warming touches between them: the rhythm is 5. Touch 6 will be warming."
    )
    expect(findings).to_contain_text("Wrong:")
    shot(page, "cadence-findings")
    assert serious(page, ".o_touch_timeline") == []
    choose(page, 5, "purpose", "Warming")
    expect(findings).not_to_contain_text("Wrong:")

    # saved only when the manager said where the clients go
    page.locator(".o_form_button_save").click()
    dialog = page.locator(".modal")
    expect(dialog).to_contain_text("3 clients are in the middle of these steps")
    shot(page, "cadence-under-way")
    dialog.get_by_role("button", name="Continue Editing").click()
    expect(dialog).to_have_count(0)
    assert server.call("manager", "touch.cadence", "read", cadence, ["version_count"])[0]["version_count"] == 0
    page.locator(".o_form_button_save").click()
    dialog.locator(".o_touch_finish").click()
    expect(page.locator(".o_notification")).to_contain_text("Finishing on the old steps:")
    page.wait_for_selector(".o_form_saved")
    expect(page.get_by_role("button", name="Old Versions")).to_contain_text("1")
    expect(page.locator(".o_form_view")).not_to_contain_text("Clients in the middle of these steps")
    assert names(page) == order

    # the old version is as it was, and says what it is
    page.get_by_role("button", name="Old Versions").click()
    page.wait_for_selector(".o_breadcrumb:has-text('Old Versions')")
    page.locator(".o_data_row td[name=name]").click()
    expect(page.locator(".o_form_view")).to_contain_text("it takes no new clients")
    expect(page.locator(".o_touch_name").nth(1)).to_contain_text(before[1])
    assert names(page) == before
    expect(page.locator(".o_touch_editable")).to_have_count(0)
    shot(page, "cadence-old-version")


def test_a_step_keeps_the_reason_and_the_text_that_it_was_given(server, login):
    name = "Only for this step"
    server.call("manager", "touch.script", "create", {"name": name, "channel": "email", "text": "<p>Hello</p>", "only_steps": True})
    reason = server.call("manager", "touch.reason", "search_read", [("kind", "=", "news")], ["name"], limit=1)[0]["name"]
    page = login("manager")
    cadence = open_standard(server, page)
    page.locator(".o_data_row").nth(3).get_by_text("View").click()
    for field, value in (("script_id", name), ("reason_id", reason)):
        page.locator(f".modal [name={field}] input").fill(value)
        page.locator(".o-autocomplete--dropdown-item", has_text=value).first.click()
    page.locator(".modal footer .btn-primary").first.click()
    expect(page.locator(".modal")).to_have_count(0)
    expect(page.locator(".o_data_row").nth(3)).to_contain_text(name)
    page.locator(".o_form_button_save").click()
    if page.locator(".o_touch_move").count():
        page.locator(".o_touch_move").click()
    page.wait_for_selector(".o_form_saved")
    steps = server.call("manager", "touch.cadence.step", "search_read", [("cadence_id", "in", cadence)], ["script_id", "reason_id"])
    assert [bool(step["script_id"] and step["reason_id"]) for step in steps] == [False, False, False, True, False, False, False]


def test_clients_move_to_the_new_steps(server, login):
    leads = server.call("manager", "crm.lead", "search", [], limit=2, order="id")
    cadence = server.call("manager", "touch.cadence", "search", [("name", "=", "Standard selling")])
    server.call("manager", "touch.cadence", "enroll", cadence, leads)
    page = login("manager")
    open_standard(server, page)
    choose(page, 0, "channel", "Email")
    page.locator(".o_form_button_save").click()
    page.locator(".o_touch_move").click()
    expect(page.locator(".o_notification")).to_contain_text("Moved to the new steps:")
    page.wait_for_selector(".o_form_saved")
    planned = server.call("rep", "touch.touch", "search_read", [("lead_id", "in", leads), ("state", "=", "planned")], ["channel"])
    assert [touch["channel"] for touch in planned] == ["email", "email"]

    # names ask nothing
    page.locator(".o_touch_step").nth(0).click()
    expect(page.locator(".o_data_row").first).to_have_class(re.compile("o_selected_row"))
    page.locator(".o_selected_row [name=name] input").fill("Hello")
    page.locator(".o_form_button_save").click()
    page.wait_for_selector(".o_form_saved")
    expect(page.locator(".modal")).to_have_count(0)
    expect(page.locator(".o_touch_name").first).to_contain_text("Hello")


def test_a_rep_reads_the_timeline_and_moves_nothing(server, login):
    page = login("rep")
    open_standard(server, page)
    expect(page.locator(".o_touch_editable")).to_have_count(0)
    expect(page.locator(".o_touch_spread")).to_have_count(0)
    page.locator(".o_touch_step").nth(2).focus()
    before = names(page)
    page.keyboard.press("Alt+ArrowRight")
    assert names(page) == before
