"""Names that several rooms use."""

# who may see what is planned for a client: not portal users, nor colleagues outside sales
SALES = "sales_team.group_sale_salesman"
# who sees the deals of colleagues: leaders of teams
ALL_DOCUMENTS = "sales_team.group_sale_salesman_all_leads"
MANAGER = "sales_team.group_sale_manager"
CLIENT_MODELS = [("crm.lead", "Leads and opportunities"), ("res.partner", "Contacts")]
