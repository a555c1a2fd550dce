from . import base_partner_merge, touch_base, touch_enroll, touch_hand_over, touch_log, touch_settings
