import { Activity } from "@mail/core/common/activity_model";
import { ActivityMarkAsDone } from "@mail/core/web/activity_markasdone_popover";
import { onWillStart, useState } from "@odoo/owl";
import { patch } from "@web/core/utils/patch";

patch(Activity.prototype, {
    /**
     * Mark a touch as done with its outcome, in one call.
     *
     * @param {number|false} outcomeId false counts as "reached"
     */
    async markTouchAsDone(outcomeId) {
        await this.store.env.services.orm.call("mail.activity", "action_feedback", [[this.id]], {
            feedback: this.feedback,
            context: { touch_outcome_id: outcomeId },
        });
        this.store.activityBroadcastChannel?.postMessage({
            type: "RELOAD_CHATTER",
            payload: { id: this.res_id, model: this.res_model },
        });
    },
});

patch(ActivityMarkAsDone.prototype, {
    setup() {
        super.setup();
        this.touch = useState({ outcomes: [], outcomeId: "" });
        onWillStart(async () => {
            if (this.props.activity.is_touch) {
                this.touch.outcomes = await this.env.services.orm.searchRead(
                    "touch.outcome",
                    [],
                    ["name"],
                );
            }
        });
    },
    async onClickTouchDone() {
        const { res_id, res_model } = this.props.activity;
        const thread = this.env.services["mail.store"].Thread.insert({
            model: res_model,
            id: res_id,
        });
        await this.props.activity.markTouchAsDone(Number(this.touch.outcomeId) || false);
        this.props.close?.();
        this.props.onActivityChanged(thread);
        await thread.fetchNewMessages();
    },
});
