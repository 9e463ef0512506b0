// @ts-check
// The elements of the workbench; the only script of that page.

import { ArticleReader } from "./elements/article-reader.js";
import { CardColumn } from "./elements/card-column.js";
import { CommandPalette } from "./elements/command-palette.js";
import { FindBar } from "./elements/find-bar.js";
import { GutterWires } from "./elements/gutter-wires.js";
import { KeyReader } from "./elements/key-reader.js";
import { LinkPicker } from "./elements/link-picker.js";
import { SaveState } from "./elements/save-state.js";
import { ShortcutSheet } from "./elements/shortcut-sheet.js";
import { SpanHandles } from "./elements/span-handles.js";
import { TagToolbar } from "./elements/tag-toolbar.js";
import { TextCaret } from "./elements/text-caret.js";
import { UnsentCards } from "./elements/unsent-cards.js";

customElements.define("save-state", SaveState);
customElements.define("tag-toolbar", TagToolbar);
customElements.define("link-picker", LinkPicker);
customElements.define("card-column", CardColumn);
customElements.define("gutter-wires", GutterWires);
customElements.define("span-handles", SpanHandles);
customElements.define("find-bar", FindBar);
customElements.define("command-palette", CommandPalette);
customElements.define("shortcut-sheet", ShortcutSheet);
customElements.define("text-caret", TextCaret);
customElements.define("unsent-cards", UnsentCards);
customElements.define("key-reader", KeyReader);
customElements.define("article-reader", ArticleReader);
