// @ts-check
/** Unsent writes in IndexedDB, so that they outlive the tab. Without it they live in memory only. */

/** @import { Unsent } from "../types.js" */

const NAME = "newsdesk";
const STORE = "unsent";

/** Keep a write. @param {Unsent} write @returns {Promise<void>} */
export async function keepWrite(write) {
  await run("readwrite", (store) => store.put(write));
}

/** Forget a write. @param {string} key @returns {Promise<void>} */
export async function forgetWrite(key) {
  await run("readwrite", (store) => store.delete(key));
}

/** Give all writes that are kept in this browser. @returns {Promise<Unsent[]>} */
export async function keptWrites() {
  return (await run("readonly", (store) => store.getAll())) ?? [];
}

/**
 * @template T
 * @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<T>} ask @returns {Promise<T | undefined>}
 */
async function run(mode, ask) {
  const database = await opened();
  if (!database) return undefined;
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode);
    const request = ask(transaction.objectStore(STORE));
    transaction.oncomplete = () => {
      database.close();
      resolve(request.result);
    };
    transaction.onabort = () => reject(transaction.error);
  });
}

/** @returns {Promise<IDBDatabase | null>} null where the browser gives no store, as in some private windows */
function opened() {
  return new Promise((resolve) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(null);
  });
}
