{
    "name": "Touch Cadence: Example",
    "summary": "Not for use: one of everything that another addon may bring. docs/extending.md walks through it.",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Touch Cadence contributors",
    "license": "LGPL-3",
    "depends": ["touch_cadence"],
    "data": ["security/ir.model.access.csv", "data/mail_activity_type_data.xml"],
}
