import { Component, onWillStart, useEffect, useRef, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { TouchQuestion, parted, useTouchQuestion } from "./touch_question";

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

const DIGITS = [..."123456789"];
// of an agreed step, wherever it is asked for
const STEP_DIGITS = [..."789"];
// those that mean nothing else on the desk
const LETTERS = [..."cdeghilqvxy"];
export const MORE_KEY = "0";

/**
 * The keys of a channel's outcomes: the same on every touch of the channel, so that a hand can learn them. Digits are those in sight, 7 to 9 those of
 * an agreed step; the others have letters.
 *
 * @param {Array<Object>} outcomes all there are
 * @param {string} channel
 * @returns {Map<number, string>} keys by ids; without those that have none
 */
export function keysOf(outcomes, channel) {
    const steps = outcomes.filter((one) => one.of_step);
    const { inSight, more } = parted(
        outcomes.filter((one) => !one.of_step),
        { channel },
    );
    const keys = new Map();
    const give = (these, digits) => {
        const left = [...digits, ...LETTERS].filter((key) => ![...keys.values()].includes(key));
        these.forEach(({ id }, at) => left[at] && keys.set(id, left[at]));
    };
    give(inSight, DIGITS);
    give(steps, STEP_DIGITS);
    give(more, []);
    return keys;
}

/** @returns {Array<Object>} what is seen of them, in their order */
export function seen({ inSight, more }, isMoreOpen) {
    return isMoreOpen ? [...inSight, ...more] : inSight;
}

/** @returns {Object|undefined} the one of these outcomes that has the key */
export function outcomeOf(key, outcomes, keys) {
    return outcomes.find(({ id }) => keys.get(id) === key.toLowerCase());
}

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
        // of keysOf(); none where keys mean something else
        keys: { type: Map, optional: true },
        // the desk, which has a key for it, opens "More" itself
        isMoreOpen: { type: Boolean, optional: true },
        onMore: { type: Function, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.service = useService("touch_outcomes");
        this.state = useState({ outcomes: [], asking: null, questions: null, isOpen: false });
        this.root = useRef("root");
        // opened by its key, it may stand below the window
        useEffect(
            (isOpen) => {
                if (isOpen) {
                    this.root.el?.scrollIntoView({ block: "nearest" });
                }
            },
            () => [this.isMoreOpen],
        );
        onWillStart(async () => {
            if (!this.props.outcomes) {
                this.state.outcomes = await this.service.read();
            }
        });
    }
    get parts() {
        return parted(this.props.outcomes || this.state.outcomes, this.props.touch || {});
    }
    get isMoreOpen() {
        return this.props.onMore ? this.props.isMoreOpen : this.state.isOpen;
    }
    /** What is shown: each outcome with its key. */
    get shown() {
        return seen(this.parts, this.isMoreOpen).map((outcome) => ({
            outcome,
            key: this.props.keys?.get(outcome.id) || "",
        }));
    }
    get moreKey() {
        return this.props.keys ? MORE_KEY : "";
    }
    toggleMore() {
        this.state.isOpen = !this.state.isOpen;
        this.props.onMore?.();
    }
    /** What follows after most of the outcomes: told once instead of on each button. */
    get common() {
        const { inSight, more } = this.parts;
        const told = [...inSight, ...more]
            .map((one) => this.sentencesOf(one))
            .filter((one) => one.length);
        const last = told.map((sentences) => sentences.at(-1));
        const counts = new Map(
            last.map((one) => [one, last.filter((other) => other === one).length]),
        );
        const [sentence, count] = [...counts].sort((a, b) => b[1] - a[1])[0] || ["", 0];
        return count > 1 ? sentence : "";
    }
    async choose(ev, outcome) {
        // the second click of a double click would be for the next client
        if (ev.detail > 1) {
            return;
        }
        // who logs a call that nobody had planned, asks himself: there is no touch yet
        if (!outcome.asks || this.props.keys || !this.props.touch?.id) {
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
    sentencesOf(outcome) {
        return this.props.outlook?.[outcome.id] || [];
    }
    outlookOf(outcome) {
        return this.sentencesOf(outcome).join(" ");
    }
    /** What the outcome brings that most do not. */
    ownOutlookOf(outcome) {
        const common = this.common;
        return this.sentencesOf(outcome)
            .filter((one) => one !== common)
            .join(" ");
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
        this.state = useState({ inSight: [], more: [] });
        this.ask = useTouchQuestion();
    }
    get isPlanned() {
        const { data, resId } = this.props.record;
        return (data.state === "planned" || data.unsure) && resId;
    }
    async read() {
        Object.assign(this.state, parted(await this.service.read(), this.props.record.data));
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
            place: values.place || false,
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
