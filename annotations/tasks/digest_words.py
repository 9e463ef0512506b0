"""What a mail says: numbers and where to look, no words of articles, tags or comments, and nobody's name."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from annotations.queries.notices import News, ProjectNews


def digest_subject(news: News) -> str:
    """Write the subject."""
    return gettext("newsdesk: news of your work since %(day)s") % {"day": date_format(news.since)}


def digest_body(news: News, site: str) -> str:
    """Write the text; `site` is the public address, without which it has no links."""
    parts = []
    for project in news.projects:
        lines = [project.name, *(f"  - {line}" for line in _lines(project))]
        if site:
            lines.append(f"  {site.rstrip('/')}{reverse('inbox', args=[project.slug])}")
        parts.append("\n".join(lines))
    parts.append(gettext("You asked for this mail on your account's page, and can end it there."))
    return "\n\n".join(parts) + "\n"


def _lines(news: ProjectNews) -> Iterator[str]:
    counted = [
        (news.returned, ngettext("%(n)s record sent back", "%(n)s records sent back", news.returned)),
        (news.rejected, ngettext("%(n)s record rejected", "%(n)s records rejected", news.rejected)),
        (news.comments, ngettext("%(n)s comment not read yet", "%(n)s comments not read yet", news.comments)),
        (news.given, ngettext("%(n)s article given to you", "%(n)s articles given to you", news.given)),
        (news.approved, ngettext("%(n)s record approved", "%(n)s records approved", news.approved)),
    ]
    return (words % {"n": number} for number, words in counted if number)
