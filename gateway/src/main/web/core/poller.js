/**
 * Asks again and again, one question at a time: not while the tab is hidden, not while somebody has paused it. An error does not end
 * it, unless `failed` says so.
 */
export class Poller {
  #timer = 0;
  #asking = false;
  #paused = false;
  #over = false;

  /**
   * @param {number} intervalMs from one answer to the next question
   * @param {() => Promise<void>} ask
   * @param {(problem: unknown) => {stop: boolean, waitMs?: number}} failed
   */
  constructor(intervalMs, ask, failed) {
    this.intervalMs = intervalMs;
    this.ask = ask;
    this.failed = failed;
    document.addEventListener('visibilitychange', () => this.#arrange(0));
  }

  get paused() {
    return this.#paused;
  }

  /** @param {boolean} paused */
  set paused(paused) {
    this.#paused = paused;
    this.#arrange(0);
  }

  start() {
    this.#arrange(0);
  }

  /** @param {number} delayMs */
  #arrange(delayMs) {
    clearTimeout(this.#timer);
    if (this.#over || this.#paused || document.hidden || this.#asking) return;
    this.#timer = setTimeout(() => this.#once(), delayMs);
  }

  async #once() {
    this.#asking = true;
    let delayMs = this.intervalMs;
    try {
      await this.ask();
    } catch (problem) {
      const { stop, waitMs } = this.failed(problem);
      this.#over = stop;
      delayMs = waitMs ?? delayMs;
    } finally {
      this.#asking = false;
    }
    this.#arrange(delayMs);
  }
}
