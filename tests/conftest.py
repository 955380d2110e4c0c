"""Gives every folder of the service's environment its fixtures; the engine's environment has none of what they need."""

from importlib.util import find_spec

if find_spec("fastapi") is not None:
    pytest_plugins = ["tests.service_fixtures"]
