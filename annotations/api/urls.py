"""Routes under /api/v1/. A record is addressed by its id in the usual form of a UUID."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from annotations.api import (
    annotations,
    articles,
    base,
    claims,
    exports,
    imports,
    incidents,
    links,
    me,
    outlets,
    parties,
    projects,
    review,
)

urlpatterns = [
    path("schema/", SpectacularJSONAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("me/", me.MeView.as_view()),
    path("projects/", projects.ProjectListView.as_view()),
    path("projects/<uuid:pk>/", projects.ProjectView.as_view()),
    path("projects/<uuid:pk>/members/", projects.MemberListView.as_view()),
    path("projects/<uuid:pk>/members/<str:user>/", projects.MemberView.as_view()),
    path("projects/<uuid:pk>/export/", exports.ExportView.as_view()),
    path("projects/<uuid:pk>/export/losses/", exports.LossesView.as_view()),
    path("projects/<uuid:pk>/imports/", imports.ImportListView.as_view()),
    path("imports/<uuid:pk>/", imports.ImportView.as_view()),
    path("projects/<uuid:pk>/export/", exports.ExportView.as_view()),
    path("projects/<uuid:pk>/export/losses/", exports.LossesView.as_view()),
    path("projects/<uuid:pk>/imports/", imports.ImportListView.as_view()),
    path("imports/<uuid:pk>/", imports.ImportView.as_view()),
    path("outlets/", outlets.OutletListView.as_view()),
    path("outlets/<uuid:pk>/", outlets.OutletView.as_view()),
    path("incidents/", incidents.IncidentListView.as_view()),
    path("incidents/<uuid:pk>/", incidents.IncidentView.as_view()),
    path("parties/", parties.PartyListView.as_view()),
    path("parties/<uuid:pk>/", parties.PartyView.as_view()),
    path("articles/", articles.ArticleListView.as_view()),
    path("articles/<uuid:pk>/", articles.ArticleView.as_view()),
    path("articles/<uuid:pk>/text/", articles.ArticleTextView.as_view()),
    path("articles/<uuid:pk>/submit/", articles.ArticleSubmitView.as_view()),
    path("annotations/", annotations.AnnotationListView.as_view()),
    path("annotations/<uuid:pk>/", annotations.AnnotationView.as_view()),
    path("annotations/<uuid:pk>/history/", annotations.AnnotationHistoryView.as_view()),
    path("links/", links.LinkListView.as_view()),
    path("links/<uuid:pk>/", links.LinkView.as_view()),
    path("links/<uuid:pk>/history/", links.LinkHistoryView.as_view()),
    path("decisions/", review.DecisionListView.as_view()),
    path("claims/", claims.ClaimListView.as_view()),
    # Whatever else is asked for under this prefix is refused in the one shape of all errors.
    re_path("", base.NoSuchPath.as_view()),
]
