import { Component } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

// as in models/touch_cadence_editor.py
const PLAN_FIELDS = ["rhythm", "stop_after", "window_days"];
const STEP_PLAN_FIELDS = [
    "sequence",
    "delay",
    "delay_few",
    "times",
    "channel",
    "purpose",
    "by_expert",
    "reason_id",
];
const UPDATE = 1;

/** Whether what is about to be saved makes another plan, so that clients under way must go somewhere. */
export function changesPlan(changes) {
    return (
        PLAN_FIELDS.some((name) => name in changes) ||
        (changes.step_ids || []).some(
            ([command, , values]) =>
                command !== UPDATE || STEP_PLAN_FIELDS.some((name) => name in values),
        )
    );
}

/** What the editor calls wrong in the plan, in sentences: nobody moves clients to such a plan unaware. */
export function wrongWith(timeline) {
    return ((timeline && timeline.findings) || [])
        .filter((one) => one.severity === "wrong")
        .map((one) => one.text);
}

export class UnderWayDialog extends Component {
    static template = "touch_cadence.UnderWayDialog";
    static components = { Dialog };
    static props = {
        clients: Number,
        wrong: { type: Array, element: String },
        choose: Function,
        close: Function,
    };

    get title() {
        return this.props.clients === 1
            ? _t("One client is in the middle of these steps")
            : _t("%(clients)s clients are in the middle of these steps", {
                  clients: this.props.clients,
              });
    }

    choose(choice) {
        this.props.choose(choice);
        this.props.close();
    }
}

export class TouchCadenceFormController extends FormController {
    /** Clients under way: nothing is saved by itself, before the manager could say where they go. */
    get mustAsk() {
        const { root } = this.model;
        return root.dirty && !root.isNew && root.data.under_way_count > 0;
    }

    async onWillSaveRecord(record, changes) {
        if (record.resId && record.data.under_way_count && changesPlan(changes)) {
            const choice = await new Promise((resolve) => {
                this.env.services.dialog.add(
                    UnderWayDialog,
                    {
                        clients: record.data.under_way_count,
                        wrong: wrongWith(record.data.timeline),
                        choose: resolve,
                    },
                    { onClose: () => resolve(false) },
                );
            });
            if (!choice) {
                return false;
            }
            changes.under_way = choice;
            this.clientsAsked = record.data.under_way_count;
        }
        return super.onWillSaveRecord(...arguments);
    }

    async onRecordSaved(record, changes) {
        await super.onRecordSaved(...arguments);
        const clients = this.clientsAsked;
        if (changes.under_way) {
            const told =
                changes.under_way === "move"
                    ? _t("Moved to the new steps: %(clients)s. Planned touches were reviewed.", {
                          clients,
                      })
                    : _t(
                          "Finishing on the old steps: %(clients)s. You find them under Old Versions.",
                          {
                              clients,
                          },
                      );
            this.env.services.notification.add(told, { type: "success" });
        }
    }

    beforeVisibilityChange() {
        return this.mustAsk ? undefined : super.beforeVisibilityChange();
    }

    async beforeUnload(ev) {
        if (this.mustAsk) {
            ev.preventDefault();
            ev.returnValue = "Unsaved changes";
            return;
        }
        return super.beforeUnload(ev);
    }
}

registry.category("views").add("touch_cadence_form", {
    ...formView,
    Controller: TouchCadenceFormController,
});
