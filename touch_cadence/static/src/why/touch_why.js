import { Component, onWillStart } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** The decision behind a touch: its sentences with their rules, the facts they rest on, what would change them. */
export class TouchWhyDialog extends Component {
    static template = "touch_cadence.TouchWhyDialog";
    static components = { Dialog };
    static props = { touchId: Number, close: Function };

    setup() {
        this.orm = useService("orm");
        onWillStart(async () => {
            this.why = await this.orm.call("touch.touch", "explain_why", [[this.props.touchId]]);
        });
    }
    get title() {
        return _t("Why this touch?");
    }
}

/** `<widget name="touch_why"/>`: the question as a button, in any view of touches. */
export class TouchWhy extends Component {
    static template = "touch_cadence.TouchWhy";
    static props = { ...standardWidgetProps };

    setup() {
        this.dialog = useService("dialog");
    }
    open() {
        this.dialog.add(TouchWhyDialog, { touchId: this.props.record.resId });
    }
}

registry.category("view_widgets").add("touch_why", { component: TouchWhy });
