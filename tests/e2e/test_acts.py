"""How few acts the commonest work takes: a quote, its speaker and the link between them."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.desk import Desk
from tests.e2e.site import Site

TEXT = "“We hold the bridge,” Mira Koss said on Monday. “Nobody has crossed it,” she added."


class Hand:
    """Counts presses and drags."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.acts = 0

    def drag(self, words: str) -> None:
        start = TEXT.index(words)
        self.desk.drag(start, start + len(words))
        self.acts += 1

    def press(self, *keys: str) -> None:
        for key in keys:
            self.desk.press(key)
            self.acts += 1


def test_a_quote_its_speaker_and_the_link_take_seven_acts_and_four_when_the_speaker_is_tagged(
    site: Site, open_desk: Callable[..., Desk]
):
    project = site.make_project("Acts")
    desk = open_desk(project, site.make_article(project, TEXT))
    chips = desk.page.locator(".link-chip")
    first = Hand(desk)
    first.drag("Mira Koss")
    # Enter takes the first party offered: a new one of this name.
    first.press("1", "Enter")
    first.drag("“We hold the bridge,”")
    first.press("2", "l", "1")
    expect(chips).to_have_count(1)
    assert first.acts == 7
    second = Hand(desk)
    second.drag("“Nobody has crossed it,”")
    second.press("2", "l", "1")
    expect(desk.page.locator(".annotation-panel > .words")).to_have_text("“Nobody has crossed it,”")
    expect(chips).to_have_count(1)
    assert second.acts == 4
    said = [line for line in site.export(project, state="all") if line["type"] == "link"]
    assert [link["link_type"] for link in said] == ["speaker", "speaker"]
    parties = [line for line in site.export(project, state="all") if line["type"] == "party"]
    assert [party["name"] for party in parties] == ["Mira Koss"]
