"""The one cleaning of a text before it is stored, what it changed, and what a language tag says."""

import hashlib
import re
from dataclasses import dataclass

from annotations.errors import InvalidInput

BOM = "\ufeff"
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
CARRIAGE_RETURN = re.compile("\r\n?")
CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f]")
SCRIPT_SUBTAG = re.compile("[a-z]{4}")
NONCHARACTER = re.compile("[\ufffe\uffff]")

SCRIPTS = """
adlm arab aran armi avst chrs cprt elym gara hatr hebr hung khar lydi mand mani mend merc mero narb nbat nkoo orkh ougr
palm phli phlp phnx prti rohg samr sarb sidt sogd sogo syrc syre syrj syrn thaa todr yezi
"""
LANGUAGES = """
aao abh abv acm acq acw acx acy adf aeb aec afb aii ajp apc apd ar ara arb arc arq ars ary arz auz avl ayh ayl ayn ayp
azb bal bbz bgn bqi ckb div dv fa fas gbz glk hac haz he heb iw ji kas ks lki lrc luz mzn nqo ota pbt pbu per pes pga
pnb prs ps pst pus rhg sam sd sdh shu skr snd ssh syc syr ug uig ur urd xmn ydd yi yid
"""
RTL_SCRIPTS = frozenset(SCRIPTS.split())
RTL_LANGUAGES = frozenset(LANGUAGES.split())
# Languages written from the right only in these countries.
RTL_IN_REGION = frozenset(
    [("ku", "iq"), ("ku", "ir"), ("pa", "pk"), ("uz", "af"), ("az", "iq"), ("az", "ir"), ("kk", "cn"), ("ky", "cn")]
)

# RFC 5646, section 2.1, without case. The regular grandfathered tags fit the general form.
LANGUAGE_TAG = re.compile(
    r"""
    (?:[a-z]{2,3}(?:-[a-z]{3}){0,3} | [a-z]{4,8})   # language, extended language
    (?:-[a-z]{4})?                                  # script
    (?:-(?:[a-z]{2}|[0-9]{3}))?                     # region
    (?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*        # variants
    (?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*             # extensions
    (?:-x(?:-[a-z0-9]{1,8})+)?                      # private use
    | x(?:-[a-z0-9]{1,8})+
    | en-gb-oed | sgn-be-fr | sgn-be-nl | sgn-ch-de
    | i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Change:
    """One sort of change made at intake, and how often: `bom`, `line_ends`, `controls`, `noncharacters`."""

    what: str
    count: int


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text ready to be stored, and what was changed to make it so (empty when nothing)."""

    text: str
    changes: tuple[Change, ...]


def clean(raw: str) -> Cleaned:
    """Take off leading byte order marks, make line ends line feeds, and turn control characters into spaces.

    Cleaning a cleaned text changes nothing. Every other character, DEL and C1 included, stays as it is.
    Raises: InvalidInput on `text`: `nul`, `lone_surrogate`.
    """
    _refuse_unstorable(raw)
    # All of a row of marks goes: were one left, it would go the next time, and every offset with it.
    text = raw.lstrip(BOM)
    marks = len(raw) - len(text)
    text, line_ends = CARRIAGE_RETURN.subn("\n", text)
    text, controls = CONTROL.subn(" ", text)
    text, noncharacters = NONCHARACTER.subn(" ", text)
    counts = (("bom", marks), ("line_ends", line_ends), ("controls", controls), ("noncharacters", noncharacters))
    return Cleaned(text, tuple(Change(what, count) for what, count in counts if count))


def text_digest(text: str) -> str:
    """Give the SHA-256 of the text's UTF-8 in lower-case hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def direction_of(language: str) -> str:
    """Give the writing direction, `rtl` or `ltr`, of a BCP 47 tag; a script subtag wins over the language."""
    # Extensions and private use start with a subtag of one character and say nothing about writing.
    subtags = re.split("(?:^|-)[a-z0-9]-", language.lower(), maxsplit=1)[0].split("-")
    scripts = [subtag for subtag in subtags[1:] if SCRIPT_SUBTAG.fullmatch(subtag)]
    if scripts:
        return "rtl" if scripts[0] in RTL_SCRIPTS else "ltr"
    is_rtl = subtags[0] in RTL_LANGUAGES or any((subtags[0], region) in RTL_IN_REGION for region in subtags[1:])
    return "rtl" if is_rtl else "ltr"


def is_language_tag(tag: str) -> bool:
    """Tell whether a tag is well-formed BCP 47; whether its subtags are registered is not asked."""
    return LANGUAGE_TAG.fullmatch(tag.lower()) is not None and tag.isascii()


def _refuse_unstorable(raw: str) -> None:
    if "\x00" in raw:
        raise InvalidInput("The text holds a NUL character; remove it and send it again.", field="text", code="nul")
    if LONE_SURROGATE.search(raw):
        raise InvalidInput(
            "The text holds half of a surrogate pair; decode it correctly and send it again.",
            field="text",
            code="lone_surrogate",
        )
