import { describe, expect, test } from "@odoo/hoot";

import { keyOf } from "@touch_cadence/outcome/keys";

describe.current.tags("headless");

test("Latin letters are meant as they are printed, on QWERTY, AZERTY and QWERTZ", () => {
    expect(keyOf({ key: "s", code: "KeyS" })).toBe("s");
    expect(keyOf({ key: "a", code: "KeyQ" })).toBe("a");
    expect(keyOf({ key: "z", code: "KeyY" })).toBe("z");
    expect(keyOf({ key: "ö", code: "Semicolon" })).toBe("ö");
    expect(keyOf({ key: "ș", code: "KeyS" })).toBe("ș");
    expect(keyOf({ key: "Enter", code: "Enter" })).toBe("Enter");
});

test("other letters are meant by their place", () => {
    expect(keyOf({ key: "ы", code: "KeyS" })).toBe("S");
    expect(keyOf({ key: "σ", code: "KeyS" })).toBe("S");
    expect(keyOf({ key: "س", code: "KeyS" })).toBe("S");
    // two letters on one key
    expect(keyOf({ key: "لا", code: "KeyB" })).toBe("B");
    // Russian keyboards write a full stop there, and a comma with Shift
    expect(keyOf({ key: ".", code: "Slash" })).toBe("/");
    expect(keyOf({ key: ",", code: "Slash", shiftKey: true })).toBe("?");
    expect(keyOf({ key: ".", code: "Period" })).toBe(".");
});

test("a digit needs no Shift", () => {
    expect(keyOf({ key: "1", code: "Digit1" })).toBe("1");
    expect(keyOf({ key: "&", code: "Digit1" })).toBe("1");
    expect(keyOf({ key: "1", code: "Digit1", shiftKey: true })).toBe("1");
    expect(keyOf({ key: "!", code: "Digit1", shiftKey: true })).toBe("!");
    expect(keyOf({ key: "٣", code: "Digit3" })).toBe("3");
    expect(keyOf({ key: "7", code: "Numpad7" })).toBe("7");
    expect(keyOf({ key: "Home", code: "Numpad7" })).toBe("Home");
});
