/** The pupil's page: the lessons, a lesson's text, an activity. `#/`, `#/lesson-1`, `#/lesson-1/a1`. */
import { Api, ApiError } from './api.js';
import { courseFile, loadCourse, loadPage, minutes } from './course.js';
import { byId, el, fill, when } from './dom.js';
import { Drafts } from './drafts.js';
import { showMasthead, signOut, wireSkipLink } from './masthead.js';
import { signInPage } from './signin.js';
import { openWorkbench } from './workbench.js';

/**
 * @typedef {import('./course.js').Course} Course
 * @typedef {import('./course.js').Lesson} Lesson
 * @typedef {{title: string, element: HTMLElement, bench?: import('./workbench.js').Workbench}} View
 */

const main = byId('main');
const api = new Api();
/** @type {import('./workbench.js').Workbench|null} */
let bench = null;
let visit = 0;

/** @param {unknown} problem */
function showProblem(problem) {
  if (!(problem instanceof ApiError)) throw problem;
  if (problem.status === 401) {
    location.replace(signInPage(location));
    return;
  }
  fill(
    main,
    el(
      'div',
      { class: 'notice bad', role: 'alert' },
      el('p', {}, problem.message),
      el('button', { type: 'button', onclick: () => location.reload() }, 'Try again'),
    ),
  );
}

/** @param {Course} course @param {Map<string, string>} saved when each activity was last saved, by `lesson/activity` @returns {View} */
function courseView(course, saved) {
  const lessons = course.lessons.map((lesson) => (lesson.status === 'ready' ? lessonCard(lesson, saved) : comingCard(lesson)));
  return {
    title: course.course.title,
    element: el(
      'div',
      {},
      el('h1', { tabindex: -1 }, course.course.title),
      el('p', { class: 'lead' }, 'Pick an activity. Your work is saved as you go.'),
      el('div', { class: 'lessons' }, ...lessons),
    ),
  };
}

/** @param {Lesson} lesson @param {Map<string, string>} saved */
function lessonCard(lesson, saved) {
  const time = minutes(lesson);
  return el(
    'section',
    { class: 'card lesson', 'aria-labelledby': `${lesson.id}-title` },
    el(
      'div',
      { class: 'about' },
      el('p', { class: 'small muted kicker' }, `Lesson ${lesson.number}`, time ? ` · about ${time} minutes` : ''),
      el('h2', { id: `${lesson.id}-title` }, lesson.title),
      el('p', {}, lesson.summary),
      courseFile(lesson.studentPath) ? el('a', { class: 'button', href: `#/${lesson.id}` }, 'Read the lesson') : null,
    ),
    el(
      'ol',
      { class: 'activities' },
      ...lesson.activities.map((activity, index) => {
        const at = saved.get(`${lesson.id}/${activity.id}`);
        return el(
          'li',
          {},
          el(
            'a',
            { class: 'tile', href: `#/${lesson.id}/${activity.id}` },
            el('span', { class: 'ordinal', 'aria-hidden': 'true' }, index + 1),
            el('span', { class: 'name' }, activity.title),
            at ? el('span', { class: 'pill good' }, `Saved ${when(at)}`) : el('span', { class: 'small muted' }, 'Not started'),
          ),
        );
      }),
    ),
  );
}

/** @param {Lesson} lesson */
function comingCard(lesson) {
  return el(
    'section',
    { class: 'card lesson coming' },
    el(
      'div',
      { class: 'about' },
      el('p', { class: 'small muted kicker' }, `Lesson ${lesson.number} · coming later`),
      el('h2', {}, lesson.title),
    ),
  );
}

