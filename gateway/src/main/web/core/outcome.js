/**
 * What a run gave, as elements.
 *
 * @typedef {{path: string, size: number, mime: string, content_base64: string}} ResultFile
 * @typedef {{stdout: string, stderr: string, exit_code: number|null, timed_out: boolean, duration_ms: number,
 *   files: ResultFile[]}} RunResult
 */
import { el, fill } from './dom.js';

/** Only what an <img> shows without ever running anything in it. */
const PICTURES = new Set(['image/png', 'image/svg+xml']);
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** @param {number} ms */
function duration(ms) {
  return ms < 1000 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** @param {RunResult} result @returns {{kind: 'good'|'bad'|'warn', text: string}} */
export function verdict(result) {
  if (result.timed_out) return { kind: 'warn', text: `Stopped after ${duration(result.duration_ms)}: the program was still running` };
  if (result.exit_code === 0) return { kind: 'good', text: `Finished in ${duration(result.duration_ms)}` };
  return { kind: 'bad', text: 'Stopped by an error' };
}

/** @param {Element} into @param {RunResult} result */
export function showOutcome(into, result) {
  const stdout = result.stdout ?? '';
  const stderr = result.stderr ?? '';
  const files = Array.isArray(result.files) ? result.files : [];
  fill(
    into,
    stdout ? stream('Output', stdout, '') : null,
    stderr ? stream(result.exit_code === 0 ? 'Messages' : 'Error message', stderr, 'stderr') : null,
    !stdout && !stderr && files.length === 0 ? el('p', { class: 'muted' }, 'The program printed nothing.') : null,
    result.timed_out ? el('p', { class: 'muted' }, 'Is there a loop that never ends, or a very long wait?') : null,
    files.length > 0 ? el('h3', {}, 'Files it made') : null,
    files.length > 0 ? el('ul', { class: 'files' }, ...files.map(file)) : null,
  );
}

/** @param {string} title @param {string} text @param {string} kind */
function stream(title, text, kind) {
  return el('div', {}, el('h3', {}, title), el('pre', { class: kind, tabindex: 0, role: 'region', 'aria-label': title }, text));
}

/** @param {ResultFile} made */
function file(made) {
  const content = typeof made.content_base64 === 'string' && BASE64.test(made.content_base64) ? made.content_base64 : null;
  const picture =
    content !== null && PICTURES.has(made.mime)
      ? el('img', { src: `data:${made.mime};base64,${content}`, alt: `The picture ${made.path} that the program made` })
      : null;
  const download =
    content === null
      ? el('span', { class: 'muted' }, 'cannot be shown')
      : el('a', { href: `data:application/octet-stream;base64,${content}`, download: made.path.split('/').pop() }, 'Download');
  return el(
    'li',
    {},
    el('div', { class: 'row' }, el('code', {}, made.path), el('span', { class: 'muted small' }, `${made.size} bytes`), download),
    picture,
  );
}
