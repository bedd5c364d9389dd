import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.supabase.file_paths import own_path
from shared.errors.models import ForeignFile

ADA = "5b6c1f0e-0000-4000-8000-00000000ada0"
BOB = "5b6c1f0e-0000-4000-8000-00000000b0b0"


@pytest.mark.parametrize(
    "rest", ["m.joblib", "a/b/c.joblib", "..m", ".hidden", "a b (1).joblib", "é"]
)
def test_a_file_in_its_owners_folder_is_fine(rest: str) -> None:
    assert own_path(f"{ADA}/{rest}", owner=ADA) == f"{ADA}/{rest}"


@pytest.mark.parametrize(
    "path",
    [f"{BOB}/m", ADA, f"{ADA}/", f"/{ADA}/m", f"{ADA}//m", f"{ADA}/.", f"{ADA}/..", f"{ADA}/../m",
     f"{ADA}/a/../../{BOB}/m", f"{ADA}/./m", f"{ADA}\\m", f"{ADA}/a\\..\\m", f"{ADA}/a\nb",
     f"{ADA}/a\x00b", f"{ADA.upper()}/m", f"models/{ADA}/m", f"{ADA}x/m", "",
     f"{ADA}/" + "a" * 900],
)  # fmt: skip
def test_any_other_path_is_foreign(path: str) -> None:
    with pytest.raises(ForeignFile):
        own_path(path, owner=ADA)


@given(st.text(st.sampled_from("./\\ab%\n"), max_size=12))
def test_no_accepted_path_has_a_segment_that_means_something(rest: str) -> None:
    try:
        path = own_path(f"{ADA}/{rest}")
    except ForeignFile:
        return
    segments = path.split("/")
    assert segments[0] == ADA
    assert not {"", ".", ".."} & set(segments)
