import { browser } from "@web/core/browser/browser";
import { ConnectionLostError } from "@web/core/network/rpc";

export const UNDO_MS = 10000;
export const RETRY_MS = 5000;
const REFRESH_MS = 1000;
// touches ahead of the current one that are known in full
const AHEAD = 4;

/**
 * The queue of one rep, and what was done but not sent yet.
 *
 * An act is held for ten seconds, in which it can be undone, and then sent. What is held or could not be sent is kept in the
 * browser's storage: it survives a lost connection, a closed window and a dead battery. The server does the same act twice only once,
 * so that sending again is safe.
 */
export class DeskModel {
    /**
     * @param {Object} services
     * @param {(method: string, args: Array, kwargs?: Object) => Promise} services.call a method of `touch.desk`
     * @param {(message: string, type: string) => void} services.tell say something to the rep
     * @param {string} services.storageKey where what was not sent is kept, one for each user and database
     */
    constructor({ call, tell, storageKey }) {
        this.call = call;
        this.tell = tell;
        this.storageKey = storageKey;
        this.isReady = false;
        this.isOffline = false;
        this.ahead = false;
        this.queue = [];
        this.cards = {};
        this.currentId = false;
        this.pending = [];
        this.drafts = {};
        // with "ask" and "stay": what was just done, until the rep goes on
        this.after = null;
        // why the touch that was being worked is gone
        this.gone = "";
        this.total = 0;
        this.later = 0;
        this.done = 0;
        this.outcomes = [];
        this.channels = {};
        this.colleagues = [];
        this.advance = "go";
    }

    get current() {
        return this.cards[this.currentId];
    }
    get position() {
        return this.queue.findIndex((row) => row.id === this.currentId);
    }
    get draft() {
        return this.drafts[this.currentId] || "";
    }
    /** The last act that can still be undone. */
    get last() {
        return this.pending.findLast((item) => item.status === "held");
    }
    get unsent() {
        return this.pending.filter((item) => item.status === "waiting");
    }

    // ----------------------------------------------------------------
    // Reading
    // ----------------------------------------------------------------

    async open() {
        this.restore();
        await this.load();
        this.pending.forEach((item) => this.send(item));
    }

    async load() {
        const current = this.currentId || null;
        const data = await this.call("load", [], { ahead: this.ahead, current });
        this.apply(data);
    }

    apply(data) {
        const held = new Set(this.pending.map((item) => item.touchId));
        const waiting = data.queue.filter((row) => !held.has(row.id));
        this.total = data.total - (data.queue.length - waiting.length);
        this.queue = waiting;
        for (const name of ["later", "done", "outcomes", "channels", "colleagues", "advance"]) {
            this[name] = data[name];
        }
        Object.assign(this.cards, data.cards);
        const known = new Set(waiting.map((row) => row.id));
        for (const id of Object.keys(this.cards)) {
            if (!known.has(Number(id)) && Number(id) !== this.after?.touchId) {
                delete this.cards[id];
            }
        }
        if (this.currentId && !known.has(this.currentId) && !this.after) {
            this.gone = data.gone || "";
            this.currentId = false;
        }
        if (!this.currentId && !this.after) {
            this.select(waiting[0]?.id);
        }
        this.isReady = true;
    }

    /** Something happened elsewhere: read again, once for many. */
    refreshSoon() {
        browser.clearTimeout(this.refreshTimer);
        this.refreshTimer = browser.setTimeout(() => this.refresh(), REFRESH_MS);
    }

    async refresh() {
        try {
            await this.load();
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            this.isOffline = true;
        }
    }

    select(id) {
        this.after = null;
        this.currentId = id || false;
        this.prefetch();
    }

    step(by) {
        const row = this.queue[this.position + by];
        if (row) {
            this.gone = "";
            this.select(row.id);
        }
    }

    /** The touches that come next are read before they are asked for. */
    async prefetch() {
        const from = Math.max(this.position, 0);
        const missing = this.queue
            .slice(from, from + AHEAD)
            .map((row) => row.id)
            .filter((id) => !this.cards[id]);
        // the one that is looked at cannot wait; the others are read some at a time
        if (missing.length === AHEAD || missing.includes(this.currentId)) {
            try {
                Object.assign(this.cards, await this.call("cards", [missing]));
            } catch (error) {
                if (!(error instanceof ConnectionLostError)) {
                    throw error;
                }
                this.isOffline = true;
            }
        }
    }

