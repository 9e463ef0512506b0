"""Code points to UTF-16 units and UTF-8 bytes and back. Each call is linear in the text, however many offsets."""

from collections.abc import Callable, Sequence

from annotations.errors import InvalidInput

# Stored texts hold no lone surrogates; a text from elsewhere that does is still counted, not refused.
SURROGATES = "surrogatepass"

# The upper byte of a UTF-16 unit that is half of a pair; a UTF-8 byte that does not begin a character.
HIGH_SURROGATE = range(0xD8, 0xDC)
LOW_SURROGATE = range(0xDC, 0xE0)
CONTINUATION = range(0x80, 0xC0)


def code_points_to_utf16(text: str, offsets: Sequence[int]) -> list[int]:
    """Give the UTF-16 unit at which each code point offset lies, in the order of `offsets`.

    Raises: InvalidInput `out_of_range`.
    """
    return _encoded(text, offsets, lambda part: len(part.encode("utf-16-le", SURROGATES)) // 2)


def code_points_to_utf8(text: str, offsets: Sequence[int]) -> list[int]:
    """Give the UTF-8 byte at which each code point offset lies, in the order of `offsets`.

    Raises: InvalidInput `out_of_range`.
    """
    return _encoded(text, offsets, lambda part: len(part.encode("utf-8", SURROGATES)))


def utf16_to_code_points(text: str, offsets_utf16: Sequence[int]) -> list[int]:
    """Give the code point at which each UTF-16 unit offset lies, in the order of the offsets.

    Raises: InvalidInput `out_of_range`, `splits_code_point` (inside a surrogate pair).
    """
    units = text.encode("utf-16-le", SURROGATES)

    def inside(offset: int) -> bool:
        at = 2 * offset
        return 0 < at < len(units) and units[at + 1] in LOW_SURROGATE and units[at - 1] in HIGH_SURROGATE

    def width(start: int, end: int) -> int:
        return len(units[2 * start : 2 * end].decode("utf-16-le", SURROGATES))

    return _decoded(offsets_utf16, len(units) // 2, inside, width)


def utf8_to_code_points(text: str, offsets_utf8: Sequence[int]) -> list[int]:
    """Give the code point at which each UTF-8 byte offset lies, in the order of the offsets.

    Raises: InvalidInput `out_of_range`, `splits_code_point` (inside a byte sequence).
    """
    octets = text.encode("utf-8", SURROGATES)

    def inside(offset: int) -> bool:
        return offset < len(octets) and octets[offset] in CONTINUATION

    def width(start: int, end: int) -> int:
        return len(octets[start:end].decode("utf-8", SURROGATES))

    return _decoded(offsets_utf8, len(octets), inside, width)


def _encoded(text: str, offsets: Sequence[int], width: Callable[[str], int]) -> list[int]:
    _check_range(offsets, len(text))
    if text.isascii():
        return list(offsets)
    at: dict[int, int] = {}
    previous, total = 0, 0
    for offset in sorted(set(offsets)):
        total += width(text[previous:offset])
        previous = offset
        at[offset] = total
    return [at[offset] for offset in offsets]


def _decoded(
    offsets: Sequence[int],
    length: int,
    inside: Callable[[int], bool],
    width: Callable[[int, int], int],
) -> list[int]:
    _check_range(offsets, length)
    at: dict[int, int] = {}
    previous, total = 0, 0
    for offset in sorted(set(offsets)):
        if inside(offset):
            raise InvalidInput(
                f"Offset {offset} lies inside a character; move it to the character's edge.",
                field="offsets",
                code="splits_code_point",
            )
        total += width(previous, offset)
        previous = offset
        at[offset] = total
    return [at[offset] for offset in offsets]


def _check_range(offsets: Sequence[int], length: int) -> None:
    outside = [offset for offset in offsets if not 0 <= offset <= length]
    if outside:
        raise InvalidInput(
            f"Offset {outside[0]} lies outside the text, which ends at {length}.",
            field="offsets",
            code="out_of_range",
        )
