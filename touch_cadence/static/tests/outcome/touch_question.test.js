import { describe, expect, mockDate, test } from "@odoo/hoot";
import { press, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";

import { TouchOutcomes, keysOf } from "@touch_cadence/outcome/touch_outcomes";
import { TouchQuestion, offered, parted } from "@touch_cadence/outcome/touch_question";

describe.current.tags("desktop");
defineMailModels();

const AGREED = { id: 6, name: "Next step agreed", asks: "next_step", step_effect: "agreed" };
const MOVED = { id: 9, name: "Next step moved", asks: "next_step", step_effect: "moved" };
const NOT_NOW = { id: 7, name: "Not now", asks: "obstacle" };
const questions = {
    steps: [
        [1, "Meeting"],
        [2, "Viewing"],
        [3, "Contract"],
    ],
    step: 2,
    obstacles: [
        [11, "No money yet", "money"],
        [12, "Item not there", "item"],
    ],
    items: [[21, "Red chair"]],
};

function ask(outcome, props = {}) {
    return mountWithCleanup(TouchQuestion, {
        props: {
            outcome,
            questions,
            onAnswer: (values, words) => expect.step([values, words]),
            onCancel: () => expect.step("back"),
            ...props,
        },
    });
}

test("a next step is two keys: which, and when", async () => {
    mockDate("2026-11-27 10:00:00");
    await ask(AGREED, { takeTyped: () => "" });
    expect(queryAllTexts(".o_touch_answer kbd")).toEqual(["1", "2", "3"]);
    expect(".o_touch_proposed").toHaveText("Viewing\n2");
    expect(".o_touch_proposed").toBeFocused();
    await press("3");
    await animationFrame();
    expect(queryAllTexts(".o_touch_answer kbd")).toEqual(["1", "2", "3", "4", "9", "0"]);
    await press("2");
    expect.verifySteps([[{ next_step_id: 3, next_day: "2026-12-01" }, "Contract, Tue 1 Dec"]]);
    // what is pressed afterwards answers nothing a second time
    await press("2");
    expect.verifySteps([]);
});

test("the step that was asked for is Enter", async () => {
    await ask(AGREED);
    await press("Enter");
    await animationFrame();
    await press("9");
    expect.verifySteps([[{ next_step_id: 2 }, "Viewing, No day yet"]]);
});

test("a step that is moved is known: only the day is asked", async () => {
    mockDate("2026-11-27 10:00:00");
    await ask(MOVED);
    expect(".o_touch_question").toHaveText(/When\?/);
    await press("0");
    await animationFrame();
    expect("input[type=date]").toBeFocused();
    queryOne("input[type=date]").value = "2026-12-24";
    queryOne("input[type=date]").dispatchEvent(new Event("input", { bubbles: true }));
    await animationFrame();
    await press("Enter");
    await animationFrame();
    expect.verifySteps([[{ next_day: "2026-12-24" }, "12/24/2026"]]);
});

test("call me in March is two keys, also where they come before the question is drawn", async () => {
    mockDate("2026-11-27 10:00:00");
    await ask(NOT_NOW, { takeTyped: () => "16" });
    expect.verifySteps([[{ obstacle_id: 11, back: "2027-03" }, "No money yet, March"]]);
});

test("who waits for an item says for which, and is called when it arrives", async () => {
    await ask(NOT_NOW);
    await press("2");
    await animationFrame();
    expect(queryAllTexts(".o_touch_answer")).toEqual([
        "Red chair\n1",
        "No item\n9",
        "Another item\n0",
    ]);
    await press("1");
    await animationFrame();
    await press("9");
    expect.verifySteps([
        [{ obstacle_id: 12, item_id: 21 }, "Item not there, Red chair, When it arrives"],
    ]);
});

test("outcomes are offered by channel, and what came of an agreed step where it is asked", () => {
    const [call, mail, any, kept] = [
        { id: 1, channels: ["call"] },
        { id: 2, channels: ["email"] },
        { id: 3, channels: [] },
        { id: 4, channels: [], of_step: true },
    ];
    const all = [call, mail, any, kept];
    expect(offered(all, { channel: "call", purpose: "warming" })).toEqual([call, any]);
    expect(offered(all, { channel: "email", purpose: "asking" })).toEqual([kept, mail, any]);
});

test("the day before, an agreed step is confirmed or moved, and not yet kept", () => {
    const call = (id) => ({ id, channels: ["call"], in_sight: ["call"] });
    const calls = [1, 2, 3, 4, 5, 6].map(call);
    const [kept, moved, missed] = ["kept", "moved", "missed"].map((effect, at) => ({
        id: 10 + at,
        channels: [],
        of_step: true,
        step_effect: effect,
    }));
    const all = [...calls, kept, moved, missed];
    const touch = { channel: "call", purpose: "confirming" };
    expect(offered(all, touch)).toEqual([...calls, moved]);
    expect(parted([...all, { id: 20, channels: [] }], touch).inSight).toEqual([
        ...calls.slice(0, 5),
        moved,
    ]);
    expect(offered(all, { ...touch, purpose: "asking" })).toEqual([kept, moved, missed, ...calls]);
});

test("the outcomes chosen for the channel are in sight, the others under More", () => {
    const [reached, voicemail, any, kept, rare] = [
        { id: 1, channels: ["call"], in_sight: ["call"] },
        { id: 2, channels: ["call"], in_sight: [] },
        { id: 3, channels: [], in_sight: ["call"] },
        { id: 4, channels: [], in_sight: [], of_step: true },
        { id: 5, channels: [], in_sight: [] },
    ];
    const all = [reached, voicemail, any, kept, rare];
    const call = { channel: "call", purpose: "warming" };
    expect(parted(all, call)).toEqual({ inSight: [reached, any], more: [voicemail, rare] });
    expect(parted(all, { ...call, purpose: "asking" }).inSight).toEqual([kept, reached, any]);
    // nothing is chosen for the channel, or a single one would be hidden
    expect(parted(all, { channel: "web" })).toEqual({ inSight: [any, rare], more: [] });
    expect(parted([reached, voicemail], call).more).toEqual([]);
});

test("a key means the same on every touch of a channel", () => {
    const of = (id, values) => ({ id, channels: [], in_sight: [], ...values });
    const all = [
        of(1, { channels: ["call"], in_sight: ["call"] }),
        of(2, { channels: ["email"], in_sight: ["email"] }),
        of(3, { in_sight: ["call"] }),
        of(4, { of_step: true, step_effect: "kept" }),
        of(5, { of_step: true, step_effect: "moved" }),
        of(6),
        of(7),
    ];
    expect([...keysOf(all, "call")]).toEqual([
        [1, "1"],
        [3, "2"],
        [4, "7"],
        [5, "8"],
        [6, "c"],
        [7, "d"],
    ]);
    expect(keysOf(all, "email").get(2)).toBe("1");
    // where none is chosen for a channel, all are in sight
    expect(keysOf(all, "web").get(3)).toBe("1");
});

test("each outcome has a key, also beyond ten, and what follows alike is told once", async () => {
    const outcomes = [...Array(13).keys()].map((at) => ({
        id: at + 1,
        name: `Outcome ${at + 1}`,
        channels: [],
        in_sight: at < 2 ? ["call"] : [],
    }));
    const next = "Next: Mon, call.";
    const outlook = Object.fromEntries(outcomes.map(({ id }) => [id, [next]]));
    outlook[1] = ["Turns warm.", next];
    outlook[2] = ["Rests."];
    await mountWithCleanup(TouchOutcomes, {
        props: {
            outcomes,
            outlook,
            touch: { id: 5, channel: "call", purpose: "warming" },
            keys: keysOf(outcomes, "call"),
            onChoose: ({ id }) => expect.step(id),
        },
    });
    expect(".o_touch_common").toHaveText(`Unless a button says otherwise: ${next}`);
    expect(queryAllTexts(".o_touch_then")).toEqual(["Turns warm.", "Rests."]);
    expect(queryAllTexts("kbd")).toEqual(["1", "2", "0"]);
    queryOne(".o_touch_more").click();
    await animationFrame();
    expect(queryAllTexts("kbd")).toEqual([..."12cdeghilqvxy", "0"]);
    queryOne(".o_touch_outcome[data-outcome='13']").click();
    expect.verifySteps([13]);
});

test("in the chatter the question stands in place of the outcomes", async () => {
    onRpc("touch.outcome", "choices", () => [{ ...AGREED, channels: [], icon: "", tone: "" }]);
    onRpc("touch.touch", "questions", ({ args }) => {
        expect.step(["questions", args[0]]);
        return questions;
    });
    await mountWithCleanup(TouchOutcomes, {
        props: {
            touch: { id: 5, channel: "call", purpose: "warming" },
            onChoose: (outcome, values) => expect.step([outcome.id, values]),
        },
    });
    queryOne(".o_touch_outcome").click();
    await animationFrame();
    await animationFrame();
    expect(".o_touch_outcome").toHaveCount(0);
    await press("1");
    await animationFrame();
    await press("9");
    expect.verifySteps([
        ["questions", [5]],
        [6, { next_step_id: 1 }],
    ]);
});

const PLACES = [
    { key: "7 2026-12-03 09:00", day: "2026-12-03", hour: "10:00", name: "10:00 · Ida" },
    { key: "8 2026-12-03 09:00", day: "2026-12-03", hour: "10:00", name: "10:00 · Boris" },
    { key: "7 2026-12-04 13:00", day: "2026-12-04", hour: "14:00", name: "14:00 · Ida" },
];
const withExpert = { ...questions, expert_touch: 5, meetings: [1, 2] };

test("where an expert comes, the days are those on which one is free, and the hour is asked", async () => {
    mockDate("2026-11-27 10:00:00");
    onRpc("touch.touch", "places", ({ args }) => {
        expect.step(args[0]);
        return PLACES;
    });
    await ask(MOVED, { questions: withExpert });
    expect.verifySteps([[5]]);
    expect(queryAllTexts(".o_touch_answer")).toEqual([
        "Thu 3 Dec · from 10:00\n1",
        "Fri 4 Dec · from 14:00\n2",
        "No day yet\n9",
        "Pick a day\n0",
    ]);
    await press("1");
    await animationFrame();
    expect(".o_touch_question").toHaveText(/At what time\?/);
    await press("2");
    expect.verifySteps([
        [{ next_day: "2026-12-03", place: "8 2026-12-03 09:00" }, "Thu 3 Dec, 10:00 · Boris"],
    ]);
});

test("a step for which nobody meets asks for no hour of an expert", async () => {
    mockDate("2026-11-27 10:00:00");
    onRpc("touch.touch", "places", () => PLACES);
    await ask(AGREED, { questions: withExpert });
    await press("3");
    await animationFrame();
    expect(queryAllTexts(".o_touch_answer")[0]).toMatch(/^Tomorrow|^Mon/);
    await press("9");
    expect.verifySteps([[{ next_step_id: 3 }, "Contract, No day yet"]]);
});

test("without a connection the day alone is asked", async () => {
    mockDate("2026-11-27 10:00:00");
    onRpc("touch.touch", "places", () => {
        throw new Error("no connection");
    });
    await ask(MOVED, { questions: withExpert });
    await press("9");
    expect.verifySteps([[{}, "No day yet"]]);
});

test("a meeting that is moved is known also where it names no step", async () => {
    mockDate("2026-11-27 10:00:00");
    onRpc("touch.touch", "places", () => PLACES);
    await ask(MOVED, { questions: { ...withExpert, step: false, is_meeting: true } });
    expect(".o_touch_question").toHaveText(/When\?/);
    await press("2");
    await animationFrame();
    await press("1");
    expect.verifySteps([
        [{ next_day: "2026-12-04", place: "7 2026-12-04 13:00" }, "Fri 4 Dec, 14:00 · Ida"],
    ]);
});
