import pytest

from devstack.claim import StateInUseError, StateUnusableError, claim


def test_a_state_that_cannot_be_made_is_named_with_the_way_out(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StateUnusableError, match="Choose another --state"):
        claim(tmp_path / "file" / "state", fresh=False)


def test_a_state_has_one_world_at_a_time(tmp_path):
    with claim(tmp_path, fresh=False), pytest.raises(StateInUseError):
        claim(tmp_path, fresh=True)
    claim(tmp_path, fresh=False).close()
