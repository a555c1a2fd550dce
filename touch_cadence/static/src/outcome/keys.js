const isLatin = (text) => /^[\p{ASCII}\p{Script=Latin}]/u.test(text);

/**
 * What a key means, on any layout. Letters are those that are printed on the keys, where these are Latin letters (AZERTY, QWERTZ); on others
 * (Cyrillic, Greek, Arabic) they are told by their place. So are "/" and "?", whose key writes a full stop or a comma on Russian keyboards.
 * Digits are pressed without Shift everywhere.
 *
 * @param {KeyboardEvent} ev
 * @returns {string}
 */
export function keyOf({ key, code, shiftKey }) {
    const digit = /^(?:Digit|Numpad)([0-9])$/.exec(code || "")?.[1];
    if (digit && !shiftKey && key.length === 1) {
        return digit;
    }
    if (code === "Slash" && (key === "." || key === ",")) {
        return shiftKey ? "?" : "/";
    }
    const letter = /^Key([A-Z])$/.exec(code || "")?.[1];
    return letter && !isLatin(key) ? letter : key;
}
