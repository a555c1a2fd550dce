from . import (
    touch_client_mixin,
    touch_reach,
    touch_closed_address,
    touch_consent,
    res_partner,
    crm_lead,
    touch_client,
    touch_client_temperature,
    mail_message,
)
