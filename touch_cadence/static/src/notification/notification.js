import { markup } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { htmlSprintf } from "@web/core/utils/html";

/** As Odoo's own `display_notification`, whose links open a new tab: these lead on in the one that the user works in. */
function showNotification(env, { params }) {
    const links = params.links.map(
        ({ url, label }) => markup`<a class="o_touch_link" href="${url}">${label}</a>`,
    );
    env.services.notification.add(htmlSprintf(params.message, ...links), { type: params.type });
    return params.next;
}

registry.category("actions").add("touch_cadence_notification", showNotification);
