/**
 * Keeps one activity's work on the server: soon after each change, one request at a time, never over somebody else's newer version.
 *
 * @typedef {import('./drafts.js').Work} Work
 * @typedef {{work: Work, revision: string|null, savedAt: string|null}} Version what the server has
 * @typedef {{phase: 'untouched'|'saved'|'unsaved'|'saving'|'retrying'|'refused'|'conflict'|'signed-out',
 *   savedAt: string|null, detail: string,
 *   other: Version|null}} Status `other` is the server's version during a conflict
 */
import { ApiError } from './api.js';

const QUIET_MS = 2_000; // save this long after the last change …
const LATEST_MS = 15_000; // … and at the latest this long after the first: 4 to 30 a minute, well under the 60 allowed
const RETRY_SECONDS = [5, 10, 20, 40, 60];
const KEEPALIVE_BYTES = 60_000; // browsers refuse more than 64 KiB in a request that outlives its page

export class Saver {
  /** @type {Work} */ #work = { code: '', stdin: '' };
  /** @type {Version|null} */ #server = null;
  /** What else the stored state holds, written by another client; kept as it is. @type {Record<string, unknown>} */ #rest = {};
  /** @type {Status} */ #status = { phase: 'untouched', savedAt: null, detail: '', other: null };
  /** @type {Promise<void>|null} */ #inFlight = null;
  #timer = 0;
  #firstUnsaved = 0;
  #failures = 0;
  #closed = false;

  /**
   * @param {import('./api.js').Api} api @param {string} lessonId @param {string} activityId
   * @param {import('./drafts.js').Drafts} drafts @param {(status: Status) => void} changed
   */
  constructor(api, lessonId, activityId, drafts, changed) {
    this.api = api;
    this.drafts = drafts;
    this.key = `${lessonId}/${activityId}`;
    this.path = `/api/activity/state/${lessonId}/${activityId}`;
    this.changed = changed;
  }

  get status() {
    return this.#status;
  }

  /** Whether the server has everything that was typed. */
  get safe() {
    return this.#status.phase === 'untouched' || this.#status.phase === 'saved';
  }