    write(note) {
        this.drafts[this.currentId] = note;
        this.keep();
    }

    // ----------------------------------------------------------------
    // Acting
    // ----------------------------------------------------------------

    /**
     * @param {string} act as `touch.desk.act` knows it
     * @param {Object} values of the act
     * @param {string} label what the rep sees of it
     */
    act(act, values, label) {
        const row = this.queue[this.position];
        if (!row) {
            return;
        }
        const item = {
            key: `${row.id}-${Date.now()}`,
            touchId: row.id,
            act,
            values,
            label,
            row,
            at: this.position,
            note: this.draft,
            status: "held",
            since: Date.now(),
        };
        this.gone = "";
        this.pending.push(item);
        this.queue = this.queue.filter((one) => one.id !== row.id);
        this.total--;
        delete this.drafts[row.id];
        this.keep();
        this.timers ??= {};
        this.timers[item.key] = browser.setTimeout(() => this.send(this.find(item.key)), UNDO_MS);
        if (this.advance === "go") {
            this.select(this.queue[0]?.id);
        } else {
            this.after = item;
        }
    }

    find(key) {
        return this.pending.find((item) => item.key === key);
    }

    goOn() {
        this.select(this.queue[0]?.id);
    }

    /** Take back what was done last and was not sent yet. */
    undo() {
        const item = this.last;
        if (item) {
            this.putBack(item);
        }
        return item;
    }

    putBack(item) {
        browser.clearTimeout(this.timers?.[item.key]);
        this.pending = this.pending.filter((one) => one.key !== item.key);
        this.queue = [...this.queue.slice(0, item.at), item.row, ...this.queue.slice(item.at)];
        this.total++;
        if (item.note) {
            this.drafts[item.touchId] = item.note;
        }
        this.keep();
        this.select(item.touchId);
    }

    async send(item) {
        if (!item || item.status === "sending") {
            return;
        }
        browser.clearTimeout(this.timers?.[item.key]);
        item.status = "sending";
        try {
            const result = await this.call("act", [item.touchId, item.act, item.values]);
            this.isOffline = false;
            this.forget(item);
            if (result.ok && item.act === "done") {
                this.done++;
            }
            if (result.message) {
                this.tell(`${item.row.client}: ${result.message}`, result.ok ? "info" : "warning");
            }
            this.refreshSoon();
        } catch (error) {
            if (error instanceof ConnectionLostError) {
                item.status = "waiting";
                this.isOffline = true;
                this.retrySoon();
            } else {
                // the server would not have it: the touch comes back with the note, and why
                this.putBack(item);
                this.tell(`${item.row.client}: ${error.data?.message || error.message}`, "danger");
            }
        }
    }

    forget(item) {
        this.pending = this.pending.filter((one) => one.key !== item.key);
        this.keep();
    }

    retrySoon() {
        browser.clearTimeout(this.retryTimer);
        this.retryTimer = browser.setTimeout(() => this.retry(), RETRY_MS);
    }

    /** Send again what did not get through. */
    async retry() {
        const waiting = this.unsent;
        await Promise.all(waiting.map((item) => this.send(item)));
        if (!waiting.length && this.isOffline) {
            await this.load();
            this.isOffline = false;
        }
    }

    /** Send everything that is held, now: the rep leaves the desk. */
    async flush() {
        browser.clearTimeout(this.refreshTimer);
        await Promise.all(this.pending.map((item) => this.send(item)));
        browser.clearTimeout(this.refreshTimer);
    }

    stop() {
        browser.clearTimeout(this.refreshTimer);
        browser.clearTimeout(this.retryTimer);
        Object.values(this.timers || {}).forEach((timer) => browser.clearTimeout(timer));
    }

    // ----------------------------------------------------------------
    // What survives
    // ----------------------------------------------------------------

    keep() {
        const pending = this.pending.map(({ touchId, act, values, label, row, note, at, key }) => ({
            touchId,
            act,
            values,
            label,
            row,
            note,
            at,
            key,
        }));
        browser.localStorage.setItem(
            this.storageKey,
            JSON.stringify({ pending, drafts: this.drafts }),
        );
    }

    restore() {
        const kept = JSON.parse(browser.localStorage.getItem(this.storageKey) || "{}");
        this.pending = (kept.pending || []).map((item) => ({ ...item, status: "waiting" }));
        this.drafts = kept.drafts || {};
    }
}
