import pytest
from pydantic import BaseModel, ValidationError

from shared.domain.text import PlainJson, Text
from shared.domain.trained_model import RegisterModel


class Written(BaseModel):
    words: Text = ""
    document: PlainJson = {}


@pytest.mark.parametrize("words", ["", "Bern, ünder 日本 🚀", "two\nlines\tand a tab"])
def test_text_stays_as_it_is(words):
    assert Written(words=words, document={words: [words]}).words == words


@pytest.mark.parametrize("words", ["\x00", "a\x1bb", "\x7f", "\x85", "\ud800", "a\udfffb"])
def test_control_characters_and_halves_of_pairs_are_refused_in_text_and_in_json(words):
    for sent in ({"words": words}, {"document": {words: 1}}, {"document": {"a": [{"b": words}]}}):
        with pytest.raises(ValidationError):
            Written.model_validate(sent)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_json_has_no_number_for_is_refused(number):
    with pytest.raises(ValidationError):
        Written(document={"accuracy": number})


def test_depth_is_bounded():
    deep: object = 1
    for _ in range(200):
        deep = [deep]
    with pytest.raises(ValidationError, match="20 levels"):
        Written(document={"a": deep})


@pytest.mark.parametrize("sent", ["", None])
def test_an_empty_algorithm_is_none(sent):
    assert RegisterModel(model_name="Cafe\u0301", file_path="f", algorithm=sent).algorithm is None


@pytest.mark.parametrize("sent", [" ", "a\nb", 5, []])
def test_an_algorithm_is_one_line_that_can_be_seen(sent):
    with pytest.raises(ValidationError):
        RegisterModel(model_name="m", file_path="f", algorithm=sent)
