import base64
import json
import stat
from pathlib import Path

import pytest

from bot.service.errors import ConfigurationError
from bot.service.supervisor.home import SECRETS, announce_ready, home_of, read_logins
from bot.service.supervisor.instance import Instance


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_home_and_its_secrets_are_for_the_owner_alone(tmp_path: Path) -> None:
    home = tmp_path / "deep" / "var"

    with home_of(Instance(home, 8000)) as secrets:
        modes = {name: mode(secrets.path(name)) for name in SECRETS}

    assert mode(home) == 0o700
    assert mode(home / "secrets") == 0o700
    assert modes == dict.fromkeys(SECRETS, 0o600)


def test_keys_are_32_random_bytes_and_every_secret_is_another(tmp_path: Path) -> None:
    with home_of(Instance(tmp_path, 8000)) as secrets:
        made = [secrets.read(name) for name in SECRETS]

    assert len(set(made)) == len(SECRETS)
    assert [len(base64.b64decode(key, validate=True)) for key in made[:2]] == [32, 32]


def test_secrets_are_kept(tmp_path: Path) -> None:
    with home_of(Instance(tmp_path, 8000)) as secrets:
        first = [secrets.read(name) for name in SECRETS]

    with home_of(Instance(tmp_path, 8000)) as secrets:
        second = [secrets.read(name) for name in SECRETS]

    assert second == first


def test_two_supervisors_cannot_share_a_home(tmp_path: Path) -> None:
    instance = Instance(tmp_path, 8000)
    with home_of(instance) as secrets:
        announce_ready(instance, secrets, [])

        with pytest.raises(ConfigurationError, match=r"An instance runs in .* already"), home_of(instance):
            pass

        assert (tmp_path / "ready.json").exists()  # the first one's, untouched by the second


def test_a_home_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    instance = Instance(tmp_path / "var", 8000)
    instance.home.write_text("a file")

    with pytest.raises(ConfigurationError, match="choose another GENKLANG_HOME"), home_of(instance):
        pass


def test_ready_names_every_address_and_goes_with_the_run(tmp_path: Path) -> None:
    instance = Instance(tmp_path, 8100)
    ready = tmp_path / "ready.json"
    ready.write_text("of a run that was killed")
    (tmp_path / "demo_logins.json").write_text('[{"name": "Åse"}]', encoding="utf-8")

    with home_of(instance) as secrets:
        found_at_start = ready.exists()
        announce_ready(instance, secrets, read_logins(instance))
        announced, token = json.loads(ready.read_text(encoding="utf-8")), secrets.read("dev_token")
        ready_mode = mode(ready)

    assert announced == {
        "service": "http://127.0.0.1:8100",
        "desk": "http://127.0.0.1:8100/desk",
        "chat": "http://127.0.0.1:8100/chat",
        "phone": "http://127.0.0.1:8100/phone",
        "control": "http://127.0.0.1:8102",
        "token": token,
        "logins": [{"name": "Åse"}],
    }
    assert ready_mode == 0o600
    assert (found_at_start, ready.exists()) == (False, False)
