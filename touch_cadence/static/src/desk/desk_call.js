import { Component, onWillStart, useExternalListener, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { keyOf } from "../outcome/keys";
import { MORE_KEY, TouchOutcomes, keysOf, outcomeOf, seen } from "../outcome/touch_outcomes";
import { TouchQuestion, parted } from "../outcome/touch_question";

/** A call that nobody had planned, with any client: one click on what came of it, or its key, logs it. */
export class DeskCallDialog extends Component {
    static template = "touch_cadence.DeskCallDialog";
    static components = { Dialog, TouchOutcomes, TouchQuestion };
    static props = { client: Object, onLogged: Function, close: Function };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.service = useService("touch_outcomes");
        this.touch = { channel: "call", purpose: "warming" };
        this.state = useState({
            direction: "in",
            note: "",
            asking: null,
            isSending: false,
            isMoreOpen: false,
        });
        useExternalListener(window, "keydown", (ev) => this.onKeydown(ev));
        onWillStart(async () => {
            const { model, id } = this.props.client;
            const form = this.orm.call("touch.desk", "log_form", [model, id]);
            [this.outcomes, this.questions] = await Promise.all([
                this.service.read(),
                form.then((told) => told.questions),
            ]);
        });
    }
    get title() {
        return _t("Log a call: %s", this.props.client.name);
    }
    /** As on the desk, whoever called. */
    get keys() {
        return keysOf(this.outcomes, this.touch.channel);
    }
    /** Who called was reached. */
    get fitting() {
        return this.outcomes.filter((one) => this.state.direction === "out" || one.reached);
    }
    toggleMore() {
        this.state.isMoreOpen = !this.state.isMoreOpen;
    }
    onKeydown(ev) {
        const isWriting = ev.target.closest?.("textarea, select, input:not([type=radio])");
        if (ev.repeat || ev.ctrlKey || ev.altKey || ev.metaKey || isWriting || this.state.asking) {
            return;
        }
        const parts = parted(this.fitting, this.touch);
        const key = keyOf(ev);
        const outcome = outcomeOf(key, seen(parts, this.state.isMoreOpen), this.keys);
        if (outcome) {
            this.choose(outcome);
        } else if (key === MORE_KEY && parts.more.length) {
            this.toggleMore();
        } else {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
    }
    choose(outcome) {
        if (outcome.asks) {
            this.state.asking = outcome;
        } else {
            this.log(outcome, {});
        }
    }
    answer(answers) {
        this.log(this.state.asking, answers);
    }
    /** A second click, while the first is on its way, logs no second touch. */
    async log(outcome, answers) {
        if (this.state.isSending) {
            return;
        }
        this.state.isSending = true;
        const { model, id, name } = this.props.client;
        const told = {
            agreed_step_id: answers.next_step_id,
            agreed_date: answers.next_day,
            obstacle_id: answers.obstacle_id,
            back_date: answers.back,
            item_id: answers.item_id,
        };
        const given = Object.entries(told).filter(([, value]) => value);
        const values = {
            channel: "call",
            direction: this.state.direction,
            outcome_id: outcome.id,
            note: this.state.note.trim() || false,
            ...Object.fromEntries(given),
        };
        try {
            await this.orm.call(model, "log_touch", [[id], values]);
        } catch (error) {
            this.state.isSending = false;
            this.state.asking = null;
            throw error;
        }
        this.notification.add(`${name}: ${outcome.name}`, { type: "success" });
        this.props.onLogged();
        this.props.close();
    }
}
