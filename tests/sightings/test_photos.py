"""Photos: made anew without what their file says, seen by their reporter and who answers, as long as consent stands."""

import io
import struct
import zlib
from datetime import timedelta
from uuid import uuid4

import pytest
from PIL import Image

from patrol import retention
from patrol.people.models import AccessEntry
from patrol.people.operations.consents import withdraw
from patrol.sightings.models import Sighting, SightingPhoto
from patrol.sightings.operations import personal, photos
from patrol.sightings.operations.images import LONGEST_SIDE, THUMBNAIL_SIDE
from tests.support.databases import sqlite_only
from tests.support.factories import NOW, bearer, client_of, consent_to, make_box, make_city, make_person
from tests.support.patrols import API, a_photo, act, ask, at_once, attach, attached, report, reported, stream

ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825


@pytest.fixture
def town(database):
    city = make_city()
    box = make_box(city)
    walker = make_person(city)
    consent_to(walker, "photo")
    return city, walker, make_person(city, "officer", box=box), client_of(database)


def seen(client, person, sighting, photo, query=""):
    return ask(client, person, f"/sightings/{sighting}/photos/{photo}{query}")


def with_everything():
    """A photo that tells where, by what and how it was taken, in each way that JPEG has."""
    exif = Image.Exif()
    exif[MAKER] = "Sample maker"
    exif[ORIENTATION] = 6
    gps = exif.get_ifd(GPS)
    gps[1], gps[2], gps[3], gps[4] = "N", (35.0, 9.0, 0.0), "E", (129.0, 3.0, 0.0)
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>sample place</x:xmpmeta>"
    return a_photo(400, 300, exif=exif.tobytes(), comment=b"sample comment", xmp=xmp, icc_profile=b"sample profile")


def test_nothing_of_the_file_is_kept_not_even_its_place(town):
    _, walker, officer, client = town
    raw = with_everything()
    assert Image.open(io.BytesIO(raw)).getexif().get_ifd(GPS)
    sighting, photo = reported(client, walker), uuid4()
    answer = attach(client, walker, sighting, photo, raw=raw)
    assert (answer.json["width"], answer.json["height"]) == (300, 400), "upright, as its file asked"
    for size in ("full", "thumbnail"):
        kept = seen(client, officer, sighting, photo, f"?size={size}").data
        image = Image.open(io.BytesIO(kept))
        assert image.format == "JPEG"
        assert not dict(image.getexif())
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
        assert b"sample" not in kept.lower()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@sqlite_only
