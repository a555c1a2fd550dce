import {
    advanceTime,
    animationFrame,
    beforeEach,
    describe,
    expect,
    freezeTime,
    test,
} from "@odoo/hoot";
import { browser } from "@web/core/browser/browser";
import { ConnectionLostError } from "@web/core/network/rpc";

import { DeskModel, RETRY_MS, UNDO_MS } from "@touch_cadence/desk/desk_model";

describe.current.tags("headless");

const KEY = "touch_cadence.desk.test";
let server, model, said, isBusy;

/** A server with `count` touches; what is done there is gone from the next queue. */
function makeServer(count) {
    const rows = [...Array(count).keys()].map((at) => ({ id: at + 1, client: `Deal ${at + 1}` }));
    return {
        rows,
        acts: [],
        keys: [],
        loads: 0,
        reads: [],
        fails: null,
        filters: () => ({}),
        async call(method, args, kwargs) {
            if (this.fails) {
                throw this.fails;
            }
            if (method === "act") {
                this.acts.push(args.slice(0, 3));
                this.keys.push(args[3]);
                this.ago = args[4];
                this.rows = this.rows.filter((row) => row.id !== args[0]);
                return { ok: true, message: "" };
            }
            if (method === "cards") {
                this.reads.push(args[0]);
                return Object.fromEntries(args[0].map((id) => [id, { id, client: `Deal ${id}` }]));
            }
            this.loads++;
            this.asked = kwargs;
            return {
                queue: this.rows,
                cards: Object.fromEntries(
                    this.rows.slice(0, 10).map((row) => [row.id, { ...row }]),
                ),
                total: this.rows.length,
                all: this.rows.length,
                filters: this.filters(),
                later: 0,
                answers: 0,
                meetings: [],
                done: count - this.rows.length,
                outcomes: [],
                channels: {},
                colleagues: [],
                advance: "go",
                gone: "A colleague has it now.",
            };
        },
    };
}

function makeModel() {
    return new DeskModel({
        call: (method, args, kwargs) => server.call(method, args, kwargs),
        tell: (message, type) => said.push([type, message]),
        storageKey: KEY,
        isBusy: () => isBusy,
    });
}

beforeEach(async () => {
    // else the clock runs on by itself, and on a slow machine ten seconds are over a moment earlier
    freezeTime();
    Object.keys(browser.localStorage)
        .filter((key) => key.startsWith(KEY))
        .forEach((key) => browser.localStorage.removeItem(key));
    isBusy = false;
    said = [];
    server = makeServer(12);
    model = makeModel();
    await model.open();
});

test("the first touch is on the desk, and the next needs no call", async () => {
    expect(model.currentId).toBe(1);
    expect(server.loads).toBe(1);
    model.act("done", { outcome_id: 4 }, "Interested");
    expect(model.current.client).toBe("Deal 2");
    expect(model.total).toBe(11);
    expect(server.loads).toBe(1);
    expect(server.reads).toEqual([]);
});

test("an act is held for ten seconds, then sent once", async () => {
    model.act("done", { outcome_id: 4 }, "Interested");
    await advanceTime(UNDO_MS - 1);
    expect(server.acts).toEqual([]);
    await advanceTime(1);
    await animationFrame();
    expect(server.acts).toEqual([[1, "done", { outcome_id: 4, note: false }]]);
    expect(model.pending).toEqual([]);
    expect(model.done).toBe(1);
});

test("undo takes the last act back, with its note, to its place", async () => {
    model.select(3);
    model.write("Wants a sample");
    model.act("done", {}, "Reached");
    expect(model.draft).toBe("");
    model.undo();
    expect(model.currentId).toBe(3);
    expect(model.draft).toBe("Wants a sample");
    expect(model.queue.map((row) => row.id).slice(0, 4)).toEqual([1, 2, 3, 4]);
    expect(model.total).toBe(12);
    await advanceTime(UNDO_MS * 2);
    expect(server.acts).toEqual([]);
});

test("what is done out of order is followed by the one below, and nothing jumps", async () => {
    model.select(5);
    model.act("done", {}, "Reached");
    expect(model.currentId).toBe(6);
    model.undo();
    expect(model.currentId).toBe(5);
    model.act("done", {}, "Reached");
    await model.load();
    expect(model.currentId).toBe(6);
    // the one that is looked at is taken away: the next stands in its place
    server.rows = server.rows.filter((row) => row.id !== 6);
    await model.load();
    expect(model.currentId).toBe(7);
    // with a stop in between, too
    model.advance = "stay";
    model.act("done", {}, "Reached");
    expect(model.following.id).toBe(8);
    model.goOn();
    expect(model.currentId).toBe(8);
    model.advance = "go";
    model.select(12);
    model.act("done", {}, "Reached");
    expect(model.currentId).toBe(1, { message: "after the last one the first" });
});

