import { describe, expect, test } from "@odoo/hoot";

import { filledColumns } from "@touch_cadence/lazy/activity_columns";

describe.current.tags("headless");

test("a column that nobody has an activity in leaves the room to the others", () => {
    const types = [{ id: 1 }, { id: 2 }, { id: 3 }];
    expect(filledColumns(types, { 7: { 2: {} }, 8: { 3: {} } })).toEqual([2, 3]);
    expect(filledColumns(types, {})).toEqual([1, 2, 3]);
});