def test_each_kind_of_file_becomes_a_jpeg_of_bounded_size(town, form):
    _, walker, _, client = town
    sighting, photo = reported(client, walker), uuid4()
    raw = a_photo(2000, 1000, form)
    answer = attach(client, walker, sighting, photo, raw=raw, said=f"image/{form.lower()}")
    assert (answer.json["width"], answer.json["height"]) == (LONGEST_SIDE, LONGEST_SIDE // 2)
    small = Image.open(io.BytesIO(seen(client, walker, sighting, photo, "?size=thumbnail").data))
    assert (small.format, small.size) == ("JPEG", (THUMBNAIL_SIDE, THUMBNAIL_SIDE // 2))


@sqlite_only
def test_what_is_clear_becomes_white(town):
    _, walker, _, client = town
    file = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(file, "PNG")
    sighting, photo = reported(client, walker), uuid4()
    attach(client, walker, sighting, photo, raw=file.getvalue(), said="image/png")
    assert Image.open(io.BytesIO(seen(client, walker, sighting, photo).data)).getpixel((4, 4)) == (255, 255, 255)


def a_bomb(width=60_000, height=60_000):
    """A PNG of some hundred bytes that says it has 3,600 million pixels."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 9999)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("raw", "said", "pointer", "problem"),
    [
        (b"no image at all", "image/jpeg", "/photo", "no-photo"),
        (a_photo()[:-200], "image/jpeg", "/photo", "no-photo"),
        (a_photo(form="PNG")[:-40], "image/png", "/photo", "no-photo"),
        (a_photo(form="GIF"), "image/jpeg", "/photo", "no-photo"),
        (a_bomb(), "image/png", "/photo", "photo-too-large"),
        (a_bomb(10_000, 9_500), "image/png", "/photo", "photo-too-large"),
        (b"\xff\xd8" + bytes(15 * 1024**2), "image/jpeg", "/photo", "photo-too-large"),
        (a_photo(form="PNG"), "image/jpeg", "/headers/Content-Type", "other-type"),
    ],
    ids=["text", "cut short", "png cut short", "gif", "bomb", "many pixels", "many bytes", "lies about its type"],
)
@sqlite_only
def test_what_is_no_photo_is_refused_by_name_and_not_kept(town, raw, said, pointer, problem):
    _, walker, _, client = town
    answer = attach(client, walker, reported(client, walker), raw=raw, said=said)
    assert (answer.status_code, answer.json["type"]) == (422, f"/problems/{problem}")
    assert answer.json["errors"][0]["pointer"] == pointer
    assert SightingPhoto.select().count() == 0


@sqlite_only
def test_another_media_type_is_not_read(town):
    _, walker, _, client = town
    assert attach(client, walker, reported(client, walker), said="text/html").status_code == 415


@sqlite_only
def test_the_same_photo_sent_again_is_one_photo_and_another_under_its_id_is_refused(town):
    _, walker, _, client = town
    sighting, photo = reported(client, walker), uuid4()
    assert [attach(client, walker, sighting, photo).status_code for _ in range(2)] == [201, 200]
    other = attach(client, walker, sighting, photo, raw=a_photo(65))
    assert (other.status_code, other.json["type"]) == (409, "/problems/photo-id-taken")
    assert attach(client, walker, reported(client, walker), photo).status_code == 409
    assert SightingPhoto.select().count() == 1


def test_two_tries_at_once_are_one_photo(town):
    _, walker, _, client = town
    sighting, photo, app = reported(client, walker), uuid4(), client.application
    answers = at_once(*[lambda: attach(app.test_client(), walker, sighting, photo)] * 3)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 201]


@sqlite_only
def test_a_photo_may_come_before_its_sighting(town):
    _, walker, officer, client = town
    sighting = uuid4()
    photo = attached(client, walker, str(sighting))
    assert seen(client, officer, sighting, photo).status_code == 404
    assert [shown["id"] for shown in report(client, walker, sighting).json["photos"]] == [photo]
    assert seen(client, officer, sighting, photo).status_code == 200


@sqlite_only
def test_a_photo_for_somebody_elses_sighting_is_none_of_it(town):
    city, walker, officer, client = town
    other = make_person(city)
    consent_to(other, "photo")
    sighting = uuid4()
    early = attached(client, other, str(sighting))
    report(client, walker, sighting)
    assert ask(client, officer, f"/sightings/{sighting}").json["photos"] == []
    assert seen(client, officer, sighting, early).status_code == 404
    assert attach(client, other, str(sighting)).status_code == 404


@sqlite_only
def test_who_answers_hears_of_a_photo_that_comes_later(town):
    _, walker, officer, client = town
    sighting = reported(client, walker)
    attached(client, walker, sighting)
    assert [content["id"] for content in stream(officer, "sighting")] == [sighting, sighting]


@sqlite_only
def test_only_the_reporter_and_who_answers_see_it(town):
    city, walker, officer, client = town
    elsewhere = make_person(city, "officer", box=make_box(city, "Elsewhere", lon=129.2, lat=35.3))
    sighting = reported(client, walker)
    photo = attached(client, walker, sighting)
    others = [make_person(city), make_person(city, "coordinator"), make_person(city, "admin"), elsewhere]
    assert {seen(client, person, sighting, photo).status_code for person in others} == {404}
    assert {seen(client, person, sighting, photo).status_code for person in (walker, officer)} == {200}
    assert ask(client, others[1], f"/sightings/{sighting}").json["photos"] == []


@sqlite_only
def test_a_photo_is_kept_by_no_shared_cache_and_asked_for_each_time(town):
    _, walker, officer, client = town
    sighting = reported(client, walker)
    path = f"{API}/sightings/{sighting}/photos/{attached(client, walker, sighting)}"
    first = client.get(path, headers=bearer(officer))
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    again = client.get(path, headers={**bearer(officer), "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


@sqlite_only
def test_a_read_of_somebody_elses_photo_is_logged(town):
    _, walker, officer, client = town
    sighting = reported(client, walker)
    photo = attached(client, walker, sighting)
    seen(client, walker, sighting, photo)
    seen(client, officer, sighting, photo, "?purpose=dispute")
    entry = AccessEntry.get(AccessEntry.what == "sighting_photo")
    assert (entry.reader, entry.subject, entry.purpose) == (officer.id, walker.id, "dispute")


def test_without_consent_no_photo_is_taken_and_withdrawing_it_deletes_them(town):
    _city, walker, officer, client = town
    sighting = reported(client, walker)
    photo = attached(client, walker, sighting)
    withdraw(walker, "photo", effects=(photos.on_consent_withdrawn,), now=NOW + timedelta(seconds=1))
    assert SightingPhoto.select().count() == 0
    assert seen(client, officer, sighting, photo).status_code == 404
    answer = attach(client, walker, sighting)
    assert (answer.status_code, answer.json["type"]) == (403, "/problems/consent-needed")


@sqlite_only
def test_a_reporter_takes_a_photo_back_and_nobody_else_can(town):
    city, walker, officer, client = town
    sighting = reported(client, walker)
    path = f"{API}/sightings/{sighting}/photos/{attached(client, walker, sighting)}"
    assert client.delete(path, headers=bearer(make_person(city))).status_code == 404
    assert SightingPhoto.select().count() == 1
    assert [client.delete(path, headers=bearer(walker)).status_code for _ in range(2)] == [204, 404]
    assert client.get(path, headers=bearer(officer)).status_code == 404


@sqlite_only
def test_a_sighting_has_so_many_photos_and_no_more(town):
    _, walker, _, client = town
    sighting = reported(client, walker)
    answers = [attach(client, walker, sighting).status_code for _ in range(photos.MOST + 1)]
    assert answers == [201] * photos.MOST + [409]


def test_photos_go_with_their_sighting_and_those_without_one_after_a_week(town):
    _city, walker, officer, client = town
    sighting = reported(client, walker)
    attached(client, walker, sighting)
    attached(client, walker, str(uuid4()))
    retention.run(NOW + timedelta(days=6))
    assert SightingPhoto.select().count() == 2
    retention.run(NOW + timedelta(days=8))
    assert [row.sighting for row in SightingPhoto.select()] == [Sighting.get().id]
    act(client, officer, sighting, "acknowledge")
    act(client, officer, sighting, "resolve", outcome="fixed")
    retention.run(NOW + timedelta(days=100))
    assert SightingPhoto.select().count() == 0


def test_a_person_gets_a_list_of_them_and_erasing_deletes_them(town):
    _, walker, _, client = town
    attached(client, walker, reported(client, walker))
    parts = {part.table: part.rows for part in personal.exported(walker.id)}
    assert len(parts["sighting_photo"]) == 1
    assert "content" not in parts["sighting_photo"][0]
    personal.erase(walker, NOW)
    assert SightingPhoto.select().count() == 0
