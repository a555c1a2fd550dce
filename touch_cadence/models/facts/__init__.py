from . import (
    touch_recording,
    touch_facts,
    touch_facts_days,
    touch_enrollment_responsible,
    touch_touch_explain,
    touch_words_then,
)
