"""Containers that end."""

import asyncio
import sys
from pathlib import Path

from devstack.azureml_emulator.serving.containers import Container, ContainerSpec

SERVES_FOR_EVER = "import signal; signal.pause()"


def test_a_container_that_is_stopped_answers_what_it_was_asked_before(tmp_path: Path) -> None:
    spec = ContainerSpec(
        interpreter=Path(sys.executable),
        app_root=tmp_path,
        entry_script="score.py",
        model_dir=None,
        variables={},
        log_file=tmp_path / "log",
        processes=1,
    )

    async def stop_while_asked() -> None:
        container = Container("endpoint/blue", spec)
        container._process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SERVES_FOR_EVER
        )
        with container.asked():
            stopping = asyncio.create_task(container.stop())
            ended, _ = await asyncio.wait({stopping}, timeout=1)
            assert not ended
            assert container.pid is not None
        await stopping
        assert container.pid is None

    asyncio.run(stop_while_asked())
