"""THE table of rights: every route and method of the site, who may use it, and with how wide a token.

`least` is the lowest role let through: "open" needs no sign-in, "nobody" sends on who has signed in, "person" needs no
membership. `scope` is the narrowest token
that reaches; pages take no token at all. `whose` narrows further by who made the record: its "author", its
"author or admin", or "others" than whoever asks. `named` says how a record of another project, or one that is missing,
is refused: in the path it is 404, in the body 400, in a list of records 422, and a filter finds nothing.
Words in braces stand for records (places.py); `match` names the one whose version If-Match carries.
"""

from typing import Final

from tests.rights.account_rows import ACCOUNTS
from tests.rights.row import AUTHOR, AUTHOR_OR_ADMIN, BODY, FILTER, LIST, NOWHERE, OTHERS, Row

API: Final = "/api/v1/"
PROJECT, OUTLET, INCIDENT = f"{API}projects/{{project}}/", f"{API}outlets/", f"{API}incidents/"
PARTY, ARTICLE, ANNOTATION, LINK = f"{API}parties/", f"{API}articles/", f"{API}annotations/", f"{API}links/"
RELEASE: Final = f"{API}releases/"
HTMX: Final = {"HX-Request": "true"}
HOUSES = {"segments": [[145, 166]], "exact": ["two houses had burned"]}
VERDICT = {"version": 1, "verdict": "approve"}


def filters(path: str, least: str = "person", **values: str) -> list[Row]:
    """One row for each filter of a list: what is named in it may be another project's."""
    return [
        Row("GET", f"{path}?{name}={value}", least, named=FILTER if "{" in value else NOWHERE)
        for name, value in values.items()
    ]


OPEN: Final = [
    Row("GET", "/livez", "open", named=NOWHERE),
    Row("GET", "/readyz", "open", named=NOWHERE),
    # Only with a setting, and then with a token of its own.
    Row("GET", "/metrics", "open", ok=404, named=NOWHERE),
    Row("GET", "/login/", "nobody", named=NOWHERE),
    Row("POST", "/login/", "nobody", named=NOWHERE),
    Row("GET", "/login/link/unknown/", "open", ok=410, named=NOWHERE),
    Row("POST", "/logout/", "open", ok=302, named=NOWHERE),
    # Without a password given first there is no second step.
    Row("GET", "/login/code/", "nobody", ok=302, named=NOWHERE),
    Row("POST", "/login/code/", "nobody", ok=302, named=NOWHERE),
    Row("GET", "/login/passkey/", "nobody", ok=302, named=NOWHERE),
    Row("POST", "/login/passkey/", "nobody", ok=302, named=NOWHERE),
    Row("GET", "/login/closed/", "open", named=NOWHERE),
    # Only with a mail server, and only with a provider.
    Row("GET", "/login/reset/", "open", ok=404, named=NOWHERE),
    Row("POST", "/login/reset/", "open", ok=404, named=NOWHERE),
    Row("GET", "/login/reset/sent/", "open", ok=404, named=NOWHERE),
    Row("GET", "/login/reset/done/", "open", ok=404, named=NOWHERE),
    Row("GET", "/login/reset/abc-unknown/", "open", ok=404, named=NOWHERE),
    Row("POST", "/login/reset/abc-unknown/", "open", ok=404, named=NOWHERE),
    Row("GET", "/login/provider/oidc/", "open", ok=404, named=NOWHERE),
    Row("POST", "/login/provider/oidc/", "open", ok=404, named=NOWHERE),
    Row("GET", "/login/provider/oidc/back/", "open", ok=404, named=NOWHERE),
    Row("GET", "/login/provider/stopped/", "open", named=NOWHERE),
    Row("GET", "/login/provider/failed/", "open", ok=401, named=NOWHERE),
    Row("GET", "/invitations/unknown/", "open", ok=410, named=NOWHERE),
    Row("POST", "/invitations/unknown/", "open", ok=410, named=NOWHERE),
    Row("GET", f"{API}schema/", "open", named=NOWHERE),
    Row("GET", f"{API}docs/", "open", named=NOWHERE),
]

