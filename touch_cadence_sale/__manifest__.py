{
    "name": "Touch Cadence: Sales Orders",
    "summary": "Confirmed orders count as purchases: the cadence ends, buyers continue in Care, and those who stop buying are won back",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Touch Cadence contributors",
    "license": "LGPL-3",
    "depends": ["touch_cadence", "sale_crm"],
    "auto_install": True,
}
