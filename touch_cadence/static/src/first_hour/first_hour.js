import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

/** The checklist of the first hour, on the empty desk. It ticks itself: what is done elsewhere is seen when it is read again. */
export class FirstHour extends Component {
    static template = "touch_cadence.FirstHour";
    static props = { onRead: { type: Function, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({
            begun: true,
            shown: false,
            may_close: false,
            steps: [],
            isBusy: false,
        });
        onWillStart(() => this.read("read_steps"));
    }
    get done() {
        return this.state.steps.filter((step) => step.done).length;
    }
    get progress() {
        return Math.round((100 * this.done) / Math.max(this.state.steps.length, 1));
    }
    get progressLabel() {
        return _t("%(done)s of %(all)s done", { done: this.done, all: this.state.steps.length });
    }
    async read(method, args = []) {
        Object.assign(this.state, await this.orm.call("touch.first.hour", method, args));
        this.props.onRead?.(this.state);
    }
    async press(button) {
        if (this.state.isBusy) {
            return;
        }
        if (button.action) {
            await this.action.doAction(button.action);
            return;
        }
        this.state.isBusy = true;
        try {
            await this.read(button.method, button.args);
        } finally {
            this.state.isBusy = false;
        }
    }
}
