from . import (
    res_partner_value,
    res_partner_purchases,
)
