import { Component, markup, onWillStart, useExternalListener, useState } from "@odoo/owl";
import { localization } from "@web/core/l10n/localization";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

// read and sent by one call, as `touch.desk` takes them
const BATCH = 10;

/**
 * The mails and text messages of the filtered queue: one after the other as they will go out. Each can be left out or edited; the others are
 * sent together.
 */
export class DeskBulkDialog extends Component {
    static template = "touch_cadence.DeskBulkDialog";
    static components = { Dialog };
    static props = { ids: Array, onSent: Function, close: Function };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        // names the click: what is sent again after a lost answer goes out once
        this.key = `bulk-${Date.now()}-${Math.random().toString(36).slice(2)}`;
        this.state = useState({
            at: 0,
            known: {},
            leftOut: {},
            gone: {},
            isSending: false,
            sent: 0,
            failed: [],
            isOver: false,
        });
        onWillStart(() => this.read(0));
        useExternalListener(window, "keydown", (ev) => this.onKeydown(ev));
    }

    /** The arrows turn the pages. */
    onKeydown(ev) {
        const forward = localization.direction === "rtl" ? "ArrowLeft" : "ArrowRight";
        const isArrow = ["ArrowLeft", "ArrowRight"].includes(ev.key);
        const isBusy = this.state.isOver || this.state.isSending;
        if (isArrow && !isBusy && !ev.target.closest?.("input, textarea, [contenteditable=true]")) {
            this.go(ev.key === forward ? 1 : -1);
        }
    }

    get title() {
        if (this.state.isOver) {
            return _t("What was sent");
        }
        return _t("%(count)s to look through", { count: this.props.ids.length });
    }
    get id() {
        return this.props.ids[this.state.at];
    }
    get message() {
        return this.state.known[this.id];
    }
    get body() {
        // the server's own template, with the client's data escaped
        return markup(this.message.body);
    }
    get isLast() {
        return this.state.at === this.props.ids.length - 1;
    }
    /** What "Send" sends: also what was not looked at; what has a problem is seen by the server, too. */
    get ready() {
        const { known, leftOut, gone } = this.state;
        return this.props.ids.filter((id) => !leftOut[id] && !gone[id] && !known[id]?.problem);
    }

    async read(at) {
        const ids = this.props.ids.slice(at, at + BATCH).filter((id) => !this.state.known[id]);
        if (ids.length) {
            const told = await this.orm.call("touch.desk", "prepared", [ids]);
            const found = Object.fromEntries(told.map((one) => [one.id, one]));
            for (const id of ids) {
                if (found[id]) {
                    this.state.known[id] = found[id];
                } else {
                    this.state.gone[id] = true;
                }
            }
        }
    }
    async go(by) {
        const at = this.state.at + by;
        if (at >= 0 && at < this.props.ids.length) {
            if (!this.state.known[this.props.ids[at]]) {
                await this.read(at);
            }
            this.state.at = at;
        }
    }
    toggle() {
        this.state.leftOut[this.id] = !this.state.leftOut[this.id];
    }
    /** In Odoo's own composer; what is sent from there is made, and left out here. */
    async edit() {
        const id = this.id;
        const action = await this.orm.call("touch.touch", "action_prepare", [[id]]);
        const onClose = async () => {
            const [told] = await this.orm.call("touch.desk", "prepared", [[id]]);
            if (told) {
                this.state.known[id] = told;
            } else {
                this.state.gone[id] = true;
            }
        };
        await this.action.doAction(action, { onClose });
    }
    async sendAll() {
        if (this.state.isSending) {
            return;
        }
        this.state.isSending = true;
        const ids = this.ready;
        try {
            for (let at = 0; at < ids.length; at += BATCH) {
                const some = ids.slice(at, at + BATCH);
                const told = await this.orm.call("touch.desk", "send_prepared", [some, this.key]);
                this.take(told);
            }
            await this.takeFailed(ids);
            this.state.isOver = true;
        } finally {
            // after a lost connection the same click can be made again: what went out is known by its key
            this.state.isSending = false;
            this.props.onSent();
        }
    }
    /**
     * Mails leave once the click is saved: what the mail server refused is known only then, and the touch is open again. The planner may have
     * made a call of it since then, which says nothing of the mail any more.
     */
    async takeFailed(ids) {
        const domain = [
            ["id", "in", ids],
            ["state", "!=", "done"],
        ];
        const fields = ["client_name", "failure", "channel"];
        for (const one of await this.orm.searchRead("touch.touch", domain, fields)) {
            if (this.state.gone[one.id]) {
                this.state.sent--;
                const isAnother = one.channel !== this.state.known[one.id]?.channel;
                const refused = _t("It could not be sent. The touch goes another way now.");
                const why = one.failure || (isAnother ? refused : _t("It could not be sent."));
                this.state.failed.push({ id: one.id, why, client: one.client_name });
            }
        }
    }
    take(told) {
        for (const { id, sent, why } of told) {
            this.state.gone[id] = sent;
            if (sent) {
                this.state.sent++;
            } else {
                this.state.failed.push({ id, why, client: this.state.known[id]?.client || "" });
                this.state.leftOut[id] = true;
            }
        }
    }
}
