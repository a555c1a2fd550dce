from . import (
    test_access,
    test_activity,
    test_client,
    test_enrollment,
    test_planner,
    test_speed,
    test_tour,
)
