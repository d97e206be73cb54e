/**
 * Course pages are written by people, in HTML, in a folder a school may mount. They are parsed into an inert document and rebuilt here
 * from a list of what is allowed, so that a script, a form or a frame in one of them never reaches the page.
 *
 * @typedef {{body: DocumentFragment, starter: string|null}} Content the text, and the program that an activity starts with
 */

/** Element → attributes it may keep. `href` and `src` are checked further. */
const KEPT = new Map(
  Object.entries({
    h2: [],
    h3: [],
    h4: [],
    p: [],
    ul: [],
    ol: ['start'],
    li: [],
    dl: [],
    dt: [],
    dd: [],
    pre: [],
    code: [],
    samp: [],
    kbd: [],
    var: [],
    strong: [],
    em: [],
    b: [],
    i: [],
    mark: [],
    small: [],
    sub: [],
    sup: [],
    br: [],
    hr: [],
    blockquote: [],
    figure: [],
    figcaption: [],
    table: [],
    caption: [],
    thead: [],
    tbody: [],
    tr: [],
    th: ['scope', 'colspan', 'rowspan'],
    td: ['colspan', 'rowspan'],
    aside: [],
    section: [],
    div: [],
    span: [],
    details: [],
    summary: [],
    abbr: ['title'],
    a: ['href'],
    img: ['src', 'alt', 'width', 'height'],
  }),
);

/** Dropped with all that is in them; any other unknown element gives way to its children. */
const DROPPED = new Set([
  'script',
  'style',
  'template',
  'iframe',
  'frame',
  'object',
  'embed',
  'form',
  'input',
  'button',
  'select',
  'textarea',
  'svg',
  'math',
  'link',
  'meta',
  'base',
  'noscript',
  'audio',
  'video',
  'h1',
]);

const CLASSES = new Set(['try', 'lead', 'muted', 'small']);

/**
 * @param {string} html
 * @param {string} address the file's own, which its links are relative to
 * @param {string} root where pictures must lie
 * @returns {Content}
 */
export function keepText(html, address, root) {
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  const starter = parsed.querySelector('.starter');
  const program = starter?.querySelector('pre')?.textContent ?? null;
  starter?.remove();
  const body = document.createDocumentFragment();
  rebuildAll(parsed.querySelector('main') ?? parsed.body, body, { address, root });
  return { body, starter: program };
}

/** @typedef {{address: string, root: string}} Place */

/** @param {Node} from @param {Node} into @param {Place} place */
function rebuildAll(from, into, place) {
  for (const child of from.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) into.appendChild(document.createTextNode(child.nodeValue ?? ''));
    else if (child instanceof Element) rebuild(child, into, place);
  }
}

/** @param {Element} source @param {Node} into @param {Place} place */
function rebuild(source, into, place) {
  const tag = source.localName;
  if (DROPPED.has(tag)) return;
  const allowed = KEPT.get(tag);
  if (!allowed) {
    rebuildAll(source, into, place);
    return;
  }
  const copy = document.createElement(tag);
  for (const name of [...allowed, 'lang', 'dir']) {
    const value = source.getAttribute(name);
    if (value !== null) keepAttribute(copy, name, value, place);
  }
  if (tag === 'img' && !copy.hasAttribute('src')) return;
  const classes = [...source.classList].filter((name) => CLASSES.has(name));
  if (classes.length > 0) copy.className = classes.join(' ');
  rebuildAll(source, copy, place);
  if (tag === 'pre') copy.tabIndex = 0; // wide programs scroll, and must do so from the keyboard too
  into.appendChild(copy);
}

/** @param {HTMLElement} copy @param {string} name @param {string} value @param {Place} place */
function keepAttribute(copy, name, value, place) {
  if (name !== 'href' && name !== 'src') {
    copy.setAttribute(name, value);
    return;
  }
  const url = parseOrNull(value, place.address);
  if (!url || !/^https?:$/.test(url.protocol)) return;
  if (name === 'src') {
    if (url.href.startsWith(place.root)) copy.setAttribute('src', url.href);
    return;
  }
  copy.setAttribute('href', url.href);
  copy.setAttribute('target', '_blank');
  copy.setAttribute('rel', 'noopener noreferrer');
}

/** @param {string} value @param {string} base */
function parseOrNull(value, base) {
  try {
    return new URL(value, base);
  } catch {
    return null;
  }
}
