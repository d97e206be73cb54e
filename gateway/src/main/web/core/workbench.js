/** One activity: what to do, the editor, its runs, and the state of saving. */
import { ApiError } from './api.js';
import { loadPage } from './course.js';
import { el, fill, say, when } from './dom.js';
import { createEditor } from './editor.js';
import { signInLink } from './refusal.js';
import { Runs } from './runs.js';
import { Saver } from './saver.js';

/**
 * @typedef {import('./course.js').Activity} Activity
 * @typedef {import('./course.js').Lesson} Lesson
 * @typedef {{element: HTMLElement, saver: Saver, leave: () => void, close: () => void}} Workbench `leave`: the page may go away
 */

/**
 * @param {import('./api.js').Api} api @param {import('./drafts.js').Drafts} drafts @param {Lesson} lesson @param {Activity} activity
 * @returns {Promise<Workbench>}
 */
export async function openWorkbench(api, drafts, lesson, activity) {
  const text = await loadPage(activity.path).catch(explained);
  const saving = el('span', { class: 'pill' }); // not a live region: every autosave would be read out
  const spoken = el('p', { class: 'visually-hidden', role: 'status' });
  const trouble = el('div', { class: 'trouble' });
  const editor = createEditor({ label: 'Your program', hintId: 'editor-hint', changed, run: () => runs.run(), save });
  const input = el('textarea', { id: 'program-input', rows: 3, spellcheck: 'false', maxlength: 20000, oninput: changed });
  const inputBox = el(
    'details',
    { class: 'input' },
    el('summary', {}, 'Program input'),
    el(
      'label',
      { for: 'program-input', class: 'small' },
      'Lines that input() will read, in order. Leave this empty to be asked while your program runs.',
    ),
    input,
  );
  const runs = new Runs(api, lesson.id, activity, () => {
    saver.flush();
    return work();
  });
  const saver = new Saver(api, lesson.id, activity.id, drafts, showStatus);

  const opened = await saver.open({ code: text.starter ?? '', stdin: '' });
  show(opened.work);
  if (opened.restored) runs.say('Your unsaved changes are back.');

  function work() {
    return { code: editor.text(), stdin: input.value };
  }

  /** @param {import('./drafts.js').Work} now */
  function show(now) {
    editor.setText(now.code);
    input.value = now.stdin;
    inputBox.open = now.stdin !== '';
  }

  function changed() {
    runs.edited();
    saver.edit(work());
  }

  async function save() {
    await saver.saveNow();
    if (saver.safe) say(spoken, 'Saved.');
  }

  /** @param {import('./saver.js').Status} status */
  function showStatus(status) {
    const { words, kind } = describe(status);
    if (saving.textContent !== words) saving.textContent = words;
    saving.className = `pill ${kind}`;
    saving.hidden = words === '';
    if (status.phase === 'conflict' && status.other) fill(trouble, conflict(status.other));
    else if (status.phase === 'saving')
      return; // keeps the buttons of a conflict in place until it is settled
    else fill(trouble, notice(status));
  }

  /** @param {import('./saver.js').Version} other */
  function conflict(other) {
    const title = el('h2', {}, 'This activity was also saved somewhere else');
    const settle = (/** @type {() => Promise<unknown>} */ decision) => async () => {
      await decision();
      editor.focus();
    };
    return el(
      'section',
      { class: 'notice warn' },
      title,
      el(
        'p',
        { role: 'alert' },
        'Perhaps in another tab or on another computer',
        other.savedAt ? ` (${when(other.savedAt)})` : '',
        '. Which version do you want to go on with? The other one stays in your history, so nothing is lost.',
      ),
      el('h3', {}, 'The other version'),
      el('pre', { tabindex: 0, role: 'region', 'aria-label': 'The other version' }, other.work.code || '(empty)'),
      el(
        'div',
        { class: 'row' },
        el('button', { type: 'button', class: 'primary', onclick: settle(() => saver.keepMine()) }, 'Keep what is in my editor'),
        el('button', { type: 'button', onclick: settle(async () => show(await saver.takeOther())) }, 'Use the other version'),
      ),
    );
  }

  function startAgain() {
    editor.replaceAll(text.starter ?? '');
    runs.say('The starting program is back. Undo with Ctrl Z.');
  }

  const element = el(
    'div',
    { class: 'bench reading' },
    el('article', { class: 'card task', 'aria-label': 'What to do', tabindex: 0 }, text.body, goals(lesson, activity)),
    el(
      'div',
      { class: 'desk' },
      spoken,
      trouble,
      el(
        'section',
        { class: 'card', 'aria-label': 'Program' },
        el(
          'div',
          { class: 'row bar' },
          ...runs.buttons,
          el('button', { type: 'button', onclick: save }, 'Save'),
          text.starter === null ? null : el('button', { type: 'button', class: 'quiet', onclick: startAgain }, 'Start again'),
          saving,
        ),
        editor.element,
        el(
          'p',
          { id: 'editor-hint', class: 'small muted hint' },
          'Tab indents. To leave the editor with the keyboard, press Escape, then Tab.',
        ),
        inputBox,
      ),
      runs.panel,
    ),
  );
  const leave = () => runs.leave();
  const close = () => {
    runs.close();
    saver.close();
  };
  return { element, saver, leave, close };
}

/** The activity can be worked on without its text. @param {unknown} problem @returns {import('./content.js').Content} */
function explained(problem) {
  if (!(problem instanceof ApiError) || problem.status === 401) throw problem;
  const body = document.createDocumentFragment();
  body.append(el('p', { class: 'notice bad' }, `The instructions could not be loaded. ${problem.message}`));
  return { body, starter: null };
}

/** @param {Lesson} lesson @param {Activity} activity */
function goals(lesson, activity) {
  const texts = lesson.objectives.filter((objective) => activity.objectiveIds?.includes(objective.id));
  if (texts.length === 0) return null;
  return el('section', {}, el('h2', {}, 'This is about'), el('ul', {}, ...texts.map((objective) => el('li', {}, objective.text))));
}

/** @param {import('./saver.js').Status} status @returns {{words: string, kind: string}} */
function describe({ phase, savedAt }) {
  switch (phase) {
    case 'untouched':
      return { words: '', kind: '' };
    case 'saved':
      return { words: savedAt ? `Saved ${when(savedAt)}` : 'Saved', kind: 'good' };
    case 'unsaved':
      return { words: 'Not saved yet', kind: '' };
    case 'saving':
      return { words: 'Saving…', kind: '' };
    case 'conflict':
      return { words: 'Two versions', kind: 'warn' };
    case 'retrying':
      return { words: 'Not saved', kind: 'warn' };
    default:
      return { words: 'Not saved', kind: 'bad' };
  }
}

/** @param {import('./saver.js').Status} status */
function notice({ phase, detail }) {
  if (phase === 'retrying')
    return el('p', { class: 'notice warn', role: 'alert' }, `Your work is safe in this tab but not saved yet. ${detail}`);
  if (phase === 'refused') return el('p', { class: 'notice bad', role: 'alert' }, `This could not be saved: ${detail}`);
  if (phase !== 'signed-out') return null;
  return el('p', { class: 'notice bad', role: 'alert' }, `${detail} Your work is kept in this tab. `, signInLink(), ' to save it.');
}
