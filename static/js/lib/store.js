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
  const store = await opened();
  if (!store) return undefined;
  return new Promise((resolve, reject) => {
    const transaction = store.transaction(STORE, mode);
    const request = ask(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** @type {Promise<IDBDatabase | null> | null} open as long as the page lives: a write is kept the sooner */
let database = null;

/** @returns {Promise<IDBDatabase | null>} null where the browser gives no store, as in some private windows */
function opened() {
  database ??= new Promise((resolve) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
    request.onsuccess = () => {
      request.result.onclose = forget;
      // Another tab has a newer version of the store, or somebody clears what the site keeps.
      request.result.onversionchange = () => {
        request.result.close();
        forget();
      };
      resolve(request.result);
    };
    request.onerror = () => {
      forget();
      resolve(null);
    };
  });
  return database;
}

function forget() {
  database = null;
}