ADMINISTRATION: Final = [
    Row("GET", f"{API}me/", "person", named=NOWHERE),
    Row("GET", f"{API}projects/", "person", named=NOWHERE),
    *filters(f"{API}projects/", slug="{slug}"),
    Row("POST", f"{API}projects/", "person", "review", 201, {"name": "Another"}, named=NOWHERE),
    Row("GET", PROJECT, "viewer"),
    Row("PATCH", PROJECT, "admin", "review", 200, {"description": "x"}, "project"),
    Row("GET", f"{PROJECT}members/", "admin"),
    Row("POST", f"{PROJECT}members/", "admin", "review", 201, {"user": "newcomer", "role": "viewer"}),
    Row("PATCH", f"{PROJECT}members/{{member}}/", "admin", "review", 200, {"role": "analyst"}),
    Row("DELETE", f"{PROJECT}members/{{member}}/", "admin", "review", 204),
]

EXCHANGE: Final = [
    Row("GET", f"{PROJECT}export/", "viewer"),
    Row("HEAD", f"{PROJECT}export/", "viewer"),
    Row("GET", f"{PROJECT}export/?people=names", "admin"),
    Row("HEAD", f"{PROJECT}export/?people=names", "admin"),
    Row("GET", f"{PROJECT}export/losses/", "viewer"),
    Row("GET", f"{PROJECT}export/losses/?people=names", "admin"),
    # A form without its file: whoever is let through is told so.
    Row("POST", f"{PROJECT}imports/", "analyst", "write", 400),
    Row("GET", f"{API}imports/{{import}}/", "viewer"),
    Row("GET", RELEASE, "person", named=NOWHERE),
    *filters(RELEASE, project="{project}"),
    Row("POST", RELEASE, "reviewer", "review", 201, {"project": "{project}", "name": "New"}, named=BODY),
    Row("GET", f"{RELEASE}{{release}}/", "viewer"),
    Row("GET", f"{RELEASE}{{release}}/download/", "viewer"),
    Row("HEAD", f"{RELEASE}{{release}}/download/", "viewer"),
    Row("GET", f"{RELEASE}{{release}}/download/?format=csv&flavour=raw", "viewer"),
    Row("GET", f"{RELEASE}{{release}}/changes/?since={{earlier}}", "viewer"),
]

REGISTRY: Final = [
    Row("GET", OUTLET, "person", named=NOWHERE),
    *filters(OUTLET, project="{project}"),
    Row("POST", OUTLET, "analyst", "write", 201, {"project": "{project}", "name": "New"}, named=BODY),
    Row("GET", f"{OUTLET}{{outlet}}/", "viewer"),
    Row("PATCH", f"{OUTLET}{{outlet}}/", "analyst", "write", 200, {"country": "Nowhere"}, "outlet"),
    Row("DELETE", f"{OUTLET}{{outlet}}/", "reviewer", "write", 204, match="outlet"),
    Row("GET", INCIDENT, "person", named=NOWHERE),
    *filters(INCIDENT, project="{project}"),
    Row("POST", INCIDENT, "analyst", "write", 201, {"project": "{project}", "title": "New"}, named=BODY),
    Row("GET", f"{INCIDENT}{{incident}}/", "viewer"),
    Row("PATCH", f"{INCIDENT}{{incident}}/", "analyst", "write", 200, {"place": "Nowhere"}, "incident"),
    Row("DELETE", f"{INCIDENT}{{incident}}/", "reviewer", "write", 204, match="incident"),
    Row("GET", PARTY, "person", named=NOWHERE),
    *filters(PARTY, project="{project}"),
    Row(
        "POST", PARTY, "analyst", "write", 201,
        {"project": "{project}", "name": "New", "entity_type": "group"}, named=BODY,
    ),
    Row("GET", f"{PARTY}{{party}}/", "viewer"),
    Row("PATCH", f"{PARTY}{{party}}/", "analyst", "write", 200, {"name": "Renamed"}, "party"),
    Row("DELETE", f"{PARTY}{{spare}}/", "reviewer", "write", 204, match="spare"),
]  # fmt: skip

