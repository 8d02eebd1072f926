"""The browser that pages are tried in."""


def test_the_browser_opens_a_page_in_korean(browser):
    page = browser.new_page(locale="ko-KR")
    page.set_content("<title>순찰</title><p>반려견 순찰대</p>")
    assert page.title() == "순찰"
    assert page.get_by_text("반려견 순찰대").is_visible()
    page.close()
