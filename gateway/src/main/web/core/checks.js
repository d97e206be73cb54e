/**
 * Whether a program does what its activity asks, as elements.
 *
 * @typedef {{name: string, passed: boolean, hint?: string, output?: string}} Check
 * @typedef {{passed: boolean, checks: Check[]}} Checked
 */
import { el, fill } from './dom.js';

/** @param {Checked} result @returns {{kind: 'good'|'warn', text: string}} */
export function verdictOfChecks({ passed, checks }) {
  if (passed) return { kind: 'good', text: 'All checks passed' };
  return { kind: 'warn', text: `${checks.filter((check) => check.passed).length} of ${checks.length} checks passed` };
}

/** @param {Element} into @param {Checked} result */
export function showChecks(into, { passed, checks }) {
  fill(
    into,
    passed ? el('p', { class: 'notice good' }, 'Well done: your program does all that was checked.') : null,
    el('ul', { class: 'checks' }, ...checks.map(check)),
  );
}

/** @param {Check} one */
function check({ name, passed, hint, output }) {
  return el(
    'li',
    {},
    el('span', { class: passed ? 'pill good' : 'pill bad' }, passed ? 'Passed' : 'Not yet'),
    el(
      'div',
      {},
      el('strong', {}, name),
      hint ? el('p', {}, hint) : null,
      output === undefined
        ? null
        : el(
            'details',
            {},
            el('summary', {}, 'What your program printed'),
            el('pre', { tabindex: 0, role: 'region', 'aria-label': 'What your program printed' }, output || '(nothing)'),
          ),
    ),
  );
}
