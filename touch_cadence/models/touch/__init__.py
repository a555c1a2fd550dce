from . import (
    touch_touch,
    touch_activity,
    touch_message,
    touch_answer,
    touch_script_preview,
)
