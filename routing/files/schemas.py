"""The JSON Schemas of our formats, made from the very records that read the files."""

from typing import Any

import msgspec

from routing.files.plan_records import PlanFile
from routing.files.problem_records import ProblemFile
from routing.files.week_records import WeekFile

RECORDS: dict[str, type[msgspec.Struct]] = {"problem": ProblemFile, "plan": PlanFile, "week": WeekFile}


def schema_text(name: str) -> bytes:
    """The JSON Schema (draft 2020-12) of this format, as the file NAME.schema.json beside this module holds it."""
    found: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **msgspec.json.schema(RECORDS[name]),
    }
    return msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n"
