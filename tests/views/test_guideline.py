import pytest

from annotations.errors import Stale
from annotations.models import Event, GuidelineVersion
from annotations.rules.kinds import Kind
from annotations.rules.review import Reason, Verdict
from annotations.services.guidelines import edit_guideline
from annotations.services.review import decide
from annotations.views.markdown import write_markdown
from tests.factories import submit, tag, verdict_on
from tests.views.conftest import SignIn
from tests.world import MAYOR, World

PATH = "/p/northern-bridge/guideline/"


def write(world: World, text: str, version: int = 0) -> GuidelineVersion:
    return edit_guideline(actor=world.adi, project=world.project, version=version, text=text)


def test_a_project_without_one_shows_ours_with_a_heading_for_every_kind(world: World, sign_in: SignIn):
    shown = sign_in(world.vic).get(PATH).text
    assert all(f'id="kind-{kind}"' in shown for kind in Kind)
    assert "Scare quotes, titles and slogans are no quotes." in shown
    assert "Write your own" not in shown


def test_an_admin_writes_one_and_everybody_reads_it(world: World, sign_in: SignIn):
    browser = sign_in(world.adi)
    assert "## Claim" in browser.get(f"{PATH}edit/").text
    browser.post(f"{PATH}edit/", {"text": "## Claims\r\n\r\n*Smallest* clause.\r\n", "version": ""})
    stored = GuidelineVersion.objects.get()
    assert (stored.number, stored.text, stored.editor) == (1, "## Claims\n\n*Smallest* clause.\n", world.adi.user)
    shown = sign_in(world.ana).get(PATH).text
    assert '<h3 id="kind-claim">Claims</h3>' in shown
    assert "<em>Smallest</em> clause." in shown
    assert "Version 1 by adi" in shown
    assert Event.objects.filter(verb="guideline.edited", subject=stored.pk).count() == 1


@pytest.mark.parametrize(("name", "status"), [("ana", 403), ("rui", 403), ("zoe", 404)])
def test_others_do_not_write_it(world: World, sign_in: SignIn, name: str, status: int):
    browser = sign_in(getattr(world, name))
    assert browser.get(f"{PATH}edit/").status_code == status
    assert browser.post(f"{PATH}edit/", {"text": "Mine."}).status_code == status
    assert not GuidelineVersion.objects.exists()


@pytest.mark.parametrize("text", ["", " \n ", "x" * 100_001, "a\x00b"])
def test_a_text_that_cannot_be_is_refused_beside_its_field(world: World, sign_in: SignIn, text: str):
    answer = sign_in(world.adi).post(f"{PATH}edit/", {"text": text})
    assert (answer.status_code, "text" in answer.context["form"].errors) == (400, True)


def test_a_preview_keeps_nothing(world: World, sign_in: SignIn):
    shown = sign_in(world.adi).post(f"{PATH}edit/", {"text": "## Quote\n\nWith marks.", "preview": "yes"}).text
    assert '<h3 id="kind-quote">Quote</h3>' in shown
    assert not GuidelineVersion.objects.exists()


def test_who_was_overtaken_sees_what_changed_and_may_keep_it_again(world: World, sign_in: SignIn):
    write(world, "One line.")
    write(world, "Another line.", version=1)
    browser = sign_in(world.adi)
    answer = browser.post(f"{PATH}edit/", {"text": "My line.", "version": "1"})
    assert answer.status_code == 412
    assert "<del>One</del><ins>Another</ins> line." in answer.text
    assert 'name="version" value="2"' in answer.text
    assert "My line." in answer.text
    browser.post(f"{PATH}edit/", {"text": "My line.", "version": "2"})
    assert GuidelineVersion.objects.latest("number").text == "My line."


def test_a_text_that_changes_nothing_is_no_version(world: World):
    assert write(world, "Same.") == write(world, "Same.", version=1)
    with pytest.raises(Stale):
        write(world, "Same.")


def test_versions_tell_who_when_and_what_changed(world: World, sign_in: SignIn):
    write(world, "First.\n\nKept.")
    write(world, "Second.\n\nKept.", version=1)
    browser = sign_in(world.vic)
    assert "<del>First</del><ins>Second</ins>." in browser.get(f"{PATH}versions/").text
    assert "<ins>First.</ins>" in browser.get(f"{PATH}versions/?newer=1").text
    assert browser.get(f"{PATH}versions/?older=1&newer=9").status_code == 404
    assert browser.get(f"{PATH}versions/?older=x&newer=-").status_code == 200


def test_before_the_first_version_there_is_nothing_to_compare(world: World, sign_in: SignIn):
    assert "No versions yet" in sign_in(world.vic).get(f"{PATH}versions/").text


def test_the_workbench_leads_to_each_kind(world: World, sign_in: SignIn):
    shown = sign_in(world.ana).get(f"/p/northern-bridge/articles/{world.article.pk}/").text
    assert all(f'href="{PATH}#kind-{kind}"' in shown for kind in Kind)


def test_a_decision_by_the_guideline_leads_to_it(world: World, sign_in: SignIn):
    mention = tag(world.ana, world.article, Kind.PARTY, MAYOR)
    submit(world.ana, mention)
    review = f"/p/northern-bridge/review/?view=all&annotation={mention.pk}"
    assert f'href="{PATH}#kind-party"' in sign_in(world.rui).get(review).text
    decide(actor=world.rui, drafts=[verdict_on(mention, Verdict.REJECT, Reason.GUIDELINE)])
    browser = sign_in(world.ana)
    for page in (review, "/p/northern-bridge/inbox/"):
        assert f'href="{PATH}#kind-party"' in browser.get(page).text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# A *b* `c`", '<h2 id="section-a-b-c">A <em>b</em> <code>c</code></h2>'),
        ("## A\n\n## A", '<h3 id="section-a">A</h3><h3 id="section-a-2">A</h3>'),
        ("###### A", '<h6 id="section-a">A</h6>'),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("3. a", '<ol start="3"><li>a</li></ol>'),
        ("> a\n> b", "<blockquote><p>a\nb</p></blockquote>"),
        ("a  \nb\n\n---", "<p>a<br>b</p><hr>"),
        ("**a** ~~b~~", "<p><strong>a</strong> <s>b</s></p>"),
        ("```\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>"),
        ("|a|\n|-|\n|b|", "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>"),
        (
            "[a](https://example.org/?b&c)",
            '<p><a href="https://example.org/?b&amp;c" rel="noreferrer noopener nofollow">a</a></p>',
        ),
        ("# A b\n\n[c](#a-b)", '<h2 id="section-a-b">A b</h2><p><a href="#section-a-b">c</a></p>'),
        ("[c](#nowhere)", "<p>c</p>"),
        ("![a *picture*](https://example.org/x.png)", "<p>a picture</p>"),
    ],
)  # fmt: skip
def test_markdown_is_written_as_html(source: str, expected: str):
    assert write_markdown(source).html == expected


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt&colon;alert(1))",
        "[a](data:text/html,x)",
        "[a](//example.org)",
        "[a](/p/x/)",
        "![a](javascript:alert(1))",
        '[a](https://example.org/" onclick="alert(1))',
        '<https://example.org/" onclick=alert(1)>',
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "`<script>`",
        "# <b onclick=x>",
        "> " * 500 + "<script>",
    ],
)
def test_nothing_that_acts_comes_through(source: str):
    html = write_markdown(source).html
    acting = ("<script", "<img", "<b ", 'href="j', 'href="J', 'href="d', 'href="/', 'onclick="')
    assert not any(sign in html for sign in acting)