ARTICLES: Final = [
    Row("GET", ARTICLE, "person", named=NOWHERE),
    *filters(ARTICLE, project="{project}", outlet="{used outlet}", incident="{incident}"),
    *filters(ARTICLE, language="en", published_after="2021-01-01", published_before="2021-01-01", q="bridge"),
    Row(
        "POST", ARTICLE, "analyst", "write", 201,
        {"project": "{project}", "title": "New", "text": "New words.", "language": "en"}, named=BODY,
    ),
    Row("GET", f"{ARTICLE}{{article}}/", "viewer"),
    Row("PATCH", f"{ARTICLE}{{article}}/", "analyst", "write", 200, {"byline": "Somebody"}, "article"),
    Row("GET", f"{ARTICLE}{{article}}/text/", "viewer"),
    Row("POST", f"{ARTICLE}{{article}}/submit/", "analyst", "write"),
]  # fmt: skip

RECORDS: Final = [
    Row("GET", ANNOTATION, "person", named=NOWHERE),
    *filters(ANNOTATION, project="{project}", article="{article}", party="{party}"),
    *filters(ANNOTATION, kind="claim", state="draft", author="zoe", updated_since="2021-01-01"),
    *filters(ANNOTATION, incomplete="true", approved="true"),
    Row("POST", ANNOTATION, "analyst", "write", 201, {"article": "{article}", "kind": "claim", **HOUSES}, named=BODY),
    Row(
        "POST", ANNOTATION, "analyst", "write", 201,
        [{"article": "{article}", "kind": "claim", **HOUSES}], named=LIST,
    ),
    Row("GET", f"{ANNOTATION}{{claim}}/", "viewer"),
    Row("GET", f"{ANNOTATION}{{claim}}/history/", "viewer"),
    Row("PATCH", f"{ANNOTATION}{{claim}}/", "analyst", "write", 200, {"note": "x"}, "claim", AUTHOR_OR_ADMIN),
    Row("PATCH", f"{ANNOTATION}{{claim}}/", "analyst", "write", 200, {"state": "submitted"}, "claim", AUTHOR),
    Row("DELETE", f"{ANNOTATION}{{claim}}/", "analyst", "write", 200, None, "claim", AUTHOR_OR_ADMIN),
    Row("GET", LINK, "person", named=NOWHERE),
    *filters(LINK, project="{project}", article="{article}", annotation="{claim}"),
    *filters(LINK, type="claimant", state="draft", updated_since="2021-01-01"),
    Row(
        "POST", LINK, "analyst", "write", 201,
        {"type": "about", "source": "{claim}", "target": "{submitted}"}, named=BODY,
    ),
    Row(
        "POST", LINK, "analyst", "write", 201,
        [{"type": "about", "source": "{claim}", "target": "{submitted}"}], named=LIST,
    ),
    Row("GET", f"{LINK}{{link}}/", "viewer"),
    Row("GET", f"{LINK}{{link}}/history/", "viewer"),
    Row("PATCH", f"{LINK}{{link}}/", "analyst", "write", 200, {"note": "x"}, "link", AUTHOR_OR_ADMIN),
    Row("PATCH", f"{LINK}{{link}}/", "analyst", "write", 200, {"state": "submitted"}, "link", AUTHOR),
    Row("DELETE", f"{LINK}{{link}}/", "analyst", "write", 200, None, "link", AUTHOR_OR_ADMIN),
    Row("GET", f"{API}decisions/", "person", named=NOWHERE),
    *filters(f"{API}decisions/", project="{project}", article="{article}", reviewer="rui"),
    Row(
        "POST", f"{API}decisions/", "reviewer", "review", 201,
        {"annotation": "{submitted}", **VERDICT}, whose=OTHERS, named=BODY,
    ),
    Row("GET", f"{API}claims/", "person", named=NOWHERE),
    *filters(f"{API}claims/", project="{project}", claimant="{party}", outlet="{used outlet}", incident="{incident}"),
    *filters(f"{API}claims/", approved="true", status="uncontested", topic="other", q="bridge"),
]  # fmt: skip

