from tests.api.client import Api, assert_problem
from tests.world import World


def test_the_guideline_is_empty_until_an_admin_writes_it(adi: Api, vic: Api, world: World) -> None:
    path = f"projects/{world.project.id}/guideline/"
    before = vic.get(path)
    assert (before.json()["version"], before.json()["text"], before["ETag"]) == (0, "", '"0"')
    written = adi.patch(path, {"text": "## Claim\n"}, 0)
    assert (written.status_code, written["ETag"]) == (200, '"1"')
    assert vic.get(path).json() == written.json()
    adi.patch(path, {"text": "## Claims\n"}, 1)
    listed = vic.get(f"{path}history/").json()["results"]
    assert [(item["version"], item["text"], item["editor"]) for item in listed] == [
        (1, "## Claim\n", "adi"),
        (2, "## Claims\n", "adi"),
    ]


def test_writing_it_is_refused(adi: Api, rui: Api, zoe: Api, world: World) -> None:
    path = f"projects/{world.project.id}/guideline/"
    assert_problem(rui.patch(path, {"text": "x"}, 0), 403, "not_allowed")
    assert_problem(zoe.get(path), 404, "not_found")
    assert_problem(zoe.get(f"{path}history/"), 404, "not_found")
    assert_problem(adi.patch(path, {"text": "x"}), 428, "precondition_required")
    assert_problem(adi.send("PATCH", path, {"text": "x"}, If_Match='"nonsense"'), 412, "stale_version")
    assert_problem(adi.patch(path, {"text": " "}, 0), 400, "blank")
    assert_problem(adi.patch(path, {"text": 7}, 0), 400, "invalid_type")
    assert_problem(adi.patch(path, {"text": "x" * 100_001}, 0), 400, "too_long")
    adi.patch(path, {"text": "In force."}, 0)
    stale = assert_problem(adi.patch(path, {"text": "Mine."}, 0), 412, "stale_version")
    assert (stale["current"]["version"], stale["current"]["text"]) == (1, "In force.")