  /**
   * @param {Work} blank what to start with when nothing was ever saved
   * @returns {Promise<{work: Work, restored: boolean}>} restored: from this tab's draft
   */
  async open(blank) {
    this.#server = await this.#fetchVersion();
    this.#work = this.#server?.work ?? blank;
    const draft = this.drafts.read(this.key);
    const restored = draft !== null && !same(draft.work, this.#work);
    if (restored) {
      this.#work = draft.work;
      // Saving against the revision the draft grew from makes the server notice a newer one.
      if (this.#server) this.#server = { ...this.#server, revision: draft.revision ?? this.#server.revision };
      this.#schedule(0);
    } else {
      this.drafts.remove(this.key);
    }
    this.#tell(restored ? 'unsaved' : this.#server ? 'saved' : 'untouched');
    return { work: this.#work, restored };
  }

  /** @param {Work} work as it is in the editor now */
  edit(work) {
    if (same(work, this.#work)) return;
    this.#work = work;
    this.drafts.write(this.key, { work, revision: this.#server?.revision ?? null });
    if (['conflict', 'signed-out', 'saving', 'retrying'].includes(this.#status.phase)) return;
    this.#firstUnsaved ||= Date.now();
    this.#schedule(Math.max(0, Math.min(QUIET_MS, this.#firstUnsaved + LATEST_MS - Date.now())));
    this.#tell('unsaved');
  }

  /**
   * Saves now what is not saved.
   * @param {{leaving?: boolean}} [options] leaving: the page is going away
   * @returns {Promise<boolean>} whether all is safe
   */
  async flush({ leaving = false } = {}) {
    if (this.#inFlight) await this.#inFlight;
    if (this.#status.phase !== 'conflict' && this.#unsaved()) await this.#save(leaving);
    return this.safe;
  }

  /** Saves even when nothing changed, as somebody who presses Save expects; a conflict still waits for a decision. */
  async saveNow() {
    if (this.#inFlight) await this.#inFlight;
    if (this.#status.phase !== 'conflict') await this.#save(false);
  }

  /** Ends a conflict: what is in the editor becomes the newest version; the other stays in the history. */
  async keepMine() {
    await this.#settle(() => this.#put(this.#work, false));
  }

  /**
   * Ends a conflict the other way. What was in the editor is saved first, so that it is in the history too.
   * @returns {Promise<Work>} what to show
   */
  async takeOther() {
    const other = this.#status.other?.work;
    if (!other) return this.#work;
    await this.#settle(async () => {
      await this.#put(this.#work, false);
      this.#work = other;
      await this.#put(other, false);
    });
    return this.#work;
  }

  /** No more timers or news from here; unsaved work stays in the draft. */
  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #unsaved() {
    return this.#server ? !same(this.#work, this.#server.work) : this.#firstUnsaved > 0 || this.drafts.read(this.key) !== null;
  }

  /** @param {number} delayMs */
  #schedule(delayMs) {
    clearTimeout(this.#timer);
    if (!this.#closed) this.#timer = setTimeout(() => this.flush(), delayMs);
  }

  /** @param {boolean} leaving */
  #save(leaving) {
    clearTimeout(this.#timer);
    this.#tell('saving');
    this.#inFlight = this.#put(this.#work, leaving)
      .then(
        () => this.#saved(),
        (problem) => this.#failed(problem),
      )
      .finally(() => {
        this.#inFlight = null;
      });
    return this.#inFlight;
  }

  /** @param {() => Promise<void>} decision */
  async #settle(decision) {
    const other = this.#status.other;
    if (this.#inFlight || !other) return;
    this.#server = other;
    this.#tell('saving');
    this.#inFlight = decision()
      .then(
        () => this.#saved(),
        (problem) => this.#failed(problem),
      )
      .finally(() => {
        this.#inFlight = null;
      });
    await this.#inFlight;
  }

  /** @param {Work} work @param {boolean} leaving */
  async #put(work, leaving) {
    const state = { ...this.#rest, ...work };
    const revision = this.#server?.revision;
    const answer = await this.api.post(
      this.path,
      { state, client_saved_at: Date.now() },
      {
        headers: revision ? { 'If-Match': `"${revision}"` } : {},
        keepalive: leaving && JSON.stringify(state).length * 3 < KEEPALIVE_BYTES,
      },
    );
    this.#server = { work, revision: asRevision(answer?.revision_id), savedAt: answer?.updated_at ?? new Date().toISOString() };
  }

  #saved() {
    this.#failures = 0;
    if (this.#unsaved()) {
      this.drafts.write(this.key, { work: this.#work, revision: this.#server?.revision ?? null });
      this.#firstUnsaved = Date.now();
      this.#schedule(QUIET_MS);
      this.#tell('unsaved');
      return;
    }
    this.drafts.remove(this.key);
    this.#firstUnsaved = 0;
    this.#tell('saved');
  }

  /** @param {unknown} problem */
  async #failed(problem) {
    if (!(problem instanceof ApiError)) throw problem;
    this.drafts.write(this.key, { work: this.#work, revision: this.#server?.revision ?? null });
    if (problem.status === 409) await this.#conflict();
    else if (problem.status === 401) this.#tell('signed-out', problem.message);
    else if (problem.status === 0 || problem.status === 429 || problem.status >= 500) this.#retry(problem);
    else this.#tell('refused', problem.message);
  }

  /** @param {ApiError} problem */
  #retry(problem) {
    const seconds = problem.retryAfter ?? RETRY_SECONDS[Math.min(this.#failures, RETRY_SECONDS.length - 1)];
    this.#failures += 1;
    this.#schedule(seconds * 1000);
    this.#tell('retrying', `${problem.message} Trying again in ${seconds} s.`);
  }

  /** Asks for the newer version rather than trusting the refusal's body: it may have moved on meanwhile. */
  async #conflict() {
    let other;
    try {
      other = await this.#fetchVersion();
    } catch (problem) {
      await this.#failed(problem);
      return;
    }
    if (other && same(other.work, this.#work)) {
      this.#server = other;
      this.#saved();
    } else {
      this.#tell('conflict', '', other ?? { work: { code: '', stdin: '' }, revision: null, savedAt: null });
    }
  }

  /** @returns {Promise<Version|null>} null when nothing was ever saved */
  async #fetchVersion() {
    const { body, headers } = await this.api.read(this.path);
    const state = body?.state;
    if (typeof state !== 'object' || state === null) return null;
    const { code, stdin, ...rest } = state;
    this.#rest = rest;
    const work = { code: typeof code === 'string' ? code : '', stdin: typeof stdin === 'string' ? stdin : '' };
    return { work, revision: asRevision(body.revision_id) ?? fromETag(headers.get('ETag')), savedAt: body.updated_at ?? null };
  }

  /** @param {Status['phase']} phase @param {string} [detail] @param {Version|null} [other] */
  #tell(phase, detail = '', other = null) {
    this.#status = { phase, detail, other, savedAt: this.#server?.savedAt ?? null };
    if (!this.#closed) this.changed(this.#status);
  }
}

/** @param {Work} one @param {Work} two */
function same(one, two) {
  return one.code === two.code && one.stdin === two.stdin;
}

/** @param {unknown} id @returns {string|null} */
function asRevision(id) {
  return typeof id === 'number' || (typeof id === 'string' && id !== '') ? String(id) : null;
}

/** @param {string|null} tag @returns {string|null} */
function fromETag(tag) {
  return /^(?:W\/)?"([^"]+)"$/.exec(tag ?? '')?.[1] ?? null;
}
