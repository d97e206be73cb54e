/** Refusals and failures as a pupil reads them. */
import { el } from './dom.js';
import { signInPage } from './signin.js';

/** @param {import('./api.js').ApiError} problem @returns {string} what it says, and when to try again where that is known */
export function inWords(problem) {
  return problem.message + (problem.retryAfter ? ` Try again in ${problem.retryAfter} s.` : '');
}

/** @param {import('./api.js').ApiError} problem */
export function refusal(problem) {
  const signedOut = problem.status === 401;
  return el('p', { class: 'notice bad', role: 'alert' }, inWords(problem), signedOut && ' ', signedOut && signInLink());
}

export function signInLink() {
  return el('a', { href: signInPage(location) }, 'Sign in again');
}
