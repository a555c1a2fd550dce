import { useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

import { offered, useTouchQuestion } from "./touch_question";

/** A list of touches: what came of the selected ones, in two clicks for all of them. */
export class TouchListController extends ListController {
    static template = "touch_cadence.TouchListView";
    static components = { ...ListController.components, Dropdown, DropdownItem };

    setup() {
        super.setup();
        this.outcomeService = useService("touch_outcomes");
        this.outcomes = useState({ all: [] });
        this.askOutcome = useTouchQuestion();
    }
    /** Those that each of the selected touches can end with. */
    async readOutcomes() {
        const all = await this.outcomeService.read();
        const fitting = this.model.root.selection.map(({ data }) => new Set(offered(all, data)));
        this.outcomes.all = all.filter((one) => fitting.every((its) => its.has(one)));
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
