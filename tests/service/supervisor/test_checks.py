import socket
import tarfile
from pathlib import Path

import pytest

from bot.service.errors import ConfigurationError
from bot.service.supervisor.checks import check_disk, check_model, check_port
from bot.service.supervisor.instance import Instance, read_instance
from tests.service.supervisor.children import three_free_ports


def test_a_taken_port_is_named_with_the_setting_that_changes_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(ConfigurationError) as refusal:
            check_port("engine", port)

    assert str(refusal.value) == (
        f"Port {port} (for the engine) cannot be used: Address already in use. "
        "Stop what uses it, or choose the first of three free ports in a row: GENKLANG_PORT=8100 make run"
    )


def test_a_free_port_is_accepted() -> None:
    check_port("engine", three_free_ports())


def test_a_disk_that_is_nearly_full_is_refused(tmp_path: Path) -> None:
    check_disk(tmp_path, megabytes=1)

    with pytest.raises(ConfigurationError, match=r"Only \d+ MB are free in .*; 1000000000 MB are needed"):
        check_disk(tmp_path, megabytes=1_000_000_000)


def test_a_whole_model_is_accepted(tmp_path: Path) -> None:
    model = tmp_path / "genklang.tar.gz"
    with tarfile.open(model, "w:gz") as archive:
        archive.add(__file__, "metadata.json")

    check_model(model)


@pytest.mark.parametrize("content", [b"", b"not an archive", b"\x1f\x8b\x08\x00half"])
def test_a_damaged_model_is_refused(content: bytes, tmp_path: Path) -> None:
    model = tmp_path / "genklang.tar.gz"
    model.write_bytes(content)

    with pytest.raises(ConfigurationError, match="is damaged: delete it and run `make train`"):
        check_model(model)


def test_a_missing_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"There is no model at .*`make train` makes it"):
        check_model(tmp_path / "genklang.tar.gz")


def test_an_instance_of_its_own(tmp_path: Path) -> None:
    instance = read_instance({"GENKLANG_HOME": str(tmp_path), "GENKLANG_PORT": "8100"})

    assert instance == Instance(tmp_path, 8100)
    assert instance.ports == {"service": 8100, "engine": 8101, "control": 8102}


def test_the_ordinary_instance_stands_in_var_at_8000() -> None:
    assert read_instance({}) == Instance(Path("var").resolve(), 8000)


@pytest.mark.parametrize("port", ["0", "65534", "-1", "http", "80 80", "٣"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(ConfigurationError, match="GENKLANG_PORT must be a whole number from 1 to 65533"):
        read_instance({"GENKLANG_PORT": port})


def test_production_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="GENKLANG_MODE is not development"):
        read_instance({"GENKLANG_MODE": "production"})
