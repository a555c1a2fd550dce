from . import (
    touch_background,
    touch_job,
    touch_bulk_mixin,
    touch_job_left_out,
)
