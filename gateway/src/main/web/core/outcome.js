/**
 * What a run gave, as elements.
 *
 * @typedef {{path: string, size: number, mime: string, content_base64: string}} ResultFile
 * @typedef {{stdout: string, stderr: string, exit_code: number|null, timed_out: boolean, duration_ms: number,
 *   files: ResultFile[]}} RunResult
 * @typedef {{exit_code: number|null, timed_out: boolean, duration_ms: number, files: ResultFile[], reason?: string}} End how a program
 *   ended; `reason` is of one that was talked to
 */
import { el, fill } from './dom.js';

/** Only what an <img> shows without ever running anything in it. */
const PICTURES = new Set(['image/png', 'image/svg+xml']);
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** @param {number} ms */
function duration(ms) {
  return ms < 1000 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** What a program that was talked to was ended by, where that says more than its exit code. @type {Map<string|undefined, string>} */
const ENDED_BY = new Map([
  ['stopped', 'Stopped'],
  ['replaced', 'Stopped: another program was started'],
  ['lost', 'Stopped: the connection was lost'],
  ['idle', 'Stopped: it waited too long for you to type'],
  ['shutdown', 'Stopped: Python is being restarted'],
  ['failed', 'Not run'],
]);

/** @param {End} result @returns {{kind: 'good'|'bad'|'warn', text: string}} */
export function verdict(result) {
  const ended = ENDED_BY.get(result.reason);
  if (ended) return { kind: 'warn', text: ended };
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
    ...afterwords(result),
  );
}

/** What is shown below a program's output. @param {End} end @returns {(HTMLElement|null)[]} */
export function afterwords(end) {
  const files = Array.isArray(end.files) ? end.files : [];
  const endless = end.timed_out && end.reason !== 'idle';
  return [
    endless ? el('p', { class: 'muted' }, 'Is there a loop that never ends, or a very long wait?') : null,
    files.length > 0 ? el('h3', {}, 'Files it made') : null,
    files.length > 0 ? el('ul', { class: 'files' }, ...files.map(file)) : null,
  ];
}

/** A name to keep a file under that means nothing to the computer it is kept on. @param {string} path */
function safeName(path) {
  const name = path.split('/').pop() ?? '';
  return (
    name
      .replace(/[^A-Za-z0-9._-]/g, '_')
      .replace(/^\.+/, '')
      .slice(-100) || 'file'
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
      : el('a', { href: `data:application/octet-stream;base64,${content}`, download: safeName(made.path) }, 'Download');
  return el(
    'li',
    {},
    el('div', { class: 'row' }, el('code', {}, made.path), el('span', { class: 'muted small' }, `${made.size} bytes`), download),
    picture,
  );
}
