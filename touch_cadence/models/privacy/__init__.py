from . import touch_privacy_holding
