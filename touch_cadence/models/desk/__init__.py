from . import (
    touch_desk,
    touch_desk_act,
    touch_desk_bulk,
    touch_desk_card,
    touch_desk_find,
    touch_desk_meetings,
)
