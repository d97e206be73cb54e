/**
 * The course as the manifest tells it, and the written pages it points at.
 *
 * @typedef {{id: string, title: string, path: string, objectiveIds: string[], hasChecks?: boolean}} Activity
 * @typedef {{title: string, path: string}} Resource
 * @typedef {{id: string, lessonId: string, title: string, url: string, status?: string}} Link
 * @typedef {{id: string, number: number, title: string, summary: string, status: string, studentPath: string, timings: any,
 *   objectives: {id: string, text: string}[], resources: Resource[], activities: Activity[]}} Lesson
 * @typedef {{course: {title: string}, linksRegistry: {items: Link[]}, lessons: Lesson[]}} Course
 */
import { ApiError } from './api.js';
import { keepText } from './content.js';

const ROOT = '/lessons/';

/**
 * @param {import('./api.js').Api} api
 * @returns {Promise<Course>} with every list there, so that a school's own manifest may leave one out
 */
export async function loadCourse(api) {
  const manifest = await api.get('/lessons/manifest.json');
  if (!Array.isArray(manifest?.lessons)) throw new ApiError(502, 'The course has no lessons. Ask whoever looks after TLAC.');
  return {
    course: manifest.course ?? { title: 'Thinking Like a Coder' },
    linksRegistry: { items: manifest.linksRegistry?.items ?? [] },
    lessons: manifest.lessons.map((/** @type {any} */ lesson) => ({
      ...lesson,
      objectives: lesson.objectives ?? [],
      resources: lesson.resources ?? [],
      activities: lesson.activities ?? [],
    })),
  };
}

/**
 * A manifest path as an address, or null when it leads out of the course folder.
 * @param {string|undefined|null} path
 * @returns {string|null}
 */
export function courseFile(path) {
  if (!path) return null;
  try {
    const url = new URL(path, location.origin + ROOT);
    return url.origin === location.origin && url.pathname.startsWith(ROOT) ? url.href : null;
  } catch {
    return null;
  }
}

/** Planned minutes, or null when the manifest does not say. @param {Lesson} lesson */
export function minutes(lesson) {
  if (!Array.isArray(lesson.timings)) return null;
  const sum = lesson.timings.reduce((total, part) => total + (Number(part?.minutes) || 0), 0);
  return sum > 0 ? sum : null;
}

/**
 * @param {string|undefined|null} path from the manifest
 * @returns {Promise<import('./content.js').Content>} ApiError when the file is not there
 */
export async function loadPage(path) {
  const address = courseFile(path);
  if (!address) throw new ApiError(404, 'This page of the course has no address.');
  let response;
  try {
    response = await fetch(address, { headers: { Accept: 'text/html' }, credentials: 'same-origin' });
  } catch (cause) {
    throw new ApiError(0, undefined, { cause });
  }
  if (response.redirected) throw new ApiError(401); // to the sign-in page, which is no lesson
  if (!response.ok) throw new ApiError(response.status, response.status === 404 ? 'This page of the course is missing.' : undefined);
  return keepText(await response.text(), address, location.origin + ROOT);
}
