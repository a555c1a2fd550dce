import { ActivityMenu } from "@mail/core/web/activity_menu";
import { onWillStart, useState } from "@odoo/owl";
import { user } from "@web/core/user";
import { patch } from "@web/core/utils/patch";

/** The clock in the top bar opens the desk, for those who work touches. */
patch(ActivityMenu.prototype, {
    setup() {
        super.setup();
        this.desk = useState({ isRep: false });
        onWillStart(async () => {
            this.desk.isRep = await user.hasGroup("sales_team.group_sale_salesman");
        });
    },
    openDesk() {
        this.dropdown.close();
        this.action.doAction("touch_cadence.touch_desk_action", { clearBreadcrumbs: true });
    },
});
