"""Routes of pages and fragments; a name is that of template, element and class too (docs/architecture.md#fragments)."""

from django.urls import URLPattern, path

from annotations.views import (
    accounts,
    annotations,
    articles,
    assignments,
    attributes,
    comments,
    guidelines,
    home,
    inbox,
    keys,
    links,
    log,
    members,
    mentions,
    projects,
    redactions,
    review,
    selection,
    settings,
    steps,
    workbench,
)

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
    path("p/<slug:slug>/review/decisions/", review.decide_records, name="decision-create"),
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
    path("p/<slug:slug>/log/", log.show_log, name="log"),
    path("p/<slug:slug>/articles/next/", assignments.take_next, name="article-next"),
    path(f"{_ARTICLE}assignments/", assignments.assign, name="assignment-create"),
    path(f"{_ARTICLE}assignments/end/", assignments.release, name="assignment-end"),
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
    path("login/", accounts.sign_in, name="login"),
    path("login/link/<str:secret>/", accounts.sign_in_by_link, name="login-link"),
    path("logout/", accounts.sign_out, name="logout"),
    path("account/", accounts.account, name="account"),
    path("account/keys/", keys.show_keys, name="keys"),
    path("projects/", projects.show_projects, name="project-list"),
    path("p/<slug:slug>/articles/", articles.show_articles, name="article-list"),
    path("p/<slug:slug>/articles/new/", articles.add_article, name="article-create"),
    *_review,
    *_administration,
    *_workbench,
]
