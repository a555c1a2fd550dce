import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";

import {
    PotentialBadge,
    PurposeBadge,
    Rhythm,
    TemperatureBadge,
} from "@touch_cadence/fields/touch_badge";
import { TouchOutcomes, keysOf } from "@touch_cadence/outcome/touch_outcomes";

describe.current.tags("desktop");
defineMailModels();

test("a temperature is a word, a sign and a colour", async () => {
    await mountWithCleanup(TemperatureBadge, { props: { value: "hot" } });
    expect(".o_touch_hot").toHaveText("Hot");
    expect(".o_touch_hot .fa-fire").toHaveCount(1);
});

test("nothing is shown for no value", async () => {
    await mountWithCleanup(TemperatureBadge, { props: { value: false } });
    await mountWithCleanup(PotentialBadge, { props: { value: false } });
    await mountWithCleanup(PurposeBadge, { props: {} });
    expect(".badge").toHaveCount(0);
});

test("a potential is told by its bars, too", async () => {
    await mountWithCleanup(PotentialBadge, { props: { value: "standard" } });
    expect(".o_touch_potential_standard").toHaveText("Standard");
    expect(".o_touch_bar_on").toHaveCount(2);
});

test("the rhythm is dots and a target, and a sentence for who does not see them", async () => {
    await mountWithCleanup(Rhythm, { props: { warming: 3, rhythm: 5 } });
    expect(".o_touch_rhythm .fa-circle").toHaveCount(3);
    expect(".o_touch_rhythm .fa-circle-o").toHaveCount(2);
    expect(queryOne(".o_touch_rhythm").getAttribute("aria-label")).toBe(
        "3 of 5 warming touches before the closing one",
    );
    expect(".o_touch_now").toHaveCount(0);
});

test("one click on an outcome says which", async () => {
    const outcomes = [
        { id: 7, name: "Interested", icon: "fa-arrow-up", tone: "info" },
        { id: 9, name: "Clear no", icon: "fa-ban", tone: "danger" },
    ];
    await mountWithCleanup(TouchOutcomes, {
        props: {
            outcomes,
            outlook: { 7: ["Turns warm."] },
            keys: keysOf(outcomes),
            onChoose: (outcome) => expect.step(outcome.id),
        },
    });
    expect(queryAllTexts("kbd")).toEqual(["1", "2"]);
    expect(".o_touch_outcome:first .o_touch_then").toHaveText("Turns warm.");
    const button = queryOne(".o_touch_outcome[data-outcome='9']");
    button.click();
    expect.verifySteps([9]);
    // the second of a double click
    button.dispatchEvent(new MouseEvent("click", { bubbles: true, detail: 2 }));
    expect.verifySteps([]);
});
