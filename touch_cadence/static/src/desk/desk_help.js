import { Component } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";

import { MORE_KEY } from "../outcome/touch_outcomes";

/** The keys of the desk. */
export class DeskHelp extends Component {
    static template = "touch_cadence.DeskHelp";
    static components = { Dialog };
    static props = { inSight: Array, more: Array, outcomeKeys: Map, close: Function };

    get title() {
        return _t("Keyboard Shortcuts");
    }
    /** The outcomes by their keys; those under "More" after its key. */
    get outcomes() {
        const { inSight, more, outcomeKeys } = this.props;
        const lines = (outcomes, before) =>
            outcomes
                .filter(({ id }) => outcomeKeys.has(id))
                .map(({ id, name }) => [before + outcomeKeys.get(id), name]);
        return [...lines(inSight, ""), ...lines(more, `${MORE_KEY} `)];
    }
    get keys() {
        return [
            ...this.outcomes,
            ["N", _t("Write a note; Escape leaves the field")],
            ["S", _t("Skip this touch, with a reason")],
            ["Z", _t("Move it to another hour or day")],
            ["R", _t("Give it to a colleague")],
            ["T", _t("Plan a touch of your own instead")],
            ["P", _t("Pause the client: until when")],
            ["U", _t("Undo, for ten seconds")],
            ["M", _t("Open the prepared mail, text message, letter or appointment, or dial")],
            ["A", _t("Answer what the client wrote")],
            ["O", _t("Open the deal or contact")],
            ["W", _t("Why this touch?")],
            ["B", _t("Look through the mails and text messages, and send all")],
            ["/", _t("Find any client, and log a call")],
            ["J, K", _t("Next and previous touch in the queue")],
            ["?", _t("This help")],
        ];
    }
}
