from . import (
    test_acceptance,
    test_access,
    test_activity,
    test_client,
    test_enrollment,
    test_method,
    test_planner,
    test_simulation,
    test_speed,
    test_tour,
    test_value,
)
