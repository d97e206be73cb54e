/**
 * Where a program and its user talk: all that was said so far, and below it the line that is typed.
 *
 * @typedef {{element: HTMLElement, print: (text: string, kind: string) => void, ask: (focus: boolean) => void, refuse: (line: Line,
 *   words: string) => void, close: () => void, silent: () => boolean}} Terminal
 * @typedef {{text: string, end: boolean, echo: HTMLElement}} Line what was typed; `end`: nothing follows
 */
import { el } from './dom.js';

const MAX_LINE = 2000;
const NEAR_END_PX = 40;

/** @param {(line: Line) => void} type @returns {Terminal} */
export function createTerminal(type) {
  const transcript = el('pre', { class: 'transcript', tabindex: 0, role: 'log', 'aria-label': 'Output' });
  const field = el('input', {
    id: 'program-line',
    type: 'text',
    maxlength: MAX_LINE,
    autocomplete: 'off',
    autocapitalize: 'none',
    autocorrect: 'off',
    spellcheck: 'false',
    enterkeyhint: 'send',
    onkeydown: (/** @type {KeyboardEvent} */ event) => {
      if (!event.ctrlKey || event.key.toLowerCase() !== 'd') return;
      event.preventDefault();
      submit(true);
    },
  });
  const trouble = el('p', { class: 'notice bad', role: 'alert' });
  const form = el(
    'form',
    {
      class: 'line',
      hidden: true,
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        submit(false);
      },
    },
    el('label', { for: 'program-line' }, 'Type a line for your program, then press Enter'),
    el(
      'div',
      { class: 'row' },
      field,
      el('button', { type: 'submit', class: 'primary' }, 'Send'),
      el('button', { type: 'button', onclick: () => submit(true) }, 'End input', el('kbd', {}, 'Ctrl D')),
    ),
  );

  /** @param {string} text @param {string} kind @returns {HTMLElement} */
  function print(text, kind) {
    const follows = transcript.scrollHeight - transcript.scrollTop - transcript.clientHeight < NEAR_END_PX;
    const last = transcript.lastElementChild;
    /** @type {HTMLElement} */
    let part;
    if (kind !== 'typed' && last instanceof HTMLElement && last.className === kind) {
      part = last;
      part.append(text);
    } else {
      part = transcript.appendChild(el('span', { class: kind }, text));
    }
    if (follows) transcript.scrollTop = transcript.scrollHeight;
    return part;
  }

  /** @param {boolean} end */
  function submit(end) {
    const text = field.value;
    field.value = '';
    trouble.textContent = '';
    // As a terminal shows it, and before the answer to it comes.
    const echo = print(text === '' && end ? '' : `${text}\n`, 'typed');
    if (end) close();
    else field.focus(); // also after the button
    type({ text, end, echo });
  }

  /** Whoever was in the line reads on in what was said: a key that comes too late must not press anything. */
  function close() {
    if (form.contains(document.activeElement)) transcript.focus();
    form.hidden = true;
  }

  return {
    element: el('div', { class: 'terminal' }, transcript, trouble, form),
    print,
    ask(focus) {
      const appears = form.hidden;
      form.hidden = false;
      if (appears && focus) field.focus();
    },
    refuse({ text, end, echo }, words) {
      trouble.textContent = words;
      echo.remove();
      if (field.value === '') field.value = text;
      if (end) form.hidden = false;
    },
    close() {
      close();
      trouble.textContent = '';
    },
    silent: () => transcript.textContent === '',
  };
}
