/** What the figures of /api/admin/metrics are called on the page. What is not here gets its own name, made readable. */

/** @type {Record<string, string>} groups in the order shown */
export const GROUPS = {
  summary: 'People',
  http: 'Requests',
  authentication: 'Signing in',
  python_runner: 'Programs',
  activity: 'Work saved',
  system: 'System',
};

/** @type {Record<string, string>} */
export const LABELS = {
  total_users: 'Accounts',
  active_users: 'Active accounts',
  total_pupils: 'Pupils',
  total_teachers: 'Teachers',
  total_admins: 'Admins',
  active_sessions: 'Signed in now',
  recent_logins_7d: 'Sign-ins in 7 days',
  total_requests: 'Requests',
  successful_requests: 'Successful',
  error_requests: 'Failed',
  success_rate: 'Success rate',
  total_login_attempts: 'Attempts',
  successful_logins: 'Successful',
  failed_logins: 'Failed',
  rate_limited_logins: 'Held back',
  total_runs: 'Runs',
  successful_runs: 'Successful',
  error_runs: 'Ended with an error',
  timeout_runs: 'Timed out',
  total_saves: 'Saves',
  rate_limit_violations: 'Over the rate limit',
  db_connections: 'Database connections in use',
  total_errors: 'Unexpected errors',
};

/** @param {string} key like `queue_depth` @returns {string} `Queue depth` */
export function humanised(key) {
  const words = key.replace(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
