/** From totals that services count up to figures that a chart can show. No page, no clock: pure. */

/** What one counter did between two readings. */
export class Rate {
  /** @type {number|null} */ #last = null;
  /** The level before the last fall, while it may still come back. @type {number|null} */ #fallenFrom = null;

  /**
   * @param {number|null|undefined} total what the counter stands at; missing when the server did not say
   * @param {number} seconds since the previous reading
   * @returns {number|null} per second, or null when nobody can tell: the first reading; a fall, because a service restarted or one of
   *   its copies could not be read; and the jump back over the old level when that copy is read again, which is no work done in those
   *   seconds
   */
  next(total, seconds) {
    if (typeof total !== 'number' || !Number.isFinite(total)) return null;
    const last = this.#last;
    this.#last = total;
    if (last === null || !(seconds > 0)) return null;
    if (total < last) {
      this.#fallenFrom = Math.max(this.#fallenFrom ?? 0, last);
      return null;
    }
    if (this.#fallenFrom !== null && total >= this.#fallenFrom) {
      this.#fallenFrom = null;
      return null;
    }
    return (total - last) / seconds;
  }
}

/** Columns of readings, oldest first, never more than `limit` of them: the shape uPlot draws. */
export class Readings {
  /** @param {number} columns besides the time @param {number} limit */
  constructor(columns, limit) {
    this.limit = limit;
    /** @type {(number|null)[][]} the first column is the time in seconds since 1970 */
    this.data = Array.from({ length: columns + 1 }, () => []);
  }

  /** @param {number} seconds since 1970 @param {(number|null)[]} values one a column */
  add(seconds, values) {
    [seconds, ...values].forEach((value, index) => {
      const column = this.data[index];
      column.push(value);
      if (column.length > this.limit) column.shift();
    });
  }

  /** @param {number} count @returns {(number|null)[][]} the newest rows, newest first: time, then a value a column */
  newest(count) {
    const length = this.data[0].length;
    return Array.from({ length: Math.min(count, length) }, (_, back) => this.data.map((column) => column[length - 1 - back]));
  }
}

/**
 * @param {number|null} part
 * @param {number|null} rest
 * @returns {number|null} the share of `part` in percent, 0 when there was nothing at all
 */
export function share(part, rest) {
  if (part === null || rest === null) return null;
  return part + rest > 0 ? (100 * part) / (part + rest) : 0;
}
