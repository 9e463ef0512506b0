"""The pages of exchange: losses before the download, a check before the import, releases, webhooks and their log."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from annotations.models import Annotation, Delivery, Import, ImportNames, Release, Webhook
from annotations.queries.export_choice import Choice
from annotations.rules.kinds import Kind
from annotations.services.delivering import deliver_due
from annotations.services.releases import make_release
from tests.factories import approve, submit
from tests.services.import_lines import GOOD, QUOTE, content
from tests.world import make_case

pytestmark = pytest.mark.django_db
# An export reads on a connection of its own, so what it is to find has to be committed.
COMMITTED = pytest.mark.django_db(transaction=True)

BASE = "/p/northern-bridge/"
HTMX = {"HX-Request": "true"}
FOREIGN = json.dumps({"text": "the army came", "label": [[0, 8, "PER"]], "Comments": []}).encode() + b"\n"


@pytest.fixture
def ana(world, sign_in):
    return sign_in(world.ana)


@pytest.fixture
def rui(world, sign_in):
    return sign_in(world.rui)


@pytest.fixture
def adi(world, sign_in):
    return sign_in(world.adi)


@pytest.fixture
def vic(world, sign_in):
    return sign_in(world.vic)


@pytest.fixture
def case(world):
    case = make_case(world)
    submit(world.ana, *case.records)
    approve(world.rui, *case.records)
    return case


def text_of(response, status=200):
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


# --- export -------------------------------------------------------------------------------------------------


@COMMITTED
def test_the_losses_are_shown_before_the_download(world, case, vic):
    page = text_of(vic.get(f"{BASE}export/", {"format": "conll"}))

    assert "Links cannot be written." in page
    assert str(case.links[0].id) in page
    assert f"/api/v1/projects/{world.project.id}/export/?format=conll" in page


@COMMITTED
def test_the_download_has_what_was_chosen(world, case, vic):
    query = {"format": "csv:raw", "state": "all", "kind": ["claim", "quote"], "text": "include"}

    part = text_of(vic.get(f"{BASE}export/", query, headers=HTMX))

    assert "<html" not in part
    assert "export/?format=csv&amp;flavour=raw&amp;state=all&amp;kind=claim%2Cquote" in part


@COMMITTED
def test_a_format_that_loses_nothing_says_so(world, case, vic):
    assert "carries all that was chosen" in text_of(vic.get(f"{BASE}export/", {"format": "newsdesk-jsonl"}))


@pytest.mark.parametrize(
    "query", [{"format": "docx"}, {"format": "brat", "text": "omit"}, {"format": "csv", "outlet": "x"}]
)
def test_a_choice_that_is_none_is_told(world, vic, query):
    assert "Download" not in text_of(vic.get(f"{BASE}export/", query), 400).partition("exchange-preview")[2]


def test_only_admins_are_offered_names(world, adi, vic):
    assert 'name="people"' in text_of(adi.get(f"{BASE}export/"))
    assert 'name="people"' not in text_of(vic.get(f"{BASE}export/"))


# --- import -------------------------------------------------------------------------------------------------


def send(client, raw, act="check", headers=None, **fields):
    values = {"file": SimpleUploadedFile("set.jsonl", raw), "format": "newsdesk-jsonl", "on_error": "refuse"}
    return client.post(f"{BASE}import/", {**values, "act": act, **fields}, headers=headers or {})


def test_a_check_reports_and_stores_nothing(world, ana):
    bad = content(*GOOD, QUOTE | {"id": "q2", "exact": ["no"]})

    page = text_of(send(ana, bad))

    assert "nothing was stored" in page
    assert "text_mismatch" in page
    assert not Annotation.objects.exists()


def test_a_good_file_is_taken_in(world, ana):
    assert "Imported." in text_of(send(ana, content(*GOOD), "import"))
    assert Annotation.objects.count() == 4


def test_a_file_with_a_wrong_line_is_refused_whole_unless_asked_otherwise(world, ana):
    bad = content(*GOOD, QUOTE | {"id": "q2", "exact": ["no"]})

    assert "text_mismatch" in text_of(send(ana, bad, "import"), 422)
    assert not Import.objects.exists()
    assert "without the lines below" in text_of(send(ana, bad, "import", on_error="skip"))


def test_names_are_mapped_on_the_page_and_kept(world, ana):
    first = text_of(send(ana, FOREIGN, format="doccano", headers=HTMX))
    assert 'name="label:PER"' in first

    mapped = {"format": "doccano", "label:PER": "party"}
    second = text_of(send(ana, FOREIGN, headers=HTMX, **mapped))
    assert '<option value="party" selected>' in second
    text_of(send(ana, FOREIGN, "import", **mapped))

    assert ImportNames.objects.get().labels == {"PER": "party"}
    assert Annotation.objects.get().kind == "party"
    assert '<option value="party" selected>' in text_of(send(ana, FOREIGN, format="doccano"))


def test_a_cut_file_is_told(world, ana):
    assert "cut" in text_of(send(ana, content(*GOOD)[:-40], "import"), 422)


def test_an_import_without_a_file_is_told(world, ana):
    text_of(ana.post(f"{BASE}import/", {"act": "check"}), 400)


# --- releases -----------------------------------------------------------------------------------------------


@COMMITTED
def test_a_release_is_made_and_has_a_page_to_cite(world, case, rui, vic):
    answer = rui.post(f"{BASE}releases/", {"name": "First", "state": "approved", "text": "include"})

    assert (answer.status_code, answer["Location"]) == (302, f"{BASE}releases/1/")
    page = text_of(vic.get(f"{BASE}releases/1/"))
    release = Release.objects.get()
    assert f"/api/v1/releases/{release.id}/download/?format=brat" in page
    assert release.manifest["files"][0]["sha256"] in page
    assert "Northern bridge" in page
    assert "First" in text_of(vic.get(f"{BASE}releases/"))


@COMMITTED
def test_two_releases_are_compared(world, case, rui, vic):
    make_release(actor=world.rui, project=world.project, name="All", choice=Choice(state="all"))
    make_release(actor=world.rui, project=world.project, name="Claims", choice=Choice(kinds=(Kind.CLAIM,)))

    page = text_of(vic.get(f"{BASE}releases/2/", {"since": "1"}))

    assert "Withdrawn" in page
    assert str(case.quote.id) in page
    text_of(vic.get(f"{BASE}releases/2/", {"since": "9"}), 404)
    text_of(vic.get(f"{BASE}releases/9/"), 404)


@COMMITTED
def test_a_name_that_is_taken_and_a_role_too_low_are_told(world, ana, rui):
    fields = {"name": "First", "state": "approved", "text": "include"}
    rui.post(f"{BASE}releases/", fields)

    assert "already has a release" in text_of(rui.post(f"{BASE}releases/", fields), 400)
    text_of(ana.post(f"{BASE}releases/", fields), 403)


# --- webhooks -----------------------------------------------------------------------------------------------


@pytest.fixture
def switched_on(settings):
    settings.WEBHOOKS = True


def make(client, url="https://example.org/hook"):
    return client.post(f"{BASE}webhooks/", {"url": url, "topics": ["decision", "release"]})


def test_the_secret_is_shown_once(world, adi, switched_on):
    assert "whsec_" in text_of(make(adi))
    assert "whsec_" not in text_of(adi.get(f"{BASE}webhooks/"))


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "nonsense", ""])
def test_an_address_that_leads_inside_is_told(world, adi, switched_on, url):
    text_of(make(adi, url), 400)
    assert not Webhook.objects.exists()


def test_webhooks_that_are_switched_off_are_told(world, adi):
    assert "switched off" in text_of(make(adi), 400)


def test_the_log_shows_a_message_and_repeats_it(world, adi, switched_on):
    make(adi, "http://nowhere.invalid/")
    Delivery.objects.update(attempts=7)
    deliver_due()
    delivery = Delivery.objects.get()

    page = text_of(adi.get(f"{BASE}webhooks/{delivery.webhook_id}/"))
    assert "There is no host of this name." in page
    assert "Given up" in page

    adi.post(f"{BASE}webhooks/deliveries/{delivery.id}/")
    assert Delivery.objects.get().state == "waiting"


def test_an_ended_webhook_says_so(world, adi, switched_on):
    make(adi)

    adi.post(f"{BASE}webhooks/{Webhook.objects.get().id}/end/")

    assert "Ended" in text_of(adi.get(f"{BASE}webhooks/"))


def test_others_see_no_webhooks(world, rui):
    text_of(rui.get(f"{BASE}webhooks/"), 403)
    assert "webhooks/" not in text_of(rui.get(f"{BASE}export/"))


def test_the_log_of_a_foreign_project_is_not_there(world, sign_in):
    assert sign_in(world.zoe).get(f"{BASE}webhooks/").status_code == 404
