"""Texts that are hard to count, for the properties of this room."""

from hypothesis import settings
from hypothesis import strategies as st

quick = settings(max_examples=60, deadline=None)

HARD_SIGNS = [
    "a",
    "Z",
    " ",
    ".",
    "\n",
    "\t",
    "\u00e9",
    "e\u0301",
    "\u0301",
    "\u200d",
    "\u200c",
    "👨\u200d👩\u200d👧",
    "👨",
    "👍🏽",
    "🏽",
    "❤\ufe0f",
    "🇺🇦",
    "🇺",
    "قَ",
    "\u064e",
    "\u0600",
    "שׁ",
    "״",
    "한",
    "ᄀ",
    "ᅡ",
    "ᆨ",
    "क",
    "्",
    "ष",
    "ि",
    "\U000110bd",
    "漢",
    "。",
    "\u2028",
    "\u00a0",
]

hard_texts = st.lists(st.sampled_from(HARD_SIGNS), max_size=24).map("".join)
any_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
texts = hard_texts | any_texts
