import { Activity as ActivityRecord } from "@mail/core/common/activity_model";
import { Activity } from "@mail/core/web/activity";
import { ActivityListPopoverItem } from "@mail/core/web/activity_list_popover_item";
import { ActivityMarkAsDone } from "@mail/core/web/activity_markasdone_popover";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";

import { TouchOutcomes } from "../outcome/touch_outcomes";
import { TouchWhyDialog } from "../why/touch_why";

patch(ActivityRecord.prototype, {
    /**
     * Mark a touch as done with its outcome, in one call.
     *
     * @param {number} outcomeId
     * @param {Object} answers to what the outcome asks, by the names of `touch.desk.act`
     */
    async markTouchAsDone(outcomeId, answers = {}) {
        const told = Object.entries(answers).map(([name, value]) => [`touch_${name}`, value]);
        await this.store.env.services.orm.call("mail.activity", "action_feedback", [[this.id]], {
            feedback: this.feedback,
            context: { touch_outcome_id: outcomeId, ...Object.fromEntries(told) },
        });
        this.store.activityBroadcastChannel?.postMessage({
            type: "RELOAD_CHATTER",
            payload: { id: this.res_id, model: this.res_model },
        });
    },
});

/** What came of it, and why it was planned, for each component that shows an activity. */
const withTouch = () => ({
    setup() {
        super.setup();
        this.dialog = useService("dialog");
    },
    openTouchWhy() {
        this.dialog.add(TouchWhyDialog, { touchId: this.props.activity.touch_id });
    },
    /** The client agreed to the meeting that the touch asks for. */
    async makeTouchAppointment() {
        const { orm, action } = this.env.services;
        const asked = { asked: true };
        const id = this.props.activity.touch_id;
        await action.doAction(await orm.call("touch.touch", "action_prepare", [[id]], asked));
    },
    /** What is known of the touch: it says which outcomes are offered. */
    get touch() {
        const {
            touch_id: id,
            touch_channel: channel,
            touch_purpose: purpose,
        } = this.props.activity;
        return { id, channel, purpose };
    },
    async onTouchOutcome(outcome, answers) {
        if (this.isTouchDone) {
            return;
        }
        this.isTouchDone = true;
        const { activity } = this.props;
        const { res_id: id, res_model: model } = activity;
        const thread = this.env.services["mail.store"].Thread.insert({ model, id });
        try {
            await activity.markTouchAsDone(outcome.id, answers);
        } catch (error) {
            this.isTouchDone = false;
            throw error;
        }
        this.props.close?.();
        this.props.onActivityChanged?.(thread);
        await thread.fetchNewMessages();
    },
});

ActivityMarkAsDone.components = { ...ActivityMarkAsDone.components, TouchOutcomes };
patch(ActivityMarkAsDone.prototype, withTouch());

Activity.components = { ...Activity.components, TouchOutcomes };
patch(Activity.prototype, withTouch());

patch(ActivityListPopoverItem.prototype, {
    setup() {
        super.setup();
        // the outcomes are there with the popover: one click less a touch
        const { activity } = this.props;
        this.state.hasMarkDoneView = Boolean(
            activity.touch_id && activity.can_write && activity.state !== "done",
        );
    },
});
