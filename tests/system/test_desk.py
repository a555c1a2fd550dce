"""The rep's desk in the browser: keys, undo, a lost connection, what others do meanwhile, a phone, and who reads by ear."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from conftest import in_shell, serious
from playwright.sync_api import expect

DEALS = 12


@pytest.fixture
def planned(server):
    """Twelve deals of the rep with a touch that is due: the first three hot, the next two warm."""
    cadence = server.call("manager", "touch.cadence", "search", [("name", "=", "Standard selling")])
    leads = server.call("manager", "crm.lead", "search", [], limit=DEALS, order="id")
    server.call("manager", "crm.lead", "write", leads[:3], {"temperature": "hot"})
    server.call("manager", "crm.lead", "write", leads[3:5], {"temperature": "warm"})
    server.call("manager", "touch.cadence", "enroll", cadence, leads)
    found = server.call("manager", "touch.touch", "search_read", [("state", "=", "planned")], ["lead_id"])
    touches = [touch["id"] for touch in sorted(found, key=lambda touch: touch["lead_id"][0])]
    assert len(touches) == DEALS
    # the real day may be a weekend, and then they wait for Monday
    server.plant("touch_touch", touches, "date_deadline", date.today() - timedelta(days=1))
    return touches


def state(server, touch):
    [row] = server.call(
        "manager", "touch.touch", "read", [touch], ["state", "outcome_id", "note", "skip_reason", "date_deadline", "user_id"]
    )
    return row


def opened(page):
    page.goto("/odoo/touch-desk")
    expect(page.locator("#o_touch_client")).to_be_visible()
    return page


def client(page):
    return page.locator("#o_touch_client")


def sent(page):
    """A request of the desk that brings an act to the server."""
    return page.expect_response(lambda answer: "/touch.desk/act" in answer.url)


def later(days):
    """:return: the day that the desk offers so many days ahead: weekends are left out"""
    day = date.today()
    if days >= 7:
        day += timedelta(days=days)
        return day + timedelta(days=max(7 - day.weekday(), 0)) if day.weekday() > 4 else day
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day


def told(name, days):
    """:return: what the desk calls that day"""
    day = later(days)
    return name if day == date.today() + timedelta(days=days) else f"{day:%a} {day.day} {day:%b}"


def test_one_key_a_touch(server, login, planned, shot):
    page = opened(login("rep"))
    expect(page.locator(".o_touch_row")).to_have_count(DEALS)
    expect(client(page)).to_have_text("Deal 1")
    expect(page.locator(".o_touch_row").first).to_contain_text("Hot. Closing.")
    shot(page, "desk")
    assert page.evaluate("document.activeElement.id") == "o_touch_client"

    # a note, then one key; the next client is there at once, without a call
    page.keyboard.press("n")
    page.keyboard.type("Wants 3 samples, not 5")
    page.keyboard.press("Escape")
    calls = []
    page.on("request", lambda request: "/touch." in request.url and calls.append(request.url))
    page.keyboard.press("3")
    expect(client(page)).to_have_text("Deal 2")
    assert not calls, "switching to the next touch needs no call"
    expect(page.locator(".o_touch_undo")).to_contain_text("Deal 1: Interested")
    assert state(server, planned[0])["state"] == "planned", "held for ten seconds"

    # taken back: touch and note are there as they were
    page.keyboard.press("u")
    expect(client(page)).to_have_text("Deal 1")
    expect(page.locator(".o_touch_note")).to_have_value("Wants 3 samples, not 5")
    expect(page.locator(".o_touch_undo")).to_have_count(0)

    # done, and left alone it goes out by itself
    with sent(page):
        page.keyboard.press("3")
    row = state(server, planned[0])
    assert (row["state"], row["outcome_id"][1], row["note"]) == ("done", "Interested", "Wants 3 samples, not 5")
    expect(page.locator(".o_touch_desk_head")).to_contain_text("1 done")

    # skip with a reason, another day, to a colleague: each by its key, all sent when the rep leaves
    page.keyboard.press("s")
    page.keyboard.type("On holiday")
    page.keyboard.press("Enter")
    expect(client(page)).to_have_text("Deal 3")
    page.keyboard.press("z")
    page.get_by_role("button", name=told("In two weeks", 14)).click()
    expect(client(page)).to_have_text("Deal 4")
    page.keyboard.press("p")
    page.get_by_role("button", name="Without an end").click()
    expect(client(page)).to_have_text("Deal 5")
    page.keyboard.press("r")
    page.get_by_label("Who makes it?").select_option(label="Manager")
    with page.expect_response(lambda answer: "/touch.desk/act" in answer.url and '"reassign"' in (answer.request.post_data or "")):
        page.get_by_role("button", name="OK").click()
    page.keyboard.press("o")
    expect(page.locator(".o_form_view")).to_be_visible()
    assert (state(server, planned[1])["state"], state(server, planned[1])["skip_reason"]) == ("skipped", "On holiday")
    assert state(server, planned[2])["date_deadline"] == str(later(14))
    assert state(server, planned[3])["state"] == "skipped"
    assert state(server, planned[4])["user_id"][1] == "Manager"


# presses S and two letters before the question is drawn, and writes the third in the instant in which it appears
TYPED_AHEAD = """() => new Promise((resolve) => {
    const press = (key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    new MutationObserver((_changes, observer) => {
        const field = document.querySelector(".o_touch_prompt input");
        if (field) {
            observer.disconnect();
            document.execCommand("insertText", false, "x");
            setTimeout(() => resolve(field.value), 500);
        }
    }).observe(document.body, { childList: true, subtree: true });
    press("s");
    press("o");
    press("n");
})"""


def test_what_is_typed_ahead_is_kept_whole(server, login, planned):
    """A fast hand on a slow machine: the reason begins before its field is drawn, and not a letter of it is lost or acts."""
    page = opened(login("rep"))
    assert page.evaluate(TYPED_AHEAD) == "onx"
    page.keyboard.press("Enter")
    expect(client(page)).to_have_text("Deal 2")
    page.keyboard.press("o")
    expect(page.locator(".o_form_view")).to_be_visible()
    assert (state(server, planned[0])["state"], state(server, planned[0])["skip_reason"]) == ("skipped", "onx")


# all keys in one go, before the desk draws anything
AT_ONCE = """(keys) => keys.forEach((key) =>
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })))"""

# the last letter and Enter come before the button is drawn as one that may be pressed
LETTER_AND_ENTER = """() => {
    document.execCommand("insertText", false, "x");
    document.activeElement.form.querySelector("[type=submit]").click();
}"""


def test_enter_typed_ahead_answers(server, login, planned):
    """Found by a slow machine: the reason was written, its Enter was lost, and the desk waited."""
    page = opened(login("rep"))
    page.evaluate(AT_ONCE, ["s", *"On holidax", "Backspace", "y", "Enter"])
    expect(client(page)).to_have_text("Deal 2")
    # Enter in the instant of the first letter
    page.keyboard.press("s")
    expect(page.locator(".o_touch_prompt input")).to_be_focused()
    page.evaluate(LETTER_AND_ENTER)
    expect(client(page)).to_have_text("Deal 3")
    # nothing said is no answer: the question stays
    page.evaluate(AT_ONCE, ["s", "Enter"])
    expect(page.locator(".o_touch_prompt input")).to_be_focused()
    expect(client(page)).to_have_text("Deal 3")
    page.keyboard.press("Escape")
    # another day: Enter is the day that stands there
    page.evaluate(AT_ONCE, ["z", "Enter"])
    expect(client(page)).to_have_text("Deal 4")
    # what an outcome asks: Enter is the answer that is proposed, digits are the others
    key = page.locator(".o_touch_outcome", has_text="Next step agreed").get_attribute("aria-keyshortcuts")
    page.evaluate(AT_ONCE, [key, "Enter", "3"])
    expect(client(page)).to_have_text("Deal 5")
    expect(page.locator(".o_touch_undo")).to_contain_text(told("In a week", 7))
    page.keyboard.press("o")
    expect(page.locator(".o_form_view")).to_be_visible()
    rows = [state(server, touch) for touch in planned[:4]]
    assert [row["state"] for row in rows] == ["skipped", "skipped", "planned", "done"]
    assert [row["skip_reason"] for row in rows[:2]] == ["On holiday", "x"]
    assert rows[2]["date_deadline"] == str(later(1))


def test_a_next_step_is_agreed_with_keys(server, login, planned, shot):
    """Which and when are one key each, and go out with the outcome (R45)."""
    page = opened(login("rep"))
    page.get_by_role("button", name="Next step agreed").click()
    question = page.locator(".o_touch_question")
    expect(question).to_contain_text("Which step is next?")
    shot(page, "desk_next_step")
    # Escape leaves the question, and nothing was done
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    key = page.locator(".o_touch_outcome", has_text="Next step agreed").get_attribute("aria-keyshortcuts")
    page.keyboard.press(key)
    page.keyboard.press("2")
    expect(question).to_contain_text("When?")
    shot(page, "desk_next_step_day")
    page.keyboard.press("3")
    expect(client(page)).to_have_text("Deal 2")
    expect(page.locator(".o_touch_undo")).to_contain_text(told("In a week", 7))
    with sent(page):
        page.keyboard.press("o")
    [row] = server.call("manager", "touch.touch", "read", planned[:1], ["state", "agreed_step_id", "agreed_date"])
    steps = server.call("manager", "touch.touch", "questions", planned[:1])["steps"]
    assert (row["state"], row["agreed_step_id"][0]) == ("done", steps[1][0])
    assert row["agreed_date"] == str(later(7))


def test_call_me_in_a_month_by_name_is_two_keys(server, login, planned, shot):
    """Why and when are one key each, after "Not now" (R46)."""
    page = opened(login("rep"))
    key = page.locator(".o_touch_outcome", has_text="Not now").get_attribute("aria-keyshortcuts")
    page.keyboard.press(key)
    page.keyboard.press("1")
    expect(page.locator(".o_touch_question")).to_contain_text("When to come back?")
    shot(page, "desk_not_now")
    page.keyboard.press("5")
    expect(client(page)).to_have_text("Deal 2")
    with sent(page):
        page.keyboard.press("o")
    [row] = server.call("manager", "touch.touch", "read", planned[:1], ["state", "obstacle_id", "back_date"])
    months = date.today().month - 1 + 3
    first = date(date.today().year + months // 12, months % 12 + 1, 1)
    assert (row["state"], row["obstacle_id"][1]) == ("done", "No money yet")
    assert row["back_date"][:7] == str(first)[:7]


def test_call_again_in_two_hours(server, login, planned):
    page = opened(login("rep"))
    page.keyboard.press("z")
    page.get_by_role("button", name="In 2 hours").click()
    expect(client(page)).to_have_text("Deal 2")
    with sent(page):
        page.keyboard.press("u")
        page.keyboard.press("z")
        page.get_by_role("button", name="In 2 hours").click()
        page.keyboard.press("o")
    [row] = server.call("manager", "touch.touch", "read", planned[:1], ["date_planned"])
    waits = datetime.fromisoformat(row["date_planned"]) - datetime.now(UTC).replace(tzinfo=None)
    assert timedelta(minutes=110) < waits <= timedelta(hours=2)


def test_filters_leave_what_is_batched(server, login, planned, shot):
    server.plant("touch_touch", planned, "channel", "call")
    server.plant("touch_touch", planned[5:7], "channel", "email")
    page = opened(login("rep"))
    mails = page.locator("[data-filter=email]")
    expect(mails).to_contain_text("2")
    mails.click()
    expect(page.locator(".o_touch_row")).to_have_count(2)
    expect(client(page)).to_have_text("Deal 6")
    page.get_by_label("Group").select_option("temperature")
    expect(page.locator(".o_touch_group")).to_have_text("Cold")
    shot(page, "desk-filtered")
    # who comes back finds the filter, too
    page.keyboard.press("o")
    page.wait_for_url("**/crm.lead/*")
    page.go_back()
    expect(page.locator(".o_touch_row")).to_have_count(2)
    page.locator("#o_touch_client").focus()
    page.keyboard.press("1")
    expect(client(page)).to_have_text("Deal 7")
    page.keyboard.press("1")
    expect(page.locator(".o_touch_none_left")).to_contain_text("Email")
    assert serious(page, ".o_touch_desk") == []
    shot(page, "desk-none-left")
    page.get_by_role("button", name="Show All (10)").click()
    expect(page.locator(".o_touch_row")).to_have_count(10)


def test_mails_are_looked_through_and_sent_together(server, login, planned, mails, shot):
    server.plant("touch_touch", planned, "channel", "call")
    server.plant("touch_touch", planned[5:8], "channel", "email")
    page = opened(login("rep"))
    page.locator("[data-filter=email]").click()
    page.locator("#o_touch_client").focus()
    page.keyboard.press("b")
    dialog = page.locator(".modal")
    expect(dialog).to_contain_text("1 of 3")
    expect(dialog).to_contain_text("Deal 6")
    page.wait_for_function("getComputedStyle(document.querySelector('.modal')).opacity === '1'")
    assert serious(page, ".modal-content") == []
    shot(page, "desk-bulk")
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_role("button", name="Leave Out").click()
    dialog.get_by_role("button", name="Send All (2)").dblclick()
    expect(dialog).to_contain_text("2 sent")
    shot(page, "desk-bulk-sent")
    assert [state(server, touch)["state"] for touch in planned[5:8]] == ["done", "planned", "done"]
    assert len(mails) == 2, "none twice"


def test_mails_that_the_server_refuses_are_not_told_as_sent(server, login, planned):
    server.plant("touch_touch", planned, "channel", "call")
    server.plant("touch_touch", planned[5:8], "channel", "email")
    page = opened(login("rep"))

    def made_a_call(route):
        """Meanwhile the planner makes a call of one, and nothing of it says any more that a mail failed."""
        server.plant("touch_touch", planned[7:8], "channel", "call")
        server.plant("touch_touch", planned[7:8], "delivery", None)
        server.plant("touch_touch", planned[7:8], "failure", None)
        route.continue_()

    page.route("**/touch.touch/search_read", made_a_call)
    page.locator("#o_touch_client").focus()
    page.keyboard.press("b")
    dialog = page.locator(".modal")
    dialog.get_by_role("button", name="Send All (3)").click()
    expect(dialog).to_contain_text("0 sent")
    expect(dialog).to_contain_text("mail server")
    expect(dialog).to_contain_text("It could not be sent.")
    assert [state(server, touch)["state"] for touch in planned[5:8]] == ["planned"] * 3
    dialog.get_by_role("button", name="Close").last.click()
    page.locator(".o_touch_row").first.click()
    expect(page.locator(".o_touch_failure")).to_contain_text("mail server")


def test_outcomes_are_in_sight_on_a_laptop(server, login, planned):
    server.plant("touch_touch", planned, "channel", "call")
    page = login("rep")
    page.set_viewport_size({"width": 1366, "height": 768})
    opened(page)
    for outcome in page.locator(".o_touch_outcome, .o_touch_more, .o_touch_skip").all():
        expect(outcome).to_be_in_viewport(ratio=1)


def test_a_call_of_any_client_is_logged_in_two_clicks(server, login, planned, shot):
    page = opened(login("rep"))
    page.keyboard.press("/")
    page.keyboard.type("Deal 77")
    page.locator(".o-autocomplete--dropdown-item", has_text="Deal 77").click()
    dialog = page.locator(".modal")
    expect(dialog).to_contain_text("Log a call: Deal 77")
    assert serious(page, ".modal-content") == []
    shot(page, "desk-call")
    with page.expect_response(lambda answer: "/log_touch" in answer.url):
        dialog.get_by_role("button", name="Interested").dblclick()
    expect(dialog).to_have_count(0)
    made = server.call("manager", "touch.touch", "search_read", [("state", "=", "done")], ["lead_id", "channel", "direction", "outcome_id"])
    assert [(one["lead_id"][1], one["channel"], one["direction"], one["outcome_id"][1]) for one in made] == [
        ("Deal 77", "call", "in", "Interested")
    ]
    # an outcome that asks something asks it here, too
    page.keyboard.press("/")
    page.keyboard.type("Deal 78")
    page.locator(".o-autocomplete--dropdown-item", has_text="Deal 78").click()
    dialog.get_by_role("button", name="Not now").click()
    expect(dialog).to_contain_text("What stands in the way?")


def test_the_next_one_below_follows_and_the_row_stays_in_sight(server, login):
    cadence = server.call("manager", "touch.cadence", "search", [("name", "=", "Standard selling")])
    leads = server.call("manager", "crm.lead", "search", [], limit=40, order="id")
    server.call("manager", "touch.cadence", "enroll", cadence, leads)
    touches = server.call("manager", "touch.touch", "search", [("state", "=", "planned")])
    server.plant("touch_touch", touches, "date_deadline", date.today() - timedelta(days=1))
    page = opened(login("rep"))
    rows = page.locator(".o_touch_row")
    below = rows.nth(31).locator(".fw-bold").inner_text()
    chosen = rows.nth(30).locator(".fw-bold").inner_text()
    rows.nth(30).click()
    expect(client(page)).to_have_text(chosen)
    place = page.locator(".o_touch_row_current").bounding_box()
    page.keyboard.press("1")
    expect(client(page)).to_have_text(below)
    now = page.locator(".o_touch_row_current").bounding_box()
    assert abs(now["y"] - place["y"]) < 80, "nothing jumps"
    expect(page.locator(".o_touch_row_current")).to_be_in_viewport()
    page.keyboard.press("u")
    expect(page.locator(".o_touch_row_current")).to_be_in_viewport()


def test_keys_of_a_cyrillic_keyboard_mean_their_place(login, planned):
    page = opened(login("rep"))
    page.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ы', code: 'KeyS', bubbles: true, cancelable: true }))")
    expect(page.locator(".o_touch_prompt")).to_contain_text("Why is this touch left out?")


def test_the_chatter_asks_what_the_outcome_asks(server, login, planned, shot):
    page = login("rep")
    [touch] = server.call("manager", "touch.touch", "read", planned[:1], ["lead_id"])
    page.goto(f"/odoo/crm.lead/{touch['lead_id'][0]}")
    activity = page.locator(".o-mail-Activity").first
    expect(activity.get_by_role("button", name="Next step kept")).to_have_count(0)
    activity.get_by_role("button", name="Next step agreed").click()
    question = activity.locator(".o_touch_question")
    expect(question).to_contain_text("Which step is next?")
    shot(page, "chatter_next_step")
    page.keyboard.press("1")
    expect(question).to_contain_text("When?")
    with page.expect_response(lambda answer: "action_feedback" in answer.url):
        page.keyboard.press("2")
    [row] = server.call("manager", "touch.touch", "read", planned[:1], ["state", "agreed_step_id", "agreed_date"])
    assert (row["state"], row["agreed_date"]) == ("done", str(later(2)))
    assert row["agreed_step_id"]


def test_why_and_help_by_keyboard(login, planned, shot):
    page = opened(login("rep"))
    page.keyboard.press("w")
    dialog = page.locator(".modal")
    # in the evening and at weekends the first decent hour lies on another day
    expect(dialog).to_contain_text(re.compile(r"The client is hot: close (at once, without warming first|on [\d/]+, the first day)"))
    expect(dialog).to_contain_text("Temperature")
    expect(dialog).to_contain_text("The potential is judged low")
    shot(page, "desk-why")
    page.keyboard.press("1")  # the desk's keys rest while a dialog is open
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(client(page)).to_have_text("Deal 1")
    page.keyboard.press("?")
    expect(dialog).to_contain_text("Give it to a colleague")
    shot(page, "desk-keys")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("j")
    expect(client(page)).to_have_text("Deal 2")
    page.keyboard.press("k")
    expect(client(page)).to_have_text("Deal 1")


def test_nothing_is_lost_when_the_connection_drops(server, login, planned, shot):
    page = opened(login("rep"))
    # the request reaches the server, the answer does not reach the rep: the worst moment
    lost = []

    def drop(route):
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())
        route.abort("connectionreset")

    page.route("**/touch.desk/act", drop)
    page.keyboard.press("3")
    expect(page.locator(".o_touch_offline")).to_be_visible(timeout=20000)
    expect(page.locator(".o_touch_offline")).to_contain_text("1 kept here")
    shot(page, "desk-offline")
    assert state(server, planned[0])["state"] == "done"
    # tried again by itself
    expect(page.locator(".o_touch_offline")).to_have_count(0, timeout=20000)
    lead = server.call("manager", "touch.touch", "read", planned[:1], ["lead_id"])[0]["lead_id"][0]
    made = server.call("manager", "touch.touch", "search_count", [("lead_id", "=", lead), ("state", "=", "done")])
    assert made == 1, "never a double"

    # the connection is gone altogether, and the rep works on
    page.context.set_offline(True)
    page.keyboard.press("1")
    expect(page.locator(".o_touch_offline")).to_be_visible(timeout=20000)
    page.keyboard.press("2")
    assert page.evaluate("Object.keys(localStorage).filter((key) => /^touch_cadence.desk.*[.]act[.]/.test(key)).length") == 2
    # even a window that is closed now: what it could not send is sent by the next
    page.close()
    page.context.set_offline(False)
    again = opened(page.context.new_page())
    expect(again.locator(".o_touch_desk_head")).to_contain_text("3 done", timeout=60000)
    assert [state(server, touch)["state"] for touch in planned[:4]] == ["done", "done", "done", "planned"]
    made = server.call("manager", "touch.touch", "search_count", [("state", "=", "done")])
    assert made == 3, "never a double"


def test_closing_the_window_sends_what_was_held(server, login, planned):
    page = opened(login("rep"))
    # under "More", by its own key
    page.keyboard.press("0")
    key = page.locator(".o_touch_outcome", has_text="Voicemail left").get_attribute("aria-keyshortcuts")
    page.keyboard.press(key)
    expect(client(page)).to_have_text("Deal 2")
    expect(page.locator(".o_touch_outcome", has_text="Voicemail left")).to_have_count(0)
    page.goto("about:blank")
    for _try in range(50):
        if state(server, planned[0])["state"] == "done":
            break
        page.wait_for_timeout(100)
    assert state(server, planned[0])["outcome_id"][1] == "Voicemail left"


def test_what_others_do_is_seen_at_once(server, login, planned, shot):
    page = opened(login("rep"))
    page.wait_for_function("odoo.__WOWL_DEBUG__.root.env.services.bus_service.isActive")
    expect(page.locator(".o_touch_row", has_text=re.compile(r"Deal 7(?!\d)"))).to_have_count(1)
    server.call("manager", "touch.touch", "done", planned[6:7])
    expect(page.locator(".o_touch_row", has_text=re.compile(r"Deal 7(?!\d)"))).to_have_count(0)
    # the one that is being worked
    page.keyboard.press("n")
    page.keyboard.type("Half a note")
    server.call("manager", "touch.touch", "skip", planned[:1], "The manager called himself")
    # nobody is taken from under the rep's hands
    expect(page.locator(".o_touch_gone")).to_contain_text("The manager called himself")
    expect(client(page)).to_have_text("Deal 1")
    page.keyboard.type(" is kept")
    expect(page.locator(".o_touch_note")).to_have_value("Half a note is kept")
    shot(page, "desk-gone")
    page.get_by_role("button", name="Continue", exact=True).click()
    expect(client(page)).to_have_text("Deal 2")
    # one that nobody is writing about
    server.call("manager", "touch.touch", "skip", planned[1:2], "Called, too")
    expect(page.locator(".o_touch_gone")).to_contain_text("Called, too")
    expect(client(page)).to_have_text("Deal 3")


def test_the_rep_says_what_happens_after_an_outcome(server, login, planned, shot):
    page = opened(login("rep"))
    page.get_by_label("After an outcome").select_option(label="Stay with the client")
    page.locator("#o_touch_client").focus()
    page.keyboard.press("3")
    expect(page.locator(".o_touch_after")).to_contain_text("Interested")
    expect(client(page)).to_have_text("Deal 1")
    shot(page, "desk-stay")
    # a button takes its own Enter
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".o_touch_came")).to_be_visible()
    page.keyboard.press("3")
    expect(page.locator(".o_touch_go_on")).to_be_focused()
    page.keyboard.press("Enter")
    expect(client(page)).to_have_text("Deal 2")
    page = opened(page)
    expect(page.get_by_label("After an outcome")).to_have_value("stay")


def test_a_mail_is_prepared_for_a_look(server, login, planned, shot):
    page = login("rep")
    server.plant("touch_touch", planned[:1], "channel", "email")
    opened(page)
    page.keyboard.press("m")
    composer = page.locator(".modal .o_mail_composer_form, .modal .o_form_view")
    expect(composer).to_be_visible()
    shot(page, "desk-mail")


def test_on_a_phone(server, login, planned, shot):
    page = opened(login("rep", width=390, height=844))
    expect(client(page)).to_have_text("Deal 1")
    shot(page, "phone-desk")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is cut off"
    # one tap brings all outcomes in sight, the next one is what came of it
    expect(page.locator(".o_touch_jump")).to_be_in_viewport(ratio=1)
    page.locator(".o_touch_queue_toggle").tap()
    page.locator(".o_touch_queue_toggle").tap()
    expect(page.locator(".o_touch_jump")).to_be_in_viewport(ratio=1)
    page.locator(".o_touch_jump").tap()
    for outcome in page.locator(".o_touch_outcome").all():
        expect(outcome).to_be_in_viewport(ratio=1)
    shot(page, "phone-outcomes")
    page.locator(".o_touch_outcome", has_text="Interested").tap()
    expect(client(page)).to_have_text("Deal 2")
    # what can be undone stands in the head: it covers no button and no row
    bar = page.locator(".o_touch_undo")
    expect(bar).to_be_in_viewport(ratio=1)
    assert bar.evaluate("el => !!el.closest('.o_control_panel')")
    shot(page, "phone-undo")
    page.locator(".o_touch_queue_toggle").tap()
    shot(page, "phone-queue")
    page.locator(".o_touch_row", has_text=re.compile(r"Deal 5(?!\d)")).tap()
    expect(client(page)).to_have_text("Deal 5")


def test_a_long_name_leaves_room_for_undo_on_a_phone(server, login, planned):
    [lead] = server.call("manager", "touch.touch", "read", [planned[0]], ["lead_id"])[0]["lead_id"][:1]
    server.call("manager", "crm.lead", "write", [lead], {"name": "A Company Whose Name Is Longer Than a Telephone Is Wide"})
    page = opened(login("rep", width=390, height=844))
    page.locator(".o_touch_jump").tap()
    page.locator(".o_touch_outcome", has_text="Interested").tap()
    expect(page.locator(".o_touch_undo button")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(("width", "height"), [(1366, 600), (390, 700)])
def test_what_is_longer_than_the_window_scrolls(server, login, planned, width, height):
    # by wheel, as people do: a click of the test tool would scroll a page that nobody else can
    page = opened(login("rep", width=width, height=height))
    head = page.locator(".o_control_panel").bounding_box()
    last = page.get_by_role("heading", name="Last touches")
    expect(last).not_to_be_in_viewport()
    page.mouse.move(width - 50, height - 100)
    page.mouse.wheel(0, 5000)
    expect(last).to_be_in_viewport()
    assert page.locator(".o_control_panel").bounding_box() == head, "what is done and to do stays in sight"
    # of the next client the name is seen first
    page.keyboard.press("1")
    expect(client(page)).to_have_text("Deal 2")
    expect(client(page)).to_be_in_viewport()
    expect(last).not_to_be_in_viewport()


def test_who_comes_back_finds_the_client_he_left(login, planned):
    page = opened(login("rep"))
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(client(page)).to_have_text("Deal 3")
    page.keyboard.press("o")
    page.wait_for_url("**/crm.lead/*")
    page.go_back()
    expect(client(page)).to_have_text("Deal 3")
    page.keyboard.press("o")
    page.wait_for_url("**/crm.lead/*")
    page.locator(".o_breadcrumb").get_by_text("My Desk").click()
    expect(client(page)).to_have_text("Deal 3")
    # what can be undone lies over nothing that is pressed for the next client
    page.keyboard.press("1")
    bar = page.locator(".o_touch_undo").bounding_box()
    for button in page.locator(".o_touch_desk_main button:visible, .o_touch_desk_main a:visible").all():
        box = button.bounding_box()
        assert box["x"] >= bar["x"] + bar["width"] or box["y"] + box["height"] <= bar["y"] or box["y"] >= bar["y"] + bar["height"], box
    # a choice of what comes then leaves the keys to the desk
    page.locator(".o_touch_advance").select_option("stay")
    expect(client(page)).to_have_text("Deal 4")
    page.keyboard.press("j")
    expect(client(page)).to_have_text("Deal 5")


def test_a_mail_sent_from_the_desk_makes_the_touch(server, login, planned, mails, shot):
    touches = server.call("manager", "touch.touch", "search_read", [("id", "in", planned)], ["channel"], order="id")
    server.plant("touch_touch", [touch["id"] for touch in touches], "channel", "email")
    page = opened(login("rep"))
    page.keyboard.press("n")
    page.keyboard.type("Wants 3 samples")
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    dialog = page.locator(".modal")
    expect(dialog).to_contain_text("Good day")
    shot(page, "desk-mail")
    dialog.get_by_role("button", name="Send").first.click()
    expect(client(page)).to_have_text("Deal 2")
    expect(page.locator(".o_touch_gone")).to_contain_text("Deal 1: This touch is done: Sent.")
    assert len(mails) == 1 and "deal1@touch.example" in mails[0], "it was delivered: one that is refused reached nobody"
    row = state(server, planned[0])
    assert (row["state"], row["note"]) == ("done", "Wants 3 samples")


def test_who_can_be_reached_no_other_way_stays_on_the_desk(server, login, planned, mails, shot):
    [touch] = server.call("manager", "touch.touch", "read", planned[:1], ["lead_id"])
    lead = touch["lead_id"][0]
    server.call(
        "manager",
        "crm.lead",
        "write",
        [lead],
        {"email_from": "gone@touch.example", "phone": False, "city": False, "street": False, "zip": False},
    )
    server.plant("touch_touch", planned[:1], "channel", "email")
    server.plant("touch_touch", planned[:1], "date_deadline", date.today() - timedelta(days=1))
    page = opened(login("rep"))
    expect(client(page)).to_have_text("Deal 1")
    page.keyboard.press("m")
    page.locator(".modal").get_by_role("button", name="Send").first.click()
    expect(page.locator(".modal")).to_have_count(0)
    for _time in range(2):
        expect(client(page)).to_have_text("Deal 1")
        expect(page.locator(".o_touch_unreachable")).to_contain_text("Enter another address or number")
        expect(page.locator(".o_touch_desk_main")).to_contain_text("No such user")
        shot(page, f"desk-unreachable-{_time}")
        opened(page)  # also after the page is loaded again
    assert not [mail for mail in mails if re.search("^To:.*gone@", mail, re.MULTILINE)], "only the salesperson is told by mail"
    page.locator(".o_touch_unreachable button").click()
    expect(page.locator(".o_form_view")).to_be_visible()


def test_the_key_m_answers_who_wrote_where_a_call_is_planned(server, login, planned):
    [touch] = server.call("manager", "touch.touch", "read", planned[:1], ["lead_id", "channel"])
    assert touch["channel"] == "call"
    in_shell(
        server.database,
        f"""
