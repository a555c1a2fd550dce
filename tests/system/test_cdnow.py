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
    lines["dollars"] = lines["dollars"].astype(float)
    grouped = lines.groupby("customer")["day"]
    table = pandas.DataFrame({"first": grouped.min(), "last": grouped.max(), "days": grouped.nunique()})
    table["interval"] = ((table["last"] - table["first"]).dt.days / (table["days"] - 1)).where(table["days"] > 1)
    usual = table["interval"].round().clip(lower=30).fillna(180)
    table["missed"] = (END - table["last"]).dt.days > usual
    table["loyal"] = (table["days"] > 1) & ~table["missed"]
    last_year = lines[lines["day"] >= END.replace(year=1997, month=6, day=1)]
    table["value"] = last_year.groupby("customer")["dollars"].sum().reindex(table.index, fill_value=0).round(2)
    # of the twelve months before June 1998, those since the first purchase in which nothing was bought, and nobody touched anyone then
    this_month = END.to_period("M")
    months = last_year[last_year["day"].dt.to_period("M") < this_month]
    contacted = months.groupby("customer")["day"].agg(lambda days: days.dt.to_period("M").nunique()).reindex(table.index, fill_value=0)
    known = table["first"].dt.to_period("M").map(lambda month: (this_month - month).n).clip(upper=12)
    table["lost"] = table["value"] * (1 - 0.9 ** (known - contacted))
    ranked = table.sort_values("value", ascending=False)["value"]
    before = (ranked.groupby(-ranked).sum().cumsum().shift(fill_value=0) / ranked.sum()).rename(lambda value: -value)
    share = table["value"].map(before)
    table["abc"] = pandas.cut(share, [-1, 0.8, 0.95, 2], right=False, labels=["a", "b", "c"]).astype(str).where(table["value"] > 0, "c")
    days = lines.drop_duplicates(["customer", "day"]).sort_values(["customer", "day"])
    gaps = days.groupby("customer")["day"].diff().dt.days.groupby(days["customer"])
    variation = (gaps.std(ddof=0) / gaps.mean()).where(table["days"] > 2)
    table["xyz"] = pandas.cut(variation, [-1, 0.1, 0.25, 99], labels=["x", "y", "z"]).astype(object).fillna("z")
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


def test_what_each_is_worth_and_what_missed_months_cost(said, customers):
    assert said["value"] == pytest.approx(customers["value"].to_dict(), abs=0.011)
    assert said["lost"] == pytest.approx(customers["lost"].to_dict(), abs=0.011)
    assert sum(said["lost"].values()) > 0


def test_classes_by_volume_and_regularity_and_who_is_loyal(said, customers):
    assert said["abc"] == customers["abc"].to_dict()
    assert said["xyz"] == customers["xyz"].to_dict()
    assert sorted(said["loyal"]) == sorted(customers.index[customers["loyal"]])
