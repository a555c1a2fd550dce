import { registry } from "@web/core/registry";

import { DeskModel, deskStorageKey } from "./desk_model";

/** What a closed window left behind on the desk is sent when the web client starts, whatever page it opens with. */
export const deskLeftBehindService = {
    dependencies: ["orm", "notification"],
    start(env, { orm, notification }) {
        const model = new DeskModel({
            call: (method, args) => orm.silent.call("touch.desk", method, args),
            tell: (message, type) => notification.add(message, { type, sticky: type !== "info" }),
            storageKey: deskStorageKey(),
        });
        model.adopt();
    },
};

registry.category("services").add("touch_desk_left_behind", deskLeftBehindService);
