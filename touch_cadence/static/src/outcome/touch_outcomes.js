import { Component, onWillStart, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { TouchQuestion, offered, useTouchQuestion } from "./touch_question";

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

/**
 * What came of a touch: one button an outcome, one click a touch. What the outcome asks stands in place of the buttons; the desk, which gives
 * the outcomes and their keys, asks itself.
 */
export class TouchOutcomes extends Component {
    static template = "touch_cadence.TouchOutcomes";
    static components = { TouchQuestion };
    static props = {
        onChoose: Function,
        touch: { type: Object, optional: true },
        outcomes: { type: Array, optional: true },
        outlook: { type: Object, optional: true },
        withKeys: { type: Boolean, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.service = useService("touch_outcomes");
        this.state = useState({ outcomes: [], asking: null, questions: null });
        onWillStart(async () => {
            if (!this.props.outcomes) {
                this.state.outcomes = await this.service.read();
            }
        });
    }
    get outcomes() {
        return this.props.outcomes || offered(this.state.outcomes, this.props.touch || {});
    }
    key(index) {
        return this.props.withKeys && index < 10 ? String((index + 1) % 10) : "";
    }
    async choose(ev, outcome) {
        // the second click of a double click would be for the next client
        if (ev.detail > 1) {
            return;
        }
        if (!outcome.asks || this.props.withKeys || !this.props.touch) {
            this.props.onChoose(outcome, {});
            return;
        }
        const { id } = this.props.touch;
        this.state.questions = await this.orm.call("touch.touch", "questions", [[id]]);
        this.state.asking = outcome;
    }
    answer(values) {
        this.props.onChoose(this.state.asking, values);
    }
    leave() {
        this.state.asking = null;
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
        this.ask = useTouchQuestion();
    }
    get isPlanned() {
        const { data, resId } = this.props.record;
        return (data.state === "planned" || data.unsure) && resId;
    }
    async read() {
        this.state.outcomes = offered(await this.service.read(), this.props.record.data);
    }
    async choose(outcome) {
        const { record } = this.props;
        if (!(await record.save())) {
            return;
        }
        const read = () => this.orm.call("touch.touch", "questions", [[record.resId]]);
        await this.ask(outcome, read, (values) => this.finish(outcome, values));
    }
    async finish(outcome, values) {
        const { record } = this.props;
        const answers = {
            next_step: values.next_step_id || false,
            next_day: values.next_day || false,
            obstacle: values.obstacle_id || false,
            back: values.back || false,
            item: values.item_id || false,
        };
        await this.orm.call("touch.touch", "done", [[record.resId], outcome.id], answers);
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
        { name: "channel", type: "selection" },
        { name: "purpose", type: "selection" },
        { name: "unsure", type: "boolean" },
    ],
});
