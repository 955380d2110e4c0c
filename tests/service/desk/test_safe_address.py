import pytest

from bot.service.desk.login import safe_address


@pytest.mark.parametrize("wanted", ["/desk", "/desk/", "/desk/sager/7", "/desk/sager/7/afslut"])
def test_login_leads_back_to_a_page_of_the_desk(wanted: str) -> None:
    assert safe_address(wanted) == wanted


@pytest.mark.parametrize(
    "wanted",
    ["", "https://ond.example", "//ond.example", "/desk/../chat", "/desk\\@ond.example", "/deskværk", "/desk/\n", "/chat"],
)
def test_login_leads_nowhere_else(wanted: str) -> None:
    assert safe_address(wanted) == "/desk"
