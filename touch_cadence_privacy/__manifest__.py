{
    "name": "Touch Cadence: Privacy Lookup",
    "summary": "Odoo's privacy lookup finds touches, enrolments, judgements and expert bookings, and makes them anonymous instead of deleting them",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Touch Cadence contributors",
    "license": "LGPL-3",
    "depends": ["touch_cadence", "privacy_lookup"],
    "auto_install": True,
}
