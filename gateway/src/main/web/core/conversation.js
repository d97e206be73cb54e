/**
 * A program that is talked to while it runs (docs/sessions-and-checks.md): what it says as it says it, what is typed, and its end.
 *
 * @typedef {{said: (text: string, error: boolean) => void, waiting: () => void, connected: (there: boolean) => void,
 *   ended: (end: import('./outcome.js').End) => void, lost: (problem: ApiError) => void}} Listener `ended` or `lost` comes once, and last
 */
import { ApiError } from './api.js';

const PATH = '/api/python/session';
const STRINGS_AND_COMMENTS = /("""|''')[\s\S]*?(?:\1|$)|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#[^\n]*/g;
const READS = /\binput\s*\(|\bsys\s*\.\s*stdin\b|\bfrom\s+sys\s+import\b[^\n]*\bstdin\b/;

/**
 * Whether a program seems to read what is typed. Strings count, since an f-string may well ask; a program that is taken for one that asks,
 * and is not, runs all the same.
 * @param {string} code
 */
export function asks(code) {
  return READS.test(code.replace(STRINGS_AND_COMMENTS, (part) => (part.startsWith('#') ? '' : part)));
}

export class Conversation {
  /** @type {Promise<unknown>} */ #typing = Promise.resolve();
  #over = false;

  /**
   * Starts a program. The server ends the one that this user may have been talking to.
   * @param {import('./api.js').Api} api @param {{lesson_id: string, activity_id: string, code: string}} program @param {Listener} listener
   * @returns {Promise<Conversation>} ApiError when it is refused
   */
  static async start(api, program, listener) {
    const { id } = await api.post(PATH, program);
    return new Conversation(api, `${PATH}/${encodeURIComponent(id)}`, listener);
  }

  /** @param {import('./api.js').Api} api @param {string} address @param {Listener} listener */
  constructor(api, address, listener) {
    this.api = api;
    this.address = address;
    this.listener = listener;
    // It connects again by itself, and goes on where it was.
    this.source = new EventSource(`${address}/events`);
    this.#on('stdout', ({ text }) => listener.said(text, false));
    this.#on('stderr', ({ text }) => listener.said(text, true));
    this.#on('waiting', () => listener.waiting());
    this.#on('end', (end) => {
      this.#close();
      listener.ended(end);
    });
    this.source.addEventListener('open', () => listener.connected(true));
    this.source.addEventListener('error', () => {
      if (this.source.readyState === EventSource.CLOSED) this.#lose();
      else listener.connected(false);
    });
  }

  /** @param {string} event @param {(data: any) => void} act */
  #on(event, act) {
    this.source.addEventListener(event, (message) => act(JSON.parse(message.data)));
  }

  #close() {
    this.#over = true;
    this.source.close();
  }

  /** An event source does not say what it was refused for; whoever stops the program hears it. */
  async #lose() {
    if (this.#over) return;
    this.#close();
    let problem = new ApiError(0, 'The connection to your program was lost, and it was stopped. Press Run to start it again.');
    await this.stop().catch((refused) => {
      if (refused instanceof ApiError && refused.status === 401) problem = refused;
    });
    this.listener.lost(problem);
  }

  /**
   * Types a line; lines that are typed fast arrive in their order.
   * @param {string} text @param {boolean} end nothing more follows, as Ctrl-D says it @returns {Promise<unknown>}
   */
  type(text, end) {
    const send = () => this.api.post(`${this.address}/input`, { text, end });
    this.#typing = this.#typing.then(send, send);
    return this.#typing;
  }

  /** Stops the program; its end is told as any other. @returns {Promise<unknown>} */
  stop() {
    return this.api.delete(this.address, { keepalive: true });
  }

  /** Stops it when nobody listens any more; were even that to fail, the server would notice. */
  async leave() {
    if (this.#over) return;
    this.#close();
    await this.stop().catch(() => {});
  }
}
