import { Api, ApiError } from './api.js';
import { byId, say } from './dom.js';
import { home, safeNext } from './signin.js';

const form = byId('sign-in');
const username = byId('username');
const password = byId('password');
const reveal = byId('reveal');
const problem = byId('problem');
const submit = form.querySelector('[type=submit]');

/** @param {boolean} busy */
function setBusy(busy) {
  submit.setAttribute('aria-disabled', String(busy));
  submit.textContent = busy ? 'Signing in…' : 'Sign in';
}

/** @param {string} role */
function destination(role) {
  const next = safeNext(new URLSearchParams(location.search).get('next'), location.origin);
  if (!next) return home(role);
  // A redirect by the server loses the fragment from ?next=, but the browser carries it over to this page.
  return next.includes('#') ? next : next + location.hash;
}

/** @param {ApiError} refusal */
function explain(refusal) {
  const wait = refusal.status === 429 && refusal.retryAfter ? ` Wait ${refusal.retryAfter} seconds.` : '';
  say(problem, refusal.message + wait);
  (refusal.status === 401 ? password : username).focus();
  if (refusal.status === 401) password.select();
}

form.addEventListener('submit', async (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  if (submit.getAttribute('aria-disabled') === 'true') return;
  setBusy(true);
  say(problem, '');
  try {
    const user = await new Api().signIn(username.value.trim(), password.value);
    location.replace(destination(user.role));
  } catch (refusal) {
    setBusy(false);
    if (!(refusal instanceof ApiError)) throw refusal;
    explain(refusal);
  }
});

reveal.addEventListener('click', () => {
  const shown = password.type === 'text';
  password.type = shown ? 'password' : 'text';
  reveal.textContent = shown ? 'Show' : 'Hide';
  reveal.setAttribute('aria-label', shown ? 'Show password' : 'Hide password');
});
