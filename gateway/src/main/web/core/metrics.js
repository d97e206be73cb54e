/** The admin's metrics page: totals as they are, charts of what changed between two readings, and whether everything is well. */
import { Api, ApiError } from './api.js';
import { Chart } from './chart.js';
import { byId, clock, el, fill, say } from './dom.js';
import { showAlerts, showHealth, showServices } from './health.js';
import { GROUPS, LABELS, humanised } from './metric-names.js';
import { showMasthead, signOut, wireSkipLink } from './masthead.js';
import { Poller } from './poller.js';
import { Rate, Readings, share } from './series.js';
import { signInPage } from './signin.js';

const INTERVAL_MS = 5_000;
const KEPT_READINGS = 180; // a quarter of an hour

const PLAIN = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const TENTHS = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const WHOLE = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const PERCENT = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const percent = (/** @type {number} */ value) => `${PERCENT.format(value)} %`;
const fine = (/** @type {number} */ value) => (value < 10 ? PLAIN : value < 100 ? TENTHS : WHOLE).format(value);

const api = new Api();
const problemBox = byId('problem');
const spoken = byId('spoken');

/** Every chart with the function that makes its values out of one reading of /api/admin/metrics and the seconds since the one before. */
function liveCharts() {
  const ok = new Rate();
  const failed = new Rate();
  const runs = ['successful_runs', 'error_runs', 'timeout_runs'].map((key) => ({ key, rate: new Rate() }));
  const saves = new Rate();
  /** @type {[number|null, number|null]} */
  let requests = [null, null];
  const perMinute = (/** @type {number|null} */ rate) => (rate === null ? null : rate * 60);
  return [
    live(
      { title: 'Requests', unit: 'per second', series: ['Successful', 'Failed'], format: fine, least: 1, tones: ['main', 'bad'] },
      (m, seconds) => {
        requests = [ok.next(m.http?.successful_requests, seconds), failed.next(m.http?.error_requests, seconds)];
        return requests;
      },
    ),
    live({ title: 'Error rate', unit: 'percent of requests', series: ['Failed'], format: percent, least: 5, tones: ['bad'] }, () => [
      share(requests[1], requests[0]),
    ]),
    live(
      {
        title: 'Active sessions',
        unit: 'people signed in',
        series: ['Sessions'],
        format: (value) => WHOLE.format(value),
        least: 5,
        tones: ['main'],
      },
      (m) => [m.summary?.active_sessions ?? null],
    ),
    live(
      {
        title: 'Program runs',
        unit: 'per minute',
        series: ['Successful', 'Error', 'Timed out'],
        format: fine,
        least: 5,
        tones: ['main', 'bad', 'warn'],
      },
      (m, seconds) => runs.map(({ key, rate }) => perMinute(rate.next(m.python_runner?.[key], seconds))),
    ),
    live({ title: 'Saves', unit: 'per minute', series: ['Saves'], format: fine, least: 5, tones: ['main'] }, (m, seconds) => [
      perMinute(saves.next(m.activity?.total_saves, seconds)),
    ]),
  ];
}

/** @param {import('./chart.js').Design} design @param {(metrics: any, seconds: number) => (number|null)[]} values */
function live(design, values) {
  const readings = new Readings(design.series.length, KEPT_READINGS);
  return { readings, values, chart: new Chart(design, readings) };
}

/** @param {string} name @param {unknown} value */
function figure(name, value) {
  const label = LABELS[name] ?? humanised(name);
  const words = typeof value !== 'number' ? String(value) : /rate$|percent$/.test(name) ? percent(value) : PLAIN.format(value);
  return el('div', {}, el('dt', {}, label), el('dd', { class: 'figure' }, words));
}

