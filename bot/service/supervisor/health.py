"""Whether the whole instance is healthy, as the service says."""

import http.client
import json

from bot.service.supervisor.instance import Instance

PARTS = ("service", "worker", "engine")


def ailing_parts(instance: Instance) -> tuple[str, ...]:
    """Return the parts that the service's own GET /health does not call "ok"; all of them while it does not answer."""
    report = _read_health(instance)
    return tuple(part for part in PARTS if report.get(part) != "ok")


def _read_health(instance: Instance) -> dict[str, object]:
    # Not urllib: it would ask a proxy that the environment names.
    connection = http.client.HTTPConnection("127.0.0.1", instance.port, timeout=2)
    try:
        connection.request("GET", "/health")
        report = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return {}
    finally:
        connection.close()
    return report if isinstance(report, dict) else {}
