/** One live chart: uPlot for the eyes, a legend with the newest figures, and the same readings as a table. */
import uPlot from '/core/vendor/uplot/uPlot.esm.js';
import { clock, el, fill } from './dom.js';

const HEIGHT = 200;
const TABLE_ROWS = 24; // two minutes of readings
const DASHES = [[], [7, 4], [2, 3]]; // so that lines differ by more than their colour
const LEAST_SPAN_SECONDS = 120;

/**
 * @typedef {{title: string, unit: string, series: string[], format: (value: number) => string, least: number, tones: string[]}} Design
 *   `least`: the smallest top of the scale, so that a quiet chart does not magnify nothing; `tones`: names of the
 *   `--chart-*` colours, one a line
 */

export class Chart {
  /** @param {Design} design @param {import('./series.js').Readings} readings */
  constructor(design, readings) {
    this.design = design;
    this.readings = readings;
    this.canvas = el('div', { class: 'plot', role: 'img' });
    this.figures = design.series.map(() => el('b', { class: 'figure' }, '–'));
    this.table = el('table');
    this.details = el(
      'details',
      { ontoggle: () => this.#tabulate() },
      el('summary', { class: 'small' }, 'Show as a table'),
      el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `${design.title}: readings` }, this.table),
    );
    this.waiting = el('p', { class: 'waiting muted small' }, 'Waiting for a second reading…');
    const legend = design.series.map((name, index) =>
      el(
        'li',
        {},
        el('span', { class: `swatch line-${index} tone-${design.tones[index]}`, 'aria-hidden': 'true' }),
        `${name} `,
        this.figures[index],
      ),
    );
    this.element = el(
      'figure',
      { class: 'card chart' },
      el('figcaption', {}, el('h3', {}, design.title), el('span', { class: 'small muted' }, design.unit)),
      el('ul', { class: 'legend small' }, ...legend),
      this.canvas,
      this.waiting,
      this.details,
    );
    this.plot = null;
    new ResizeObserver(() => this.#fit()).observe(this.canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#draw());
  }

  /** After the readings have grown. */
  refresh() {
    const [newest] = this.readings.newest(1);
    const known = this.readings.data.slice(1).some((column) => column.some((value) => value !== null));
    this.waiting.hidden = known;
    this.#showFigures(newest.slice(1));
    if (!this.plot) this.#draw();
    else this.plot.setData(/** @type {any} */ (this.readings.data));
    if (this.details.open) this.#tabulate();
  }

  /** @param {(number|null)[]} values */
  #showFigures(values) {
    values.forEach((value, index) => {
      this.figures[index].textContent = this.#word(value);
    });
    const words = this.design.series.map((name, index) => `${name} ${this.#word(values[index])}`);
    this.canvas.setAttribute('aria-label', `Chart. ${this.design.title}, ${this.design.unit}. Newest: ${words.join(', ')}.`);
  }

  /** @param {number|null|undefined} value */
  #word(value) {
    return value === null || value === undefined ? '–' : this.design.format(value);
  }

  #fit() {
    if (this.plot && this.canvas.clientWidth > 0) this.plot.setSize({ width: this.canvas.clientWidth, height: HEIGHT });
  }

  /** Anew, because a canvas does not follow the colour scheme by itself. */
  #draw() {
    if (this.readings.data[0].length === 0) return;
    this.plot?.destroy();
    this.plot = new uPlot(this.#options(), /** @type {any} */ (this.readings.data), this.canvas);
  }

  /** @returns {any} uPlot's options */
  #options() {
    const style = getComputedStyle(document.documentElement);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: colour('--muted'),
      font: `12px ${colour('--sans')}`,
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { show: false },
    };
    const { design } = this;
    return {
      width: this.canvas.clientWidth || 320,
      height: HEIGHT,
      padding: [10, 26, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { setScale: false, x: false, y: false } },
      scales: {
        x: {
          time: true,
          range: (/** @type {any} */ _, /** @type {number} */ min, /** @type {number} */ max) => [
            Math.min(min, max - LEAST_SPAN_SECONDS),
            max,
          ],
        },
        y: {
          range: (/** @type {any} */ _, /** @type {number} */ min, /** @type {number} */ max) => [
            0,
            Math.max(design.least, (max ?? 0) * 1.15),
          ],
        },
      },
      axes: [
        {
          ...axis,
          size: 28,
          space: 90,
          values: (/** @type {any} */ _, /** @type {number[]} */ splits) => splits.map((split) => clock(split * 1000)),
        },
        { ...axis, size: 48, space: 40, values: (/** @type {any} */ _, /** @type {number[]} */ splits) => splits.map(design.format) },
      ],
      series: [
        {},
        ...design.series.map((label, index) => ({
          label,
          stroke: colour(`--chart-${design.tones[index]}`),
          fill: index === 0 ? colour(`--chart-${design.tones[index]}-fill`) : undefined,
          width: 2,
          dash: DASHES[index],
          points: { show: true, size: 5, fill: colour(`--chart-${design.tones[index]}`), filter: lonely },
        })),
      ],
      hooks: { setCursor: [(/** @type {any} */ plot) => this.#follow(plot.cursor.idx)] },
    };
  }

  /** The legend tells the reading under the pointer, or the newest. @param {number|null|undefined} index */
  #follow(index) {
    const at = index ?? this.readings.data[0].length - 1;
    this.readings.data.slice(1).forEach((column, series) => {
      this.figures[series].textContent = this.#word(column[at]);
    });
  }

  #tabulate() {
    if (!this.details.open) return;
    const head = ['Time', ...this.design.series].map((name) => el('th', { scope: 'col' }, name));
    const rows = this.readings
      .newest(TABLE_ROWS)
      .map(([time, ...values]) =>
        el('tr', {}, el('th', { scope: 'row' }, clock((time ?? 0) * 1000)), ...values.map((value) => el('td', {}, this.#word(value)))),
      );
    fill(
      this.table,
      el('caption', {}, `${this.design.title}, ${this.design.unit}, newest first`),
      el('thead', {}, el('tr', {}, ...head)),
      el('tbody', {}, ...rows),
    );
  }
}

/** A reading between two gaps has no line to be seen on, so it gets a dot. @param {any} plot @param {number} series @returns {number[]} */
function lonely(plot, series) {
  const column = plot.data[series];
  const missing = (/** @type {any} */ value) => value === null || value === undefined;
  return [...column.keys()].filter((at) => !missing(column[at]) && missing(column[at - 1]) && missing(column[at + 1]));
}
