import { Component, useEffect, useRef, useState } from "@odoo/owl";
import { hasTouch } from "@web/core/browser/feature_detection";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useSortable } from "@web/core/utils/sortable_owl";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const NOTHING = { window: 0, touches: [], findings: [], spread: [] };

/**
 * The steps of a cadence over the days in which clients decide. What it shows is computed by the server, also while
 * the steps are edited and not yet saved; what it changes are the steps themselves.
 */
export class TouchTimeline extends Component {
    static template = "touch_cadence.TouchTimeline";
    static props = { ...standardFieldProps };

    setup() {
        this.root = useRef("root");
        this.state = useState({ moved: "" });
        this.moving = null;
        useSortable({
            ref: this.root,
            elements: ".o_touch_step",
            cursor: "grabbing",
            enable: () => this.canEdit,
            onDrop: ({ element, previous }) =>
                this.moveAfter(this.recordOf(element), previous && this.recordOf(previous)),
        });
        useEffect(() => {
            // the one that was moved by keyboard keeps the focus, once it stands where it belongs
            const shown = this.moving ? this.root.el.querySelectorAll(".o_touch_step") : [];
            if (shown[this.moving?.to]?.dataset.record === this.moving?.id) {
                shown[this.moving?.to]?.focus();
                this.moving = null;
            }
        });
    }

    get hint() {
        return hasTouch()
            ? _t("Hold a step and drag it to another place. Tap it to edit it.")
            : _t(
                  "Drag a step to another place, or focus it and press Alt with an arrow. Click it to edit it.",
              );
    }
    get list() {
        return this.props.record.data.step_ids;
    }

    /** The lines in the order in which they run. */
    get records() {
        return [...this.list.records].sort((one, other) => one.data.sequence - other.data.sequence);
    }

    get plan() {
        return this.props.record.data[this.props.name] || NOTHING;
    }

    get canEdit() {
        return this.props.record.isInEdition && !this.props.record.data.version_of_id;
    }

    /** The lines with their touches, each with the days since the touch before, in the window and behind it. */
    get steps() {
        const { window, touches, findings } = this.plan;
        const wrong = new Set(
            findings.filter((one) => one.severity === "wrong").flatMap((one) => one.steps),
        );
        const steps = this.records.map((record, line) => ({
            line,
            record,
            wrong: wrong.has(line),
            touches: [],
        }));
        let before = 0;
        for (const touch of touches) {
            const within = Math.max(Math.min(touch.day, window) - before, 0);
            steps[touch.step]?.touches.push({
                ...touch,
                within: window ? within : 0,
                behind: touch.day - before - (window ? within : 0),
                windowEnds: window && before <= window && touch.day > window,
            });
            before = touch.day;
        }
        for (const step of steps) {
            step.days = step.touches.reduce((days, one) => days + one.within + one.behind, 0);
        }
        return steps;
    }

    /** Days of the window that are left after the last touch; false where it ends before. */
    get tail() {
        const { window, touches } = this.plan;
        const last = touches.length ? touches[touches.length - 1].day : 0;
        return window && last <= window ? window - last : false;
    }

    get summary() {
        const { touches } = this.plan;
        const last = touches[touches.length - 1];
        const values = {
            touches: touches.length,
            closing: touches.filter((touch) => touch.purpose === "closing").length,
            days: last.day,
        };
        return last.repeats
            ? _t("The plan follows its steps and continues until the cadence ends.")
            : _t(
                  "The plan follows its steps: %(touches)s touches, %(closing)s of them closing, in about %(days)s days.",
                  values,
              );
    }

    purposeName(touch) {
        return touch.purpose === "closing" ? _t("Closing") : _t("Warming");
    }

    channelName(step, touches = step.touches) {
        const { channel } = step.record.data;
        const name = Object.fromEntries(this.list.fields.channel.selection)[channel];
        if (touches.some((touch) => touch.asks)) {
            return _t("Asks for: %(channel)s", { channel: name });
        }
        return channel ? name : _t("In turn");
    }

    dayName(touch) {
        return touch.day ? _t("Day %(day)s", { day: touch.day }) : _t("Start");
    }

    stepName(step) {
        return step.record.data.name || _t("Step %(number)s", { number: step.line + 1 });
    }

    stepLabel(step) {
        const label = [
            _t("Step %(number)s", { number: step.line + 1 }),
            step.record.data.name,
            this.channelName(step),
            ...step.touches.map((touch) =>
                _t("touch %(number)s: %(day)s, %(purpose)s", {
                    number: touch.number,
                    day: this.dayName(touch),
                    purpose: this.purposeName(touch),
                }),
            ),
        ];
        if (!step.touches.length) {
            label.push(_t("never reached"));
        }
        return label.filter(Boolean).join(", ");
    }

    recordOf(element) {
        return this.records.find((record) => record.id === element.dataset.record);
    }

    elementOf(id) {
        return this.root.el?.querySelector(`.o_touch_step[data-record="${id}"]`);
    }

    /** @param {Object|null} target null: the first */
    async moveAfter(record, target) {
        await this.list.leaveEditMode();
        await this.list.resequence(record.id, target ? target.id : null);
        const place = this.records.findIndex((one) => one.id === record.id) + 1;
        this.state.moved = _t("%(step)s is now step %(place)s.", {
            step: record.data.name || _t("The step"),
            place,
        });
    }

    async open(record) {
        if (this.canEdit) {
            await this.list.enterEditMode(record);
        }
    }

    async onKeydown(ev, record) {
        const way = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[ev.key];
        if (way) {
            ev.preventDefault();
            ev.stopPropagation();
            const records = this.records;
            const at = records.indexOf(record);
            const to = at + way;
            if (to < 0 || to >= records.length) {
                return;
            }
            if (ev.altKey && this.canEdit) {
                this.moving = { id: record.id, to };
                await this.moveAfter(record, way > 0 ? records[to] : records[to - 1]);
            } else if (!ev.altKey) {
                this.elementOf(records[to].id).focus();
            }
        } else if (["Enter", " "].includes(ev.key)) {
            ev.preventDefault();
            await this.open(record);
        }
    }

    /** Gaps that widen over the window; to be seen here before they are saved. */
    async spread() {
        await this.list.leaveEditMode();
        const records = this.records;
        for (const [line, delay] of this.plan.spread) {
            if (records[line].data.delay !== delay) {
                await records[line].update({ delay });
            }
        }
    }
}

registry.category("fields").add("touch_timeline", {
    component: TouchTimeline,
    displayName: _t("Timeline of touches"),
    supportedTypes: ["json"],
});