TEAMWORK: Final = [
    Row("GET", f"{ANNOTATION}{{claim}}/comments/", "viewer"),
    Row("POST", f"{ANNOTATION}{{claim}}/comments/", "analyst", "write", 201, {"text": "Sure?"}),
    Row("GET", f"{LINK}{{link}}/comments/", "viewer"),
    Row("POST", f"{LINK}{{link}}/comments/", "analyst", "write", 201, {"text": "Sure?"}),
    Row("POST", f"{ANNOTATION}{{claim}}/resubmit/", "analyst", "write", 200, {}, "claim", AUTHOR),
    Row("POST", f"{LINK}{{link}}/resubmit/", "analyst", "write", 200, {}, "link", AUTHOR),
    Row("POST", f"{API}decisions/{{decision}}/take/", "analyst", "write", whose=AUTHOR),
    Row("GET", f"{ARTICLE}{{article}}/progress/", "viewer"),
    Row("GET", f"{ARTICLE}{{article}}/assignments/", "viewer"),
    Row("POST", f"{ARTICLE}{{article}}/assignments/", "analyst", "write", 201, {}),
    Row("DELETE", f"{ARTICLE}{{article}}/assignments/{{assigned}}/", "reviewer", "review", 204),
    Row("POST", f"{PROJECT}next-article/", "analyst", "write"),
    Row("GET", f"{PROJECT}inbox/", "viewer"),
    Row("GET", f"{PROJECT}guideline/", "viewer"),
    Row("PATCH", f"{PROJECT}guideline/", "admin", "review", 200, {"text": "# Claim"}, "guideline"),
    Row("GET", f"{PROJECT}guideline/history/", "viewer"),
]

