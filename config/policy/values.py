"""What a value of a policy may be."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Words = dict[Literal["ko", "en"], Annotated[str, Meta(min_length=1)]]
Urgency = Literal["Immediate", "Expected", "Future"]
Destination = Literal["box", "coordinators", "duty", "facility"]
Minutes = Annotated[int, Meta(gt=0, le=44_640)]
Days = Annotated[int, Meta(gt=0, le=36_500)]
Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
TimeOfDay = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file; an unknown name in it is refused, as it is most likely a slip of the pen."""
