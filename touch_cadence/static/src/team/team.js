import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** A team's today: what each salesperson has to do and did, what each cadence brings. Every number opens what it counts. */
export class TouchTeam extends Component {
    static template = "touch_cadence.TouchTeam";
    static components = { Layout };
    static props = { ...standardActionServiceProps };
    static displayName = _t("Team");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.state = useState({ data: null });
        onWillStart(() => this.read());
    }

    async read() {
        this.state.data = await this.orm.call("touch.team", "load", []);
    }

    get data() {
        return this.state.data;
    }
    /** What is counted of each salesperson: the kind, its name, what it means, and how it is painted. */
    get kinds() {
        return [
            { kind: "todo", name: _t("To do"), title: _t("Touches due today or overdue") },
            { kind: "overdue", name: _t("Overdue"), badge: "o_touch_team_late" },
            { kind: "hot", name: _t("Hot clients"), badge: "o_touch_team_hot" },
            {
                kind: "replies",
                name: _t("Replies waiting"),
                title: _t("Clients who had the last word"),
                badge: "o_touch_team_reply",
            },
            {
                kind: "forgotten",
                name: _t("Nobody touches"),
                title: _t("Open deals without a next touch"),
                badge: "o_touch_team_forgotten",
            },
        ];
    }
    get cadenceKinds() {
        return [
            { kind: "under_way", name: _t("In It Now") },
            { kind: "enrolled", name: _t("Enrolled") },
            { kind: "answered", name: _t("Answered"), isShare: true },
            { kind: "won", name: _t("Won"), isShare: true },
        ];
    }
    /** @returns {Object} the sum of all people, a number for each kind */
    get total() {
        const kinds = ["done", ...this.kinds.map(({ kind }) => kind)];
        return Object.fromEntries(
            kinds.map((kind) => [kind, this.data.people.reduce((sum, one) => sum + one[kind], 0)]),
        );
    }
    get hasTotal() {
        return this.data.people.length > 1;
    }
    get isEmpty() {
        return !this.data.in_use;
    }

    share(part, whole) {
        return whole ? Math.round((100 * part) / whole) : 0;
    }
    /** @returns {number} how much of today's work is done, in percent */
    progress(row) {
        return this.share(row.done, row.done + row.todo);
    }
    /** @returns {string} what a screen reader says of a number */
    said(row, name, count) {
        return _t("%(who)s: %(count)s %(what)s", { who: row.name || _t("All"), count, what: name });
    }

    async openPeople(kind, row) {
        const ofWhom = row ? (row.id ? { user_id: row.id } : { nobody: true }) : {};
        await this.open(kind, ofWhom);
    }
    async openCadence(kind, row) {
        await this.open(kind, { cadence_id: row.id });
    }
    async open(kind, ofWhom) {
        this.action.doAction(await this.orm.call("touch.team", "open", [kind], ofWhom));
    }
    openPipeline() {
        this.action.doAction("crm.crm_lead_action_pipeline");
    }
}

registry.category("actions").add("touch_cadence.team", TouchTeam);
