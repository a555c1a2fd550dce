import {
    Component,
    onMounted,
    onPatched,
    onWillStart,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { formatDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { groupBy } from "@web/core/utils/arrays";
import { useService } from "@web/core/utils/hooks";

import { offeredDays } from "./days";
import { keyOf } from "./keys";

const { DateTime } = luxon;

/** What is asked of an outcome, one question after the other. */
const QUESTIONS = { next_step: ["step", "day"], obstacle: ["obstacle", "back"] };
const MONTHS = 6;
// days on which an expert is free, and hours of a day: each has a digit
const DAYS_FREE = 8;
const HOURS_FREE = 8;
// in sight of a touch that asks about an agreed step, those of the step first
const MOST_OF_STEP = 6;

/**
 * What an outcome asks: which next step and when, or what stands in the way and when to come back. Each answer is one click or one digit. Where an
 * expert comes to the meeting, the days are those on which one is free, and the hour is asked, too.
 *
 * `onAnswer` gets the values of `touch.desk.act`, and what was answered in words.
 */
export class TouchQuestion extends Component {
    static template = "touch_cadence.TouchQuestion";
    static props = {
        outcome: Object,
        questions: Object,
        onAnswer: Function,
        onCancel: Function,
        // the desk: digits are answers wherever the focus is, also those that were typed before this was drawn
        takeTyped: { type: Function, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.root = useRef("root");
        this.input = useRef("input");
        this.values = {};
        this.words = [];
        // when experts are free: [{key, day, hour, name}]
        this.places = [];
        onWillStart(() => this.readPlaces());
        this.state = useState({
            stage: this.stages[0],
            isDay: false,
            day: "",
            isNew: false,
            name: "",
        });
        if (this.props.takeTyped) {
            useExternalListener(document, "keydown", (ev) => this.onKeydown(ev));
        }
        onMounted(() => {
            this.focus();
            for (const key of this.props.takeTyped?.() || "") {
                this.press(key);
            }
        });
        let shown = this.shown;
        onPatched(() => {
            if (shown !== this.shown) {
                shown = this.shown;
                this.focus();
            }
        });
    }

    /** Without a connection the day alone is asked. */
    async readPlaces() {
        const { questions, outcome } = this.props;
        if (questions.expert_touch && outcome.asks === "next_step") {
            const ids = [[questions.expert_touch]];
            this.places = await this.orm.silent.call("touch.touch", "places", ids).catch(() => []);
        }
    }
    /** @returns {Array<Object>} the places, where the step is a meeting */
    get placesOfStep() {
        const { meetings, step } = this.props.questions;
        const chosen = this.values.next_step_id || step;
        return !chosen || meetings?.includes(chosen) ? this.places : [];
    }
    /** @returns {Array<string>} what is asked, in turn; the day of a step that is known needs no step */
    get stages() {
        const { asks, step_effect: effect } = this.props.outcome;
        const { steps, step, obstacles, is_meeting: isMeeting } = this.props.questions;
        const isKnown = effect === "moved" && (step || isMeeting);
        const empty = { step: !steps.length || isKnown, obstacle: !obstacles?.length };
        return QUESTIONS[asks].filter((one) => !empty[one]);
    }
    get shown() {
        return `${this.state.stage}${this.state.isDay}${this.state.isNew}`;
    }
    get title() {
        return {
            step: _t("Which step is next?"),
            day: _t("When?"),
            hour: _t("At what time?"),
            obstacle: _t("What stands in the way?"),
            item: _t("Which item?"),
            back: _t("When to come back?"),
        }[this.state.stage];
    }
    get today() {
        return serializeDate(DateTime.now());
    }
    get choices() {
        const choices = this[`${this.state.stage}Choices`];
        return choices.map((one, at) => ({ key: at < 9 ? String(at + 1) : "", ...one }));
    }
    get stepChoices() {
        const { steps, step } = this.props.questions;
        return steps.map(([id, name]) => ({
            name,
            isProposed: id === step,
            values: { next_step_id: id },
        }));
    }
    get dayChoices() {
        const free = Object.entries(groupBy(this.placesOfStep, "day"));
        if (free.length) {
            return [
                ...free.slice(0, DAYS_FREE).map(([day, places]) => {
                    const date = DateTime.fromISO(day).toFormat("ccc d LLL");
                    const from = _t("from %(hour)s", { hour: places[0].hour });
                    return { name: `${date} · ${from}`, said: date, values: { next_day: day } };
                }),
                { key: "9", name: _t("No day yet"), values: {} },
                { key: "0", name: _t("Pick a day"), isDay: true },
            ];
        }
        const days = [
            [_t("Tomorrow"), 1],
            [_t("In two days"), 2],
            [_t("In a week"), 7],
            [_t("In two weeks"), 14],
        ];
        return [
            ...this.daysOf(days, "next_day"),
            { key: "9", name: _t("No day yet"), values: {} },
            { key: "0", name: _t("Pick a day"), isDay: true },
        ];
    }
    get hourChoices() {
        const places = this.placesOfStep.filter((one) => one.day === this.values.next_day);
        return [
            ...places.map((one, at) => ({
                ...(at >= HOURS_FREE && { key: "" }),
                name: one.name,
                values: { place: one.key },
            })),
            { key: "9", name: _t("No hour yet"), values: {} },
        ];
    }
    get obstacleChoices() {
        const obstacles = this.props.questions.obstacles || [];
        return obstacles.map(([id, name, kind]) => ({ name, kind, values: { obstacle_id: id } }));
    }
    get itemChoices() {
        const items = this.props.questions.items || [];
        return [
            ...items.map(([id, name]) => ({ name, values: { item_id: id } })),
            { key: "9", name: _t("No item"), values: {} },
            { key: "0", name: _t("Another item"), isNew: true },
        ];
    }
    get backChoices() {
        const today = DateTime.now().startOf("day");
        const months = [...Array(MONTHS).keys()].map((at) => {
            const month = today.startOf("month").plus({ months: at + 1 });
            return { name: month.toFormat("LLLL"), values: { back: month.toFormat("yyyy-MM") } };
        });
        const days = [
            [_t("In a week"), 7],
            [_t("In a month"), today.plus({ months: 1 }).diff(today, "days").days],
        ];
        const open = this.values.item_id ? _t("When it arrives") : _t("No day named");
        return [
            ...this.daysOf(days, "back"),
            ...months,
            { key: "9", name: open, values: {} },
            { key: "0", name: _t("Pick a day"), isDay: true },
        ];
    }
    daysOf(days, field) {
        return offeredDays(days).map(({ label, day }) => ({
            name: label,
            values: { [field]: serializeDate(day) },
        }));
    }

    focus() {
        const proposed = this.root.el.querySelector(".o_touch_proposed");
        const first = proposed || this.root.el.querySelector(".o_touch_answer");
        (this.input.el || first)?.focus({ preventScroll: true });
        this.root.el.scrollIntoView({ block: "nearest" });
    }

    onClick(ev, choice) {
        // the second click of a double click would answer the next question
        if (ev.detail <= 1) {
            this.answer(choice);
        }
    }

    onKeydown(ev) {
        const isOther = ev.ctrlKey || ev.altKey || ev.metaKey || ev.defaultPrevented;
        if (isOther || ev.target.closest?.("input, textarea, select, [contenteditable=true]")) {
            return;
        }
        if (!ev.repeat && this.press(keyOf(ev))) {
            ev.preventDefault();
            ev.stopPropagation();
        }
    }

    /** @returns {boolean} whether the key is an answer */
    press(key) {
        if (this.isOver) {
            return false;
        }
        const { choices } = this;
        const proposed = choices.find((one) => one.isProposed) || choices[0]; // which has the focus, once it is drawn
        const choice = key === "\n" ? proposed : choices.find((one) => one.key === key);
        if (choice && !this.state.isDay && !this.state.isNew) {
            this.answer(choice);
        }
        return Boolean(choice);
    }

    answer(choice) {
        if (choice.isDay) {
            this.state.isDay = true;
            return;
        }
        if (choice.isNew) {
            this.state.isNew = true;
            return;
        }
        Object.assign(this.values, choice.values);
        this.words.push(choice.said || choice.name);
        const next = choice.kind === "item" ? "item" : this.after(this.state.stage);
        if (next) {
            this.state.stage = next;
        } else {
            this.isOver = true;
            this.props.onAnswer(this.values, this.words.join(", "));
        }
    }

    after(stage) {
        const stages = this.stages;
        const { next_day: day } = this.values;
        if (stage === "day" && day && this.placesOfStep.some((one) => one.day === day)) {
            return "hour";
        }
        const asked = { item: "obstacle", hour: "day" }[stage] || stage;
        return stages[stages.indexOf(asked) + 1];
    }

    /** What was typed: a day, or the name of an item. */
    submit() {
        return this.state.isNew ? this.nameItem() : this.pickDay();
    }

    async nameItem() {
        if (this.state.name.trim()) {
            const found = await this.orm.call("touch.item", "name_create", [this.state.name]);
            this.state.isNew = false;
            this.answer({ name: found[1], values: { item_id: found[0] } });
        }
    }

    pickDay() {
        const { day, stage } = this.state;
        if (day) {
            const field = stage === "back" ? "back" : "next_day";
            this.answer({ name: formatDate(DateTime.fromISO(day)), values: { [field]: day } });
        }
    }
}

/** The same question in a dialog: for lists and cards, where the outcome was chosen in a menu. */
export class TouchQuestionDialog extends Component {
    static template = "touch_cadence.TouchQuestionDialog";
    static components = { Dialog, TouchQuestion };
    static props = { outcome: Object, questions: Object, onAnswer: Function, close: Function };

    answer(values, words) {
        this.props.close();
        this.props.onAnswer(values, words);
    }
}

/**
 * @param {Array<Object>} outcomes as `touch.outcome.choices` tells them
 * @param {{channel: string, purpose: string}} touch what is known of it
 * @returns {Array<Object>} those that such a touch can end with: what came of an agreed step first, where the touch asks for it. On the day
 *     before nobody knows whether it will be kept: it can be moved
 */
export function offered(outcomes, { channel, purpose }) {
    const isOfStep = ["confirming", "asking"].includes(purpose);
    const fits = (one) => !channel || !one.channels?.length || one.channels.includes(channel);
    const ofStep = isOfStep ? outcomes.filter((one) => one.of_step) : [];
    const others = outcomes.filter((one) => !one.of_step && fits(one));
    if (purpose === "confirming") {
        return [...others, ...ofStep.filter((one) => one.step_effect === "moved")];
    }
    return [...ofStep, ...others];
}

/**
 * @param {Array<Object>} outcomes as `touch.outcome.choices` tells them
 * @param {{channel: string, purpose: string}} touch what is known of it
 * @returns {{inSight: Array<Object>, more: Array<Object>}} those that are offered, each in its order: at once, and under "More". Where none is
 *     chosen for the channel, or "More" would hide a single one, all are in sight
 */
export function parted(outcomes, touch) {
    const all = offered(outcomes, touch);
    const ofStep = all.filter((one) => one.of_step).length;
    let inSight = all.filter((one) => one.of_step || one.in_sight?.includes(touch.channel));
    if (ofStep && inSight.length > MOST_OF_STEP) {
        const others = inSight.filter((one) => !one.of_step);
        const kept = others.slice(0, Math.max(MOST_OF_STEP - ofStep, 0));
        inSight = inSight.filter((one) => one.of_step || kept.includes(one));
    }
    const more = all.filter((one) => !inSight.includes(one));
    return inSight.length && more.length > 1 ? { inSight, more } : { inSight: all, more: [] };
}

/**
 * Where an outcome is chosen in a menu: asks what it asks, and goes on.
 *
 * @returns {(outcome: Object, read: () => Promise<Object>, goOn: (values: Object, words: string) => void) => Promise}
 */
export function useTouchQuestion() {
    const dialog = useService("dialog");
    return async (outcome, read, goOn) => {
        if (!outcome.asks) {
            return goOn({}, "");
        }
        dialog.add(TouchQuestionDialog, { outcome, questions: await read(), onAnswer: goOn });
    };
}
