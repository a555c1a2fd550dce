from . import (
    mail_activity_type,
    res_partner,
    shop_order,
    touch_channel,
    touch_facts,
    touch_outcome,
    touch_touch,
    touch_words,
)
