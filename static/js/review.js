// @ts-check
// The elements of the review queue and of the inbox; the only script of those pages.

import { ReviewDeck } from "./elements/review-deck.js";
import { ReviewInbox } from "./elements/review-inbox.js";
import { ReviewUndo } from "./elements/review-undo.js";
import { SaveState } from "./elements/save-state.js";

customElements.define("save-state", SaveState);
customElements.define("review-deck", ReviewDeck);
customElements.define("review-inbox", ReviewInbox);
customElements.define("review-undo", ReviewUndo);
