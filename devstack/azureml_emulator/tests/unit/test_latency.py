import pytest

from devstack.azureml_emulator.latency import Latency


def test_instant_waits_for_nothing_and_lets_clients_poll_soon():
    instant = Latency.preset("instant")
    assert sum(instant.model_dump(exclude={"as_azure"}).values()) == 0
    assert instant.polling_headers() == {"retry-after-ms": "100"}


def test_real_takes_minutes_and_gives_no_polling_hint():
    real = Latency.preset("real")
    assert (real.endpoint, real.delete) == (120, 1200)
    assert 360 <= real.deployment + real.image_build <= 600
    assert real.polling_headers() == {}


def test_a_factor_shortens_the_real_times_and_keeps_the_hint():
    tenth = Latency.preset("0.1")
    assert tenth.endpoint == pytest.approx(12)
    assert tenth.polling_headers()


@pytest.mark.parametrize("text", ["soon", "", "-1", "nan", "inf"])
def test_other_presets_are_refused(text):
    with pytest.raises(ValueError, match="is not"):
        Latency.preset(text)
