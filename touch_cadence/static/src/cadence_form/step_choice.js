import { registry } from "@web/core/registry";
import { SelectionField, selectionField } from "@web/views/fields/selection/selection_field";

/** A choice of a step that may be left open: the placeholder says what happens then, also while the row is not edited. */
export class TouchStepChoice extends SelectionField {
    static template = "touch_cadence.StepChoice";
}

registry
    .category("fields")
    .add("touch_step_choice", { ...selectionField, component: TouchStepChoice });