/** @param {any} metrics every group the server sends, ours first; a group that is not made of plain figures has its own place or none */
function showTotals(metrics) {
  const names = [...new Set([...Object.keys(GROUPS), ...Object.keys(metrics)])].filter((name) => plainGroup(metrics[name]));
  fill(
    byId('totals'),
    ...names.map((name) => {
      const figures = Object.entries(metrics[name]).filter(([, value]) => value === null || typeof value !== 'object');
      return el(
        'section',
        { class: 'card' },
        el('h3', {}, GROUPS[name] ?? humanised(name)),
        el('dl', {}, ...figures.map(([key, value]) => figure(key, value))),
      );
    }),
  );
}

/** @param {unknown} group */
function plainGroup(group) {
  return (
    typeof group === 'object' && group !== null && !Array.isArray(group) && Object.values(group).some((value) => typeof value === 'number')
  );
}

/** Health answers even when the metrics do not, and the other way round: each is shown as far as it came. */
function reader() {
  const charts = liveCharts();
  fill(byId('charts'), ...charts.map(({ chart }) => chart.element));
  let before = 0;
  return async () => {
    const asked = ['/api/admin/metrics', '/api/health', '/api/admin/alerts'].map((path) => api.get(path));
    const [metrics, health, alerts] = await Promise.allSettled(asked);
    showHealth(health.status === 'fulfilled' ? health.value : null);
    showAlerts(alerts.status === 'fulfilled' ? alerts.value : null);
    if (metrics.status === 'rejected') throw metrics.reason;
    showServices(metrics.value);
    const now = Date.now();
    const seconds = (now - before) / 1000;
    before = now;
    charts.forEach(({ readings, values, chart }) => {
      readings.add(now / 1000, values(metrics.value, seconds));
      chart.refresh();
    });
    showTotals(metrics.value);
    byId('updated').textContent = `Last updated ${clock(now)}`;
  };
}

function recovered() {
  if (!problemBox.textContent) return;
  problemBox.textContent = '';
  say(spoken, 'The figures are up to date again.');
}

/** @param {unknown} problem @returns {{stop: boolean, waitMs?: number}} */
function failed(problem) {
  if (!(problem instanceof ApiError)) {
    reportError(problem); // a mistake in these pages: told to the console, and tried again like any other failure
    return { stop: false };
  }
  if (problem.status === 401) {
    location.replace(signInPage(location));
    return { stop: true };
  }
  if (problem.status === 403) {
    showForbidden(problem);
    return { stop: true };
  }
  const waitMs = Math.max(INTERVAL_MS, (problem.retryAfter ?? 0) * 1000);
  const again = `Trying again every ${INTERVAL_MS / 1000} seconds; below is what was known last.`;
  const words = `The figures could not be refreshed. ${problem.message} ${again}`;
  if (problemBox.textContent !== words) problemBox.textContent = words;
  return { stop: false, waitMs };
}

/** @param {ApiError} problem */
function showForbidden(problem) {
  document.title = 'Not allowed · Thinking Like a Coder';
  fill(
    byId('main'),
    el('h1', {}, 'This page is not for your account'),
    el('p', {}, `${problem.message} Only administrators see the metrics.`),
    el('a', { class: 'button', href: '/' }, 'Go to the lessons'),
  );
}

/** @param {Poller} poller */
function wirePause(poller) {
  const button = byId('pause');
  button.addEventListener('click', () => {
    poller.paused = !poller.paused;
    button.textContent = poller.paused ? 'Go on' : 'Pause';
    say(spoken, poller.paused ? 'Paused.' : 'Refreshing every five seconds.');
  });
}

/** The bar on top needs a name, which may come late when a service is away; the figures do not wait for it. */
function greeter() {
  let greeted = false;
  return async () => {
    if (greeted) return;
    showMasthead(await api.me(), () => signOut(api).catch(failed));
    greeted = true;
  };
}

wireSkipLink();
const greet = greeter();
const read = reader();
const poller = new Poller(
  INTERVAL_MS,
  async () => {
    const outcomes = await Promise.allSettled([read(), greet()]);
    outcomes.forEach((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
    });
    recovered();
  },
  failed,
);
wirePause(poller);
poller.start();
