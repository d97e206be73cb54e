/** An activity's program running: the buttons for it, and the panel that says what happened. */
import { ApiError } from './api.js';
import { showChecks, verdictOfChecks } from './checks.js';
import { asks, Conversation } from './conversation.js';
import { append, el, fill, say } from './dom.js';
import { afterwords, showOutcome, verdict } from './outcome.js';
import { watchQueue } from './queue.js';
import { inWords, refusal } from './refusal.js';
import { createTerminal } from './terminal.js';

const TIMEOUT_MS = 90_000; // a program may wait in the queue first, and its checks may take 20 s
const RUNNING = 'Running…';
const WAITING = 'Your program waits for you to type';

/** A program that asks often would else change its state more often than anybody can read. */
const THINKING_MS = 500;

export class Runs {
  #busy = false;
  #closed = false;
  /** Whether the program was changed since it was started: then its question does not take the keyboard away. */
  #edited = false;
  /** @type {Conversation|null} */ #conversation = null;
  /** @type {import('./terminal.js').Terminal|null} */ #terminal = null;
  #state = { kind: '', words: '' };
  #thinking = 0;

  /**
   * @param {import('./api.js').Api} api @param {string} lessonId @param {import('./course.js').Activity} activity
   * @param {() => import('./drafts.js').Work} save saves the work, and tells what it is
   */
  constructor(api, lessonId, activity, save) {
    this.api = api;
    this.task = { lesson_id: lessonId, activity_id: activity.id };
    this.save = save;
    this.runButton = el('button', { type: 'button', class: 'primary', onclick: () => this.run() }, 'Run', el('kbd', {}, 'Ctrl Enter'));
    this.stopButton = el('button', { type: 'button', hidden: true, onclick: () => this.#stop() }, 'Stop');
    this.checkButton = activity.hasChecks ? el('button', { type: 'button', onclick: () => this.check() }, 'Check my work') : null;
    this.status = el('span', { role: 'status' });
    this.outcome = el('div', { class: 'outcome' }, el('p', { class: 'muted' }, 'Press Run to see what your program does.'));
    this.panel = el(
      'section',
      { class: 'card', 'aria-labelledby': 'outcome-title' },
      el('div', { class: 'row bar' }, el('h2', { id: 'outcome-title' }, 'What happened'), this.status),
      this.outcome,
    );
  }

  /** @returns {HTMLElement[]} */
  get buttons() {
    return [this.runButton, this.stopButton, this.checkButton].filter((button) => button !== null);
  }

  /** Something else about the program. @param {string} words */
  say(words) {
    this.#tell('', words);
  }

  /** The program was changed. */
  edited() {
    this.#edited = true;
  }

  run() {
    return this.#alone(RUNNING, 'Not run', async () => {
      const { code, stdin } = this.save();
      if (stdin === '' && asks(code)) await this.#converse(code);
      else await this.#runWhole(code, stdin);
    });
  }

  check() {
    return this.#alone('Checking…', 'Not checked', async () => {
      const { code } = this.save();
      const result = await this.#queued('/api/python/check', { ...this.task, code });
      const { kind, text } = verdictOfChecks(result);
      this.#tell(kind, text);
      showChecks(this.outcome, result);
    });
  }

  /** Nobody looks any more: a program that is talked to ends. */
  async leave() {
    const left = this.#conversation;
    this.#over();
    await left?.leave();
  }

  close() {
    this.#closed = true;
    this.leave();
  }

  /** @param {string} state @param {string} failure @param {() => Promise<void>} act */
  async #alone(state, failure, act) {
    if (this.#busy) return;
    this.#setBusy(true);
    this.#edited = false;
    this.#tell('', state);
    await this.leave();
    try {
      await act();
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      this.#tell('bad', failure);
      fill(this.outcome, refusal(problem));
    } finally {
      this.#setBusy(false);
    }
  }

  /** @param {boolean} busy */
  #setBusy(busy) {
    this.#busy = busy;
    this.runButton.setAttribute('aria-disabled', busy);
    this.checkButton?.setAttribute('aria-disabled', busy);
  }

  /** @param {string} kind @param {string} words */
  #tell(kind, words) {
    clearTimeout(this.#thinking);
    if (kind === this.#state.kind && words === this.#state.words) return;
    this.#state = { kind, words };
    this.status.className = `pill ${kind}`;
    say(this.status, words);
  }

  /** @param {string} code @param {string} stdin */
  async #runWhole(code, stdin) {
    const result = await this.#queued('/api/python/run', { ...this.task, code, files: [], stdin });
    const { kind, text } = verdict(result);
    this.#tell(kind, text);
    showOutcome(this.outcome, result);
  }

  /** @param {string} path @param {unknown} body */
  async #queued(path, body) {
    const state = this.#state.words;
    const unwatch = watchQueue(this.api, (words) => this.#tell('', words ?? state));
    try {
      return await this.api.post(path, body, { timeoutMs: TIMEOUT_MS });
    } finally {
      unwatch();
    }
  }

  /** @param {string} code */
  async #converse(code) {
    /** @type {Conversation} */
    let conversation;
    const terminal = createTerminal((line) => this.#type(terminal, conversation, line));
    let state = RUNNING;
    conversation = await Conversation.start(
      this.api,
      { ...this.task, code },
      {
        said: (text, error) => terminal.print(text, error ? 'stderr' : 'stdout'),
        waiting: () => {
          state = WAITING;
          this.#tell('', state);
          terminal.ask(!this.#edited);
        },
        connected: (there) => (there ? this.#tell('', state) : this.#tell('warn', 'Connection lost: trying again…')),
        ended: (end) => this.#ended(terminal, end),
        lost: (problem) => {
          if (this.#conversation === conversation) this.#lost(terminal, problem);
        },
      },
    );
    if (this.#closed) {
      conversation.leave();
      return;
    }
    this.#conversation = conversation;
    this.#terminal = terminal;
    this.stopButton.hidden = false;
    fill(this.outcome, terminal.element);
  }

  /**
   * @param {import('./terminal.js').Terminal} terminal @param {Conversation} conversation @param {import('./terminal.js').Line} line
   */
  async #type(terminal, conversation, line) {
    clearTimeout(this.#thinking);
    this.#thinking = setTimeout(() => this.#tell('', RUNNING), THINKING_MS);
    try {
      await conversation.type(line.text, line.end);
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      // 404 and 409: the program has ended meanwhile, as it is about to say itself.
      if (problem.status !== 404 && problem.status !== 409) terminal.refuse(line, inWords(problem));
    }
  }

  async #stop() {
    const conversation = this.#conversation;
    this.#tell('', 'Stopping…');
    try {
      await conversation?.stop();
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      if (this.#conversation === conversation && problem.status !== 404) this.#tell('bad', inWords(problem));
    }
  }

  /** @param {import('./terminal.js').Terminal} terminal @param {import('./outcome.js').End} end */
  #ended(terminal, end) {
    this.#over();
    const { kind, text } = verdict(end);
    this.#tell(kind, text);
    if (terminal.silent()) terminal.print('The program printed nothing.', 'quiet');
    append(this.outcome, afterwords(end));
  }

  /** @param {import('./terminal.js').Terminal} terminal @param {ApiError} problem */
  #lost(terminal, problem) {
    this.#over();
    this.#tell('bad', 'Connection lost');
    append(this.outcome, [refusal(problem)]);
  }

  #over() {
    this.#conversation = null;
    this.#terminal?.close();
    this.#terminal = null;
    clearTimeout(this.#thinking);
    if (document.activeElement === this.stopButton) this.runButton.focus();
    this.stopButton.hidden = true;
  }
}
