import { ApiError } from './api.js';
import { byId, el, fill } from './dom.js';
import { forgetDrafts } from './drafts.js';

/** @type {{title: string, href: string, roles: string[]}[]} */
const PAGES = [
  { title: 'Lessons', href: '/', roles: ['pupil', 'teacher', 'admin'] },
  { title: 'Metrics', href: '/admin-metrics.html', roles: ['admin'] },
];

/**
 * Fills the bar on top and makes the skip link work on pages whose fragment is a route.
 * @param {import('./api.js').User} user
 * @param {() => unknown} signOut what the page does when asked to sign out, to the end
 */
export function showMasthead(user, signOut) {
  const current = location.pathname === '/index.html' ? '/' : location.pathname;
  const links = PAGES.filter((page) => page.roles.includes(user.role)).map((page) =>
    el('li', {}, el('a', { href: page.href, 'aria-current': page.href === current ? 'page' : null }, page.title)),
  );
  fill(
    byId('masthead'),
    el(
      'div',
      {},
      el(
        'a',
        { class: 'brand', href: '/' },
        el('img', { src: '/core/mark.svg', alt: '', width: 28, height: 28 }),
        el('span', {}, 'Thinking Like a Coder'),
      ),
      el('nav', { 'aria-label': 'Pages' }, el('ul', {}, ...links)),
      el(
        'div',
        { class: 'who' },
        el('span', { class: 'muted' }, user.name),
        el('button', { type: 'button', class: 'quiet', onclick: signOut }, 'Sign out'),
      ),
    ),
  );
}

/** The skip link's own fragment would be taken for a route. */
export function wireSkipLink() {
  document.querySelector('.skip')?.addEventListener('click', (event) => {
    event.preventDefault();
    byId('main').focus();
  });
}

/**
 * Ends the session and leaves nothing of it in this tab.
 * @param {import('./api.js').Api} api
 * @returns {Promise<void>} ApiError when the session goes on
 */
export async function signOut(api) {
  try {
    await api.post('/api/auth/logout', {});
  } catch (problem) {
    if (!(problem instanceof ApiError) || problem.status !== 401) throw problem; // 401: it was over already
  }
  forgetDrafts(sessionStorage);
  location.replace('/login.html');
}
