// @ts-check
// Registers the elements; the only script tag of ours.

import { ArticleReader } from "./elements/article-reader.js";
import { CardColumn } from "./elements/card-column.js";
import { KeyReader } from "./elements/key-reader.js";
import { LinkPicker } from "./elements/link-picker.js";
import { ReviewDeck } from "./elements/review-deck.js";
import { ReviewInbox } from "./elements/review-inbox.js";
import { ReviewUndo } from "./elements/review-undo.js";
import { SaveState } from "./elements/save-state.js";
import { TagToolbar } from "./elements/tag-toolbar.js";
import { TextCaret } from "./elements/text-caret.js";
import { UnsentCards } from "./elements/unsent-cards.js";

customElements.define("save-state", SaveState);
customElements.define("tag-toolbar", TagToolbar);
customElements.define("link-picker", LinkPicker);
customElements.define("card-column", CardColumn);
customElements.define("text-caret", TextCaret);
customElements.define("unsent-cards", UnsentCards);
customElements.define("key-reader", KeyReader);
customElements.define("article-reader", ArticleReader);
customElements.define("review-deck", ReviewDeck);
customElements.define("review-inbox", ReviewInbox);
customElements.define("review-undo", ReviewUndo);
