"""Routes of pages and fragments; a name is that of template, element and class too (docs/architecture.md#fragments)."""

from django.urls import URLPattern, path, register_converter

from annotations.views import (
    accounts,
    annotations,
    articles,
    assignments,
    attributes,
    comments,
    credentials,
    decisions,
    exports,
    guidelines,
    home,
    imports,
    inbox,
    invitations,
    keys,
    links,
    log,
    mail,
    members,
    mentions,
    people,
    projects,
    redactions,
    releases,
    review,
    selection,
    sessions,
    settings,
    steps,
    tokens,
    webhooks,
    workbench,
)


class HexConverter:
    """An id without hyphens, as the links for a new password write it."""

    regex = "[0-9a-f]+"

    def to_python(self, value: str) -> str:
        """Keep it."""
        return value

    def to_url(self, value: str) -> str:
        """Keep it."""
        return value


register_converter(HexConverter, "hex")

_ARTICLE = "p/<slug:slug>/articles/<uuid:pk>/"

_workbench: list[URLPattern] = [
    path(_ARTICLE, workbench.show_workbench, name="workbench"),
    path(f"{_ARTICLE}panel/", workbench.show_panel, name="annotation-panel"),
    path(f"{_ARTICLE}submissions/", workbench.submit, name="article-submit"),
    path(f"{_ARTICLE}annotations/", annotations.tag, name="annotation-create"),
    path(f"{_ARTICLE}annotations/quoting/", annotations.tag_by_quoting, name="annotation-quote"),
    path(f"{_ARTICLE}annotations/kind/", annotations.change_kind, name="annotation-kind"),
    path(f"{_ARTICLE}annotations/note/", annotations.change_note, name="annotation-note"),
    path(f"{_ARTICLE}annotations/span/", annotations.change_span, name="annotation-span"),
    path(f"{_ARTICLE}annotations/attributes/", attributes.change_attribute, name="annotation-attribute"),
    path(f"{_ARTICLE}annotations/parties/", mentions.change_parties, name="annotation-parties"),
    path(f"{_ARTICLE}annotations/parties/choices/", mentions.show_choices, name="annotation-party-choices"),
    path(f"{_ARTICLE}annotations/mentions/", mentions.tag_others, name="annotation-mentions"),
    path(f"{_ARTICLE}undo/", steps.undo, name="annotation-undo"),
    path(f"{_ARTICLE}redo/", steps.redo, name="annotation-redo"),
    path(f"{_ARTICLE}annotations/withdrawals/", annotations.withdraw, name="annotation-withdraw"),
    path(f"{_ARTICLE}links/", links.link, name="link-create"),
    path(f"{_ARTICLE}links/picker/", links.pick, name="link-picker"),
    path(f"{_ARTICLE}links/preview/", links.preview, name="link-preview"),
    path(f"{_ARTICLE}links/withdrawals/", links.unlink, name="link-remove"),
]

_review: list[URLPattern] = [
    path("p/<slug:slug>/review/", review.show_review, name="review"),
    path("p/<slug:slug>/review/record/", review.show_frame, name="review-frame"),
    path("p/<slug:slug>/review/decisions/", decisions.decide_records, name="decision-create"),
    path("p/<slug:slug>/review/selection/", selection.preview_selection, name="review-selection"),
    path("p/<slug:slug>/review/comments/", comments.comment, name="comment-create"),
    path("p/<slug:slug>/inbox/", inbox.show_inbox, name="inbox"),
    path("p/<slug:slug>/inbox/count/", inbox.show_count, name="inbox-count"),
    path("p/<slug:slug>/inbox/proposals/<uuid:pk>/", inbox.take, name="proposal-take"),
    path("p/<slug:slug>/inbox/submissions/", inbox.fix, name="inbox-submit"),
    path("p/<slug:slug>/inbox/settlements/", inbox.settle, name="inbox-settle"),
    path("p/<slug:slug>/guideline/", guidelines.show_guideline, name="guideline"),
    path("p/<slug:slug>/guideline/edit/", guidelines.write_guideline, name="guideline-edit"),
    path("p/<slug:slug>/guideline/versions/", guidelines.show_versions, name="guideline-versions"),
    path("p/<slug:slug>/inbox/comments/read/", inbox.read_comments, name="inbox-comments-read"),
    path("p/<slug:slug>/inbox/given/read/", inbox.read_given, name="inbox-given-read"),
    path("p/<slug:slug>/log/", log.show_log, name="log"),
    path("p/<slug:slug>/articles/next/", assignments.take_next, name="article-next"),
    path(f"{_ARTICLE}assignments/", assignments.assign, name="assignment-create"),
    path(f"{_ARTICLE}assignments/end/", assignments.release, name="assignment-end"),
]

_exchange: list[URLPattern] = [
    path("p/<slug:slug>/export/", exports.show_export, name="export"),
    path("p/<slug:slug>/import/", imports.show_import, name="import"),
    path("p/<slug:slug>/releases/", releases.show_releases, name="release-list"),
    path("p/<slug:slug>/releases/<int:number>/", releases.show_release, name="release"),
    path("p/<slug:slug>/webhooks/", webhooks.show_webhooks, name="webhook-list"),
    path("p/<slug:slug>/webhooks/<uuid:pk>/", webhooks.show_webhook, name="webhook"),
    path("p/<slug:slug>/webhooks/<uuid:pk>/end/", webhooks.end, name="webhook-end"),
    path("p/<slug:slug>/webhooks/deliveries/<uuid:pk>/", webhooks.repeat, name="webhook-repeat"),
]

