/**
 * Building pages out of data. Text only ever becomes a text node: nothing here, or anywhere else in these pages, writes HTML from a string.
 *
 * @typedef {Node|string|number|null|undefined|false} Child
 */

/**
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `class`, `href`…; a function under `onclick`, `oninput`… becomes a listener; true is
 *   an attribute without a value, false, null and undefined are none
 * @param {...Child} children
 * @returns {any} the element (any, so that callers may use it as an input or an anchor without a cast)
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  append(element, children);
  return element;
}

/** @param {Node} parent @param {Child[]} children what is null, undefined or false is left out */
export function append(parent, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** @param {Element} parent @param {...Child} children */
export function fill(parent, ...children) {
  parent.replaceChildren();
  append(parent, children);
}

/** The element with this id, which the page's HTML promises. @param {string} id @returns {any} */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no #${id}`);
  return element;
}

/** Says something in a live region; the same words again are announced again. @param {Element} region @param {string} text */
export function say(region, text) {
  region.textContent = '';
  if (text)
    requestAnimationFrame(() => {
      region.textContent = text;
    });
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const CLOCK_SECONDS = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY_CLOCK = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** @param {Date|number} moment */
export function clock(moment) {
  return CLOCK_SECONDS.format(moment);
}

/** Today as the time, any other day with its date. @param {string|number|Date} moment */
export function when(moment) {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return '';
  return (date.toDateString() === new Date().toDateString() ? CLOCK : DAY_CLOCK).format(date);
}
