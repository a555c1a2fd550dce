import { ActivityRenderer } from "@mail/views/web/activity/activity_renderer";
import { browser } from "@web/core/browser/browser";
import { patch } from "@web/core/utils/patch";

/** Where touches are planned: a column for each channel would leave no room to read any of them. */
const MODELS = ["crm.lead", "res.partner"];

/**
 * @param {Array<{id: number}>} types of activities
 * @param {Object} grouped {record: {type: its activities}}
 * @returns {Array<number>} ids of the types that somebody has an activity of; all, where nobody has any
 */
export function filledColumns(types, grouped) {
    const all = types.map(({ id }) => id);
    const filled = all.filter((id) => Object.values(grouped).some((its) => id in its));
    return filled.length ? filled : all;
}

patch(ActivityRenderer.prototype, {
    /** Until the user chooses columns, empty ones are not shown; the menu beside the last one brings them. */
    setupStorageActiveColumns() {
        super.setupStorageActiveColumns();
        const { activityTypes, groupedActivities, resModel } = this.props;
        const isChosen = browser.localStorage.getItem(this.storageKey) !== null;
        if (MODELS.includes(resModel) && !isChosen) {
            const filled = filledColumns(activityTypes, groupedActivities);
            for (const { id } of activityTypes) {
                this.storageActiveColumns[id] = filled.includes(id);
            }
        }
    },
});
