// @ts-check
// The elements of all pages but the workbench and review, which have scripts of their own.

import { PasskeyNotice } from "./elements/passkey-notice.js";
import { SignOut } from "./elements/sign-out.js";
import { UploadProgress } from "./elements/upload-progress.js";

customElements.define("sign-out", SignOut);
customElements.define("passkey-notice", PasskeyNotice);
customElements.define("upload-progress", UploadProgress);