test("filters are asked of the server, and the first that passes is shown", async () => {
    const all = server.rows;
    server.rows = all.slice(7);
    await model.toggleFilter("channel", "email");
    expect(server.asked.filters).toEqual({ channel: ["email"] });
    expect(model.currentId).toBe(8);
    await model.toggleFilter("channel", "call");
    expect(server.asked.filters.channel).toEqual(["email", "call"]);
    await model.toggleFilter("channel", "email");
    expect(server.asked.filters.channel).toEqual(["call"]);
    await model.groupBy("temperature");
    expect(server.asked.group).toBe("temperature");
    server.rows = [];
    await model.toggleFilter("temperature", "hot");
    expect([model.isFiltered, model.currentId]).toEqual([true, false]);
    server.rows = all;
    await model.show();
    expect([model.isFiltered, model.currentId]).toEqual([false, 1]);
    // where it was left
    const again = makeModel();
    await again.open({ chosen: { channel: ["call"] }, group: "channel" });
    expect([server.asked.filters, server.asked.group]).toEqual([{ channel: ["call"] }, "channel"]);
});

test("what was done is counted in the filters at once, also while the server does not know of it", async () => {
    server.rows.forEach((row) => Object.assign(row, { facets: { channel: "email", overdue: "" } }));
    server.filters = () => ({ channel: [["email", "Email", server.rows.length]] });
    const counted = () => model.filters.channel[0][2];
    await model.load();
    expect(counted()).toBe(12);
    model.act("done", {}, "Delivered");
    expect(counted()).toBe(11);
    await model.load();
    expect(counted()).toBe(11, { message: "read anew while the act is held" });
    model.undo();
    expect(counted()).toBe(12);
    model.act("done", {}, "Delivered");
    await advanceTime(UNDO_MS);
    await model.load();
    expect(counted()).toBe(11, { message: "the server counts it by itself" });
});

test("a touch whose hour has come is looked for once", async () => {
    const waits = new Date(Date.now() + 60000).toISOString().slice(0, 19).replace("T", " ");
    model.queue = [...model.queue.slice(0, 11), { ...model.queue[11], moment: waits }];
    model.lookAtHours();
    await advanceTime(5000);
    expect(server.loads).toBe(1);
    await advanceTime(60000);
    model.lookAtHours();
    model.lookAtHours();
    await advanceTime(1000);
    expect(server.loads).toBe(2);
});

test("several acts are undone one after the other", () => {
    model.act("done", {}, "Reached");
    model.act("skip", { reason: "x" }, "Skipped");
    expect(model.last.touchId).toBe(2);
    model.undo();
    model.undo();
    expect(model.queue.map((row) => row.id).slice(0, 3)).toEqual([1, 2, 3]);
    expect(model.undo()).toBe(undefined);
});

test("a lost connection keeps the act, here and in the storage, until it gets through", async () => {
    server.fails = new ConnectionLostError("/web");
    model.act("done", { outcome_id: 4 }, "Interested");
    await advanceTime(UNDO_MS);
    await animationFrame();
    expect(model.isOffline).toBe(true);
    expect(model.unsent.length).toBe(1);
    expect(model.stored("act").length).toBe(1);
    // the rep works on meanwhile
    model.act("done", { outcome_id: 1 }, "Reached");
    expect(model.currentId).toBe(3);
    server.fails = null;
    await advanceTime(RETRY_MS);
    await animationFrame();
    expect(model.isOffline).toBe(false);
    expect(server.acts).toEqual([[1, "done", { outcome_id: 4, note: false }]]);
    await advanceTime(UNDO_MS);
    await animationFrame();
    expect(server.acts.length).toBe(2);
    expect(model.stored("act")).toEqual([]);
});

test("what a closed window left behind is sent when the desk opens again", async () => {
    model.write("Half a note");
    model.select(2);
    model.act("snooze", { until: "2030-01-01" }, "Moved");
    model.stop();
    await advanceTime(60000);
    model = makeModel();
    await model.open();
    await animationFrame();
    expect(server.acts).toEqual([[2, "snooze", { until: "2030-01-01", note: false }]]);
    expect(server.ago).toBe(60, { message: "the server learns when it was done" });
    expect(model.drafts[1]).toBe("Half a note");
});

test("what was left behind is sent without the desk being opened", async () => {
    model.act("done", {}, "Reached");
    model.stop();
    await advanceTime(60000);
    const loads = server.loads;
    const sender = makeModel();
    sender.adopt();
    await advanceTime(60000);
    expect(server.acts).toEqual([[1, "done", { note: false }]]);
    expect(sender.stored("act")).toEqual([]);
    expect(server.loads).toBe(loads);
});