mail = "From: Carla <deal1@touch.example>\\r\\nTo: sales@touch.example\\r\\nSubject: A question\\r\\nMessage-Id: <q1@touch.example>\\r\\n\\r\\nWhat does it cost?"
env["mail.thread"].message_process("crm.lead", mail.encode(), thread_id={touch["lead_id"][0]})
env.cr.commit()
""",
    )
    page = opened(login("rep"))
    expect(page.locator(".o_touch_answered")).to_contain_text("What does it cost?")
    page.keyboard.press("m")
    expect(page.locator(".modal .o_mail_composer_form_view, .modal .o_form_view")).to_contain_text("Good day")


def test_an_empty_desk_says_what_to_do(server, login, shot):
    page = login("rep")
    page.goto("/odoo/touch-desk")
    # nobody was ever enrolled: the first hour leads, and nothing is "done"
    expect(page.get_by_role("heading", name="Your first hour")).to_be_visible()
    expect(page.get_by_role("heading", name="All done for today")).to_have_count(0)
    shot(page, "desk-empty")
    page.get_by_role("button", name="Choose deals").click()
    expect(page.locator(".o_list_view")).to_be_visible()


def test_it_is_accessible(server, login, planned):
    page = opened(login("rep"))
    assert serious(page, ".o_touch_desk") == []
    for key in ("s", "z", "r", "p"):
        page.keyboard.press(key)
        expect(page.locator(".o_touch_prompt")).to_be_visible()
        assert serious(page, ".o_touch_desk") == []
        page.keyboard.press("Escape")
    page.keyboard.press("w")
    expect(page.locator(".modal table").first).to_be_visible()
    page.wait_for_function("getComputedStyle(document.querySelector('.modal')).opacity === '1'")  # axe measures contrast as it is
    assert serious(page, ".modal-content") == []
