"""The whole gold of a real article, annotated without a mouse: the export equals it, in few keys."""

from collections.abc import Callable
from pathlib import Path

from tests.e2e.desk import Desk
from tests.e2e.gold import GoldDriver, plan, read_gold, register_parties
from tests.e2e.site import Site


def test_gold_is_annotated_by_keys_only(
    site: Site, open_desk: Callable[..., Desk], shared_data: Path, complaints: list[str]
) -> None:
    text, gold = read_gold(shared_data)
    project = site.make_project("Gold by keys only")
    parties = register_parties(site, project, gold)
    article = site.make_article(project, text)
    desk = open_desk(project, article)
    desk.page.locator("#article-body").focus()
    driver = GoldDriver(site, desk, gold, project, article, parties, text, _press, _choose)
    driver.run()
    assert driver.exported() == driver.expected()
    print(driver.acts)
    assert driver.acts.tags <= 10 * len(gold["annotations"])
    assert driver.acts.links <= 2 * len(gold["links"])
    assert complaints == []


def _press(driver: GoldDriver, segment: list[int], kind: str) -> int:
    keys = plan(driver, segment, kind)
    for key in keys:
        driver.desk.press(key)
    return len(keys)


def _choose(driver: GoldDriver, party: str) -> int:
    driver.desk.press("l")
    typed = driver.look_up_party(party, as_first=True)
    driver.desk.press("Enter" if typed else driver.choice_of(party).get_attribute("data-digit") or "")
    return typed + 2
