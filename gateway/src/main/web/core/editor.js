/**
 * A plain program editor: a textarea with line numbers. Everything about it that other modules know is in the Editor type, so that
 * another editor can take its place.
 *
 * @typedef {{element: HTMLElement, text: () => string, setText: (text: string) => void, replaceAll: (text: string) => void,
 *   focus: () => void}} Editor
 */
import { el } from './dom.js';

const INDENT = '    ';

/** @param {{label: string, hintId: string, changed: () => void, run: () => void, save: () => void}} options @returns {Editor} */
export function createEditor({ label, hintId, changed, run, save }) {
  const numbers = el('div', { class: 'numbers', 'aria-hidden': 'true' });
  const area = el('textarea', {
    'aria-label': label,
    'aria-describedby': hintId,
    wrap: 'off',
    spellcheck: 'false',
    autocapitalize: 'none',
    autocomplete: 'off',
    autocorrect: 'off',
    maxlength: 20000,
    rows: 14,
  });
  let shown = 0;
  let tabLeaves = false;

  function number() {
    const lines = area.value.split('\n').length;
    if (lines !== shown) numbers.textContent = Array.from({ length: lines }, (_, index) => index + 1).join('\n');
    shown = lines;
    numbers.scrollTop = area.scrollTop;
  }

  /** Types as a person would, so that undo works. @param {string} text */
  function type(text) {
    if (!document.execCommand('insertText', false, text)) {
      area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end');
      area.dispatchEvent(new Event('input'));
    }
  }

  function typeNewLine() {
    const line = area.value.slice(area.value.lastIndexOf('\n', area.selectionStart - 1) + 1, area.selectionStart);
    const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
    type('\n' + indent + (/:\s*(#.*)?$/.test(line) ? INDENT : ''));
  }

  area.addEventListener('input', () => {
    number();
    changed();
  });
  area.addEventListener('scroll', () => {
    numbers.scrollTop = area.scrollTop;
  });
  area.addEventListener('blur', () => {
    tabLeaves = false;
  });
  area.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    const command = event.ctrlKey || event.metaKey;
    const plain = !command && !event.altKey && !event.shiftKey && !event.isComposing;
    /** @type {(() => void)|null} */
    let act = null;
    if (command && event.key === 'Enter') act = run;
    else if (command && event.key.toLowerCase() === 's') act = save;
    else if (plain && event.key === 'Tab' && !tabLeaves) act = () => type(INDENT);
    else if (plain && event.key === 'Enter') act = typeNewLine;
    tabLeaves = event.key === 'Escape';
    if (!act) return;
    event.preventDefault();
    act();
  });

  return {
    element: el('div', { class: 'editor' }, numbers, area),
    text: () => area.value,
    setText(text) {
      area.value = text;
      number();
    },
    replaceAll(text) {
      area.focus();
      area.select();
      type(text);
    },
    focus: () => area.focus(),
  };
}
