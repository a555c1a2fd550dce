import { Component } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";

/** The keys of the desk. */
export class DeskHelp extends Component {
    static template = "touch_cadence.DeskHelp";
    static components = { Dialog };
    static props = { outcomes: Array, close: Function };

    get title() {
        return _t("Keyboard Shortcuts");
    }
    get keys() {
        return [
            ...this.props.outcomes
                .slice(0, 10)
                .map(({ name }, at) => [String((at + 1) % 10), name]),
            ["N", _t("Write a note; Escape leaves the field")],
            ["S", _t("Skip this touch, with a reason")],
            ["Z", _t("Move it to another day")],
            ["R", _t("Give it to a colleague")],
            ["T", _t("Plan a touch of your own instead")],
            ["P", _t("Pause the client")],
            ["U", _t("Undo, for ten seconds")],
            ["M", _t("Open the prepared mail, text message, letter or appointment")],
            ["O", _t("Open the deal or contact")],
            ["W", _t("Why this touch?")],
            ["J, K", _t("Next and previous touch in the queue")],
            ["?", _t("This help")],
        ];
    }
}
