"""The log of a project, for its admins."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotations.queries.access import Actor
from annotations.queries.log import LogFilter, LogKind, people_in_log, project_log
from annotations.views.log_words import LOG_KINDS, shown_event
from annotations.views.problems import page
from annotations.views.projects import open_project


class LogForm(forms.Form):
    """The filters of the log; what makes no sense is left out, so that an old address still opens."""

    person = forms.CharField(required=False, max_length=150)
    kind = forms.ChoiceField(required=False, choices=[(kind.value, kind.value) for kind in LogKind])
    article = forms.UUIDField(required=False)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)
    after = forms.UUIDField(required=False)

    def wanted(self) -> LogFilter:
        """Give what is usable of the input."""
        self.is_valid()
        clean = self.cleaned_data
        return LogFilter(
            person=clean.get("person") or "",
            kind=LogKind(clean["kind"]) if clean.get("kind") else None,
            article=clean.get("article"),
            since=clean.get("since"),
            until=clean.get("until"),
            after=clean.get("after"),
        )


@require_safe
@page
def show_log(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Show what happened in the project, newest first."""
    project = open_project(request, actor, slug)
    wanted = LogForm(request.GET).wanted()
    log = project_log(actor, project, wanted)
    context = {
        "project": project,
        "section": "log",
        "wanted": wanted,
        "log": log,
        "events": [shown_event(entry) for entry in log.entries],
        "people": people_in_log(project),
        "kinds": [(kind, LOG_KINDS[kind]) for kind in LogKind],
        "everywhere_query": _query(replace(wanted, article=None, after=None)),
        "here_query": _query(replace(wanted, article=None, after=None), "article="),
        "pages": {
            "is_later": wanted.after is not None,
            "first_query": _query(replace(wanted, after=None)),
            "next_query": _query(replace(wanted, after=log.next_after)) if log.next_after else "",
        },
    }
    return render(request, "log/log.html", context)


def _query(wanted: LogFilter, end: str = "") -> str:
    """Write filters as an address; `end` is a parameter whose value the page adds."""
    values: Mapping[str, object] = {
        "person": wanted.person,
        "kind": wanted.kind,
        "article": wanted.article,
        "since": wanted.since,
        "until": wanted.until,
        "after": wanted.after,
    }
    written = urlencode({name: value for name, value in values.items() if value})
    return "&".join(part for part in (written, end) if part)
