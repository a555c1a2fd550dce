from . import (
    mail_mail,
    sms_tracker,
    mail_thread,
    resource_calendar_leaves,
    mail_blacklist,
    phone_blacklist,
    client_changes,
    company_changes,
    reach_changes,
    touch_bounce,
    touch_inbox,
    user_changes,
)
