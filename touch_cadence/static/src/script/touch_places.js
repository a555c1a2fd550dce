import { Component, useExternalListener } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

// as in method/desk/placeholders.py
const PLACES = () => ({
    first_name: _t("First name"),
    name: _t("Name"),
    company: _t("Company"),
    deal: _t("Deal"),
    salesperson: _t("Salesperson"),
    our_company: _t("Our company"),
    what_we_do: _t("What we do"),
    agreed: _t("What was agreed, and when"),
});

// what was written is taken up after a pause of so many milliseconds, so that the preview beside it tells the truth
const PAUSE = 700;

/** The client's data as buttons: a click puts a place for it where the cursor stands, or copies it where none does. */
export class TouchPlaces extends Component {
    static template = "touch_cadence.TouchPlaces";
    static props = standardWidgetProps;

    setup() {
        this.notification = useService("notification");
        const takeUp = useDebounced(() => {
            this.props.record.model.bus.trigger("NEED_LOCAL_CHANGES", { proms: [] });
        }, PAUSE);
        useExternalListener(document, "input", (ev) => {
            if (ev.target.closest?.(".o_touch_script_text, [name=subject]")) {
                takeUp();
            }
        });
        this.places = Object.entries(PLACES()).map(([name, label]) => ({
            label,
            text: `{{ ${name} }}`,
        }));
    }

    async put(text) {
        const at = document.activeElement;
        const editable = at && (at.isContentEditable || ["INPUT", "TEXTAREA"].includes(at.tagName));
        // the browser types it, so that the editor keeps its own history
        if (editable && document.execCommand("insertText", false, text)) {
            return;
        }
        await browser.navigator.clipboard.writeText(text);
        this.notification.add(_t("Copied: %(place)s", { place: text }), { type: "success" });
    }
}

registry.category("view_widgets").add("touch_places", { component: TouchPlaces });
