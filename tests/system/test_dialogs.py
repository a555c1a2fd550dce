"""Dialogs and forms for who reads by ear, works by keyboard or sees little: axe finds nothing serious in what is ours."""

import pytest
from conftest import serious

# What Odoo's own widgets bring into any form: (rule, what its element has). The first test finds them on a form of Odoo's own.
ODOO = (
    ("autocomplete-valid", "selectMenuAutocompleteOff"),  # a selection's text field
    ("aria-allowed-attr", "o-dropdown dropdown-toggle"),  # what opens it
    ("aria-allowed-attr", "o_tag "),  # a tag
    ("aria-allowed-attr", "o-autocomplete--input"),  # a tag's or record's text field
    ("aria-required-parent", 'role="tab"'),  # the heads of pages
    ("button-name", "o_optional_columns_dropdown"),  # what chooses a list's columns
    ("image-alt", "/web/image/res.users/"),  # a user's picture beside the name
    ("label", 'id="boolean_checkbox"'),  # a yes or no in a list
)


def is_odoos(rule, element):
    return any(rule == known and mark in element for known, mark in ODOO)


def ours(page, within):
    """:return: what axe finds in a part of the page, without what Odoo's own widgets bring: [(rule, elements)]"""
    # axe measures contrast as it is, and a dialog that still appears is pale
    page.wait_for_function("[...document.querySelectorAll('.modal')].every((modal) => getComputedStyle(modal).opacity === '1')")
    left = [(rule, [element for element in elements if not is_odoos(rule, element)]) for rule, elements in serious(page, within)]
    return [(rule, elements) for rule, elements in left if elements]


def opened(page, model, context=None, action=None):
    """Open the dialog of a model, or a window action, over any page."""
    page.goto("/odoo/my-touches")
    page.wait_for_selector(".o_action_manager .o_view_controller")
    window = {"type": "ir.actions.act_window", "name": "Dialog", "res_model": model, "views": [[False, "form"]], "target": "new"}
    page.evaluate(
        """([action, context]) => void odoo.__WOWL_DEBUG__.root.env.services.action.doAction(action, {additionalContext: context})""",
        [action or window, context or {}],
    )
    page.wait_for_selector(".modal .o_form_view")
    page.wait_for_timeout(300)  # what a field calculates is drawn


@pytest.fixture
def deals(server):
    """Five deals: the first three are in a cadence, with a touch planned."""
    cadence = server.call("manager", "touch.cadence", "search", [("name", "=", "Standard selling")])
    leads = server.call("manager", "crm.lead", "search", [], limit=5, order="id")
    server.call("manager", "touch.cadence", "enroll", cadence, leads[:3])
    return leads


def test_what_is_left_out_is_odoos(login, server):
    """The same findings stand on Odoo's own forms; what is mended there is asked of us again."""
    page = login("manager")
    tagged = server.call("manager", "res.partner", "create", {"name": "Anna", "category_id": [(0, 0, {"name": "Tag"})]})
    [call] = server.call("manager", "mail.activity.type", "search", [("category", "=", "phonecall")], limit=1)
    found = []
    for address, part in (
        (f"res.partner/{tagged}", ".o_form_sheet"),
        (f"mail.activity.type/{call}", ".o_form_sheet"),
        ("action-crm.crm_lead_all_leads?view_type=list", ".o_list_renderer"),
        ("action-crm.crm_stage_action", ".o_list_renderer"),
    ):
        page.goto(f"/odoo/{address}")
        page.wait_for_selector(part)
        page.wait_for_timeout(500)
        found += serious(page, part)
    for rule, mark in ODOO:
        assert any(rule == known and mark in element for known, elements in found for element in elements), (rule, mark, found)


def test_dialogs(login, server, deals):
    page = login("rep")
    chosen = {"active_model": "crm.lead", "active_ids": deals, "active_id": deals[0]}
    one = {"active_model": "crm.lead", "active_ids": deals[:1], "active_id": deals[0], "default_lead_id": deals[0]}
    touch = server.call("rep", "touch.touch", "search", [("lead_id", "=", deals[0]), ("state", "=", "planned")])
    dialogs = [
        ("touch_cadence.crm_lead_action_touch_enroll", None, chosen),
        *(
            ("touch_cadence.crm_lead_action_touch_act", None, {**chosen, "default_act": act})
            for act in ("pause", "resume", "stop", "change", "hand_over")
        ),
        ("touch_cadence.crm_lead_action_touch_act", None, chosen),
        ("touch_cadence.crm_lead_action_touch_log", None, one),
        ("touch_cadence.touch_skip_action", None, {"active_model": "touch.touch", "active_ids": touch, "active_id": touch[0]}),
        ("crm.crm_lead_lost_action", None, {**one, "default_lead_ids": deals[:1]}),
        (None, "touch.plan", one),
        (None, "touch.judge", one),
        (None, "touch.wish", one),
        (None, "touch.judge", {**one, "default_by_hand": True}),
        (None, "touch.ask.expert", one),
    ]
    found = {}
    for action, model, context in dialogs:
        opened(page, model, context, action)
        if left := ours(page, ".modal-content"):
            found[f"{action or model} {context.get('default_act', '')}"] = left
    assert not found, found


def test_forms_of_a_manager(login, server, deals):
    page = login("manager")
    first = {
        model: server.call("manager", model, "search", [], limit=1, order="id")[0]
        for model in ("touch.cadence", "touch.script", "touch.reason", "touch.touch", "touch.enrollment", "touch.marker.question")
    }
    [call] = server.call("manager", "mail.activity.type", "search", [("touch_channel", "=", "call")], limit=1)
    addresses = [f"/odoo/{model}/{record}" for model, record in first.items()]
    addresses += ["/odoo/action-touch_cadence.touch_settings_action", "/odoo/action-touch_cadence.touch_base_action"]
    found = {}
    for address in addresses:
        page.goto(address)
        page.wait_for_selector(".o_form_view .o_form_sheet")
        page.wait_for_timeout(500)
        if left := ours(page, ".o_form_sheet"):
            found[address] = left
    # of Odoo's form of an activity type, what we add
    page.goto(f"/odoo/mail.activity.type/{call}")
    page.wait_for_selector("[name=touch_retry]")
    if left := ours(page, ".o_row:has([name=touch_retry])"):
        found["channel"] = left
    assert not found, found
