"""The columns of a spreadsheet of teams: what each is called, in Korean and English, and by whom it is read."""

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `aliases` are what people call it besides; `sample` stands in the template's one row."""

    key: str
    ko: str
    en: str
    aliases: tuple[str, ...] = ()
    sample: str = ""
    needed: bool = False


SAMPLE_NAME = "견본 보호자 01 (Sample)"
"""A row of this handler is the template's own and is passed over."""

COLUMNS = (
    Column(
        "name",
        "이름",
        "Name",
        ("보호자", "보호자 이름", "보호자명", "성명", "신청자", "handler"),
        SAMPLE_NAME,
        needed=True,
    ),
    Column(
        "phone",
        "연락처",
        "Phone",
        ("전화", "전화번호", "휴대폰", "휴대폰번호", "휴대전화", "핸드폰", "mobile", "phone number"),
        "010-0000-0000",
    ),
    Column(
        "email",
        "이메일",
        "E-mail",
        ("메일", "이메일주소", "전자우편", "email address", "mail"),
        "sample-handler-01@example.org",
    ),
    Column(
        "born_on",
        "생년월일",
        "Born on",
        ("보호자 생년월일", "생일", "date of birth", "birth date", "birthday"),
        "1990-01-01",
        needed=True,
    ),
    Column("team_name", "팀 이름", "Team", ("팀명", "team name"), "견본 팀 01"),
    Column("motive", "지원 동기", "Motive", ("신청 동기", "동기", "motivation"), "동네를 함께 걷고 싶습니다."),
    Column(
        "dog_name",
        "반려견 이름",
        "Dog",
        ("반려견", "반려견명", "강아지 이름", "견명", "dog name", "dog's name"),
        "견본이",
        needed=True,
    ),
    Column(
        "registration_no",
        "동물등록번호",
        "Registration number",
        ("등록번호", "반려견 등록번호", "내장칩 번호", "registration no", "chip number", "microchip"),
        "410-0000-0000-0000",
        needed=True,
    ),
    Column("breed", "견종", "Breed", ("품종", "반려견 견종"), "진돗개", needed=True),
    Column("weight_kg", "몸무게", "Weight", ("체중", "무게", "반려견 몸무게", "weight kg"), "18.5", needed=True),
    Column(
        "dog_born_on",
        "반려견 생년월일",
        "Dog born on",
        ("반려견 생일", "강아지 생년월일", "dog birth date", "dog birthday"),
        "2021-03-04",
        needed=True,
    ),
    Column(
        "vaccinated_until",
        "백신 유효일",
        "Vaccinated until",
        (
            "광견병 백신 유효일",
            "광견병 접종 유효일",
            "예방접종 유효일",
            "백신 만료일",
            "rabies until",
            "vaccination until",
        ),
        "2027-05-01",
    ),
    Column("brachycephalic", "단두종", "Flat-faced", ("brachycephalic",), "아니오"),
    Column("overweight", "과체중", "Overweight", (), "아니오"),
    Column("reactive", "다른 개에 예민", "Reactive to dogs", ("예민", "reactive"), "아니오"),
    Column("walk_min", "산책 시간", "Minutes a walk", ("산책 시간 분", "walk minutes", "walk min"), "30"),
    Column(
        "hours",
        "활동 가능 시간",
        "Hours",
        ("활동 시간", "가능 시간", "활동 가능 요일", "availability", "available hours"),
        "월·수·금 19:00-22:00",
    ),
    Column("district", "지역구", "District", ("구", "구군", "자치구", "거주 구"), ""),
    Column("address", "주소", "Address", ("거주지", "집 주소", "도로명주소", "home address"), ""),
    Column("lat", "위도", "Latitude", ("lat", "y"), ""),
    Column("lon", "경도", "Longitude", ("lon", "lng", "x"), ""),
)

BY_KEY = {column.key: column for column in COLUMNS}

NEEDED = tuple(column for column in COLUMNS if column.needed)


def plain_header(text: str) -> str:
    """A header without what people vary: case, width, spaces, units in brackets, signs. `몸무게 (kg)` → `몸무게`."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]", "", re.sub(r"\([^)]*\)", "", folded))


def column_of(header: str) -> Column | None:
    """Which column a header names, or None."""
    return _KNOWN.get(plain_header(header))


_KNOWN = {
    plain_header(name): column for column in COLUMNS for name in (column.ko, column.en, column.key, *column.aliases)
}
