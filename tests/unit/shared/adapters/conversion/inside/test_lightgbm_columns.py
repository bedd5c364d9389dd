"""Which columns of a table were categories, of whose places LightGBM keeps but a part."""

import pytest

from shared.adapters.conversion.inside.kinds import NotServable
from shared.adapters.conversion.inside.lightgbm_columns import lightgbm_categories

CITIES, GRADES = ["Bonn", "Kiel", "Ulm"], ["low", "mid", "high", "top"]


def text(ranges: str, categories: str) -> str:
    """As Booster.model_to_string() says it."""
    return f"tree\nfeature_infos={ranges}\n\n[categorical_feature: {categories}]\n"


def test_categories_without_an_order_stand_where_it_says() -> None:
    said = text("[19:78] -1:2:0:1 0:3:1:2 [0:2]", "1,2")
    assert lightgbm_categories(said, [CITIES, GRADES]) == [1, 2]


def test_ordered_ones_stand_where_their_codes_are() -> None:
    after = text("[19:78] [1870.5:281502.8] -1:2:0:1 [0:3]", "2")
    assert lightgbm_categories(after, [CITIES, GRADES]) == [2, 3]
    before = text("[0:3] [-1:2] none 0:1:2", "3")
    assert lightgbm_categories(before, [GRADES, CITIES]) == [0, 3]
    alone = text("[19:78] [0:2]", "")
    assert lightgbm_categories(alone, [CITIES]) == [1]


@pytest.mark.parametrize("ranges", ["[0:1] [0:2] [5:6]", "[0.5:1] [3:9] [5:6]"])
def test_where_several_columns_or_none_could_be_them_it_is_refused(ranges: str) -> None:
    with pytest.raises(NotServable, match="ordered categories") as refused:
        lightgbm_categories(text(ranges, ""), [CITIES])
    assert "as_unordered" in refused.value.fix


def test_numbers_that_were_fitted_as_categories_are_none_of_the_tables() -> None:
    assert lightgbm_categories(text("0:1:2 3:4:5", "0,1"), [CITIES]) == [0]
