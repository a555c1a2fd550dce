{
    "name": "Touch Cadence: Sales Orders",
    "summary": "Confirmed orders are purchases: the cadence ends, the buyer goes to care, and who stops buying is won back",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Touch Cadence contributors",
    "license": "LGPL-3",
    "depends": ["touch_cadence", "sale_crm"],
    "auto_install": True,
}
