import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.policy import Formats, read_policy, shipped
from patrol.people.rules import as_dialled, e164

BUSAN = read_policy(shipped("busan")).formats
GENERIC = read_policy(shipped("generic")).formats
BRITISH = msgspec.structs.replace(
    BUSAN, phone_country_code="44", phone_pattern=r"^0[1-9]\d{8,9}$", phone_example="07700 900000"
)
ASCII = st.characters(codec="ascii")


def national(formats: Formats) -> st.SearchStrategy[str]:
    return st.from_regex(re.compile(formats.phone_pattern, re.ASCII), fullmatch=True, alphabet=ASCII)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("010-1234-5678", "+821012345678"),
        ("01012345678", "+821012345678"),
        (" 010 1234 5678 ", "+821012345678"),
        ("010.1234.5678", "+821012345678"),
        ("(051) 888-1234", "+82518881234"),
        ("０１０－１２３４－５６７８", "+821012345678"),
        ("+82 10-1234-5678", "+821012345678"),
        ("+82 (0)10-1234-5678", "+821012345678"),
        ("＋82 10 1234 5678", "+821012345678"),
        ("02-123-4567", "+8221234567"),
        ("+358 40 123 4567", "+358401234567"),
    ],
)
def test_a_number_is_stored_in_one_form_however_it_is_written(written, stored):
    assert e164(written, BUSAN) == stored


@pytest.mark.parametrize(
    "written",
    [
        "",
        "+",
        "112",
        "010-1234",
        "010-1234-56789",
        "+82 10-1234",
        "+358 12",
        "+1234567890123456",
        "01012345678@example.org",
        "call 010-1234-5678",
        "010-1234-5678 ext 3",
        "٠١٠-١٢٣٤-٥٦٧٨",
    ],
)
def test_what_is_no_number_here_is_none(written):
    assert e164(written, BUSAN) is None


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("+821012345678", "010-1234-5678"),
        ("+82111234567", "011-123-4567"),
        ("+8221234567", "02-123-4567"),
        ("+82212345678", "02-1234-5678"),
        ("+82518881234", "051-888-1234"),
        ("+358401234567", "+358401234567"),
        (None, None),
    ],
)
def test_a_number_is_shown_as_people_here_write_it(stored, shown):
    assert as_dialled(stored, BUSAN) == shown


def test_elsewhere_it_is_grouped_as_the_policys_example():
    assert as_dialled("+447700123456", BRITISH) == "07700 123456"
    assert as_dialled("+44203123456", BRITISH) == "0203123456"
    assert as_dialled("+15550100", GENERIC) == "+15550100"


@pytest.mark.parametrize("formats", [BUSAN, BRITISH, GENERIC], ids=["Busan", "British", "generic"])
@given(data=st.data())
def test_a_number_shown_and_typed_in_again_is_the_same_number(formats, data):
    stored = e164(data.draw(national(formats)), formats)
    assert stored is not None
    assert e164(as_dialled(stored, formats), formats) == stored
    assert e164(stored, formats) == stored


@given(national(BUSAN))
def test_what_is_shown_has_the_digits_that_were_typed(number):
    assert re.sub(r"\D", "", as_dialled(e164(number, BUSAN), BUSAN)) == number


@given(st.text(max_size=40))
def test_whatever_is_typed_gives_a_plain_number_or_none(text):
    for formats in (BUSAN, GENERIC):
        stored = e164(text, formats)
        assert stored is None or re.fullmatch(r"\+[0-9]{5,17}", stored)
