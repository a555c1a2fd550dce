"""How the number of a touch is told."""

# of a run: from then on what counts beyond the target are months
DAYS_OF_MONTH = 30


def is_of_target(number: int, target: int) -> bool:
    """:param number: of the touch in its run
    :param target: touches to a deal (R2), 0 for none
    :return: whether one says "touch 3 of 7"; beyond the target, as in nurture that goes on for years, something else is said"""
    return 0 < number <= target


def months(number: int, target: int, days: int) -> int:
    """:param days: from the start of the run to the touch
    :return: months to be told instead of the number ("4 months in nurture"); 0: the number is told"""
    return 0 if is_of_target(number, target) else days // DAYS_OF_MONTH
