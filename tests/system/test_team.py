"""A manager's first screen: the team's today, in the browser, wide and on a phone."""

import re

from conftest import in_shell, serious
from playwright.sync_api import expect


def work(server):
    """Some touches are due, one is overdue, one is done, one client is hot."""
    in_shell(
        server.database,
        """
cadence = env["touch.cadence"].search([("name", "=", "Standard selling")])
leads = env["crm.lead"].search([], limit=6, order="id")
cadence.enroll(leads)
touches = env["touch.touch"].search([("lead_id", "in", leads.ids), ("state", "=", "planned")], order="id")
touches[0].sudo().write({"date_deadline": "2026-01-05"})
touches[1].with_user(env["res.users"].search([("login", "=", "rep")])).done()
leads[2].temperature = "hot"
env.cr.commit()
""",
    )


def test_a_manager_sees_the_team_and_opens_each_number(server, login, shot):
    work(server)
    page = login("manager")
    page.goto("/odoo/crm")
    page.locator(".o_menu_sections button", has_text="Touches").click()
    entries = page.locator(".o-dropdown--menu .dropdown-item")
    expect(entries.nth(0)).to_have_text("Team")
    entries.nth(0).click()
    row = page.locator(".o_touch_team_people tbody tr", has_text="Rep")
    expect(row.locator("[data-kind=overdue]")).to_have_text("1")
    expect(row.locator("[data-kind=done]")).to_have_text("1 done")
    expect(row.locator("[data-kind=hot]")).to_have_text("1")
    assert not serious(page, ".o_touch_team")
    shot(page, "team")
    for kind in ("todo", "overdue", "hot", "forgotten"):
        number = int(row.locator(f"[data-kind={kind}]").inner_text())
        row.locator(f"[data-kind={kind}]").click()
        expect(page.locator(".o_pager_limit, .o_list_view .o_pager_counter").first).to_have_text(re.compile(rf"\b{number}\b"))
        page.go_back()
        expect(row).to_be_visible()
    page.locator(".o_touch_team_cadences [data-kind=enrolled]").first.click()
    expect(page.locator(".o_data_row")).to_have_count(6)


def test_a_rep_begins_at_the_desk_and_sees_the_own_row(server, login, shot):
    work(server)
    page = login("rep", width=390, height=844)
    page.goto("/odoo/touch-team")
    expect(page.locator(".o_touch_team_people tbody tr")).to_have_count(1)
    expect(page.locator(".o_touch_team_people tbody tr [data-kind=overdue]")).to_have_text("1")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert not serious(page, ".o_touch_team")
    shot(page, "phone-team")


def test_before_anybody_is_enrolled_it_says_what_to_do(server, login):
    page = login("manager")
    page.goto("/odoo/touch-team")
    expect(page.get_by_text("Nobody is in a cadence yet")).to_be_visible()
    page.get_by_role("button", name="Open the Pipeline").click()
    expect(page.locator(".o_kanban_view, .o_list_view")).to_be_visible()
