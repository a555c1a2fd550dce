import { describe, expect, test } from "@odoo/hoot";
import { keyDown, press, queryAll, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { changesPlan } from "@touch_cadence/cadence_form/cadence_form";

describe.current.tags("desktop");

const FORM = `
    <form js_class="touch_cadence_form">
        <field name="under_way_count" invisible="1"/>
        <field name="version_of_id" invisible="1"/>
        <field name="timeline" widget="touch_timeline"/>
        <field name="step_ids">
            <list editable="bottom">
                <field name="sequence" widget="handle"/>
                <field name="name"/>
                <field name="delay"/>
                <field name="channel" widget="touch_step_choice" placeholder="In turn"/>
            </list>
        </field>
    </form>`;

class TouchCadence extends models.Model {
    _name = "touch.cadence";

    name = fields.Char();
    under_way_count = fields.Integer();
    version_of_id = fields.Many2one({ relation: "touch.cadence" });
    timeline = fields.Json();
    step_ids = fields.One2many({ relation: "touch.cadence.step", relation_field: "cadence_id" });

    _records = [
        {
            id: 1,
            name: "Selling",
            under_way_count: 0,
            step_ids: [1, 2, 3],
            timeline: {
                window: 20,
                touches: [
                    [0, 0, "warming", "fa-phone"],
                    [1, 7, "closing", "fa-envelope"],
                    [1, 14, "warming", "fa-envelope"],
                    [2, 25, "warming", "fa-random"],
                ].map(([step, day, purpose, icon], index) => ({
                    number: index + 1,
                    step,
                    day,
                    purpose,
                    icon,
                    repeats: false,
                })),
                findings: [{ severity: "wrong", text: "Too late.", steps: [2] }],
                spread: [
                    [0, 0],
                    [2, 9],
                ],
            },
        },
    ];
}

class TouchCadenceStep extends models.Model {
    _name = "touch.cadence.step";

    cadence_id = fields.Many2one({ relation: "touch.cadence" });
    sequence = fields.Integer();
    name = fields.Char();
    delay = fields.Integer();
    channel = fields.Selection({
        selection: [
            ["call", "Call"],
            ["email", "Email"],
        ],
    });

    _records = [
        { id: 1, sequence: 1, name: "First call", delay: 0, channel: "call" },
        { id: 2, sequence: 2, name: "Promise", delay: 5, channel: "email" },
        { id: 3, sequence: 3, name: "News", delay: 5 },
    ];
}

defineMailModels();
defineModels([TouchCadence, TouchCadenceStep]);

const mountForm = () =>
    mountView({ type: "form", resModel: "touch.cadence", resId: 1, arch: FORM });
const names = () => queryAllTexts(".o_touch_name");

test("touches stand in their steps, in and behind the window, with what is wrong", async () => {
    await mountForm();
    expect(names()).toEqual(["1. First call", "2. Promise", "3. News"]);
    expect(".o_touch_warming").toHaveCount(3);
    expect(".o_touch_closing").toHaveCount(1);
    expect(".o_touch_step:nth-child(2) .o_touch_card").toHaveCount(2);
    expect(".o_touch_card.o_touch_in").toHaveCount(3);
    expect(".o_touch_line .o_touch_window_end").toHaveCount(1);
    expect(".o_touch_tail").toHaveCount(0);
    expect(".o_touch_step:nth-child(3) .fa-exclamation-circle").toHaveCount(1);
    expect(".o_touch_findings").toHaveText("Wrong: Too late.");
    expect(queryOne(".o_touch_step:nth-child(2)").getAttribute("aria-label")).toBe(
        "Step 2, Promise, Email, touch 2: Day 7, Closing, touch 3: Day 14, Warming",
    );
});

test("Alt and an arrow move a step, which keeps the focus", async () => {
    await mountForm();
    queryAll(".o_touch_step")[0].focus();
    await press(["alt", "ArrowRight"]);
    await animationFrame();
    expect(names()).toEqual(["1. Promise", "2. First call", "3. News"]);
    expect(".o_touch_step:nth-child(2)").toBeFocused();
    await press("ArrowRight");
    expect(".o_touch_step:nth-child(3)").toBeFocused();
    await press(["alt", "ArrowRight"]);
    await animationFrame();
    expect(names()).toEqual(["1. Promise", "2. First call", "3. News"]);
    await press("ArrowLeft");
    await press(["alt", "ArrowLeft"]);
    await animationFrame();
    expect(names()).toEqual(["1. First call", "2. Promise", "3. News"]);
});

test("a step is dragged to another place", async () => {
    await mountForm();
    await contains(".o_touch_step:nth-child(3)").dragAndDrop(".o_touch_step:nth-child(1)");
    expect(names()).toEqual(["1. News", "2. First call", "3. Promise"]);
});

test("a click opens the step", async () => {
    await mountForm();
    await contains(".o_touch_step:nth-child(2)").click();
    expect(".o_data_row:nth-child(2)").toHaveClass("o_selected_row");
});

test("spreading changes the delays, and saves nothing", async () => {
    onRpc("web_save", () => expect.step("save"));
    await mountForm();
    await contains(".o_touch_spread").click();
    expect(queryAllTexts(".o_data_cell[name=delay]")).toEqual(["0", "5", "9"]);
    expect.verifySteps([]);
});

test("an old version is not edited", async () => {
    TouchCadence._records[0].version_of_id = 1;
    await mountForm();
    expect(".o_touch_editable").toHaveCount(0);
    expect(".o_touch_spread").toHaveCount(0);
    queryAll(".o_touch_step")[0].focus();
    await keyDown(["alt", "ArrowRight"]);
    expect(names()).toEqual(["1. First call", "2. Promise", "3. News"]);
});

test("other steps for clients under way are saved with where they go", async () => {
    TouchCadence._records[0].under_way_count = 3;
    onRpc("web_save", ({ args }) => {
        expect.step(args[1].under_way || "no question");
        delete args[1].under_way;
    });
    await mountForm();
    queryAll(".o_touch_step")[0].focus();
    await press(["alt", "ArrowRight"]);
    await animationFrame();
    await contains(".o_form_button_save").click();
    expect(".modal-title").toHaveText("3 clients are in the middle of these steps");
    await contains(".modal-footer .btn-secondary").click();
    expect.verifySteps([]);
    await contains(".o_form_button_save").click();
    await contains(".o_touch_finish").click();
    expect.verifySteps(["finish"]);
    await contains(".o_data_row:first-child [name=name]").click();
    await contains(".o_selected_row [name=name] input").edit("Hello");
    await contains(".o_form_button_save").click();
    expect(".modal").toHaveCount(0);
    expect.verifySteps(["no question"]);
});

test("who saves a wrong plan for clients under way is told before", async () => {
    TouchCadence._records[0].under_way_count = 3;
    await mountForm();
    queryAll(".o_touch_step")[0].focus();
    await press(["alt", "ArrowRight"]);
    await animationFrame();
    await contains(".o_form_button_save").click();
    expect(queryAllTexts(".modal .o_touch_wrong li")).toEqual(["Too late."]);
});

test("a step without a channel says what that means, also while it is not edited", async () => {
    await mountForm();
    expect(queryAllTexts(".o_data_cell[name=channel]")).toEqual(["Call", "Email", "In turn"]);
});

test("what makes another plan", () => {
    expect(changesPlan({ name: "Other" })).toBe(false);
    expect(changesPlan({ rhythm: 3 })).toBe(true);
    expect(changesPlan({ step_ids: [[1, 7, { name: "Other" }]] })).toBe(false);
    expect(changesPlan({ step_ids: [[1, 7, { delay: 2 }]] })).toBe(true);
    expect(changesPlan({ step_ids: [[2, 7]] })).toBe(true);
    expect(changesPlan({ step_ids: [[0, "virtual_1", { name: "New" }]] })).toBe(true);
});

test("a step that names a meeting says that it asks for one", async () => {
    TouchCadence._records[0].timeline.touches[0].asks = true;
    await mountForm();
    expect(queryAllTexts(".o_touch_channel")).toEqual([
        "Asks for: Call",
        "Email",
        "Email",
        "In turn",
    ]);
});