test("what another window holds is left to that one, unless it is gone", async () => {
    model.act("done", {}, "Reached");
    const other = makeModel();
    await other.open();
    expect(server.acts).toEqual([]);
    other.write("Mine");
    model.stop();
    // looked at once more when the other window has had its time
    await advanceTime(12000);
    await advanceTime(12000);
    await animationFrame();
    expect(server.acts).toEqual([[1, "done", { note: false }]]);
    expect(other.stored("draft").length).toBe(1);
    other.stop();
});

test("what the server refuses comes back, with the note and why", async () => {
    model.write("Call on Monday");
    model.act("snooze", { until: "2020-01-01" }, "Moved");
    server.fails = Object.assign(new Error("x"), { data: { message: "That day is over." } });
    await advanceTime(UNDO_MS);
    await animationFrame();
    expect(said).toEqual([["danger", "Deal 1: That day is over."]]);
    expect(model.currentId).toBe(2, { message: "the client who is worked by now stays" });
    expect(model.drafts[1]).toBe("Call on Monday");
    expect(model.queue[0].id).toBe(1);
    expect(model.pending).toEqual([]);
});

test("leaving the desk sends what is held", async () => {
    model.act("done", {}, "Reached");
    model.act("done", {}, "Reached");
    await model.flush();
    expect(server.acts.map(([id]) => id)).toEqual([1, 2]);
});

test("a touch that is taken away leaves the queue and says why", async () => {
    server.rows = server.rows.filter((row) => row.id !== 1);
    model.refreshSoon();
    model.refreshSoon();
    await advanceTime(1000);
    await animationFrame();
    expect(server.loads).toBe(2, { message: "read once for many messages" });
    expect(model.gone).toBe("Deal 1: A colleague has it now.");
    expect(model.currentId).toBe(2);
});

test("a touch that comes back is not told as gone", async () => {
    const all = server.rows;
    server.rows = all.slice(1);
    await model.load();
    expect(model.gone).not.toBe("");
    // its mail was refused: the touch is open again
    server.rows = all;
    await model.load();
    expect(model.gone).toBe("");
});

test("nobody is taken from under the rep's hands", async () => {
    isBusy = true;
    server.rows = server.rows.filter((row) => row.id !== 1);
    await model.load();
    expect(model.gone).toBe("Deal 1: A colleague has it now.");
    expect(model.currentId).toBe(1);
    expect(model.current.client).toBe("Deal 1");
    // what was done is sent all the same: the server knows what to make of it
    model.act("done", {}, "Reached");
    expect(model.currentId).toBe(2);
    expect(model.total).toBe(11);
    await model.flush();
    expect(server.acts).toEqual([[1, "done", { note: false }]]);
});

test("what was noted goes with whatever is done", async () => {
    model.write("Wants samples ");
    model.act("skip", { reason: "No time" }, "Skipped");
    await model.flush();
    expect(server.acts).toEqual([[1, "skip", { reason: "No time", note: "Wants samples" }]]);
});

test("who comes back to the desk finds the client he left", async () => {
    const again = makeModel();
    await again.open({ touchId: 12, ahead: true });
    expect(again.current.client).toBe("Deal 12");
    expect(again.ahead).toBe(true);
    expect(again.gone).toBe("");
    // done meanwhile: the first of the queue
    const later = makeModel();
    await later.open({ touchId: 99 });
    expect(later.current.client).toBe("Deal 1");
});

test("an act that is sent again has the same name", async () => {
    server.fails = new ConnectionLostError("/web");
    model.act("done", {}, "Reached");
    await advanceTime(UNDO_MS);
    const [item] = model.pending;
    server.fails = null;
    await model.send(item);
    expect(server.keys).toEqual([item.key]);
});

test("what was asked of one client is not answered for the next", () => {
    model.prompt = "skip";
    model.select(2);
    expect(model.prompt).toBe("");
});

test("a touch that is held does not come back with a fresh queue", async () => {
    model.act("done", {}, "Reached");
    await model.load();
    expect(model.queue.map((row) => row.id).slice(0, 2)).toEqual([2, 3]);
    expect(model.total).toBe(11);
});

test("with 'ask' the rep chooses", () => {
    model.advance = "ask";
    model.act("done", {}, "Reached");
    expect(model.asks).toBe(true);
    model.goOn();
    expect(model.currentId).toBe(2);
});

test("with 'stay' the client stays until the rep goes on", async () => {
    model.advance = "stay";
    model.act("done", { outcome_id: 4 }, "Interested");
    expect(model.after.label).toBe("Interested");
    expect(model.asks).toBe(false);
    expect(model.currentId).toBe(1);
    model.goOn();
    expect(model.after).toBe(null);
    expect(model.currentId).toBe(2);
});

test("touches further down are read before they are asked for", async () => {
    model.select(9);
    expect(server.reads).toEqual([]);
    model.select(11);
    await animationFrame();
    expect(server.reads).toEqual([[11, 12]]);
});
