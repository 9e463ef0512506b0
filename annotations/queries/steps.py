"""What a person can undo and redo in an article."""

from dataclasses import dataclass
from uuid import UUID

from annotations.models import Article, UndoStep
from annotations.queries.access import Actor
from annotations.rules.steps import StepKind


@dataclass(frozen=True, slots=True)
class Steps:
    """The act that undo would take back, with its id to leave it out, and the one that redo would do again."""

    undo: StepKind | None = None
    undo_id: UUID | None = None
    redo: StepKind | None = None


def steps_of(actor: Actor, article: Article) -> Steps:
    """Read what undo and redo would do now. One statement."""
    steps = UndoStep.objects.filter(user=actor.user, article=article).values_list("is_undone", "kind", "id")
    last, next_ = steps.filter(is_undone=False).order_by("-id")[:1], steps.filter(is_undone=True).order_by("id")[:1]
    found = {is_undone: (StepKind(kind), pk) for is_undone, kind, pk in last.union(next_)}
    undo, undo_id = found.get(False, (None, None))
    redo, _ = found.get(True, (None, None))
    return Steps(undo, undo_id, redo)
