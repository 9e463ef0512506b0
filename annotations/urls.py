"""Routes of pages and fragments; a name is that of template, element and class too (docs/architecture.md#fragments)."""

from django.urls import URLPattern, path

from annotations.views import (
    accounts,
    annotations,
    articles,
    assignments,
    attributes,
    comments,
    exports,
    guidelines,
    home,
    imports,
    inbox,
    keys,
    links,
    log,
    mentions,
    projects,
    releases,
    review,
    selection,
    steps,
    webhooks,
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
    *_exchange,
    *_review,
    *_workbench,
]
