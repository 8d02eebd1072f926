"""Which OpenStreetMap ways a team with a dog may walk. The first line that fits decides.

| tags                                                 | walkable?                                              |
|------------------------------------------------------|--------------------------------------------------------|
| highway missing, or a value not in HIGHWAY_CLASSES   | no: motorway, corridor, elevator, platform, busway,    |
|                                                      | construction, proposed, via_ferrata, ...               |
| dog=no                                               | no: this is a dog patrol                               |
| indoor other than no                                 | no: shops and stations are not patrolled               |
| foot=no, private, use_sidepath, customers, ...       | no                                                     |
| foot=yes, designated, permissive, official, ...      | yes, whatever the lines below say                      |
| access=no, private, military, customers, ...         | no                                                     |
| motorroad=yes                                        | no                                                     |
| highway=cycleway, bridleway                          | no (without foot, above)                               |
| service=drive-through, emergency_access              | no                                                     |
| highway=trunk, trunk_link; in a tunnel also primary, | only with sidewalk=yes, both, left or right (or foot,  |
| secondary and their links                            | above)                                                 |
| sidewalk=separate (or the only sidewalk:SIDE) on     | no: the pavement is drawn as a way of its own, and     |
| primary, secondary, tertiary and their links         | that is walked; on quieter streets people walk on the  |
|                                                      | roadway even so                                        |
| everything else                                      | yes: footway, path, pedestrian, steps, living_street,  |
|                                                      | residential, unclassified, service, tertiary,          |
|                                                      | secondary, primary, their links, track, road           |

One-way rules do not bind walkers and are not read; nor are conditional tags. service=parking_aisle and
service=driveway are walkable, as footways end on them, but have classes of their own, so that nobody is sent to patrol
a car park (see routing.stretches). A square (area=yes, or a multipolygon with a walkable highway value) is walked along
its outline.
"""

from __future__ import annotations

from collections.abc import Mapping

from routing.streets import HIGHWAY_CLASSES

FOOT_REFUSED = frozenset(
    {"no", "private", "use_sidepath", "customers", "military", "agricultural", "forestry", "delivery", "restricted"},
)
FOOT_ALLOWED = frozenset({"yes", "designated", "permissive", "official", "destination", "public"})
ACCESS_REFUSED = FOOT_REFUSED | {"residents", "permit", "employees", "emergency", "psv", "bus"}
NEEDS_FOOT = frozenset({"cycleway", "bridleway"})
NEEDS_SIDEWALK = frozenset({"trunk", "trunk_link"})
NEEDS_SIDEWALK_IN_TUNNEL = frozenset({"primary", "primary_link", "secondary", "secondary_link"})
SIDEWALK_DRAWN_APART = frozenset(
    {"primary", "primary_link", "secondary", "secondary_link", "tertiary", "tertiary_link"},
)
REFUSED_SERVICES = frozenset({"drive-through", "emergency_access"})
FINER_CLASSES = {
    ("footway", "footway", "sidewalk"): "sidewalk",
    ("footway", "footway", "crossing"): "crossing",
    ("service", "service", "parking_aisle"): "parking_aisle",
    ("service", "service", "driveway"): "driveway",
}
OUR_OWN_CLASSES = frozenset(FINER_CLASSES.values())
_CLASS_INDEX = {name: index for index, name in enumerate(HIGHWAY_CLASSES)}


def walking_class(tags: Mapping[str, str]) -> int | None:
    """The way's index into HIGHWAY_CLASSES, None when it may not be walked."""
    highway = tags.get("highway", "")
    if highway not in _CLASS_INDEX or highway in OUR_OWN_CLASSES or not _may_walk(highway, tags):
        return None
    for (value, key, finer), name in FINER_CLASSES.items():
        if highway == value and tags.get(key) == finer:
            return _CLASS_INDEX[name]
    return _CLASS_INDEX[highway]


def _may_walk(highway: str, tags: Mapping[str, str]) -> bool:
    foot = tags.get("foot")
    if tags.get("dog") == "no" or tags.get("indoor", "no") != "no" or foot in FOOT_REFUSED:
        return False
    if foot in FOOT_ALLOWED:
        return True
    if tags.get("access") in ACCESS_REFUSED or tags.get("motorroad") == "yes":
        return False
    if highway in NEEDS_FOOT or tags.get("service") in REFUSED_SERVICES:
        return False
    if highway in NEEDS_SIDEWALK or (highway in NEEDS_SIDEWALK_IN_TUNNEL and tags.get("tunnel", "no") != "no"):
        return _has_sidewalk(tags)
    return not (highway in SIDEWALK_DRAWN_APART and _sidewalk_is_drawn_apart(tags))


def _has_sidewalk(tags: Mapping[str, str]) -> bool:
    sides = (tags.get(key) for key in ("sidewalk:both", "sidewalk:left", "sidewalk:right"))
    return tags.get("sidewalk") in {"yes", "both", "left", "right"} or "yes" in sides


def _sidewalk_is_drawn_apart(tags: Mapping[str, str]) -> bool:
    if "separate" in (tags.get("sidewalk"), tags.get("sidewalk:both")):
        return True
    sides = {tags.get("sidewalk:left", "no"), tags.get("sidewalk:right", "no")}
    return "separate" in sides and sides <= {"separate", "no", "none"}


def street_name(tags: Mapping[str, str]) -> str:
    """The name on the sign; for a pavement drawn apart, that of its street; "" when there is none."""
    return (tags.get("name") or tags.get("is_sidepath:of:name") or "").strip()
