"""Tables, constraints and reusable filters; one file per noun."""

from annotations.models.accounts import ApiToken, SignInCount, SignInLink, User
from annotations.models.annotations import Annotation, AnnotationVersion
from annotations.models.articles import Article, ArticlePassage, Incident, IncidentArticle, Outlet
from annotations.models.assignments import Assignment
from annotations.models.comments import Comment, RecordSeen
from annotations.models.events import Event, EventChain, EventPayload
from annotations.models.guidelines import GuidelineVersion
from annotations.models.idempotency import IdempotentAnswer
from annotations.models.imports import Import, ImportNames
from annotations.models.invitations import Invitation
from annotations.models.links import Link, LinkVersion
from annotations.models.notices import MailSettings
from annotations.models.parties import Party, PartyAlias
from annotations.models.projects import Membership, Project
from annotations.models.redactions import Redaction, RedactionPlace, RedactionRequest
from annotations.models.releases import Release, ReleasePart
from annotations.models.review import Decision
from annotations.models.webhooks import Delivery, Webhook
from annotations.models.workbench import KeySettings, UndoStep

__all__ = [
    "Annotation",
    "AnnotationVersion",
    "ApiToken",
    "Article",
    "ArticlePassage",
    "Assignment",
    "Comment",
    "Decision",
    "Delivery",
    "Event",
    "EventChain",
    "EventPayload",
    "GuidelineVersion",
    "IdempotentAnswer",
    "Import",
    "ImportNames",
    "Incident",
    "IncidentArticle",
    "Invitation",
    "KeySettings",
    "Link",
    "LinkVersion",
    "MailSettings",
    "Membership",
    "Outlet",
    "Party",
    "PartyAlias",
    "Project",
    "RecordSeen",
    "Redaction",
    "RedactionPlace",
    "RedactionRequest",
    "Release",
    "ReleasePart",
    "SignInCount",
    "SignInLink",
    "UndoStep",
    "User",
    "Webhook",
]
