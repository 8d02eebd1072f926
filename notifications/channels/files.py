"""A channel for trying things out: each message is a file, for this user alone."""

import json
import os
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

import structlog

from notifications.channels import Outcome, Retry, Sent, Withheld
from notifications.direct import Opener
from notifications.models import Message

log = structlog.get_logger(__name__)

KEPT = timedelta(hours=1)
CODES = "codes"
"""Folder in PATROL_VAR for codes that nothing is set up to send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDrop:
    """Stands in for `name`. Drops only what itself goes out, such as codes: everything else is read in the inbox."""

    name: str
    folder: Path
    opens: Opener

    def send(self, message: Message, address: str) -> Outcome:
        """Write one file, whole or not at all; the same message again is the same file."""
        said = self.opens(message)
        if said is None:
            return Withheld()
        content = {"channel": self.name, "to": address, **said, "created_at": message.created_at.isoformat()}
        path = self.folder / f"{message.created_at:%Y%m%dT%H%M%S}-{message.id}.json"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
        except OSError as error:
            return Retry(f"{error.filename}: {error.strerror}")
        log.info("a message waits in a file", channel=self.name, file=str(path))
        return Sent()

    def tidy(self, now: datetime) -> None:
        """Remove codes that ran out long ago, and what a crash left half-written of one."""
        for path in chain(self.folder.glob("*.json"), self.folder.glob("*.draft")):
            with suppress(FileNotFoundError):  # another channel with this folder may be tidying, too
                if now.timestamp() - path.stat().st_mtime > KEPT.total_seconds():
                    path.unlink()


def remove_addressed(folder: Path, addresses: Collection[str]) -> None:
    """Remove what waits in the folder for any of these addresses."""
    for path in folder.glob("*.json"):
        with suppress(FileNotFoundError, ValueError):  # picked up or tidied away meanwhile, or none of ours
            if json.loads(path.read_text(encoding="utf-8")).get("to") in addresses:
                path.unlink()


def write_whole(path: Path, text: str) -> None:
    """Make the file with all of `text` in it, readable by this user alone; nobody ever sees half of it."""
    draft = path.with_suffix(".draft")
    opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
