/**
 * Work that the server does not have yet, kept in this tab so that a reload or an expired session loses nothing.
 * In sessionStorage, not localStorage: on a shared computer it goes when the tab closes; and it is kept by user, so that the next one to
 * sign in here never sees it.
 *
 * @typedef {{code: string, stdin: string}} Work
 * @typedef {{work: Work, revision: string|null}} Draft
 */

const PREFIX = 'tlac-draft:';

export class Drafts {
  /** @param {Storage} storage @param {number|string} userId */
  constructor(storage, userId) {
    this.storage = storage;
    this.prefix = `${PREFIX}${userId}:`;
  }

  /** @param {string} key @returns {Draft|null} */
  read(key) {
    try {
      const draft = JSON.parse(this.storage.getItem(this.prefix + key) ?? 'null');
      return typeof draft?.work?.code === 'string' && typeof draft.work.stdin === 'string' ? draft : null;
    } catch {
      return null;
    }
  }

  /** Storage may be full or forbidden; the page works without it. @param {string} key @param {Draft} draft */
  write(key, draft) {
    try {
      this.storage.setItem(this.prefix + key, JSON.stringify(draft));
    } catch {
      this.remove(key);
    }
  }

  /** @param {string} key */
  remove(key) {
    try {
      this.storage.removeItem(this.prefix + key);
    } catch {
      // Nothing was kept, so nothing is left behind.
    }
  }
}

/** Everybody's, when someone signs out here. @param {Storage} storage */
export function forgetDrafts(storage) {
  Object.keys(storage)
    .filter((key) => key.startsWith(PREFIX))
    .forEach((key) => storage.removeItem(key));
}
