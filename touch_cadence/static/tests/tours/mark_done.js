import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("touch_cadence_mark_done", {
    steps: () => [
        {
            trigger: ".o-mail-Activity:contains(Touch 1 of 7) .o-mail-Activity-markDone",
            run: "click",
        },
        {
            trigger:
                ".o-mail-ActivityMarkAsDone:not(:has(button[aria-label='Done and Schedule Next']))",
        },
        { trigger: ".o-mail-ActivityMarkAsDone textarea", run: "edit Wants a sample" },
        // a mail has few outcomes in sight
        { trigger: ".o-mail-ActivityMarkAsDone .o_touch_more", run: "click" },
        {
            trigger: ".o-mail-ActivityMarkAsDone .o_touch_outcome:contains(Interested)",
            run: "click",
        },
        { trigger: ".o-mail-Activity:contains(Touch 2 of 7)" },
    ],
});
