import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

// a sign each beside the colour: the difference is seen without it
export const TEMPERATURES = {
    cold: { icon: "fa-snowflake-o", name: _t("Cold") },
    warm: { icon: "fa-sun-o", name: _t("Warm") },
    hot: { icon: "fa-fire", name: _t("Hot") },
};
export const POTENTIALS = {
    low: { bars: 1, name: _t("Low") },
    standard: { bars: 2, name: _t("Standard") },
    high: { bars: 3, name: _t("High") },
};
export const PURPOSES = {
    warming: {
        icon: "fa-circle-o",
        name: _t("Warming"),
        text: _t("A warming touch reminds, cares or teaches. It asks for nothing."),
    },
    closing: {
        icon: "fa-bullseye",
        name: _t("Closing"),
        text: _t("A closing touch asks for the next step, such as a meeting or the invoice."),
    },
    confirming: {
        icon: "fa-calendar-check-o",
        name: _t("Confirms"),
        text: _t("It confirms what was agreed, or asks whether a time suits."),
    },
    asking: {
        icon: "fa-question-circle-o",
        name: _t("Asks after it"),
        text: _t("It asks what came of the step that was agreed."),
    },
};

/** How warm a client is: a word, a sign and a colour; in narrow rows sign and colour, and the word for who points at it or hears it. */
export class TemperatureBadge extends Component {
    static template = "touch_cadence.TemperatureBadge";
    static props = {
        value: { type: [String, Boolean], optional: true },
        isNarrow: { type: Boolean, optional: true },
    };
    get degree() {
        return TEMPERATURES[this.props.value];
    }
}

/** What a client could bring: a word and up to three bars. */
export class PotentialBadge extends Component {
    static template = "touch_cadence.PotentialBadge";
    static props = { value: { type: [String, Boolean], optional: true } };
    get potential() {
        return POTENTIALS[this.props.value];
    }
}

/** Warming or closing: a word, a sign and a colour. */
export class PurposeBadge extends Component {
    static template = "touch_cadence.PurposeBadge";
    static props = { value: { type: [String, Boolean], optional: true } };
    get purpose() {
        return PURPOSES[this.props.value];
    }
}

/** Warming touches made since the last closing one as dots, and the closing one they lead to as a target. */
export class Rhythm extends Component {
    static template = "touch_cadence.Rhythm";
    static props = { warming: Number, rhythm: Number, closing: { type: Boolean, optional: true } };
    get dots() {
        return [...Array(this.props.rhythm).keys()].map((number) => number < this.props.warming);
    }
    get label() {
        return this.props.closing
            ? _t("Closing now")
            : _t("%(made)s of %(all)s warming touches before the closing one", {
                  made: this.props.warming,
                  all: this.props.rhythm,
              });
    }
}

/** The badges as fields of any view. They are read, not written: who changes a temperature says why on the form. */
function badgeField(Badge, displayName) {
    class TouchBadgeField extends Component {
        static components = { Badge };
        static template = "touch_cadence.BadgeField";
        static props = { ...standardFieldProps };
    }
    return { component: TouchBadgeField, displayName, supportedTypes: ["selection"] };
}

registry
    .category("fields")
    .add("touch_temperature", badgeField(TemperatureBadge, _t("Temperature")));
registry.category("fields").add("touch_potential", badgeField(PotentialBadge, _t("Potential")));
registry.category("fields").add("touch_purpose", badgeField(PurposeBadge, _t("Purpose")));
