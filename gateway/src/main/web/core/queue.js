/** A program that waits for its turn: how many are before it. */
import { ApiError } from './api.js';

/** How long a program may take before anybody asks where it is, and between two questions: 40 a minute of the 120 allowed. */
const PACE_MS = 1_500;

/**
 * @param {import('./api.js').Api} api
 * @param {(words: string|null) => void} tell null when nothing waits
 * @returns {() => void} ends it
 */
export function watchQueue(api, tell) {
  let over = false;
  let timer = setTimeout(ask, PACE_MS);

  async function ask() {
    /** @type {number|null} */
    let position = null;
    try {
      position = (await api.get('/api/python/queue'))?.position ?? null;
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      // A runner without this address, or too many questions: the run itself will say what becomes of it.
      if (problem.status >= 400 && problem.status < 500) over = true;
    }
    if (over) return;
    tell(inWords(position));
    timer = setTimeout(ask, PACE_MS);
  }

  return () => {
    over = true;
    clearTimeout(timer);
  };
}

/** @param {number|null} position 1 is next */
function inWords(position) {
  if (position === null || position < 1) return null;
  return position === 1 ? 'Waiting: you are next' : `Waiting: ${position - 1} before you`;
}
