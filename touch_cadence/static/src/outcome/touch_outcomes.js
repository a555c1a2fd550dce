import { Component, onWillStart, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** The outcomes, read once a session; a manager who changes them sees it after a reload. */
export const touchOutcomesService = {
    dependencies: ["orm"],
    start(env, { orm }) {
        let reading;
        return {
            read() {
                reading ??= orm.silent.call("touch.outcome", "choices", []).catch((error) => {
                    reading = undefined;
                    throw error;
                });
                return reading;
            },
        };
    },
};
registry.category("services").add("touch_outcomes", touchOutcomesService);

/** What came of a touch: one button an outcome, one click a touch. */
export class TouchOutcomes extends Component {
    static template = "touch_cadence.TouchOutcomes";
    static props = {
        onChoose: Function,
        outcomes: { type: Array, optional: true },
        outlook: { type: Object, optional: true },
        withKeys: { type: Boolean, optional: true },
    };

    setup() {
        this.service = useService("touch_outcomes");
        this.state = useState({ outcomes: [] });
        onWillStart(async () => {
            if (!this.props.outcomes) {
                this.state.outcomes = await this.service.read();
            }
        });
    }
    get outcomes() {
        return this.props.outcomes || this.state.outcomes;
    }
    key(index) {
        return this.props.withKeys && index < 9 ? String(index + 1) : "";
    }
    choose(ev, outcome) {
        // the second click of a double click would be for the next client
        if (ev.detail <= 1) {
            this.props.onChoose(outcome);
        }
    }
    outlookOf(outcome) {
        return this.props.outlook?.[outcome.id] || "";
    }
}

/** `<widget name="touch_outcomes"/>`: the outcomes as a menu, in lists and cards of touches. */
export class TouchOutcomeMenu extends Component {
    static template = "touch_cadence.TouchOutcomeMenu";
    static components = { Dropdown, DropdownItem };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.service = useService("touch_outcomes");
        this.state = useState({ outcomes: [] });
    }
    get isPlanned() {
        return this.props.record.data.state === "planned" && this.props.record.resId;
    }
    async read() {
        this.state.outcomes = await this.service.read();
    }
    async choose(outcome) {
        const { record } = this.props;
        if (!(await record.save())) {
            return;
        }
        await this.orm.call("touch.touch", "done", [[record.resId], outcome.id]);
        const client = record.data.client_name;
        this.notification.add(`${client}: ${outcome.name}`, { type: "success" });
        await record.model.load();
    }
}

registry.category("view_widgets").add("touch_outcomes", {
    component: TouchOutcomeMenu,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "client_name", type: "char" },
    ],
});
