import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const openTouches = () => [
    stepUtils.showAppsMenuItem(),
    {
        trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']",
        content: _t("Touches are part of CRM: open it."),
        tooltipPosition: "bottom",
        run: "click",
    },
    {
        trigger: "button[data-menu-xmlid='touch_cadence.touch_cadence_menu_root']",
        content: _t("You find everything about touches here."),
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
            content: _t("This is your desk: one touch after the other, the most urgent first."),
            run: "click",
        },
        {
            trigger: ".o_touch_desk .o_touch_why",
            content: _t(
                "The card shows the client, the channel and the news. Click here to see why.",
            ),
            tooltipPosition: "left",
            run: "click",
        },
        {
            trigger: ".modal .btn-primary",
            content: _t("You see the facts, the rules, and what would change the plan."),
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_touch_desk .o_touch_note",
            content: _t("Note what was said, if it matters later."),
            run: "edit Wants a sample",
        },
        {
            trigger: ".o_touch_desk .o_touch_outcome[aria-keyshortcuts='1']",
            content: _t(
                "What was the outcome? Click it, or press 1. The next touch is planned automatically.",
            ),
            run: "click",
        },
        {
            trigger: ".o_touch_undo",
            content: _t("Wrong button? You can undo it for ten seconds."),
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
                "This cadence is ready to use: seven touches, with five warming touches per closing touch.",
            ),
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name='step_ids']",
        },
        {
            trigger: "button[data-menu-xmlid='crm.crm_menu_config']",
            content: _t("Each touch brings news. Look at the reasons next."),
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
            trigger: "button[data-menu-xmlid='crm.crm_menu_config']",
            content: _t("Hours, days and limits are settings."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: "a[data-menu-xmlid='touch_cadence.touch_settings_menu']",
            content: _t("The defaults of the method are here. Each one has a short explanation."),
            run: "click",
        },
        {
            trigger: ".o_touch_settings",
        },
    ],
});
