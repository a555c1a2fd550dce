"""A rep's day in the browser, on a live server: activity view, one touch done with an outcome, the next one, the client's page."""

import re

from conftest import serious
from playwright.sync_api import expect


def test_a_reps_day(server, login, shot):
    cadence = server.call("manager", "touch.cadence", "search", [("name", "=", "Standard selling")])
    leads = server.call("manager", "crm.lead", "search", [], limit=12, order="id")
    server.call("manager", "crm.lead", "write", leads[:2], {"temperature": "warm"})
    server.call("manager", "crm.lead", "write", leads[2:3], {"temperature": "hot", "potential": "high"})
    context = {"active_model": "crm.lead", "active_ids": leads}
    wizard = server.call("manager", "touch.enroll", "create", {"cadence_id": cadence[0]}, context=context)
    server.call("manager", "touch.enroll", "action_enroll", [wizard])
    assert server.call("rep", "touch.touch", "search_count", [("state", "=", "planned")]) == 12

    page = login("rep")
    # my touches: list, kanban, calendar
    page.goto("/odoo/my-touches")
    expect(page.locator(".o_data_row")).to_have_count(12)
    expect(page.locator(".o_list_view")).to_contain_text("Deal 1")
    shot(page, "my-touches-list")
    for ours in (".o_data_row .o_touch_badge", ".o_data_row .o_touch_outcome_menu", ".o_data_row .o_touch_why"):
        assert serious(page, ours) == []
    for view in ("kanban", "calendar"):
        page.click(f".o_switch_view.o_{view}")
        page.wait_for_selector(f".o_{view}_view")
        shot(page, f"my-touches-{view}")

    # the pipeline, where badges are seen at a glance, and its activity view, where reps live
    page.goto("/odoo/crm")
    page.wait_for_selector(".o_kanban_record")
    shot(page, "pipeline-kanban")
    page.click(".o_switch_view.o_activity")
    page.wait_for_selector(".o_activity_view")
    shot(page, "activity-view")
    row = page.locator(".o_activity_view tbody tr", has_text=re.compile(r"Deal 4\b")).first
    row.locator(".o_activity_summary_cell:not(.o_activity_empty_cell)").first.click()
    # the outcomes are there with the popover
    page.locator(".o-mail-ActivityMarkAsDone textarea").fill("Wants a sample")
    shot(page, "mark-done")
    assert serious(page, ".o-mail-ActivityMarkAsDone .o_touch_outcomes") == []
    page.locator(".o-mail-ActivityMarkAsDone .o_touch_outcome", has_text="Interested").click()
    expect(page.locator(".o-mail-ActivityMarkAsDone")).to_have_count(0)

    # the client's page shows what was done and what comes next, with its why
    page.goto(f"/odoo/crm.lead/{leads[3]}")
    page.wait_for_selector(".o_form_view")
    expect(page.locator(".o-mail-Activity").first).to_contain_text("Touch 2 of 7")
    page.get_by_role("tab", name="Touches").click()
    pane = page.locator(".o_notebook_content")
    expect(pane).to_contain_text("Wants a sample")
    expect(pane).to_contain_text("Touch 2 of 7")
    expect(page.locator(".o_form_sheet .badge", has_text="Warm").first).to_be_visible()
    shot(page, "lead-touches")

    # two clicks log an incoming call
    page.get_by_role("button", name="Log Touch").click()
    page.wait_for_selector(".modal .o_form_view")
    shot(page, "log-touch")
    page.locator(".modal footer button", has_text="Log").click()
    expect(page.locator(".modal")).to_have_count(0)
    page.get_by_role("tab", name="Touches").click()
    expect(pane).to_contain_text("Touch 3 of 7")

    done = server.call(
        "rep", "touch.touch", "search_read", [("lead_id", "=", leads[3])], ["state", "number", "outcome_id", "note"], order="id"
    )
    assert [(touch["state"], touch["number"]) for touch in done] == [("done", 1), ("planned", 3), ("done", 2)]
    assert (done[0]["outcome_id"][1], done[0]["note"]) == ("Interested", "Wants a sample")

    # a contact's page says the same; enrolled over RPC, by ids
    care = server.call("manager", "touch.cadence", "search", [("name", "=", "Care for clients")])
    rep = server.call("manager", "res.users", "search", [("login", "=", "rep")])[0]
    values = {
        "name": "Anna Buyer",
        "email": "anna@touch.example",
        "phone": "+32470123456",
        "user_id": rep,
        "is_vip": True,
        "potential": "high",
    }
    contact = server.call("manager", "res.partner", "create", values)
    assert len(server.call("manager", "touch.cadence", "enroll", care, [contact])) == 1
    page.goto(f"/odoo/res.partner/{contact}")
    page.wait_for_selector(".o_form_view")
    expect(page.locator(".o_form_sheet .badge", has_text="Cold").first).to_be_visible()
    expect(page.locator(".o_form_sheet .badge", has_text="VIP").first).to_be_visible()
    page.get_by_role("tab", name="Touches").click()
    expect(pane).to_contain_text("Touch 1 of 7")
    shot(page, "contact-touches")


def test_a_manager_configures(server, login, shot):
    page = login("manager")
    page.goto("/odoo/crm")
    page.wait_for_selector(".o_kanban_record")
    page.get_by_role("button", name="Touches").click()
    page.get_by_role("menuitem", name="Cadences").click()
    page.locator(".o_data_row", has_text="Standard selling").locator("td[name=name]").click()
    page.wait_for_selector(".o_form_view")
    shot(page, "cadence-steps")
    page.get_by_role("tab", name="Rules").click()
    shot(page, "cadence-rules")
    page.locator("div[name=rhythm] input").fill("4")
    page.locator(".o_form_button_save").click()
    page.wait_for_selector(".o_form_saved")
    assert server.call("manager", "touch.cadence", "search_read", [("name", "=", "Standard selling")], ["rhythm"])[0]["rhythm"] == 4
    for section, menu, rows in (("Configuration", "Reasons", 20), ("Configuration", "Outcomes", 9), ("Touches", "Enrolments", 0)):
        page.get_by_role("button", name=section).click()
        page.get_by_role("menuitem", name=menu, exact=True).click()
        page.wait_for_selector(f".o_breadcrumb:has-text('{menu}')")
        page.wait_for_function(f"document.querySelectorAll('.o_data_row').length >= {rows}")
        shot(page, f"menu-{menu.lower()}")

    # enrol from a list, with the preview of who is left out
    page.goto("/odoo/crm?view_type=list")
    page.locator(".o_facet_remove").first.click()  # not only my own
    expect(page.locator(".o_list_view .o_data_row")).to_have_count(80)
    page.locator("thead .o_list_record_selector input").click()
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Enrol in a Cadence").click()
    page.wait_for_selector(".modal .o_form_view")
    shot(page, "enrol-wizard")
    page.locator(".modal footer button", has_text="Enrol").click()
    expect(page.locator(".o_notification")).to_contain_text("80 of 80 clients are enrolled")
    # what it names opens in the tab that one works in
    expect(page.locator(".o_notification a.o_touch_link")).not_to_have_attribute("target", "_blank")
    assert server.call("manager", "touch.enrollment", "search_count", []) == 80


def test_a_rep_has_no_configuration(login):
    page = login("rep")
    page.goto("/odoo/crm")
    page.wait_for_selector(".o_main_navbar")
    page.get_by_role("button", name="Touches").click()
    expect(page.get_by_role("menuitem", name="My Touches")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Outcomes")).to_have_count(0)
