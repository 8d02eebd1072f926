import copy
import tomllib

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.policy import Policy, PolicyError, dump, parse, read_policy, shipped

BUSAN = tomllib.loads(shipped("busan").read_text(encoding="utf-8"))


def changed(*path, to):
    """Busan's policy with one value changed, or left out with `to=None`."""
    content = copy.deepcopy(BUSAN)
    at = content
    for step in path[:-1]:
        at = at[step]
    if to is None:
        del at[path[-1]]
    else:
        at[path[-1]] = to
    return content


@pytest.mark.parametrize("name", ["busan", "generic"])
def test_each_shipped_policy_is_whole_and_comes_back_as_it_was_kept(name):
    policy = read_policy(shipped(name))
    assert parse(dump(policy), source="row") == policy
    assert parse(msgspec.json.decode(msgspec.json.encode(dump(policy))), source="row") == policy


def test_busan_sends_what_only_some_may_read_to_a_duty():
    policy = read_policy(shipped("busan"))
    assert {kind.code for kind in policy.kinds if kind.restricted} == {"E6", "E7", "E8"}
    assert all(kind.goes_to == "duty" for kind in policy.kinds if kind.restricted)
    assert policy.kind("E6").duty == "child_protection"
    assert policy.kind("Z9") is None
    assert policy.consent("location").required
    assert policy.consent("fame") is None


def test_urgency_decides_the_minutes():
    levels = read_policy(shipped("busan")).service_levels
    assert [levels.minutes(urgency) for urgency in ("Immediate", "Expected", "Future")] == [3, 30, 1440]


@pytest.mark.parametrize(
    ("path", "to", "where"),
    [
        (("name",), None, ""),
        (("nmae",), "Busan", ""),
        (("walk", "sped_kmh"), 3, "walk"),
        (("walk", "speed_kmh"), "3", "walk.speed_kmh"),
        (("walk", "speed_kmh"), 0, "walk.speed_kmh"),
        (("walk", "speed_kmh"), float("nan"), "walk.speed_kmh"),
        (("walk", "speed_kmh"), float("inf"), "walk.speed_kmh"),
        (("walk", "default_min"), 30.5, "walk.default_min"),
        (("walk", "default_min"), 10**9, "walk.default_min"),
        (("walk", "default_min"), 50, "walk"),
        (("evening", "begins"), "25:00", "evening.begins"),
        (("evening", "begins"), "23:00", "evening"),
        (("languages",), [], "languages"),
        (("languages",), ["fr"], "languages[0]"),
        (("planning", "remind_before_min"), [60, 0], "planning.remind_before_min[1]"),
        (("screening", "rubric", "heel"), 30, "screening.rubric"),
        (("screening", "pass_mark"), 101, "screening.pass_mark"),
        (("welfare", "halve_c"), 20.0, "welfare"),
        (("retention", "access_log_days"), 30, "retention.access_log_days"),
        (("retention", "tracks_days"), 10**9, "retention.tracks_days"),
        (("blocks", "min_m"), 500.0, "blocks.min_m"),
        (("blocks", "features", 1, "points"), -1, "blocks.features[1].points"),
        (("blocks", "street_points", "footway"), float("inf"), "blocks.street_points.footway"),
        (("formats", "phone_pattern"), "(", "formats.phone_pattern"),
        (("formats", "phone_example"), "112", "formats.phone_example"),
        (("formats", "registration_example"), "4100", "formats.registration_example"),
        (("formats", "phone_country_code"), "082", "formats.phone_country_code"),
        (("consents", 1, "kind"), "fame", "consents[1].kind"),
        (("consents", 1, "kind"), "service", "consents[1].kind"),
        (("consents", 1, "text", "ko"), "", "consents[1].text[...]"),
        (("consents", 1, "text", "fr"), "Oui", "consents[1].text"),
        (("hotlines", 2, "number"), "112", "hotlines[2].number"),
        (("hotlines", 2, "number"), "call us", "hotlines[2].number"),
        (("kinds", 3, "urgency"), "Soon", "kinds[3].urgency"),
        (("kinds", 3, "code"), "E1", "kinds[3].code"),
        (("kinds", 3, "code"), "e-4", "kinds[3].code"),
        (("kinds", 3, "call_first"), "911", "kinds[3]"),
        (("kinds", 5, "duty"), "", "kinds[5].duty"),
    ],
)
def test_each_kind_of_mistake_is_named_by_its_place(path, to, where):
    with pytest.raises(PolicyError) as error:
        parse(changed(*path, to=to), source="busan.toml")
    assert error.value.where == where
    assert error.value.problem
    assert str(error.value).startswith(f"busan.toml: {where}: " if where else "busan.toml: ")


@pytest.mark.parametrize(
    ("content", "problem"), [(b"walk = ", "is not TOML"), (b"\xff", "is not TOML"), (None, "cannot be read")]
)
def test_a_file_that_is_no_policy_is_named(tmp_path, content, problem):
    path = tmp_path / "policy.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PolicyError, match=problem) as error:
        read_policy(path)
    assert str(path) in str(error.value)


NUMBERS = {
    ("walk", "speed_kmh"): st.floats(0.1, 10),
    ("walk", "leash_m"): st.floats(0.1, 10),
    ("planning", "seconds"): st.floats(0.1, 600) | st.integers(1, 600),
    ("planning", "remind_before_min"): st.lists(st.integers(1, 600), max_size=4),
    ("retention", "tracks_days"): st.integers(1, 3650),
    ("screening", "restricted_breeds"): st.lists(st.text(min_size=1, max_size=20), max_size=5),
    ("name",): st.text(min_size=1, max_size=30),
    ("languages",): st.lists(st.sampled_from(["ko", "en"]), min_size=1, max_size=2),
}


@settings(max_examples=50)
@given(st.fixed_dictionaries(NUMBERS))
def test_whatever_a_city_decides_is_kept_and_read_back_the_same(decided):
    content = copy.deepcopy(BUSAN)
    for path, value in decided.items():
        at = content
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value
    policy = parse(content, source="city")
    kept = msgspec.json.decode(msgspec.json.encode(dump(policy)))
    assert parse(kept, source="row") == policy
    assert dump(parse(kept, source="row")) == dump(policy)
    assert isinstance(policy, Policy)
