"""The purchases of 2,357 real customers: what the addon says of them is what the file says, computed a second way."""

import importlib.util
import json
import os
import pathlib

import pandas
import pytest
from conftest import ROOT, in_shell

END = pandas.Timestamp("1998-06-30")


@pytest.fixture(scope="module")
def said(make_database, tmp_path_factory):
    target = tmp_path_factory.mktemp("cdnow") / "figures.json"
    os.environ["CDNOW_JSON"] = str(target)
    try:
        print(in_shell(make_database("test_cdnow"), (ROOT / "tools" / "cdnow.py").read_text()))
    finally:
        del os.environ["CDNOW_JSON"]
    return json.loads(target.read_text())


@pytest.fixture(scope="module")
def customers():
    """One row a customer, straight from the file."""
    folder = pathlib.Path(importlib.util.find_spec("lifetimes").submodule_search_locations[0])
    lines = pandas.read_csv(
        folder / "datasets" / "CDNOW_sample.txt",
        sep=r"\s+",
        header=None,
        names=["master", "customer", "day", "discs", "dollars"],
        dtype=str,
    )
    lines["day"] = pandas.to_datetime(lines["day"], format="%Y%m%d")
    grouped = lines.groupby("customer")["day"]
    table = pandas.DataFrame({"first": grouped.min(), "last": grouped.max(), "days": grouped.nunique()})
    table["interval"] = ((table["last"] - table["first"]).dt.days / (table["days"] - 1)).where(table["days"] > 1)
    usual = table["interval"].round().clip(lower=30).fillna(180)
    table["missed"] = (END - table["last"]).dt.days > usual
    return table


def test_the_share_of_customers_with_a_repeat_purchase(said, customers):
    assert said["customers"] == len(customers) == 2357
    assert said["repeat"] == pytest.approx((customers["days"] > 1).mean(), abs=1e-12)


def test_each_customers_own_rhythm(said, customers):
    own = customers.loc[customers["days"] > 1, "interval"].round().astype(int)
    assert said["intervals"] == own.to_dict()


def test_who_is_active_and_who_is_to_be_won_back(said, customers):
    assert said["missed"] == sorted(customers.index[customers["missed"]])
    assert said["active"] == sorted(customers.index[~customers["missed"]])
    assert 0 < len(said["missed"]) < len(customers)


def test_all_of_those_are_enrolled_to_be_won_back_and_nobody_else(said):
    assert sorted(said["enrolled"]) == said["missed"]
