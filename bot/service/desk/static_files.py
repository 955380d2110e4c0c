"""The desk's style sheet, script and icon, held in memory and named by their content: browsers may keep them."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class StaticFiles:
    """File contents by name."""

    contents: dict[str, bytes]

    @classmethod
    def load(cls) -> "StaticFiles":
        """Read every known kind of file of the folder."""
        return cls({path.name: path.read_bytes() for path in FOLDER.iterdir() if path.suffix in MEDIA_TYPES})

    def address(self, name: str) -> str:
        """Where a page finds the file; another content has another address."""
        return f"/desk/static/{name}?v={hashlib.sha256(self.contents[name]).hexdigest()[:12]}"
