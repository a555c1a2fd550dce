from . import touch_script
