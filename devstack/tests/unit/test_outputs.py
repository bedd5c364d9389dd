from devstack.outputs import unwritable


def test_a_file_in_a_folder_that_is_there_can_be_written(tmp_path):
    assert unwritable(tmp_path / "result.json") is None
    (tmp_path / "result.json").write_text("{}")
    assert unwritable(tmp_path / "result.json") is None


def test_a_missing_folder_and_a_folder_in_place_of_the_file_are_named(tmp_path):
    assert unwritable(tmp_path) == "it is a folder"
    assert unwritable(tmp_path / "missing" / "x.json") == f"there is no folder {tmp_path}/missing"
