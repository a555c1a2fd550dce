import { registry } from "@web/core/registry";
import { SelectionField, selectionField } from "@web/views/fields/selection/selection_field";

/** A choice among what the record itself brings: a list of [value, name] in another field of it. */
export class TouchChoices extends SelectionField {
    static props = { ...SelectionField.props, choicesField: String };

    get options() {
        return this.props.record.data[this.props.choicesField] || [];
    }
    get string() {
        return this.options.find(([value]) => value === this.value)?.[1] || "";
    }
    onChange(value) {
        this.props.record.update({ [this.props.name]: value ?? false });
    }
}

registry.category("fields").add("touch_choices", {
    ...selectionField,
    component: TouchChoices,
    supportedTypes: ["char"],
    isEmpty: (record, name) => !record.data[name],
    extractProps: (info, dynamicInfo) => ({
        ...selectionField.extractProps(info, dynamicInfo),
        choicesField: info.options.choices,
    }),
});
