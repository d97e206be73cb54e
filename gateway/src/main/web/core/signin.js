/** Where signing in leads: pure rules, so that no link can send anyone off the site. */

/** Teachers have no page of their own yet. */
const HOME = new Map([
  ['pupil', '/'],
  ['teacher', '/'],
  ['admin', '/admin-metrics.html'],
]);

/**
 * @param {string|null} next what `?next=` asked for
 * @param {string} origin ours
 * @returns {string|null} a full address on this origin, or null when `next` is missing, points anywhere else or back to the sign-in page
 */
export function safeNext(next, origin) {
  if (!next || !/^\/(?![/\\])/.test(next)) return null;
  let url;
  try {
    url = new URL(next, origin);
  } catch {
    return null;
  }
  // The parser drops tabs and newlines and folds dots, so look at what it made of it; a full address keeps a path like //x ours.
  if (url.origin !== origin || url.pathname === '/login.html') return null;
  return url.href;
}

/** @param {string} role */
export function home(role) {
  return HOME.get(role) ?? '/';
}

/** The sign-in page, leading back to the page that asks. @param {Location} from */
export function signInPage(from) {
  return `/login.html?next=${encodeURIComponent(from.pathname + from.search + from.hash)}`;
}
