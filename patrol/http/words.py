"""Korean for what marshmallow and werkzeug say in English. A sentence that is not here is passed on as it is."""

import re

KOREAN = {
    r"Missing data for required field\.": "꼭 필요한 값입니다.",
    r"Field may not be null\.": "비워 둘 수 없습니다.",
    r"Unknown field\.": "알 수 없는 항목입니다.",
    r"Invalid (?:value|input|type|input type)\.": "쓸 수 없는 값입니다.",
    r"Not a valid (?:utf-8 )?string\.": "글자여야 합니다.",
    r"Not a valid UUID\.": "UUID가 아닙니다.",
    r"Not a valid number\.": "숫자여야 합니다.",
    r"Not a valid integer\.": "정수여야 합니다.",
    r"Number too large\.": "숫자가 너무 큽니다.",
    r"Special numeric values \(nan or infinity\) are not permitted\.": "유한한 숫자여야 합니다.",
    r"Not a valid boolean\.": "true 또는 false여야 합니다.",
    r"Not a valid date\.": "날짜가 아닙니다. 예: 2026-11-06",
    r"Not a valid time\.": "시각이 아닙니다. 예: 19:00",
    r"Not a valid (?:aware )?datetime\.": "시간대가 붙은 시각이어야 합니다. 예: 2026-11-06T19:30:00+09:00",
    r"Not a time between (\d+) and (\d+)\.": "{0}년에서 {1}년 사이의 시각이어야 합니다.",
    r"Not a day between (\d+) and (\d+)\.": "{0}년에서 {1}년 사이의 날짜여야 합니다.",
    r"Not a valid list\.": "목록이어야 합니다.",
    r"Not a valid mapping type\.": "객체여야 합니다.",
    r"Must be greater than or equal to (\S+) and less than or equal to (\S+)\.": "{0} 이상 {1} 이하여야 합니다.",
    r"Must be greater than (\S+) and less than or equal to (\S+)\.": "{0} 초과 {1} 이하여야 합니다.",
    r"Must be greater than or equal to (\S+) and less than (\S+)\.": "{0} 이상 {1} 미만이어야 합니다.",
    r"Must be greater than (\S+) and less than (\S+)\.": "{0} 초과 {1} 미만이어야 합니다.",
    r"Must be greater than or equal to (\S+)\.": "{0} 이상이어야 합니다.",
    r"Must be greater than (\S+)\.": "{0}보다 커야 합니다.",
    r"Must be less than or equal to (\S+)\.": "{0} 이하여야 합니다.",
    r"Must be less than (\S+)\.": "{0}보다 작아야 합니다.",
    r"Shorter than minimum length (\d+)\.": "길이가 {0} 이상이어야 합니다.",
    r"Longer than maximum length (\d+)\.": "길이가 {0} 이하여야 합니다.",
    r"Length must be between (\d+) and (\d+)\.": "길이가 {0}에서 {1} 사이여야 합니다.",
    r"Length must be (\d+)\.": "길이가 {0}이어야 합니다.",
    r"Must be one of: (.*)\.": "다음 가운데 하나여야 합니다: {0}",
    r"Must be equal to (.*)\.": "{0}이어야 합니다.",
    r"String does not match expected pattern\.": "형식이 맞지 않습니다.",
    r"Holds a character that no text may: NUL or half of a surrogate pair\.": "글자로 쓸 수 없는 문자가 있습니다.",
    r"Given more than once\.": "한 번만 쓸 수 있습니다.",
    r"Invalid JSON body\.": "본문이 올바른 JSON이 아닙니다.",
}

BY_STATUS = {
    400: ("요청을 읽을 수 없습니다.", "The request cannot be read."),
    404: ("이 주소에는 아무것도 없습니다.", "There is nothing at this address."),
    405: ("이 주소에서는 쓸 수 없는 방법입니다.", "This address does not take that method."),
    413: ("본문이 너무 큽니다.", "The body is larger than this address takes."),
    415: ("본문 형식을 확인해 주세요.", "The body is of a media type that this address does not take."),
}


def in_korean(sentence: str) -> str:
    """`sentence` in Korean, or as it is when there is none for it."""
    for pattern, korean in KOREAN.items():
        found = re.fullmatch(pattern, sentence)
        if found:
            return korean.format(*found.groups())
    return sentence


def of_status(status: int, language: str) -> str | None:
    """What an error of HTTP itself means, in `language`."""
    words = BY_STATUS.get(status)
    return None if words is None else words[0 if language == "ko" else 1]
