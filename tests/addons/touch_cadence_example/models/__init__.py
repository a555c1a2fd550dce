from . import (
    mail_activity_type,
    res_company,
    res_partner,
    shop_order,
    touch_channel,
    touch_desk,
    touch_facts,
    touch_outcome,
    touch_reach,
    touch_touch,
    touch_words,
)
