"""What no export tells: who worked, unless an admin asks; texts, where they are left out; what was redacted."""

import io
import re
import zipfile
from typing import Any

import pytest

from annotations.formats import CODECS
from annotations.models import Article
from annotations.queries.access import Actor
from annotations.rules.permissions import Role
from tests.api.client import Api, api_for
from tests.factories import make_actor, make_article, make_member, make_party, make_project, submit
from tests.services.redacting import make_case as make_named_case
from tests.services.redacting import redact
from tests.world import TEXT, World, make_case

pytestmark = pytest.mark.django_db(transaction=True)

WAYS = [(name, flavour) for name, codec in sorted(CODECS.items()) if codec.write for flavour in codec.flavours or ("",)]
PEOPLE = ("orlanda.quist", "reinholt.vause", "admira.zell")
# Words of the article that stand in nothing people wrote about it.
OF_THE_TEXT = ("crossed it since dawn", "two houses had burned", "hold the northern bridge")


@pytest.fixture
def admin(transactional_db: None) -> Api:
    """The admin of a project in which three people with uncommon names have worked."""
    analyst, reviewer, admin = (make_actor(name) for name in PEOPLE)
    project = make_project(admin, name="Northern bridge")
    make_member(admin, project, analyst, Role.ANALYST)
    make_member(admin, project, reviewer, Role.REVIEWER)
    article = make_article(admin, project, TEXT, title="A title")
    parties = [make_party(admin, project, name) for name in ("Army", "Rebels")]
    world = World(analyst, reviewer, admin, admin, admin, project, None, article, *parties)  # type: ignore[arg-type]
    case = make_case(world)
    submit(analyst, case.quote, case.speaker)
    api_for(reviewer).post("decisions/", decision(case.speaker.id, "approve", None))
    api_for(reviewer).post("decisions/", decision(case.quote.id, "request_changes", "span"))
    return api_for(admin)


def decision(pk: object, verdict: str, reason: str | None) -> dict[str, Any]:
    return {"annotation": str(pk), "link": None, "version": 1, "verdict": verdict, "reason": reason, "comment": ""}


def exported(api: Api, **parameters: str) -> tuple[int, str]:
    """Take an export of everything; the parts of a zip one after the other."""
    project = api.get("projects/").json()["results"][0]["id"]
    answer = api.get(f"projects/{project}/export/", state="all", **{k: v for k, v in parameters.items() if v})
    if answer.status_code != 200:
        return answer.status_code, answer.json()["code"]
    content = b"".join(answer.streaming_content)
    if not content.startswith(b"PK"):
        return 200, content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return 200, "\n".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


def test_no_format_names_anybody_unless_an_admin_asks(admin: Api) -> None:
    for name, flavour in WAYS:
        status, content = exported(admin, format=name, flavour=flavour)
        assert (name, flavour, status) == (name, flavour, 200)
        assert (name, flavour, [person for person in PEOPLE if person in content]) == (name, flavour, [])
    _status, named = exported(admin, people="names")
    assert [person for person in PEOPLE if person in named] == list(PEOPLE[:2])


def test_a_person_has_one_pseudonym_in_every_format(admin: Api) -> None:
    found = {name: set(re.findall(r"annotator-[a-z2-7]{8}", exported(admin, format=name)[1])) for name, _ in WAYS}
    assert len(found["newsdesk-jsonl"]) == 2
    assert [name for name, people in found.items() if people - found["newsdesk-jsonl"]] == []


def test_a_format_leaves_texts_out_or_says_that_it_cannot(admin: Api) -> None:
    for name, flavour in WAYS:
        status, content = exported(admin, format=name, flavour=flavour, text="omit")
        if CODECS[name].needs_text:
            assert (name, status, content) == (name, 400, "invalid_parameter")
        else:
            assert (name, flavour, status) == (name, flavour, 200)
            assert (name, flavour, [words for words in OF_THE_TEXT if words in content]) == (name, flavour, [])


def test_only_admins_get_names(admin: Api) -> None:
    reviewer = api_for(Actor(make_actor("someone").user))
    project = admin.get("projects/").json()["results"][0]["id"]
    admin.post(f"projects/{project}/members/", {"user": "someone", "role": "reviewer"})
    assert exported(reviewer, people="names")[0] == 403
    assert exported(reviewer)[0] == 200


def test_no_format_holds_what_was_redacted(transactional_db: None) -> None:
    case = make_named_case()
    redact(case)
    assert Article.objects.get(pk=case.article.pk).text != case.article.text
    api = api_for(case.world.adi)
    for name, flavour in WAYS:
        for people in ("pseudonyms", "names"):
            status, content = exported(api, format=name, flavour=flavour, people=people)
            assert (name, flavour, status) == (name, flavour, 200)
            assert (name, flavour, re.findall("farid|zalmayu", content.casefold())) == (name, flavour, [])
