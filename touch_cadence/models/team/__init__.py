from . import (
    res_users,
    crm_team_member,
    crm_team,
)
