/**
 * The one way these pages talk to /api: JSON both ways, the CSRF token on every change, and every failure as an ApiError.
 *
 * @typedef {{id: number|string, username: string, name: string, role: 'pupil'|'teacher'|'admin', cohort_year: number|string|null}} User
 * @typedef {{body: any, headers: Headers}} Answer
 * @typedef {{body?: unknown, headers?: Record<string, string>, keepalive?: boolean, timeoutMs?: number}} Options
 */

const TIMEOUT_MS = 15_000;

/** What to say when an answer has no `detail` of its own, as when a proxy in between gave it. */
const UNEXPLAINED = new Map([
  [0, 'No answer from the server. Check the network connection.'],
  [401, 'Not signed in.'],
  [403, 'Not allowed.'],
  [404, 'Not found.'],
  [413, 'That is too large.'],
  [429, 'Too many requests. Try again shortly.'],
  [502, 'A part of the service is away. Try again shortly.'],
  [503, 'A part of the service is away. Try again shortly.'],
  [504, 'A part of the service took too long. Try again shortly.'],
]);

/** A refusal or failure. `status` 0 means that no answer came; `retryAfter` is in seconds, or null. */
export class ApiError extends Error {
  /** @param {number} status @param {string} [detail] @param {{retryAfter?: number|null, body?: any, cause?: unknown}} [more] */
  constructor(status, detail, { retryAfter = null, body = null, cause } = {}) {
    super(detail || UNEXPLAINED.get(status) || `Something went wrong (${status}).`, { cause });
    this.status = status;
    this.retryAfter = retryAfter;
    this.body = body;
  }
}

/** @param {Headers} headers @returns {number|null} seconds; both forms of Retry-After, a count and a date */
function retryAfter(headers) {
  const value = headers.get('Retry-After');
  if (!value) return null;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(Math.ceil(seconds), 1), 3600) : null;
}

/** @param {Response} response @returns {Promise<any>} the JSON body, or null when there is none worth the name */
async function json(response) {
  if (!(response.headers.get('Content-Type') ?? '').includes('json')) return null;
  try {
    return await response.json();
  } catch (cause) {
    if (response.ok) throw new ApiError(0, 'The answer was cut short. Try again.', { cause });
    return null;
  }
}

/** @param {string} method @param {string} path @param {Options} options @returns {Promise<Answer>} */
async function exchange(method, path, { body, headers = {}, keepalive = false, timeoutMs = TIMEOUT_MS }) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin',
      cache: 'no-store',
      keepalive,
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (cause) {
    throw new ApiError(0, undefined, { cause });
  }
  const answer = await json(response);
  if (response.ok) return { body: answer, headers: response.headers };
  const detail = typeof answer?.detail === 'string' ? answer.detail : undefined;
  throw new ApiError(response.status, detail, { retryAfter: retryAfter(response.headers), body: answer });
}

/** One page's conversation with the server, as one user. */
export class Api {
  /** @type {{user: User, csrfToken: string}|null} */
  #session = null;

  /** @returns {Promise<User>} who is signed in; ApiError 401 when nobody is */
  async me() {
    this.#session ??= await this.#whoIsIt();
    return this.#session.user;
  }

  /** @param {string} path @param {Options} [options] @returns {Promise<any>} */
  async get(path, options = {}) {
    return (await this.read(path, options)).body;
  }

  /** Like get, with the answer's headers (an ETag, say). @param {string} path @param {Options} [options] */
  read(path, options = {}) {
    return exchange('GET', path, options);
  }

  /** Signing in needs no token yet. @param {string} username @param {string} password @returns {Promise<User>} */
  async signIn(username, password) {
    const { body } = await exchange('POST', '/api/auth/login', { body: { username, password } });
    return body.user;
  }

  /**
   * A change. The token may have gone stale because the user signed in again in another tab: then it is sent once more with the new one,
   * but never under another user's name, which on a shared computer would put one pupil's work into another's account.
   * @param {string} path @param {unknown} body @param {Options} [options] @returns {Promise<any>}
   */
  post(path, body, options = {}) {
    return this.#change('POST', path, { ...options, body });
  }

  /** @param {string} path @param {Options} [options] @returns {Promise<any>} */
  delete(path, options = {}) {
    return this.#change('DELETE', path, options);
  }

  /** @param {string} method @param {string} path @param {Options} options @returns {Promise<any>} */
  async #change(method, path, options) {
    await this.me();
    const used = this.#session;
    if (!used) throw new ApiError(401);
    /** @param {string} token */
    const send = (token) => exchange(method, path, { ...options, headers: { ...options.headers, 'X-CSRF-Token': token } });
    try {
      return (await send(used.csrfToken)).body;
    } catch (problem) {
      if (!(problem instanceof ApiError) || problem.status !== 403) throw problem;
      const now = await this.#whoIsIt();
      if (now.user.id !== used.user.id) throw new ApiError(401, `You are no longer signed in as ${used.user.name}.`);
      if (now.csrfToken === used.csrfToken) throw problem;
      this.#session = now;
      return (await send(now.csrfToken)).body;
    }
  }

  async #whoIsIt() {
    const { body } = await exchange('GET', '/api/auth/me', {});
    if (!body?.user || typeof body.csrf_token !== 'string') throw new ApiError(502);
    return { user: body.user, csrfToken: body.csrf_token };
  }
}
