const { DateTime } = luxon;
const WEEK = 7;

const isWeekend = (day) => day.weekday > 5;

/** @returns {DateTime} so many days later, weekends not counted */
function workingDays(day, count) {
    for (let left = count; left > 0; left -= isWeekend(day) ? 0 : 1) {
        day = day.plus({ days: 1 });
    }
    return day;
}

/**
 * Days that are offered with a click: each says which day it is, and none is on a weekend, on which hardly anybody is reached.
 *
 * @param {Array<[string, number]>} said what the day is called, and how many days ahead of today it is
 * @returns {Array<{label: string, day: DateTime}>} each day once, in their order
 */
export function offeredDays(said) {
    const today = DateTime.now().startOf("day");
    const days = said.map(([label, ahead]) => {
        const asked = today.plus({ days: ahead });
        const whole = isWeekend(asked) ? workingDays(asked, 1) : asked;
        const day = ahead < WEEK ? workingDays(today, ahead) : whole;
        const date = day.toFormat("ccc d LLL");
        return { label: day.hasSame(asked, "day") ? `${label} · ${date}` : date, day };
    });
    return days.filter(
        ({ day }, at) => days.findIndex((one) => one.day.hasSame(day, "day")) === at,
    );
}
