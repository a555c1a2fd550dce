import { markRaw } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { ConnectionLostError } from "@web/core/network/rpc";
import { user } from "@web/core/user";
import { session } from "@web/session";

export const UNDO_MS = 10000;
export const RETRY_MS = 5000;
const REFRESH_MS = 1000;
// what another window still holds is sent by that one; what is older was left behind
const LEFT_BEHIND_MS = UNDO_MS + 2000;
const DRAFT_DAYS = 7;
// touches ahead of the current one that are known in full
const AHEAD = 4;

/** @returns {string} where this user's acts and drafts are kept in the browser's storage */
export function deskStorageKey() {
    return `touch_cadence.desk.${session.db}.${user.userId}`;
}

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
     * @param {() => boolean} services.isBusy whether the rep is writing or answering about the current touch
     */
    constructor({ call, tell, storageKey, isBusy = () => false }) {
        this.call = call;
        this.tell = tell;
        this.storageKey = storageKey;
        this.isBusy = isBusy;
        this.isReady = false;
        this.isOffline = false;
        this.ahead = false;
        this.queue = [];
        this.cards = {};
        this.currentId = false;
        // the row of the current touch, when it left the queue while the rep worked it
        this.kept = null;
        // what is being asked about the current touch: skip, snooze, reassign, outcome
        this.prompt = "";
        this.pending = [];
        this.drafts = {};
        // with "ask" and "stay": what was just done, until the rep goes on
        this.after = null;
        this.asks = false;
        // why the touch that was being worked is gone
        this.gone = "";
        this.goneId = false;
        // its mail was not taken
        this.isRefused = false;
        this.total = 0;
        // of the whole queue, whatever is filtered
        this.all = 0;
        // mails and text messages that pass, and whose hour has come
        this.toSend = 0;
        // what is chosen, {facet: values}; what there is to choose, {facet: [[value, name, touches]]}; and by what the queue is grouped
        this.chosen = {};
        this.filters = {};
        this.group = "";
        this.later = 0;
        // clients who wrote, and to whom nobody has said anything since
        this.answers = 0;
        // today's meetings with clients: they are agreed, and stand in no queue
        this.meetings = [];
        this.done = 0;
        this.outcomes = [];
        this.channels = {};
        this.colleagues = [];
        this.advance = "go";
        this.timers = {};
        this.inFlight = markRaw({});
        this.come = markRaw({});
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

    /** @param {Object} [before] where the desk was left: `touchId`, whether one worked `ahead`, and what was `chosen` and by what it was `group`ed */
    async open({ touchId, ahead = false, chosen = {}, group = "" } = {}) {
        this.restore();
        Object.assign(this, { ahead, chosen, group });
        await this.load();
        if (this.queue.some((row) => row.id === touchId)) {
            await this.select(touchId);
        }
        this.pending.forEach((item) => this.send(item));
        this.adoptTimer = browser.setTimeout(() => this.adopt(), LEFT_BEHIND_MS);
    }

    /** Send what another window left behind; what it may still be holding is looked at later. */
    adopt() {
        const known = new Set(this.pending.map((item) => item.key));
        const left = this.leftBehind().filter((item) => !known.has(item.key));
        this.pending.push(...left);
        left.forEach(({ key }) => this.send(this.find(key)));
        if (this.stored("act").some(([key]) => !this.find(key))) {
            this.adoptTimer = browser.setTimeout(() => this.adopt(), LEFT_BEHIND_MS);
        }
    }

    async load() {
        const current = this.currentId || null;
        const asked = { ahead: this.ahead, filters: this.chosen, group: this.group || null };
        this.loads = (this.loads || 0) + 1;
        const nth = this.loads;
        const data = await this.call("load", [], { ...asked, current });
        // of two filters chosen in haste the later counts, whichever answer comes first
        if (nth === this.loads) {
            this.apply(data);
        }
    }

    get isFiltered() {
        return Object.values(this.chosen).some((values) => values.length);
    }

    /** A value is chosen, or no longer. What is worked stays, where it passes. */
    async toggleFilter(facet, value) {
        const values = this.chosen[facet] || [];
        const without = values.filter((one) => one !== value);
        await this.show({
            ...this.chosen,
            [facet]: without.length < values.length ? without : [...values, value],
        });
    }

    /** @param {Object} chosen {facet: values}; none: the whole queue */
    async show(chosen = {}) {
        this.chosen = chosen;
        await this.load();
        if (this.position < 0 && !this.draft && !this.prompt) {
            this.select(this.queue[0]?.id);
        }
    }

    async groupBy(group) {
        this.group = group;
        await this.load();
    }

    apply(data) {
        this.isOffline = this.unsent.length > 0;
        const before = this.queue.find((row) => row.id === this.currentId) || this.kept;
        const place = Math.max(this.position, 0);
        const held = new Set(this.pending.map((item) => item.touchId));
        const waiting = data.queue.filter((row) => !held.has(row.id));
        const gone = data.queue.length - waiting.length;
        this.total = data.total - gone;
        this.all = data.all - gone;
        this.toSend = data.to_send;
        this.queue = waiting;
        const told = [
            "later",
            "answers",
            "meetings",
            "done",
            "filters",
            "outcomes",
            "channels",
            "colleagues",
            "advance",
        ];
        for (const name of told) {
            this[name] = data[name];
        }
        data.queue.filter((row) => held.has(row.id)).forEach((row) => this.countFor(row, -1));
        Object.assign(this.cards, data.cards);
        const known = new Set(waiting.map((row) => row.id));
        for (const id of Object.keys(this.cards)) {
            const shown = [this.after?.touchId, this.currentId].includes(Number(id));
            if (!known.has(Number(id)) && !shown) {
                delete this.cards[id];
            }
        }
        this.kept = null;
        if (known.has(this.goneId)) {
            this.gone = ""; // it came back, as one whose mail was refused does: what was told of it is no longer true
            this.goneId = false;
        }
        if (this.currentId && !known.has(this.currentId) && !this.after) {
            this.gone = data.gone ? `${before.client}: ${data.gone}` : "";
            this.goneId = this.currentId;
            this.isRefused = Boolean(data.refused);
            // nobody is taken from under the rep's hands: the client stays until the rep goes on
            if (!data.gone || this.draft || this.prompt || this.isBusy()) {
                this.kept = before;
            } else {
                this.currentId = false;
            }
        }
        if (!this.currentId && !this.after) {
            this.selectAt(place);
        }
        this.isReady = true;
    }

    /** A touch whose hour has come goes to its place in the queue. */
    lookAtHours() {
        const now = new Date().toISOString().slice(0, 19).replace("T", " ");
        const come = this.queue.filter(
            ({ id, moment }) => moment && moment <= now && !this.come[id],
        );
        for (const { id } of come) {
            this.come[id] = true; // once, also where the server's clock is behind
        }
        if (come.length) {
            this.refreshSoon();
        }
    }

    /** Something happened elsewhere: read again, once for many. */
    refreshSoon() {
        browser.clearTimeout(this.refreshTimer);
        this.refreshTimer = browser.setTimeout(() => this.refresh(), REFRESH_MS);
    }

    async refresh() {
        if (!this.isReady) {
            return; // nobody looks: only what was left behind is sent
        }
        try {
            await this.load();
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            this.lose();
        }
    }

    lose() {
        this.isOffline = true;
        this.retrySoon();
    }

    select(id) {
        this.after = null;
        this.kept = null;
        this.prompt = "";
        this.currentId = id || false;
        return this.prefetch();
    }

    /** What comes next is below what was done; after the last one, the first. */
    selectAt(place) {
        return this.select((this.queue[place] || this.queue[0])?.id);
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
                this.lose();
            }
        }
    }

    write(note) {
        this.draftOf(this.currentId, note);
    }

    draftOf(id, note) {
        if (note) {
            this.drafts[id] = note;
            this.save(`draft.${id}`, { note, at: Date.now() });
        } else {
            delete this.drafts[id];
            this.drop(`draft.${id}`);
        }
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
        const row = this.queue[this.position] || this.kept;
        if (!row) {
            return;
        }
        const item = {
            key: `${row.id}-${Date.now()}-${Math.random().toString(36).slice(2)}`,
            touchId: row.id,
            act,
            values: { ...values, note: this.draft.trim() || false },
            label,
            row,
            at: Math.max(this.position, 0),
            note: this.draft,
            status: "held",
            since: Date.now(),
        };
        this.gone = "";
        this.pending.push(item);
        this.timers[item.key] = browser.setTimeout(() => this.send(this.find(item.key)), UNDO_MS);
        if (this.queue.includes(row)) {
            this.total--;
            this.all--;
            this.countFor(row, -1);
        }
        this.queue = this.queue.filter((one) => one.id !== row.id);
        this.save(`act.${item.key}`, item);
        this.draftOf(row.id, "");
        if (this.advance === "go") {
            this.selectAt(item.at);
        } else {
            this.prompt = "";
            this.after = item;
            this.asks = this.advance === "ask";
        }
    }

    /** A touch that left the queue, or came back, is counted in the filters at once; the server knows of it later. */
    countFor(row, by) {
        for (const [facet, value] of Object.entries(row.facets || {})) {
            const known = this.filters[facet]?.find(([one]) => one === value);
            if (known) {
                known[2] += by;
            }
        }
    }

    /** How many touches were made today, with those that are still kept here. */
    get made() {
        return this.done + this.pending.filter((item) => item.act === "done").length;
    }

    find(key) {
        return this.pending.find((item) => item.key === key);
    }

    /** The touch that comes after the one that was just done. */
    get following() {
        const place = this.after ? this.after.at : Math.max(this.position, 0);
        return this.queue[place] || this.queue[0];
    }

    goOn() {
        this.select(this.following?.id);
    }

    /** Take back what was done last and was not sent yet. */
    undo() {
        const item = this.last;
        if (item) {
            this.putBack(item);
            this.select(item.touchId);
        }
        return item;
    }

    putBack(item) {
        this.forget(item);
        this.queue = [...this.queue.slice(0, item.at), item.row, ...this.queue.slice(item.at)];
        this.total++;
        this.all++;
        this.countFor(item.row, 1);
        this.draftOf(item.touchId, item.note);
        if (!this.currentId) {
            this.select(item.touchId);
        }
    }

    send(item) {
        if (item && item.status !== "sending") {
            item.status = "sending";
            browser.clearTimeout(this.timers[item.key]);
            this.inFlight[item.key] = this._send(item).finally(
                () => delete this.inFlight[item.key],
            );
        }
        return item && this.inFlight[item.key];
    }

    /** What the server is told of an act; the key names it, so that it is done once however often it comes. */
    static args({ touchId, act, values, key, since }) {
        return [touchId, act, values, key, Math.round((Date.now() - since) / 1000)];
    }

    async _send(item) {
        try {
            const result = await this.call("act", DeskModel.args(item));
            this.isOffline = false;
            this.forget(item);
            if (result.ok && item.act === "done") {
                this.done++;
            }
            if (result.message) {
                const note = !result.ok && item.note ? ` “${item.note}”` : "";
                const said = `${item.row.client}: ${result.message}${note}`;
                this.tell(said, result.ok ? "info" : "warning");
            }
            this.refreshSoon();
        } catch (error) {
            if (error instanceof ConnectionLostError) {
                item.status = "waiting";
                this.lose();
            } else {
                // the server would not have it: the touch comes back with the note, and why
                this.putBack(item);
                this.tell(`${item.row.client}: ${error.data?.message || error.message}`, "danger");
            }
        }
    }

    forget(item) {
        browser.clearTimeout(this.timers[item.key]);
        delete this.timers[item.key];
        this.pending = this.pending.filter((one) => one.key !== item.key);
        this.drop(`act.${item.key}`);
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
            await this.refresh();
        }
    }

    /** Send everything that is held, now: the rep leaves the desk. */
    async flush() {
        browser.clearTimeout(this.refreshTimer);
        this.pending.forEach((item) => this.send(item));
        await Promise.all(Object.values(this.inFlight));
        browser.clearTimeout(this.refreshTimer);
    }

    stop() {
        browser.clearTimeout(this.refreshTimer);
        browser.clearTimeout(this.retryTimer);
        browser.clearTimeout(this.adoptTimer);
        Object.values(this.timers).forEach((timer) => browser.clearTimeout(timer));
    }

    // ----------------------------------------------------------------
    // What survives
    // ----------------------------------------------------------------

    // one entry an act and a draft, so that two windows do not write each other over

    save(name, value) {
        try {
            browser.localStorage.setItem(`${this.storageKey}.${name}`, JSON.stringify(value));
        } catch {
            // full or forbidden: the act is sent all the same, it only does not survive a crash
        }
    }

    drop(name) {
        browser.localStorage.removeItem(`${this.storageKey}.${name}`);
    }

    stored(kind) {
        const prefix = `${this.storageKey}.${kind}.`;
        return Object.keys(browser.localStorage)
            .filter((key) => key.startsWith(prefix))
            .map((key) => [
                key.slice(prefix.length),
                JSON.parse(browser.localStorage.getItem(key)),
            ]);
    }

    leftBehind() {
        return this.stored("act")
            .map(([, item]) => ({ ...item, status: "waiting" }))
            .filter((item) => Date.now() - item.since >= LEFT_BEHIND_MS);
    }

    restore() {
        this.pending = this.leftBehind();
        for (const [id, { note, at }] of this.stored("draft")) {
            if (Date.now() - at > DRAFT_DAYS * 24 * 3600 * 1000) {
                this.drop(`draft.${id}`);
            } else {
                this.drafts[id] = note;
            }
        }
    }
}
