// @ts-check
// Registers the elements; the only script tag of ours.

import { ArticleReader } from "./elements/article-reader.js";
import { CardColumn } from "./elements/card-column.js";
import { LinkPicker } from "./elements/link-picker.js";
import { ReviewDeck } from "./elements/review-deck.js";
import { SaveState } from "./elements/save-state.js";
import { TagToolbar } from "./elements/tag-toolbar.js";

customElements.define("save-state", SaveState);
customElements.define("tag-toolbar", TagToolbar);
customElements.define("link-picker", LinkPicker);
customElements.define("card-column", CardColumn);
customElements.define("article-reader", ArticleReader);
customElements.define("review-deck", ReviewDeck);
