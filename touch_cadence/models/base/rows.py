"""Rows of queries, by the names of their columns."""

from collections import namedtuple


def named_rows(env, query):
    """Run a query whose columns have names of their own.

    :param query: a SQL object
    :return: its rows as named tuples: ``row.name``, and no heavier than the tuples that the database gives
    """
    # SQL: the query is the caller's, and its reason stands there
    rows = env.execute_query(query)
    row = namedtuple("Row", [column.name for column in env.cr.description], rename=True)
    return list(map(row._make, rows))
