import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { formatDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

const { DateTime } = luxon;

/** What skip, snooze and reassign ask for, in place; Enter answers, Escape leaves. */
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
        this.state = useState({ reason: "", until: this.days[0].value, userId: "" });
        onMounted(() => {
            const typed = this.props.takeTyped();
            if (this.props.kind === "skip") {
                // into the field itself: the next letter may come before Owl has drawn the state
                this.input.el.value = typed;
                this.state.reason = typed;
            }
            this.input.el.focus();
        });
    }
    get title() {
        return {
            skip: _t("Why is this touch left out?"),
            snooze: _t("When will you make it?"),
            reassign: _t("Who makes it?"),
        }[this.props.kind];
    }
    get today() {
        return serializeDate(DateTime.now());
    }
    get days() {
        const today = DateTime.now().startOf("day");
        return [
            [_t("Tomorrow"), today.plus({ days: 1 })],
            [_t("In three days"), today.plus({ days: 3 })],
            [_t("Next Monday"), today.plus({ days: 8 - today.weekday })],
            [_t("In two weeks"), today.plus({ days: 14 })],
        ].map(([label, day]) => ({ label, value: serializeDate(day) }));
    }
    get canAnswer() {
        const { reason, until, userId } = this.state;
        return { skip: reason.trim(), snooze: until, reassign: userId }[this.props.kind];
    }
    snooze(day) {
        this.state.until = day;
        this.answer();
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
            reassign: () => ({ user_id: colleague[0], label: colleague[1] }),
        };
        this.props.onAnswer(answers[this.props.kind]());
    }
}