# Names with an underscore are those that django-allauth asks for.
_sign_in: list[URLPattern] = [
    path("login/", accounts.sign_in, name="login"),
    path("login/", accounts.sign_in, name="account_login"),
    path("login/link/<str:secret>/", accounts.sign_in_by_link, name="login-link"),
    path("login/code/", credentials.ask_second_factor, name="mfa_authenticate"),
    path("login/passkey/", credentials.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("login/closed/", credentials.say_inactive, name="account_inactive"),
    path("login/reset/", credentials.ask_reset, name="account_reset_password"),
    path("login/reset/sent/", credentials.say_reset_sent, name="account_reset_password_done"),
    path("login/reset/done/", credentials.say_reset_done, name="account_reset_password_from_key_done"),
    path("login/reset/<hex:uidb36>-<str:key>/", credentials.reset_password, name="account_reset_password_from_key"),
    path("login/provider/stopped/", credentials.say_provider_cancelled, name="socialaccount_login_cancelled"),
    path("login/provider/failed/", credentials.say_provider_failed, name="socialaccount_login_error"),
    path("login/provider/<slug:provider_id>/", credentials.go_to_provider, name="openid_connect_login"),
    path("login/provider/<slug:provider_id>/back/", credentials.come_from_provider, name="openid_connect_callback"),
    path("logout/", accounts.sign_out, name="logout"),
    path("logout/", accounts.sign_out, name="account_logout"),
    path("invitations/<str:secret>/", invitations.show_invitation, name="invitation"),
]

_FACTORS = "account/second-factor/"
_account: list[URLPattern] = [
    path("account/", accounts.account, name="account"),
    path("account/mail/", mail.show_mail, name="mail"),
    path("account/keys/", keys.show_keys, name="keys"),
    path("account/email/", accounts.change_email, name="email"),
    path("account/password/", credentials.change_password, name="account_change_password"),
    path("account/password/first/", credentials.set_first_password, name="account_set_password"),
    path("account/confirm/", credentials.ask_password_again, name="account_reauthenticate"),
    path("account/confirm/code/", credentials.ask_code_again, name="mfa_reauthenticate"),
    path("account/confirm/passkey/", credentials.ask_passkey_again, name="mfa_reauthenticate_webauthn"),
    path(_FACTORS, credentials.show_second_factors, name="mfa_index"),
    path(f"{_FACTORS}app/", credentials.add_app, name="mfa_activate_totp"),
    path(f"{_FACTORS}app/removal/", credentials.remove_app, name="mfa_deactivate_totp"),
    path(f"{_FACTORS}recovery-codes/", credentials.show_recovery_codes, name="mfa_view_recovery_codes"),
    path(f"{_FACTORS}recovery-codes/new/", credentials.make_recovery_codes, name="mfa_generate_recovery_codes"),
    path(f"{_FACTORS}passkeys/", credentials.show_passkeys, name="mfa_list_webauthn"),
    path(f"{_FACTORS}passkeys/new/", credentials.add_passkey, name="mfa_add_webauthn"),
    path(f"{_FACTORS}passkeys/<int:pk>/", credentials.rename_passkey, name="mfa_edit_webauthn"),
    path(f"{_FACTORS}passkeys/<int:pk>/removal/", credentials.remove_passkey, name="mfa_remove_webauthn"),
    path("account/sessions/", sessions.show_sessions, name="sessions"),
    path("account/sessions/others/", sessions.end_others, name="session-end-others"),
    path("account/sessions/<int:number>/", sessions.end_one, name="session-end"),
    path("account/providers/", credentials.show_providers, name="socialaccount_connections"),
    path("account/tokens/", tokens.show_tokens, name="tokens"),
    path("account/tokens/<str:prefix>/", tokens.revoke, name="token-revoke"),
]

_members: list[URLPattern] = [
    path("p/<slug:slug>/invitations/", invitations.show_invitations, name="invitation-list"),
    path("p/<slug:slug>/invitations/<uuid:pk>/", invitations.revoke, name="invitation-revoke"),
    path("p/<slug:slug>/members/<str:username>/deactivation/", people.deactivate, name="member-deactivate"),
]

_administration: list[URLPattern] = [
    path("p/<slug:slug>/settings/", settings.show_settings, name="project-settings"),
    path("p/<slug:slug>/members/", members.show_members, name="members"),
    path("p/<slug:slug>/members/additions/", members.add, name="member-add"),
    path("p/<slug:slug>/members/roles/", members.give_role, name="member-role"),
    path("p/<slug:slug>/members/removals/", members.remove, name="member-remove"),
    path("p/<slug:slug>/members/handovers/", members.give_records, name="member-handover"),
    path("p/<slug:slug>/redactions/", redactions.show_redactions, name="redactions"),
    path("p/<slug:slug>/redactions/<uuid:pk>/", redactions.confirm, name="redaction"),
    path("p/<slug:slug>/redactions/<uuid:pk>/end/", redactions.end, name="redaction-end"),
    path(f"{_ARTICLE}redactions/", redactions.ask, name="redaction-ask"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("projects/", projects.show_projects, name="project-list"),
    path("p/<slug:slug>/articles/", articles.show_articles, name="article-list"),
    path("p/<slug:slug>/articles/new/", articles.add_article, name="article-create"),
    *_exchange,
    *_sign_in,
    *_account,
    *_members,
    *_review,
    *_administration,
    *_workbench,
]
