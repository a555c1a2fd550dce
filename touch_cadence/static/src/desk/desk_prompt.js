import { Component, onMounted, useRef, useState } from "@odoo/owl";
import {
    deserializeDateTime,
    formatDate,
    formatDateTime,
    serializeDate,
    serializeDateTime,
} from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

import { offeredDays } from "../outcome/days";
import { keyOf } from "../outcome/keys";

const { DateTime } = luxon;
const AFTERNOON = 14;
const HOUR = "t"; // as the language writes it

/** What skip, snooze, pause and reassign ask for, in place; a digit chooses what is offered, Enter answers, Escape leaves. */
export class DeskPrompt extends Component {
    static template = "touch_cadence.DeskPrompt";
    static props = {
        kind: String,
        colleagues: Array,
        onAnswer: Function,
        onCancel: Function,
        takeTyped: Function,
    };

    setup() {
        this.input = useRef("input");
        this.offered = useRef("offered");
        const until = this.props.kind === "snooze" ? this.days[0].until : "";
        this.state = useState({ reason: "", until, userId: "" });
        onMounted(() => {
            const [typed, ...rest] = this.props.takeTyped().split("\n");
            if (this.props.kind === "skip") {
                // into the field itself: the next letter may come before Owl has drawn the state
                this.input.el.value = typed;
                this.state.reason = typed;
            }
            // digits choose a day: in the field of a date they would be a date's
            const first = this.props.kind !== "skip" && this.offered.el?.querySelector("button");
            (first || this.input.el).focus();
            if (this.pick(typed)) {
                return;
            }
            if (rest.length) {
                this.answer();
            }
        });
    }
    get title() {
        return {
            skip: _t("Why is this touch left out?"),
            snooze: _t("When will you make it?"),
            pause: _t("Until when is the client left in peace?"),
            reassign: _t("Who makes it?"),
        }[this.props.kind];
    }
    get today() {
        return serializeDate(DateTime.now());
    }
    /** What is said most often; one click. */
    get reasons() {
        return [
            _t("Wrong time"),
            _t("Nothing new to say"),
            _t("Already spoke"),
            _t("Client on holiday"),
        ];
    }
    /** @returns {Array<{label, until, moment}>} days, and moments of today */
    get days() {
        const now = DateTime.now();
        const today = now.startOf("day");
        const onDay = (label, day) => ({ label, until: serializeDate(day) });
        const at = (label, when) => ({ ...onDay(label, when), moment: serializeDateTime(when) });
        if (this.props.kind === "pause") {
            return [
                onDay(_t("A week"), today.plus({ weeks: 1 })),
                onDay(_t("Two weeks"), today.plus({ weeks: 2 })),
                onDay(_t("A month"), today.plus({ months: 1 })),
                onDay(_t("Three months"), today.plus({ months: 3 })),
                { label: _t("Without an end"), until: "" },
            ];
        }
        const afternoon = today.plus({ hours: AFTERNOON });
        const [tomorrow, ...others] = offeredDays([
            [_t("Tomorrow"), 1],
            [_t("In three days"), 3],
            [_t("Next Monday"), 8 - today.weekday],
            [_t("In two weeks"), 14],
        ]).map(({ label, day }) => onDay(label, day));
        return [
            tomorrow,
            at(_t("In 2 hours"), now.plus({ hours: 2 })),
            ...(now < afternoon ? [at(_t("This afternoon"), afternoon)] : []),
            ...others,
        ];
    }
    /** What is offered, each with its digit. */
    get choices() {
        if (this.props.kind === "reassign") {
            return [];
        }
        if (this.props.kind === "skip") {
            return this.reasons.map((reason) => ({
                label: reason,
                act: () => this.props.onAnswer({ reason }),
            }));
        }
        return this.days.map((day) => ({ label: day.label, act: () => this.choose(day) }));
    }
    /** @returns {boolean} whether the key chose something that is offered */
    pick(key) {
        const choice = /^[1-9]$/.test(key) && this.choices[Number(key) - 1];
        if (choice) {
            choice.act();
        }
        return Boolean(choice);
    }
    onKeydown(ev) {
        const isTyping = ev.target.matches("input[type=date]") || this.state.reason;
        if (ev.repeat || ev.ctrlKey || ev.altKey || ev.metaKey || isTyping) {
            return;
        }
        if (this.pick(keyOf(ev))) {
            ev.preventDefault();
            ev.stopPropagation();
        }
    }
    get canAnswer() {
        const { reason, until, userId } = this.state;
        return { skip: reason.trim(), snooze: until, pause: until, reassign: userId }[
            this.props.kind
        ];
    }
    choose({ label, until, moment }) {
        const day = until && formatDate(DateTime.fromISO(until));
        const said = moment ? formatDateTime(deserializeDateTime(moment), { format: HOUR }) : day;
        this.props.onAnswer({
            ...(until && { until }),
            ...(moment && { moment }),
            label: said || label,
        });
    }
    answer() {
        if (!this.canAnswer) {
            return;
        }
        const { reason, until, userId } = this.state;
        const colleague = this.props.colleagues.find(([id]) => id === Number(userId));
        const answers = {
            skip: () => ({ reason: reason.trim() }),
            snooze: () => ({ until, label: formatDate(DateTime.fromISO(until)) }),
            pause: () => ({ until, label: formatDate(DateTime.fromISO(until)) }),
            reassign: () => ({ user_id: colleague[0], label: colleague[1] }),
        };
        this.props.onAnswer(answers[this.props.kind]());
    }
}
