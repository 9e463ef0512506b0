from annotations.models import Project
from tests.factories import make_actor, make_project
from tests.views.conftest import SignIn
from tests.world import World


def test_start_page_goes_to_the_only_project(world: World, sign_in: SignIn):
    assert sign_in(world.ana).get("/").headers["Location"] == "/p/northern-bridge/articles/"


def test_start_page_goes_to_the_last_project(world: World, sign_in: SignIn):
    other = make_project(world.adi, name="Another")
    browser = sign_in(world.adi)
    assert browser.get("/").headers["Location"] == "/projects/"
    browser.get(f"/p/{other.slug}/articles/")
    assert browser.get("/").headers["Location"] == "/p/another/articles/"


def test_newcomer_is_asked_to_make_the_first_project(world: World, sign_in: SignIn):
    browser = sign_in(make_actor("nia"))
    assert "You are in no project yet" in browser.get("/", follow=True).text
    made = browser.post("/projects/", {"name": "Southern road", "description": ""})
    assert made.headers["Location"] == f"/p/{Project.objects.get(name='Southern road').slug}/articles/"
    assert "No articles yet" in browser.get(made.headers["Location"]).text


def test_project_needs_a_name(world: World, sign_in: SignIn):
    refused = sign_in(world.ana).post("/projects/", {"name": " "})
    assert refused.status_code == 400
    assert Project.objects.count() == 1


def test_list_shows_only_ones_own_projects(world: World, sign_in: SignIn):
    make_project(world.zoe, name="Hidden from Ana")
    listed = sign_in(world.ana).get("/projects/").text
    assert "Northern bridge" in listed
    assert "Hidden from Ana" not in listed
