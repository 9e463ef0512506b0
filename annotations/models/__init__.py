"""Tables, constraints and reusable filters; one file per noun."""

from annotations.models.accounts import ApiToken, SignInCount, SignInLink, User
from annotations.models.annotations import Annotation, AnnotationVersion
from annotations.models.articles import Article, ArticlePassage, Incident, IncidentArticle, Outlet
from annotations.models.assignments import Assignment
from annotations.models.comments import Comment, RecordSeen
from annotations.models.events import Event, EventChain, EventPayload
from annotations.models.guidelines import GuidelineVersion
from annotations.models.idempotency import IdempotentAnswer
from annotations.models.imports import Import
from annotations.models.invitations import Invitation
from annotations.models.links import Link, LinkVersion
from annotations.models.notices import MailSettings
from annotations.models.parties import Party, PartyAlias
from annotations.models.projects import Membership, Project
from annotations.models.redactions import Redaction, RedactionPlace, RedactionRequest
from annotations.models.review import Decision
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
    "Event",
    "EventChain",
    "EventPayload",
    "GuidelineVersion",
    "IdempotentAnswer",
    "Import",
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
    "SignInCount",
    "SignInLink",
    "UndoStep",
    "User",
]
