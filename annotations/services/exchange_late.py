"""Lines of an import that are put off until all others are known: a few in memory, the rest in a temporary file."""

import tempfile
from collections.abc import Iterator
from itertools import islice
from typing import Final

import orjson

from annotations.formats import document
from annotations.formats.codec import Item
from annotations.formats.native import line_of
from annotations.queries.export_documents import record_of_line

_AT_ONCE: Final = 1_000
_BYTES_IN_MEMORY: Final = 1024 * 1024


class LateItems:
    """Annotations and links, each sort in the order of the file."""

    def __init__(self) -> None:
        """Hold none."""
        self._files = {
            sort: tempfile.SpooledTemporaryFile(_BYTES_IN_MEMORY)  # noqa: SIM115 - closed when it is let go of
            for sort in (document.Annotation, document.Link)
        }

    def add(self, item: Item) -> None:
        """Keep a line."""
        file = self._files[type(item.record)]  # type: ignore[index]
        file.write(orjson.dumps([item.line, line_of(item.record)]) + b"\n")

    def groups(self) -> Iterator[list[Item]]:
        """Give all that was kept, some at a time: annotations first, because links join them."""
        for file in self._files.values():
            file.seek(0)
            while lines := list(islice(file, _AT_ONCE)):
                yield [_item(*orjson.loads(line)) for line in lines]
            file.close()


def _item(line: int, values: dict[str, object]) -> Item:
    return Item(line, record_of_line(values))
