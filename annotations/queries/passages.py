"""Where two tags stand, side by side, before they are linked. Code points."""

from dataclasses import dataclass

from annotations.models import Annotation, Article

# How much text is shown before and after a tag.
AROUND = 300


@dataclass(frozen=True, slots=True)
class Passage:
    """A tag within the text around it; `is_cut` says whether the text goes on before or after."""

    annotation: Annotation
    article: Article
    before: str
    words: str
    after: str
    is_cut: tuple[bool, bool]


def passage_of(article: Article, annotation: Annotation) -> Passage:
    """Cut the passage of a tag out of its article; a tag of several segments with what lies between them."""
    start, end = annotation.segments[0][0], annotation.segments[-1][1]
    low, high = max(0, start - AROUND), min(len(article.text), end + AROUND)
    text = article.text
    return Passage(annotation, article, text[low:start], text[start:end], text[end:high], (low > 0, high < len(text)))
