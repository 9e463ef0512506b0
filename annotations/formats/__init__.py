"""File formats as pure functions over one neutral document; one file per format."""

from collections.abc import Mapping
from typing import Final

from annotations.errors import InvalidParameter
from annotations.formats.brat import BRAT
from annotations.formats.claimreview import CLAIM_REVIEW
from annotations.formats.codec import Codec
from annotations.formats.conll import CONLL
from annotations.formats.doccano import DOCCANO
from annotations.formats.graphml import GRAPHML
from annotations.formats.labelstudio import LABEL_STUDIO
from annotations.formats.native import NATIVE
from annotations.formats.parquet import PARQUET
from annotations.formats.spacy_docs import SPACY
from annotations.formats.table import CSV
from annotations.formats.uima import CAS_JSON, CAS_XMI
from annotations.formats.web_annotation import WEB_ANNOTATION

DEFAULT_FORMAT: Final = NATIVE.name

_ALL: Final = (
    NATIVE,
    BRAT,
    CAS_JSON,
    CAS_XMI,
    CLAIM_REVIEW,
    CONLL,
    CSV,
    DOCCANO,
    GRAPHML,
    LABEL_STUDIO,
    PARQUET,
    SPACY,
    WEB_ANNOTATION,
)
CODECS: Final[Mapping[str, Codec]] = {codec.name: codec for codec in _ALL}
FLAVOURS: Final = tuple(sorted({flavour for codec in CODECS.values() for flavour in codec.flavours}))


def codec_named(name: str) -> Codec:
    """Find a format by its name. Raises: InvalidParameter."""
    if name not in CODECS:
        raise InvalidParameter(f"There is no such format; known are: {', '.join(CODECS)}.", field="format")
    return CODECS[name]
