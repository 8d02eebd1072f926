"""Blocks built from streets and safety data: the same again each time, readable, and never over a person's own."""

import msgspec
import pytest

from config.policy import Policy
from patrol.places.models import Block, SafetyPoint
from patrol.places.operations.blocks import edit_block
from patrol.places.operations.building import NothingToBuild, build_blocks
from patrol.places.operations.cities import put_policy
from patrol.places.operations.safety import import_safety
from patrol.places.operations.streets import NoStreets, import_streets
from tests.support.places import (
    NOW,
    a_bare_city,
    a_footway_town,
    block_columns,
    policy,
    seomyeon,
    with_safety_data,
)


def with_blocks(rules: Policy, **changes: object) -> Policy:
    return msgspec.structs.replace(rules, blocks=msgspec.structs.replace(rules.blocks, **changes))


def all_blocks() -> dict[str, Block]:
    return {block.code: block for block in Block.select().order_by(Block.code)}


def test_seomyeon_gets_264_blocks_of_20_km(database):
    built = build_blocks(with_safety_data(seomyeon()), now=NOW)
    blocks = all_blocks()
    assert (built.blocks, built.added, len(blocks), built.source) == (264, 264, 264, "safety data")
    assert built.length_m == pytest.approx(20_000, abs=50)
    assert built.weight == pytest.approx(1_417, abs=10)
    assert list(blocks) == [f"B-{number:04d}" for number in range(1, 265)]
    assert blocks["B-0001"].weight == 10
    assert all(1 <= block.weight <= 10 and 40 <= block.length_m <= 121 for block in blocks.values())


def test_a_weight_is_the_points_of_its_reasons_beside_the_best(database):
    build_blocks(with_safety_data(seomyeon()), now=NOW)
    points = {block.code: sum(reason["points"] for reason in block.reasons) for block in Block.select()}
    best = max(points.values())
    for block in Block.select():
        assert block.weight == pytest.approx(max(1, points[block.code] / best * 10), abs=0.06)
    codes = {reason["code"] for block in Block.select() for reason in block.reasons}
    assert codes == {"accident_hot_spot", "cctv_gap", "child_zone", "bar_street", "motel_street", "metro_exit"}


def test_two_cities_of_the_same_data_get_the_same_blocks(database):
    one, other = with_safety_data(seomyeon("One")), with_safety_data(seomyeon("Other"))
    build_blocks(one, now=NOW)
    build_blocks(other, now=NOW)
    made = [
        [block_columns(block) for block in Block.select().where(Block.city == city).order_by(Block.code)]
        for city in (one, other)
    ]
    assert made[0] == made[1]


def test_building_again_changes_nothing(database):
    city = with_safety_data(seomyeon())
    build_blocks(city, now=NOW)
    before = {code: (block.id, block.version) for code, block in all_blocks().items()}
    again = build_blocks(city, now=NOW)
    assert (again.added, again.changed, again.switched_off, again.unchanged) == (0, 0, 0, 264)
    assert {code: (block.id, block.version) for code, block in all_blocks().items()} == before


def test_other_rules_keep_the_ids_of_lines_chosen_again_and_switch_off_the_rest(database):
    city = with_safety_data(seomyeon())
    build_blocks(city, now=NOW)
    before = all_blocks()
    put_policy(city, with_blocks(policy(), share=0.1))
    built = build_blocks(city, now=NOW)
    after = all_blocks()
    assert (built.blocks, built.switched_off, len(after)) == (132, 132, 264)
    assert {code: block.id for code, block in after.items()} == {code: block.id for code, block in before.items()}
    assert sum(block.active for block in after.values()) == 132
    put_policy(city, policy())
    assert build_blocks(city, now=NOW).changed == 132
    assert all(block.active for block in all_blocks().values())


def test_a_block_that_somebody_edited_or_switched_off_stays_theirs(database):
    city = with_safety_data(seomyeon())
    build_blocks(city, now=NOW)
    blocks = all_blocks()
    edit_block(city, blocks["B-0001"].id, {"weight": 3.5}, expected=1, now=NOW)
    edit_block(city, blocks["B-0002"].id, {"active": False}, expected=1, now=NOW)
    build_blocks(city, now=NOW)
    after = all_blocks()
    assert (after["B-0001"].weight, after["B-0002"].active, len(after)) == (3.5, False, 264)


def test_without_safety_data_blocks_come_from_the_streets_alone(database):
    built = build_blocks(seomyeon(), now=NOW)
    assert (built.source, built.blocks) == ("streets alone", 264)
    assert {reason["code"] for block in Block.select() for reason in block.reasons} == {"street"}


def test_safety_data_that_lies_beside_no_street_counts_as_none(database):
    city = seomyeon()
    import_safety(city, "bar", b"lon,lat\n129.0701,35.1755\n")
    assert build_blocks(city, now=NOW).source == "streets alone"


def test_a_foreign_town_of_footways_gets_blocks_too(database, tmp_path):
    city = a_bare_city("Puistola", rules=policy("generic"))
    import_streets(city, a_footway_town(tmp_path, size=8), now=NOW)
    built = build_blocks(city, now=NOW)
    assert built.blocks == -(-built.stretches // 5)
    assert all(block.street.startswith("Polku") for block in Block.select())


def test_blocks_from_streets_alone_are_spread_over_the_town(database, tmp_path):
    city = a_bare_city("Puistola", rules=policy("generic"))
    import_streets(city, a_footway_town(tmp_path, size=14), now=NOW)
    build_blocks(city, now=NOW)
    west, south, east, north = city.bbox
    quarters = {(block.lon > (west + east) / 2, block.lat > (south + north) / 2) for block in Block.select()}
    assert len(quarters) == 4


def test_a_camera_close_by_on_foot_closes_the_gap(database):
    city = seomyeon(rules=with_blocks(policy(), share=1.0, at_most=5000))

    def blocks_at_the_crossing() -> int:
        build_blocks(city, now=NOW)
        active = Block.select().where(Block.active)
        return sum(abs(b.lon - 129.0595) < 0.0006 and abs(b.lat - 35.1578) < 0.0006 for b in active)

    import_safety(city, "cctv", b"lon,lat\n129.0690,35.1500\n")
    assert blocks_at_the_crossing() > 0
    import_safety(city, "cctv", b"lon,lat\n129.0595,35.1578\n")
    assert blocks_at_the_crossing() == 0
    assert Block.select().where(Block.active).count() > 1000


def test_points_are_capped_as_the_policy_says(database):
    city = seomyeon()
    spots = "".join("129.0595,35.1578\n" for _ in range(50))
    import_safety(city, "accident", f"lon,lat\n{spots}".encode())
    build_blocks(city, now=NOW)
    assert {reason["points"] for block in Block.select() for reason in block.reasons} == {5.0}


def test_another_citys_blocks_and_points_are_left_alone(database):
    other = with_safety_data(seomyeon("Other"))
    build_blocks(other, now=NOW)
    before = Block.select().where(Block.city == other).count()
    assert build_blocks(seomyeon(), now=NOW).source == "streets alone"
    assert Block.select().where(Block.city == other).count() == before
    assert SafetyPoint.select().where(SafetyPoint.city == other).count() > 0


def test_a_city_without_streets_is_told_to_import_them(database):
    with pytest.raises(NoStreets):
        build_blocks(a_bare_city(), now=NOW)


def test_rules_that_leave_nothing_name_the_setting(database):
    city = seomyeon(rules=with_blocks(policy(), street_points={}))
    with pytest.raises(NothingToBuild, match="street_points"):
        build_blocks(city, now=NOW)
