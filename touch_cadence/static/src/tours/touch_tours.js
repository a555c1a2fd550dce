import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const openTouches = () => [
    stepUtils.showAppsMenuItem(),
    {
        trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']",
        content: _t("Touches are worked in CRM: open it."),
        tooltipPosition: "bottom",
        run: "click",
    },
    {
        trigger: "button[data-menu-xmlid='touch_cadence.touch_cadence_menu_root']",
        content: _t("Here is all about touches."),
        tooltipPosition: "bottom",
        run: "click",
    },
];

/** A salesperson's first touch. */
registry.category("web_tour.tours").add("touch_cadence_rep", {
    url: "/odoo",
    steps: () => [
        ...openTouches(),
        {
            trigger: "a[data-menu-xmlid='touch_cadence.touch_desk_menu']",
            content: _t("Your desk: one touch after the other, the most pressing first."),
            run: "click",
        },
        {
            trigger: ".o_touch_desk .o_touch_why",
            content: _t("Whom to touch, how, and with what news. Why just this? Ask."),
            tooltipPosition: "left",
            run: "click",
        },
        {
            trigger: ".modal .btn-primary",
            content: _t("The facts, the rules, and what would change the plan."),
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_touch_desk .o_touch_note",
            content: _t("Write what was said, if it matters later."),
            run: "edit Wants a sample",
        },
        {
            trigger: ".o_touch_desk .o_touch_outcome[aria-keyshortcuts='1']",
            content: _t(
                "What came of it? One click, or the key 1. The next touch is planned by itself.",
            ),
            run: "click",
        },
        {
            trigger: ".o_touch_undo",
            content: _t("Wrong button? For ten seconds it can be undone."),
            tooltipPosition: "top",
        },
    ],
});

/** A sales manager's first look: what is planned, with what news, by which settings. */
registry.category("web_tour.tours").add("touch_cadence_manager", {
    url: "/odoo",
    steps: () => [
        ...openTouches(),
        {
            trigger: "a[data-menu-xmlid='touch_cadence.touch_cadence_menu']",
            content: _t(
                "A cadence says when clients are touched, by which channel, and what follows.",
            ),
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:first td[name='name']",
            content: _t(
                "This one is ready to use: seven touches, five to warm for one that closes.",
            ),
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name='step_ids']",
        },
        {
            trigger: "button[data-menu-xmlid='touch_cadence.touch_cadence_menu_root']",
            content: _t("Each touch has its news. Look at the reasons next."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: "a[data-menu-xmlid='touch_cadence.touch_reason_menu']",
            content: _t("Replace our general reasons with your own news."),
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:first",
        },
        {
            trigger: "button[data-menu-xmlid='touch_cadence.touch_cadence_menu_root']",
            content: _t("Hours, days and limits are settings."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: "a[data-menu-xmlid='touch_cadence.touch_settings_menu']",
            content: _t("The method's defaults stand here, each with a line of what it does."),
            run: "click",
        },
        {
            trigger: ".modal .o_form_view",
        },
    ],
});
