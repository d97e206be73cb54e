/** Whether everything is well: TLAC as a whole, each service with its running copies, and what Prometheus holds to be wrong. */
import { byId, el, fill, when } from './dom.js';
import { humanised } from './metric-names.js';

/** @param {boolean|null} well null when nobody knows @param {string} words */
function pill(well, words) {
  return el('span', { class: `pill ${well === null ? 'warn' : well ? 'good' : 'bad'}` }, words);
}

/** @param {string} name @param {boolean|null} well @param {string} words */
function light(name, well, words) {
  return el('li', {}, `${name} `, pill(well, words));
}

/** @param {string} caption @param {string[]} columns @param {any[][]} rows the first cell of each is its heading */
function table(caption, columns, rows) {
  const cells = (/** @type {any[]} */ [first, ...rest]) => [el('th', { scope: 'row' }, first), ...rest.map((cell) => el('td', {}, cell))];
  return [
    el('caption', {}, caption),
    el('thead', {}, el('tr', {}, ...columns.map((name) => el('th', { scope: 'col' }, name)))),
    el('tbody', {}, ...rows.map((row) => el('tr', {}, ...cells(row)))),
  ];
}

/** @param {any} health from /api/health, null when it was not read */
export function showHealth(health) {
  const overall = health
    ? light('TLAC', health.status === 'ok', health.status === 'ok' ? 'working' : 'degraded')
    : light('TLAC', null, 'unknown');
  const database = health
    ? light('Database', health.db_ok === true, health.db_ok === true ? 'reachable' : 'not reachable')
    : light('Database', null, 'unknown');
  fill(byId('health'), overall, database);
}

/** @param {any} metrics from /api/admin/metrics: `services: [{name, replicas, ready}]` */
export function showServices(metrics) {
  const listed = Array.isArray(metrics?.services) ? metrics.services : [];
  const rows = listed.map((/** @type {{name: string, replicas: number, ready: number}} */ { name, replicas, ready }) => {
    const well = replicas > 0 && ready >= replicas;
    const words = replicas === 0 ? 'not found' : well ? 'ready' : ready > 0 ? 'partly ready' : 'not ready';
    return [humanised(name), pill(well, words), `${ready} of ${replicas}`];
  });
  fill(byId('services'), ...table('Services and their running copies', ['Service', 'Health', 'Replicas ready'], rows));
}

const STATES = new Map([
  ['off', 'No Prometheus is configured, so nobody watches for alerts. ./tlac monitor or docs/monitoring.md help.'],
  ['unreachable', 'Prometheus is not reachable, so nobody knows of alerts. ./tlac monitor starts one on this machine.'],
  ['unwatched', 'A Prometheus answers, but it does not evaluate the rules of TLAC: no alert here does not mean that all is well.'],
]);

/** @param {any} answer from /api/admin/alerts, null when it was not read */
export function showAlerts(answer) {
  const items = Array.isArray(answer?.items) ? answer.items : [];
  const firing = items.filter((/** @type {any} */ item) => item.state === 'firing').length;
  const counted = items.length === 0 ? 'No alert.' : `${firing} firing, ${items.length - firing} pending.`;
  const words = answer ? (STATES.get(answer.state) ?? counted) : 'The alerts could not be read.';
  const state = byId('alert-state');
  // Announced only when it changes.
  if (state.textContent !== words) state.textContent = words;
  byId('alerts-scroll').hidden = items.length === 0;
  const rows = items.map((/** @type {any} */ item) => [
    item.name,
    el('span', { class: `pill ${item.severity === 'critical' ? 'bad' : 'warn'}` }, item.severity || 'no severity'),
    item.state,
    item.service || '–',
    when(item.since),
    item.summary,
  ]);
  fill(byId('alerts'), ...table('Alerts, the worst first', ['Alert', 'Severity', 'State', 'Service', 'Since', 'What it means'], rows));
}
