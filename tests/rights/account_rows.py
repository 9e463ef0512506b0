"""The rows of accounts, sessions and invitations (table.py)."""

from typing import Final

from tests.rights.row import NOWHERE, Row

ACCOUNT: Final = "/account/"
FACTORS: Final = "/account/second-factor/"
# People of the table have no password and no second factor, so nothing is asked again, and there is nothing to remove.
ACCOUNTS: Final = [
    Row("GET", f"{ACCOUNT}email/", "person", named=NOWHERE),
    Row("POST", f"{ACCOUNT}email/", "person", ok=302, body={"email": "a@example.org"}, named=NOWHERE),
    Row("GET", f"{ACCOUNT}password/", "person", ok=302, named=NOWHERE),
    Row("POST", f"{ACCOUNT}password/", "person", ok=302, named=NOWHERE),
    Row("GET", f"{ACCOUNT}password/first/", "person", named=NOWHERE),
    Row("POST", f"{ACCOUNT}password/first/", "person", ok=400, body={"password1": "short"}, named=NOWHERE),
    *(
        Row(method, f"{ACCOUNT}confirm/{way}", "person", ok=403, named=NOWHERE)
        for method in ("GET", "POST")
        for way in ("", "code/", "passkey/")
    ),
    Row("GET", FACTORS, "person", named=NOWHERE),
    Row("GET", f"{FACTORS}app/", "person", named=NOWHERE),
    Row("POST", f"{FACTORS}app/", "person", ok=400, body={"code": "1"}, named=NOWHERE),
    Row("GET", f"{FACTORS}app/removal/", "person", ok=404, named=NOWHERE),
    Row("POST", f"{FACTORS}app/removal/", "person", ok=404, named=NOWHERE),
    Row("GET", f"{FACTORS}recovery-codes/", "person", ok=404, named=NOWHERE),
    Row("GET", f"{FACTORS}recovery-codes/new/", "person", named=NOWHERE),
    Row("POST", f"{FACTORS}recovery-codes/new/", "person", ok=400, named=NOWHERE),
    Row("GET", f"{FACTORS}passkeys/", "person", named=NOWHERE),
    Row("GET", f"{FACTORS}passkeys/new/", "person", named=NOWHERE),
    Row("POST", f"{FACTORS}passkeys/new/", "person", ok=400, body={"credential": "{}"}, named=NOWHERE),
    Row("GET", f"{FACTORS}passkeys/1/", "person", ok=404, named=NOWHERE),
    Row("POST", f"{FACTORS}passkeys/1/", "person", ok=404, body={"name": "x"}, named=NOWHERE),
    Row("GET", f"{FACTORS}passkeys/1/removal/", "person", ok=404, named=NOWHERE),
    Row("POST", f"{FACTORS}passkeys/1/removal/", "person", ok=404, named=NOWHERE),
    Row("GET", f"{ACCOUNT}sessions/", "person", named=NOWHERE),
    Row("POST", f"{ACCOUNT}sessions/others/", "person", ok=302, named=NOWHERE),
    Row("POST", f"{ACCOUNT}sessions/1/", "person", ok=404, named=NOWHERE),
    Row("GET", f"{ACCOUNT}providers/", "person", named=NOWHERE),
    Row("POST", f"{ACCOUNT}providers/", "person", ok=400, body={"account": "1"}, named=NOWHERE),
    Row("GET", f"{ACCOUNT}tokens/", "person", named=NOWHERE),
    Row("POST", f"{ACCOUNT}tokens/", "person", body={"name": "x", "scope": "read", "days": "7"}, named=NOWHERE),
    Row("POST", f"{ACCOUNT}tokens/nd_unknown/", "person", ok=404, named=NOWHERE),
    Row("GET", "/p/{slug}/invitations/", "admin"),
    Row("POST", "/p/{slug}/invitations/", "admin", body={"role": "viewer", "days": "7", "note": ""}),
    Row("POST", "/p/{slug}/invitations/{invitation}/", "admin", ok=302),
    # Eve is in the other project too.
    Row("GET", "/p/{slug}/members/{lone member}/deactivation/", "admin"),
    Row("POST", "/p/{slug}/members/{lone member}/deactivation/", "admin", ok=302),
]