PAGE: Final = "/p/{slug}/"
DESK: Final = f"{PAGE}articles/{{article}}/"
CLAIM = {"annotation": "{claim}", "version": "1"}
PAGES: Final = [
    Row("GET", "/", "person", ok=302, named=NOWHERE),
    Row("GET", "/account/", "person", named=NOWHERE),
    Row("POST", "/account/", "person", ok=302, body={"theme": "dark", "language": "en"}, named=NOWHERE),
    Row("GET", "/account/keys/", "person", named=NOWHERE),
    Row("POST", "/account/keys/", "person", ok=302, body={"reset": "yes"}, named=NOWHERE),
    Row("GET", "/account/mail/", "person", named=NOWHERE),
    Row("POST", "/account/mail/", "person", ok=302, body={"digest": "off"}, named=NOWHERE),
    Row("GET", "/projects/", "person", named=NOWHERE),
    Row("POST", "/projects/", "person", ok=302, body={"name": "Another"}, named=NOWHERE),
    Row("GET", f"{PAGE}articles/", "viewer"),
    Row("GET", f"{PAGE}articles/?search=bridge&language=en&outlet={{used outlet}}&after={{article}}", "viewer"),
    Row("GET", f"{PAGE}articles/new/", "analyst"),
    Row(
        "POST", f"{PAGE}articles/new/", "analyst", ok=302, body={"title": "New", "text": "New words.", "language": "en"}
    ),
    Row("GET", f"{PAGE}export/", "viewer"),
    Row("GET", f"{PAGE}export/?format=csv", "viewer", headers=HTMX),
    Row("GET", f"{PAGE}import/", "analyst"),
    # A form without its file.
    Row("POST", f"{PAGE}import/", "analyst", ok=400, body={"act": "check"}),
    Row("GET", f"{PAGE}releases/", "viewer"),
    Row(
        "POST", f"{PAGE}releases/", "reviewer", ok=302, body={"name": "New", "state": "approved", "text": "include"}
    ),
    Row("GET", f"{PAGE}releases/{{number}}/?since=1", "viewer"),
    Row("GET", f"{PAGE}webhooks/", "admin"),
    # Switched off unless a site wants them: whoever is let through is told so.
    Row("POST", f"{PAGE}webhooks/", "admin", ok=400, body={"url": "https://example.org/", "topics": "release"}),
    Row("GET", f"{PAGE}webhooks/{{webhook}}/", "admin"),
    Row("POST", f"{PAGE}webhooks/{{webhook}}/end/", "admin", ok=302),
    Row("POST", f"{PAGE}webhooks/deliveries/{{delivery}}/", "admin", ok=302),
    Row("GET", f"{PAGE}review/", "viewer"),
    Row("GET", f"{PAGE}review/?view=all&annotation={{claim}}", "viewer"),
    Row("GET", f"{PAGE}review/?view=all&link={{link}}", "viewer"),
    Row("GET", f"{PAGE}review/?view=all", "viewer", headers=HTMX),
    Row(
        "POST", f"{PAGE}review/decisions/", "reviewer", ok=302, whose=OTHERS,
        body={"record": "annotation:{submitted}:1", "verdict": "approve"},
    ),
    Row("GET", f"{PAGE}review/?view=all&article={{article}}&outlet={{used outlet}}", "viewer"),
    Row("GET", f"{PAGE}review/record/?view=all&annotation={{claim}}", "viewer", headers=HTMX),
    Row("GET", f"{PAGE}review/selection/?record=annotation:{{submitted}}:1", "reviewer"),
    Row(
        "POST", f"{PAGE}review/comments/", "analyst", ok=302,
        body={"annotation": "{claim}", "text": "Sure?", "act": "said"},
    ),
    Row("GET", f"{PAGE}inbox/", "viewer"),
    Row("GET", f"{PAGE}inbox/count/", "viewer", headers=HTMX),
    Row("POST", f"{PAGE}inbox/proposals/{{decision}}/", "analyst", ok=302, whose=AUTHOR),
    Row("POST", f"{PAGE}inbox/submissions/", "analyst", ok=302, body={"record": "annotation:{claim}:1"}, whose=AUTHOR),
    Row("POST", f"{PAGE}inbox/settlements/", "viewer", ok=302, body={"record": "annotation:{claim}:1"}),
    Row("GET", f"{PAGE}settings/", "admin"),
    Row("POST", f"{PAGE}settings/", "admin", ok=302, body={"version": "1", "name": "Home", "visibility": "shared"}),
    Row("GET", f"{PAGE}members/", "admin"),
    Row("POST", f"{PAGE}members/additions/", "admin", ok=302, body={"user": "newcomer", "role": "viewer"}),
    Row("POST", f"{PAGE}members/roles/", "admin", ok=302, body={"user": "{member}", "role": "analyst"}),
    Row("POST", f"{PAGE}members/removals/", "admin", ok=302, body={"user": "{member}"}),
    Row("POST", f"{PAGE}members/handovers/", "admin", ok=302, body={"user": "{member}", "to": "noa"}),
    Row("GET", f"{PAGE}redactions/", "reviewer"),
    Row("GET", f"{PAGE}redactions/{{redaction}}/", "reviewer"),
    Row("POST", f"{PAGE}redactions/{{redaction}}/", "reviewer", ok=302),
    Row("POST", f"{PAGE}redactions/{{redaction}}/end/", "reviewer", ok=302),
    Row("GET", f"{DESK}redactions/", "admin"),
    Row("POST", f"{DESK}redactions/", "admin", body={"words": "Monday", "look": "yes"}),
    Row("POST", f"{PAGE}inbox/comments/read/", "viewer", ok=302),
    Row("POST", f"{PAGE}inbox/given/read/", "viewer", ok=302),
    Row("GET", f"{PAGE}log/", "admin"),
    Row("GET", f"{PAGE}log/?person=ana&kind=tags&since=2020-01-01&article={{article}}&after={{article}}", "admin"),
    Row("GET", f"{PAGE}guideline/", "viewer"),
    Row("GET", f"{PAGE}guideline/versions/?older=1&newer=1", "viewer"),
    Row("GET", f"{PAGE}guideline/edit/", "admin"),
    Row("POST", f"{PAGE}guideline/edit/", "admin", ok=302, body={"text": "# Claim", "version": "1"}),
    Row("POST", f"{PAGE}articles/next/", "analyst", ok=302),
    Row("POST", f"{DESK}assignments/", "analyst", ok=302),
    Row("POST", f"{DESK}assignments/end/", "reviewer", ok=302, body={"assignee": "{assigned}"}),
    Row("GET", DESK, "viewer"),
    Row("GET", f"{DESK}?focus={{claim}}&pick=who&query=a", "viewer"),
    Row("GET", f"{DESK}panel/?focus={{claim}}", "viewer", headers=HTMX),
    Row("GET", f"{DESK}links/picker/?annotation={{claim}}&pick=who", "viewer", headers=HTMX),
    Row(
        "GET", f"{DESK}links/preview/?annotation={{claim}}&target={{submitted}}&pick=about", "viewer", headers=HTMX
    ),
    Row("GET", f"{DESK}annotations/parties/choices/?annotation={{mention}}", "viewer", headers=HTMX),
    Row("POST", f"{DESK}submissions/", "analyst", ok=302, body={"confirm": "yes"}),
    Row("POST", f"{DESK}undo/", "analyst", ok=302),
    Row("POST", f"{DESK}redo/", "analyst", ok=302),
    Row(
        "POST", f"{DESK}annotations/", "analyst", ok=302,
        body={"kind": "claim", "segments": "[[145,166]]", "exact": '["two houses had burned"]'},
    ),
    Row(
        "POST", f"{DESK}annotations/quoting/", "analyst", ok=302, body={"kind": "claim", "words": "burned",
        "occurrence": "1"},
    ),
    Row(
        "POST", f"{DESK}annotations/quoting/", "analyst", ok=302,
        body={"kind": "claim", "words": "burned", "occurrence": "1", "speaker": "{mention}"},
    ),
    Row(
        "POST", f"{DESK}annotations/span/", "analyst", ok=302, whose=AUTHOR_OR_ADMIN,
        body={**CLAIM, "words": "the northern bridge", "occurrence": "1"},
    ),
    Row(
        "POST", f"{DESK}annotations/attributes/", "analyst", ok=302, whose=AUTHOR_OR_ADMIN,
        body={**CLAIM, "name": "act", "value": "accuse"},
    ),
    Row("POST", f"{DESK}annotations/mentions/", "analyst", ok=302, body={"annotation": "{mention}"}),
    Row(
        "POST", f"{DESK}annotations/kind/", "analyst", ok=302, body={**CLAIM, "kind": "counterclaim"},
        whose=AUTHOR_OR_ADMIN,
    ),
    Row("POST", f"{DESK}annotations/note/", "analyst", ok=302, body={**CLAIM, "note": "x"}, whose=AUTHOR_OR_ADMIN),
    Row(
        "POST", f"{DESK}annotations/note/", "analyst", body={**CLAIM, "note": "x"}, whose=AUTHOR_OR_ADMIN, headers=HTMX,
    ),
    Row(
        "POST", f"{DESK}annotations/parties/", "analyst", ok=302, whose=AUTHOR_OR_ADMIN,
        body={"annotation": "{mention}", "version": "1", "keep": "{party}", "add": "{spare}"},
    ),
    Row("POST", f"{DESK}annotations/withdrawals/", "analyst", ok=302, body=CLAIM, whose=AUTHOR_OR_ADMIN),
    Row(
        "POST", f"{DESK}links/", "analyst", ok=302, body={"type": "about", "source": "{claim}",
        "target": "{submitted}"},
    ),
    Row(
        "POST", f"{DESK}links/withdrawals/", "analyst", ok=302, whose=AUTHOR_OR_ADMIN,
        body={"link": "{link}", "version": "1"},
    ),
]  # fmt: skip

ROWS: Final = [*OPEN, *ADMINISTRATION, *EXCHANGE, *REGISTRY, *ARTICLES, *RECORDS, *TEAMWORK, *ACCOUNTS, *PAGES]
