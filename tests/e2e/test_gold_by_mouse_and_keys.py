"""The whole gold of a real article, annotated with mouse and keys: the export equals it, in few acts."""

from collections.abc import Callable
from pathlib import Path

from tests.e2e.desk import Desk
from tests.e2e.gold import GoldDriver, read_gold, register_parties
from tests.e2e.site import Site


def test_gold_is_annotated_with_mouse_and_keys(
    site: Site, open_desk: Callable[..., Desk], shared_data: Path, complaints: list[str]
) -> None:
    text, gold = read_gold(shared_data)
    project = site.make_project("Gold by mouse and keys")
    parties = register_parties(site, project, gold)
    article = site.make_article(project, text)
    desk = open_desk(project, article, viewport={"width": 1440, "height": 2400})
    lines = desk.lines()
    driver = GoldDriver(site, desk, gold, project, article, parties, text, _drag, _click)
    driver.run()
    assert driver.exported() == driver.expected()
    assert desk.lines() == lines
    print(driver.acts)
    mentions = sum(len(annotation.get("parties", [])) for annotation in gold["annotations"])
    assert driver.acts.tags <= 2 * len(gold["annotations"])
    assert driver.acts.links <= 2 * len(gold["links"])
    assert driver.acts.parties <= mentions
    assert complaints == []


def _drag(driver: GoldDriver, segment: list[int], _kind: str) -> int:
    driver.desk.drag(*segment)
    return 1


def _click(driver: GoldDriver, party: str) -> int:
    acts = driver.look_up_party(party)
    choice = driver.choice_of(party)
    if not choice.is_visible():
        # The list is folded since the mention has a party.
        driver.desk.press("l")
        acts += 1
    choice.click()
    return acts + 1
