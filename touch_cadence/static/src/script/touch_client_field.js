import { registry } from "@web/core/registry";
import { ReferenceField, referenceField } from "@web/views/fields/reference/reference_field";

/** A lead or contact, whichever one has in mind: Odoo's reference, whose choice of the kind says its name to who reads by ear. */
export class TouchClientField extends ReferenceField {
    static template = "touch_cadence.TouchClientField";
}

registry.category("fields").add("touch_client", { ...referenceField, component: TouchClientField });
