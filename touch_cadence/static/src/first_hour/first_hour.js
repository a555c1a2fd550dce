import { Component, onMounted, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

/** The checklist of the first hour, on the empty desk. It ticks itself: what is done elsewhere is seen when it is read again. */
export class FirstHour extends Component {
    static template = "touch_cadence.FirstHour";
    static props = {
        onRead: { type: Function, optional: true },
        hasTitle: { type: Boolean, optional: true },
    };
    static defaultProps = { hasTitle: true };

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

/** The same over a desk that has something to do. */
export class FirstHourDialog extends Component {
    static template = "touch_cadence.FirstHourDialog";
    static components = { Dialog, FirstHour };
    static props = { onRead: Function, close: Function };

    get title() {
        return _t("Your first hour");
    }
    onRead(found) {
        this.props.onRead(found);
        if (!found.shown) {
            this.props.close();
        }
    }
}

/** How many steps are left, for who can do them: a sales manager. It is asked for when the desk stands, which does not wait for it. */
export function useFirstHour() {
    const orm = useService("orm");
    const hour = useState({
        left: 0,
        take(found) {
            hour.left = found.shown ? found.steps.filter((step) => !step.done).length : 0;
        },
    });
    onMounted(async () => {
        if (await user.hasGroup("sales_team.group_sale_manager")) {
            hour.take(await orm.silent.call("touch.first.hour", "read_steps"));
        }
    });
    return hour;
}
