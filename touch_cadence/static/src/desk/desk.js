import {
    Component,
    markup,
    onMounted,
    onPatched,
    onWillStart,
    onWillUnmount,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { AutoComplete } from "@web/core/autocomplete/autocomplete";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { PotentialBadge, PurposeBadge, Rhythm, TemperatureBadge } from "../fields/touch_badge";
import { FirstHour, FirstHourDialog, useFirstHour } from "../first_hour/first_hour";
import { keyOf } from "../outcome/keys";
import { MORE_KEY, TouchOutcomes, keysOf, outcomeOf, seen } from "../outcome/touch_outcomes";
import { TouchQuestion, parted } from "../outcome/touch_question";
import { TouchWhyDialog } from "../why/touch_why";
import { DeskBulkDialog } from "./desk_bulk";
import { DeskCallDialog } from "./desk_call";
import { DeskHelp } from "./desk_help";
import { DeskModel, UNDO_MS, deskStorageKey } from "./desk_model";
import { DeskPrompt } from "./desk_prompt";

/** One touch after the other: the queue, the client, the reason, and one key for what came of it. */
export class TouchDesk extends Component {
    static template = "touch_cadence.TouchDesk";
    static components = {
        AutoComplete,
        DeskPrompt,
        FirstHour,
        Layout,
        PotentialBadge,
        PurposeBadge,
        Rhythm,
        TemperatureBadge,
        TouchOutcomes,
        TouchQuestion,
    };
    static props = { ...standardActionServiceProps };
    static displayName = _t("My Desk");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.ui = useService("ui");
        this.bus = useService("bus_service");
        this.display = { controlPanel: {} };
        this.clientSources = [
            { options: (words) => this.findClients(words), placeholder: _t("Searching…") },
        ];
        this.hour = useFirstHour();
        this.main = useRef("main");
        this.heading = useRef("heading");
        this.note = useRef("note");
        this.came = useRef("came");
        this.list = useRef("list");
        this.search = useRef("search");
        this.goOn = useRef("goOn");
        this.state = useState({
            isBegun: true, // somebody was enrolled
            isQueueOpen: false,
            seconds: 0,
            said: "",
            asking: null,
            moreOf: false,
        });
        this.model = useState(
            new DeskModel({
                call: (method, args, kwargs) =>
                    this.orm.silent.call("touch.desk", method, args, kwargs),
                tell: (message, type) =>
                    this.notification.add(message, { type, sticky: type !== "info" }),
                storageKey: deskStorageKey(),
                isBusy: () =>
                    Boolean(
                        document.activeElement?.closest(
                            ".o_touch_came input, .o_touch_came textarea, .o_touch_came select",
                        ),
                    ),
            }),
        );

        onWillStart(() => this.model.open(this.props.globalState));
        useSetupAction({
            beforeLeave: () => this.model.flush(),
            // kept by Odoo for its breadcrumbs and the browser's Back
            getGlobalState: () => {
                const { currentId: touchId, ahead, group } = this.model;
                // a copy: the browser's history takes no proxies
                const chosen = Object.fromEntries(
                    Object.entries(this.model.chosen).map(([facet, values]) => [
                        facet,
                        [...values],
                    ]),
                );
                return { touchId, ahead, chosen, group };
            },
        });
        useExternalListener(window, "keydown", this.onKeydown);
        useExternalListener(window, "online", () => this.model.retry());
        // phones know only the second; the server does what comes twice once
        useExternalListener(window, "beforeunload", () => this.sendLast());
        useExternalListener(window, "pagehide", () => this.sendLast());
        this.onGone = ({ touch_ids: ids }) => {
            if (this.model.queue.some((row) => ids.includes(row.id))) {
                this.model.refreshSoon();
            }
        };
        this.onActivities = ({ activity_created: created }) => created && this.model.refreshSoon();
        this.bus.subscribe("touch_cadence.desk", this.onGone);
        this.bus.subscribe("mail.activity/updated", this.onActivities);
        const clock = browser.setInterval(() => this.count(), 250);
        onWillUnmount(() => {
            this.bus.unsubscribe("touch_cadence.desk", this.onGone);
            this.bus.unsubscribe("mail.activity/updated", this.onActivities);
            browser.clearInterval(clock);
            this.model.stop();
        });
        // a new client is on the desk: who reads by ear hears the name, and keys work at once
        let shown, wasAfter, listed;
        onMounted(() => {
            shown = this.model.currentId;
            listed = this.model.queue;
            this.showRow();
            this.focusHeading();
        });
        onPatched(() => {
            if (shown !== this.model.currentId || listed !== this.model.queue) {
                listed = this.model.queue;
                this.showRow();
            }
            if (shown !== this.model.currentId) {
                shown = this.model.currentId;
                this.showFromTop();
                this.focusHeading();
            } else if (this.goOn.el && this.goOn.el !== wasAfter) {
                this.goOn.el.focus();
            }
            wasAfter = this.goOn.el;
        });
    }

    // ----------------------------------------------------------------
    // What is shown
    // ----------------------------------------------------------------

    get card() {
        return this.model.after ? this.model.cards[this.model.after.touchId] : this.model.current;
    }
    get isDone() {
        return Boolean(this.model.after);
    }
    get channel() {
        return this.channelOf(this.card.channel);
    }
    get html() {
        return {
            text: markup(this.card.text),
            script: markup(this.card.script),
            before: markup(this.card.before || ""),
        };
    }
    get contactLine() {
        const { contact, client, company } = this.card;
        const said = [contact, this.card.function, company, this.card.place];
        const heading = client.split(" · ");
        return said
            .filter((one, at) => one && !heading.includes(one) && said.indexOf(one) === at)
            .join(" · ");
    }
    get prepare() {
        return this.buttonOf(this.card.channel);
    }
    /** What the touch asks for: the appointment, once the client agreed to meet. */
    get appointment() {
        return this.card.asks && this.buttonOf(this.card.asks);
    }
    buttonOf(channel) {
        const button = this.channelOf(channel).prepare;
        return button && { ...button, open: button.needs.every((name) => this.card[name]) };
    }
    /** The outcomes that the touch can end with: in sight, and under "More". */
    get parts() {
        return parted(this.model.outcomes, this.card || {});
    }
    get keys() {
        return keysOf(this.model.outcomes, this.card?.channel);
    }
    /** "More" is opened for one client, not for the next. */
    get isMoreOpen() {
        return Boolean(this.card) && this.state.moreOf === this.card.id;
    }
    toggleMore() {
        this.state.moreOf = this.isMoreOpen ? false : this.card.id;
    }
    get progress() {
        const { made, all } = this.model;
        return made + all ? Math.round((100 * made) / (made + all)) : 0;
    }
    /** How many mails and text messages the filters leave, whose hour has come. */
    get canSend() {
        return this.model.toSend;
    }
    /** What is chosen, in words. */
    get chosenNames() {
        const { chosen, filters } = this.model;
        return Object.entries(filters).flatMap(([facet, known]) =>
            known.filter(([value]) => chosen[facet]?.includes(value)).map(([, name]) => name),
        );
    }
    get groups() {
        return [
            ["", _t("Not grouped")],
            ["channel", _t("By channel")],
            ["temperature", _t("By temperature")],
            ["cadence", _t("By cadence")],
        ];
    }
    isChosen(facet, value) {
        return Boolean(this.model.chosen[facet]?.includes(value));
    }
    /** @returns {string} the name of the group that begins with this row */
    groupOf(index) {
        const { queue } = this.model;
        return queue[index].group !== queue[index - 1]?.group ? queue[index].group : "";
    }
    get advanceChoices() {
        return [
            ["go", _t("Go on to the next touch")],
            ["ask", _t("Ask")],
            ["stay", _t("Stay with the client")],
        ];
    }
    channelOf(name) {
        return this.model.channels[name] || { icon: "fa-comment", name };
    }
    get findPlaceholder() {
        return _t("Find any client (/)");
    }
    /** What is new of the client since the last touch. */
    newsOf(row) {
        return { answered: _t("Answered"), bounced: _t("Came back"), failed: _t("Not sent") }[
            row.news
        ];
    }
    dayLabel(row) {
        if (row.overdue) {
            return row.overdue === 1 ? _t("1 day late") : _t("%s days late", row.overdue);
        }
        if (row.hour) {
            return _t("at %s", row.hour);
        }
        return row.later ? row.day : _t("today");
    }

    /** Of another client the name is seen first. The pane scrolls on wide screens; on phones, what is around it. */
    showFromTop() {
        for (let el = this.main.el; el; el = el.parentElement) {
            el.scrollTop = 0;
        }
    }

    /** The selected row is in sight, and the list moves no further than that. */
    showRow() {
        const row = this.list.el?.querySelector(".o_touch_row_current");
        row?.scrollIntoView({ block: "nearest" });
    }

    get hourLabel() {
        return _t("First hour: %s left", this.hour.left);
    }
    get answersLabel() {
        return _t("Clients who wrote and wait for an answer: %s", this.model.answers);
    }
    get answersShort() {
        const count = this.model.answers;
        return count === 1 ? _t("1 waits for an answer") : _t("%s wait for an answer", count);
    }
    /** Whether the client of the card wrote, and nobody has answered. */
    get isAnswered() {
        const { queue, position, kept } = this.model;
        return !this.isDone && Boolean((queue[position] || kept)?.answered);
    }
    /** What the client wrote last, as far as it is known. */
    get wrote() {
        return this.card.history.find(({ incoming, note }) => incoming && note);
    }
    /** The mail that answers the client, to whoever wrote. */
    async openAnswer() {
        if (this.isAnswered && this.card.visible) {
            await this.openOfClient("action_touch_answer");
        }
    }
    /** What is held is sent before a dialog of the client opens. */
    async openOfClient(method) {
        await this.model.flush();
        const { model, res_id: id } = this.card;
        this.openDialog(await this.orm.call(model, method, [[id]]));
    }
    /** What was done there may have made the touch, or another: the queue is read again. */
    openDialog(action) {
        const onClose = () => {
            // not waited for: the dialog closes only when this is through
            this.model.refresh().finally(() => this.focusHeading());
        };
        this.action.doAction(action, { onClose });
    }
    async openAnswers() {
        const action = await this.orm.call("touch.team", "open", ["replies"], {
            user_id: user.userId,
        });
        this.action.doAction(action);
    }
    openMeeting(meeting) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: meeting.model,
            res_id: meeting.res_id,
            views: [[false, "form"]],
        });
    }
    openHour() {
        this.dialog.add(FirstHourDialog, { onRead: (found) => this.hour.take(found) });
    }

    jumpToOutcomes() {
        this.came.el.scrollIntoView({ block: "start" });
    }

    focusHeading() {
        this.heading.el?.focus({ preventScroll: true });
    }

    /** How long the last act can be undone. */
    count() {
        const item = this.model.last;
        const left = item ? Math.max(Math.ceil((item.since + UNDO_MS - Date.now()) / 1000), 0) : 0;
        if (left !== this.state.seconds) {
            this.state.seconds = left;
        }
        this.model.lookAtHours();
    }

    // ----------------------------------------------------------------
    // What the rep does
    // ----------------------------------------------------------------

    choose(outcome) {
        if (outcome.asks) {
            this.state.asking = outcome;
            this.ask("outcome");
        } else {
            this.act("done", { outcome_id: outcome.id }, outcome.name);
        }
    }

    /** What the outcome asked was answered. */
    answerOutcome(values, words) {
        const { id, name } = this.state.asking;
        this.act("done", { outcome_id: id, ...values }, words ? `${name}: ${words}` : name);
    }

    leavePrompt() {
        this.model.prompt = "";
        this.focusHeading();
    }

    act(act, values, label) {
        if (!this.model.current || this.model.after) {
            return;
        }
        const client = this.model.current.client;
        this.model.act(act, values, label);
        this.state.said = _t("%(client)s: %(act)s. U to undo.", { client, act: label });
    }

    undo() {
        const item = this.model.undo();
        if (item) {
            this.state.said = _t("Undone: %s", item.row.client);
        }
    }

    ask(prompt) {
        // of a meeting that took place, or did not, only the outcome is asked
        const isFitting = prompt === "outcome" || !this.card?.unsure;
        if (this.model.current && !this.model.after && isFitting) {
            this.typedAhead = "";
            this.model.prompt = prompt;
        }
    }

    answer(values) {
        const acts = {
            skip: ["skip", _t("Skipped")],
            snooze: ["snooze", _t("Moved to %s", values.label || "")],
            pause: ["pause", values.until ? _t("Paused until %s", values.label) : _t("Paused")],
            reassign: ["reassign", _t("Given to %s", values.label || "")],
        };
        const [act, label] = acts[this.model.prompt];
        delete values.label;
        this.act(act, values, label);
    }

    stay() {
        this.model.asks = false;
        this.focusHeading();
    }

    select(id) {
        this.model.gone = "";
        this.state.isQueueOpen = false;
        this.model.select(id);
    }

    async openPrepared(asked = false) {
        if (!asked && this.card.channel === "call" && this.isAnswered && this.card.visible) {
            await this.openAnswer(); // who wrote reads our answer, also where a call is planned
            return;
        }
        if (!asked && !this.prepare) {
            this.main.el.querySelector(".o_touch_call")?.click(); // of a call, the number is what is prepared
        }
        if (!(asked ? this.appointment : this.prepare)?.open) {
            return;
        }
        if (!asked && this.card.channel === "email" && this.isAnswered && this.card.visible) {
            await this.openAnswer(); // who asked something gets an answer, and no ready text
            return;
        }
        if (this.isDone) {
            await this.model.flush(); // what came of it stands before the mail is sent
        }
        const note = this.model.draft.trim() || false;
        const action = await this.orm.call("touch.touch", "action_prepare", [[this.card.id]], {
            note,
            asked,
        });
        this.model.write("");
        this.openDialog(action);
    }

    /** A touch of the rep's own takes the place of this one. */
    async planOwn() {
        if (this.card?.visible && !this.card.unsure && !this.isDone) {
            await this.openOfClient("action_touch_plan");
        }
    }

    openRecord() {
        if (!this.card.visible) {
            return;
        }
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: this.card.model,
            res_id: this.card.res_id,
            views: [[false, "form"]],
        });
    }

    openWhy() {
        this.dialog.add(TouchWhyDialog, { touchId: this.card.id });
    }

    /** Any client, found with the rep's own rights: to log a call that nobody had planned. */
    async findClients(words) {
        if (!words.trim()) {
            return [];
        }
        const clients = await this.orm.call("touch.desk", "find", [words]);
        const options = clients.map((client) => ({
            label: client.detail ? `${client.name} (${client.detail})` : client.name,
            onSelect: () => this.logCall(client),
        }));
        return options.length ? options : [{ label: _t("Nobody found") }];
    }

    /** Mails and text messages of what is filtered: looked through, and sent together. */
    async openBulk() {
        await this.model.flush();
        const ids = await this.orm.call("touch.desk", "bulk", [], { filters: this.model.chosen });
        if (!ids.length) {
            this.notification.add(
                _t(
                    "No mail and no text message can go out from here now: some wait for their hour, for an answer, or for a later day.",
                ),
                { type: "info" },
            );
            return;
        }
        const onSent = () => this.model.refresh();
        this.dialog.add(DeskBulkDialog, { ids, onSent }, { onClose: () => this.focusHeading() });
    }

    logCall(client) {
        const onLogged = () => this.model.refreshSoon();
        this.dialog.add(
            DeskCallDialog,
            { client, onLogged },
            { onClose: () => this.focusHeading() },
        );
    }

    openHelp() {
        this.dialog.add(DeskHelp, { ...this.parts, outcomeKeys: this.keys });
    }

    /** Of reasons there are too many for buttons. */
    async chooseKind(ev) {
        await this.model.show({
            ...this.model.chosen,
            kind: ev.target.value ? [ev.target.value] : [],
        });
        this.focusHeading();
    }

    async groupBy(ev) {
        await this.model.groupBy(ev.target.value);
        this.focusHeading();
    }

    async toggleAhead() {
        this.model.ahead = !this.model.ahead;
        await this.model.load();
    }

    async setAdvance(ev) {
        this.model.advance = ev.target.value;
        this.focusHeading(); // the keys are the desk's again
        await this.orm.write("res.users", [user.userId], { touch_advance: ev.target.value });
    }

    onNote(ev) {
        this.model.write(ev.target.value);
    }

    /** The window closes: what was held goes out with it. It stays in the storage, too, and is sent again if this gets lost. */
    sendLast() {
        for (const item of this.model.pending) {
            const params = { model: "touch.desk", method: "act", args: DeskModel.args(item) };
            const body = JSON.stringify({
                jsonrpc: "2.0",
                method: "call",
                params: { ...params, kwargs: {} },
            });
            browser.navigator.sendBeacon(
                "/web/dataset/call_kw/touch.desk/act",
                new Blob([body], { type: "application/json" }),
            );
        }
    }

    // ----------------------------------------------------------------
    // Keys
    // ----------------------------------------------------------------

    /** @returns {string} what was typed between the key that asked and the question that appeared; Enter is a line's end */
    takeTyped() {
        const typed = this.typedAhead;
        this.typedAhead = null; // the question takes its keys itself from now on
        return typed || "";
    }

    /** A key came before the question was drawn. A reason is written in the rep's own letters; other questions are answered by digits. */
    typeAhead(ev) {
        if (ev.key === "Enter") {
            this.typedAhead += "\n";
        } else if (ev.key === "Backspace") {
            this.typedAhead = this.typedAhead.slice(0, -1);
        } else if (ev.key.length === 1) {
            this.typedAhead += this.model.prompt === "skip" ? ev.key : keyOf(ev);
        } else {
            return;
        }
        ev.preventDefault();
    }

    onKeydown(ev) {
        // a key that is held down, or meant for a dialog, a menu or the browser
        const isElsewhere =
            this.ui.activeElement !== document || document.querySelector(".o-dropdown--menu");
        if (ev.repeat || isElsewhere || ev.ctrlKey || ev.altKey || ev.metaKey) {
            return;
        }
        const writing = ev.target.closest?.("input, textarea, select, [contenteditable=true]");
        if (writing) {
            if (ev.key === "Escape") {
                this.model.prompt = "";
                this.focusHeading();
            }
            return;
        }
        if (this.model.prompt) {
            // a question is open: keys are its answer, also those pressed before it was drawn, and never another act
            if (ev.key === "Escape") {
                this.model.prompt = "";
            } else if (this.typedAhead !== null) {
                this.typeAhead(ev);
            } else if (ev.key.length === 1) {
                ev.preventDefault();
            }
            return;
        }
        // a button takes its Enter itself
        const isPress = ev.key === "Enter" && ev.target.closest?.("a, button, summary");
        if (!isPress && this.onKey(keyOf(ev))) {
            ev.preventDefault();
            ev.stopPropagation();
        }
    }

    /** @returns {boolean} whether the key means something here */
    onKey(key) {
        const outcome = outcomeOf(key, seen(this.parts, this.isMoreOpen), this.keys);
        if (outcome) {
            if (!this.model.after) {
                this.choose(outcome);
            }
            return true;
        }
        if (
            this.parts.more.length &&
            !this.model.after &&
            [MORE_KEY, this.isMoreOpen && "Escape"].includes(key)
        ) {
            this.toggleMore();
            return true;
        }
        const keys = {
            n: () => this.note.el?.focus(),
            s: () => this.ask("skip"),
            z: () => this.ask("snooze"),
            r: () => this.ask("reassign"),
            p: () => this.ask("pause"),
            "/": () => this.search.el?.querySelector("input").focus(),
            t: () => this.planOwn(),
            u: () => this.undo(),
            b: () => this.openBulk(),
            a: () => this.openAnswer(),
            w: () => this.card && this.openWhy(),
            o: () => this.card && this.openRecord(),
            m: () => this.card && this.openPrepared(),
            j: () => this.model.step(1),
            k: () => this.model.step(-1),
            "?": () => this.openHelp(),
        };
        if (this.model.after && key === "Enter") {
            this.model.goOn();
            return true;
        }
        const act = keys[key.toLowerCase()];
        act?.();
        return Boolean(act);
    }
}

registry.category("actions").add("touch_cadence.desk", TouchDesk);
