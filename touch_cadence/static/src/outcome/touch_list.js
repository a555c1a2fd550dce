import { useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

/** A list of touches: what came of the selected ones, in two clicks for all of them. */
export class TouchListController extends ListController {
    static template = "touch_cadence.TouchListView";
    static components = { ...ListController.components, Dropdown, DropdownItem };

    setup() {
        super.setup();
        this.outcomeService = useService("touch_outcomes");
        this.outcomes = useState({ all: [] });
    }
    async readOutcomes() {
        this.outcomes.all = await this.outcomeService.read();
    }
    async chooseOutcome(outcome) {
        const ids = await this.model.root.getResIds(true);
        const told = await this.orm.call("touch.finish", "finish", [ids, outcome.id]);
        this.actionService.doAction(told);
    }
}

registry.category("views").add("touch_list", { ...listView, Controller: TouchListController });
