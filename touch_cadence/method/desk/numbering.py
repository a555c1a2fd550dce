"""How the number of a touch is told."""


def is_of_target(number: int, target: int) -> bool:
    """:param number: of the touch in its run
    :param target: touches to a deal (R2), 0 for none
    :return: whether one says "touch 3 of 7"; beyond the target, as in nurture that goes on for years, the number stands alone"""
    return 0 < number <= target