/** @param {Course} course @param {Lesson} lesson @returns {Promise<View>} */
async function lessonView(course, lesson) {
  const { body } = await loadPage(lesson.studentPath);
  const links = course.linksRegistry.items.filter((link) => link.lessonId === lesson.id && /^https?:\/\//.test(link.url));
  const files = lesson.resources.map((resource) => ({ title: resource.title, url: courseFile(resource.path) })).filter((file) => file.url);
  const more = [...files, ...links].map((item) =>
    el(
      'li',
      {},
      el('a', { href: item.url, target: '_blank', rel: 'noopener noreferrer' }, item.title),
      el('span', { class: 'visually-hidden' }, ' (opens in a new tab)'),
    ),
  );
  return {
    title: lesson.title,
    element: el(
      'div',
      { class: 'lesson-page' },
      trail(lesson),
      el('h1', { tabindex: -1 }, lesson.title),
      el(
        'div',
        { class: 'columns' },
        el('article', { class: 'card reading' }, body),
        el(
          'aside',
          { 'aria-label': 'About this lesson' },
          el(
            'section',
            { class: 'card' },
            el('h2', {}, 'Activities'),
            el(
              'ol',
              {},
              ...lesson.activities.map((activity) => el('li', {}, el('a', { href: `#/${lesson.id}/${activity.id}` }, activity.title))),
            ),
          ),
          el(
            'section',
            { class: 'card' },
            el('h2', {}, 'You will be able to'),
            el('ul', {}, ...lesson.objectives.map((objective) => el('li', {}, objective.text))),
          ),
          more.length > 0 ? el('section', { class: 'card' }, el('h2', {}, 'Read more'), el('ul', {}, ...more)) : null,
        ),
      ),
    ),
  };
}

/** @param {Lesson} lesson @param {import('./course.js').Activity} activity @param {Drafts} drafts @returns {Promise<View>} */
async function activityView(lesson, activity, drafts) {
  const index = lesson.activities.indexOf(activity);
  const before = lesson.activities[index - 1];
  const after = lesson.activities[index + 1];
  const opened = await openWorkbench(api, drafts, lesson, activity);
  return {
    title: activity.title,
    bench: opened,
    element: el(
      'div',
      {},
      trail(lesson, true),
      el('h1', { tabindex: -1 }, `${index + 1}. ${activity.title}`),
      opened.element,
      el(
        'nav',
        { class: 'row turn', 'aria-label': 'Other activities' },
        before ? el('a', { class: 'button', href: `#/${lesson.id}/${before.id}` }, `← ${before.title}`) : el('span'),
        after
          ? el('a', { class: 'button', href: `#/${lesson.id}/${after.id}` }, `${after.title} →`)
          : el('a', { class: 'button', href: '#/' }, 'All lessons'),
      ),
    ),
  };
}

/** @param {Lesson} lesson @param {boolean} [withLesson] */
function trail(lesson, withLesson = false) {
  return el(
    'nav',
    { class: 'trail small', 'aria-label': 'Where you are' },
    el('a', { href: '#/' }, 'All lessons'),
    withLesson ? el('a', { href: `#/${lesson.id}` }, `Lesson ${lesson.number}: ${lesson.title}`) : null,
  );
}

/** @returns {View} */
function nothingHere() {
  return {
    title: 'Nothing here',
    element: el(
      'div',
      {},
      el('h1', { tabindex: -1 }, 'There is no such activity'),
      el('a', { class: 'button', href: '#/' }, 'All lessons'),
    ),
  };
}

/** @param {string} hash @param {Course} course @param {Drafts} drafts @returns {Promise<View>} */
async function view(hash, course, drafts) {
  const [, lessonId, activityId] = hash.split('/');
  if (!lessonId) {
    const { items } = await api.get('/api/activity/state');
    return courseView(course, new Map(items.map((/** @type {any} */ item) => [`${item.lesson_id}/${item.activity_id}`, item.updated_at])));
  }
  const lesson = course.lessons.find((candidate) => candidate.id === lessonId && candidate.status === 'ready');
  if (!lesson) return nothingHere();
  if (!activityId) return lessonView(course, lesson);
  const activity = lesson.activities.find((candidate) => candidate.id === activityId);
  return activity ? activityView(lesson, activity, drafts) : nothingHere();
}

/** @param {Course} course @param {Drafts} drafts @param {boolean} first */
async function go(course, drafts, first) {
  const mine = ++visit;
  const left = bench;
  bench = null;
  main.setAttribute('aria-busy', 'true');
  try {
    await left?.saver.flush();
    left?.close();
    const next = await view(location.hash, course, drafts);
    if (mine !== visit) {
      // somebody clicked on meanwhile
      next.bench?.close();
      return;
    }
    bench = next.bench ?? null;
    document.title = `${next.title} · Thinking Like a Coder`;
    fill(main, next.element);
    if (!first) {
      scrollTo(0, 0);
      main.querySelector('h1')?.focus();
    }
  } catch (problem) {
    if (mine === visit) showProblem(problem);
  } finally {
    if (mine === visit) main.removeAttribute('aria-busy');
  }
}

/** Asks before work is lost. */
async function leave() {
  const safe = bench ? await bench.saver.flush() : true;
  if (!safe && !confirm('Your latest changes are not saved and would be lost. Sign out all the same?')) return;
  bench?.close();
  bench = null;
  await signOut(api).catch(showProblem);
}

async function start() {
  wireSkipLink();
  const user = await api.me();
  const drafts = new Drafts(sessionStorage, user.id);
  showMasthead(user, leave);
  const course = await loadCourse(api);
  addEventListener('hashchange', () => go(course, drafts, false));
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) bench?.saver.flush({ leaving: true });
  });
  addEventListener('pagehide', () => bench?.leave());
  addEventListener('online', () => bench?.saver.flush());
  addEventListener('beforeunload', (event) => {
    const phase = bench?.saver.status.phase;
    if (phase === 'conflict' || phase === 'retrying' || phase === 'refused') event.preventDefault();
  });
  await go(course, drafts, true);
}

start().catch(showProblem);
