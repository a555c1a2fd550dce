from . import base_partner_merge, touch_enroll, touch_log, touch_settings
