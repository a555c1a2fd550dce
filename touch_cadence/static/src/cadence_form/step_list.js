import { registry } from "@web/core/registry";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";

/** The steps of a cadence: numbers are changed in the list, texts and reasons in a dialog, and nothing is saved before the cadence is. */
export class TouchStepList extends X2ManyField {
    async switchToForm(record) {
        await this.list.leaveEditMode();
        return this._openRecord({
            record,
            context: this.props.context,
            readonly: this.props.readonly,
        });
    }
}

registry.category("fields").add("touch_steps", { ...x2ManyField, component: TouchStepList });
