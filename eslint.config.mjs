// Resolved from the set-up's own node_modules, so that the checkout holds none.
import { createRequire } from "node:module";

const require = createRequire(new URL("./.workbench/npm/", import.meta.url));
const js = require("@eslint/js");
const globals = require("globals");

export default [
    js.configs.recommended,
    {
        languageOptions: {
            ecmaVersion: 2024,
            sourceType: "module",
            globals: { ...globals.browser, odoo: "readonly", luxon: "readonly", owl: "readonly" },
        },
    },
];
