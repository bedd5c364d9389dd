"""Which LightGBM wrote a model, as its text tells: whole, in pieces, and inside a file."""

import io

import pytest

from serving.model_file.lightgbm_text import LightGBMText, release_of
from shared.adapters.conversion.scan.reading import read

FIRST = ["boosting: gbdt"]
SINCE_4_1 = [*FIRST, "lambdarank_position_bias_regularization: 0"]
SINCE_4_2 = [*SINCE_4_1, "data_sample_strategy: bagging"]
SINCE_4_4 = [*SINCE_4_2, "early_stopping_min_delta: 0"]
SINCE_4_6 = [*SINCE_4_4, "bagging_by_query: 0"]
SINCE_4_7 = [*SINCE_4_6, "gpu_device_id_list: "]


def model(parameters: list[str], version: str = "v4", names: str = "a b") -> str:
    """A text as the library writes it, without its trees."""
    told = "\n".join(f"[{each}]" for each in parameters)
    trees = "Tree=0\nnum_leaves=1\n" + "leaf_value=0.25\n" * 200
    return (
        f"tree\nversion={version}\nnum_class=1\nfeature_names={names}\n\n{trees}\nend of trees\n\n"
        f"parameters:\n{told}\nend of parameters\n\npandas_categorical:null\n"
    )


@pytest.mark.parametrize(
    ("text", "release"),
    [
        (model(FIRST, "v3"), "3.3.5"),
        (model(FIRST, "v2"), "3.3.5"),
        (model(FIRST), "4.0.0"),
        (model(SINCE_4_1), "4.1.0"),
        (model(SINCE_4_2), "4.3.0"),
        (model(SINCE_4_4), "4.5.0"),
        (model(SINCE_4_6), "4.6.0"),
        (model(SINCE_4_7), "4.7.0"),
        (model([*SINCE_4_7, "unheard_of: 1"]), "4.7.0"),
        (model([]), ""),
        (model([], names="gpu_device_id_list: bagging_by_query"), ""),
        ("tree", ""),
        ("[boosting: gbdt]", ""),
    ],
)
def test_the_parameters_tell_the_release_however_the_text_is_cut(text: str, release: str) -> None:
    assert release_of(text) == release
    for size in (1, 7, 64, 1000):
        pieces = LightGBMText()
        for start in range(0, len(text), size):
            pieces.feed(text[start : start + size].encode())
        assert pieces.release == release


@pytest.mark.parametrize("texts", [[SINCE_4_2], [SINCE_4_6, SINCE_4_2]])
def test_a_pickle_shows_the_newest_release_that_wrote_in_it(texts: list[list[str]]) -> None:
    boosters = b"".join(b"clightgbm.basic\nBooster\n)\x81}" + _handle(each) for each in texts)
    found = read(io.BytesIO(b"\x80\x02]q\x00(" + boosters + b"e."), "upload")
    assert found["libraries"] == {"LightGBM": release_of(model(texts[0]))}


def _handle(parameters: list[str]) -> bytes:
    """The booster's state: its text, longer than what the reader has ahead of it."""
    data = model(parameters).encode()
    data = data.replace(b"\nend of trees", b"\n" * (1 << 20) + b"\nend of trees")
    return b"X\x06\x00\x00\x00handleX" + len(data).to_bytes(4, "little") + data + b"sb"
