import { useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

import { parted, useTouchQuestion } from "./touch_question";

/** A list of touches: what came of the selected ones, in two clicks for all of them. */
export class TouchListController extends ListController {
    static template = "touch_cadence.TouchListView";
    static components = { ...ListController.components, Dropdown, DropdownItem };

    setup() {
        super.setup();
        this.outcomeService = useService("touch_outcomes");
        this.outcomes = useState({ inSight: [], more: [] });
        this.askOutcome = useTouchQuestion();
    }
    /** Those that each of the selected touches can end with; in sight is what all of them have in sight. */
    async readOutcomes() {
        const all = await this.outcomeService.read();
        const parts = this.model.root.selection.map(({ data }) => parted(all, data));
        const inEach = (name) => (one) => parts.every((its) => its[name].includes(one));
        const offeredBy = (its) => [...its.inSight, ...its.more];
        const fitting = all.filter((one) => parts.every((its) => offeredBy(its).includes(one)));
        const inSight = fitting.filter(inEach("inSight"));
        const more = fitting.filter((one) => !inSight.includes(one));
        Object.assign(
            this.outcomes,
            inSight.length ? { inSight, more } : { inSight: fitting, more: [] },
        );
    }
    async chooseOutcome(outcome) {
        const ids = await this.model.root.getResIds(true);
        const read = () => this.orm.call("touch.touch", "questions", [[ids[0]]]);
        await this.askOutcome(outcome, read, (values) => this.finishSelected(ids, outcome, values));
    }
    async finishSelected(ids, outcome, values) {
        const told = await this.orm.call("touch.finish", "finish", [ids, outcome.id, values]);
        this.actionService.doAction(told);
    }
}

registry.category("views").add("touch_list", { ...listView, Controller: TouchListController });
