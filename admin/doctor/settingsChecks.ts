import { parseSchedule } from '../ncrontab.ts';
import { Problem } from '../../lib/problem.ts';
import { isDevelopment, readSettings, type Environment, type Settings } from '../../lib/settings.ts';
import { parseOrigin } from '../../lib/settings/readers.ts';
import { serviceSchema } from '../../lib/settings/service.ts';
import { platformDescriptors } from '../../lib/platforms/platforms.ts';
import { failing, passed, warning, type Examination, type Finding } from '../../lib/platforms/examination.ts';

const schedules = ['DISCOVERY_CHECK_SCHEDULE', 'PURGE_SCHEDULE'] as const;
const knownNames: ReadonlySet<string> = new Set([
  ...[serviceSchema(true, []), ...platformDescriptors.map(({ schema }) => schema(true))].flatMap(({ shape }) =>
    Object.keys(shape),
  ),
  ...schedules,
  // Of `npm run ucwa`, which may have been run in the same shell.
  'UCWA_PASSWORD',
  'UCWA_TOKEN',
]);

/** The settings by themselves, before anybody is called. Answers their typed form; undefined if they cannot be used. */
export function checkSettings(examination: Examination, environment: Environment): Settings | undefined {
  const settings = readAll(examination, environment);
  examination.note('setting-names', ofNames(Object.keys(environment)));
  examination.note('schedules', ofSchedules(environment));
  examination.note('origins', ofOrigins(environment['ALLOWED_ORIGINS'] ?? '', isDevelopment(environment)));
  return settings;
}

function readAll(examination: Examination, environment: Environment): Settings | undefined {
  try {
    // Whether App Service's authentication is on is a check of its own, with a next step of its own.
    const settings = readSettings({ ...environment, WEBSITE_AUTH_ENABLED: 'true' });
    examination.note('settings', passed);
    return settings;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const mistakes = error.message.replace(/^Correct the settings: /, '');
    examination.note(
      'settings',
      failing(mistakes, 'Correct each of these settings; the README ("Settings") says what it is.'),
    );
    return undefined;
  }
}

/** Names that resemble a setting's: the service ignores them without a word. */
function ofNames(names: readonly string[]): Finding {
  const firstWord = (name: string): string => name.toUpperCase().split('_')[0] ?? '';
  const ours = new Set([...knownNames].map(firstWord).filter((word) => word !== 'AZURE'));
  const unknown = names.filter((name) => name.includes('_') && ours.has(firstWord(name)) && !knownNames.has(name));
  if (unknown.length === 0) return passed;
  const isOne = unknown.length === 1;
  return warning(
    `${unknown.join(', ')} ${isOne ? 'is no setting' : 'are no settings'} of the service.`,
    `See whether ${isOne ? 'it is' : 'they are'} mistyped: the README ("Settings") has the names.`,
  );
}

function ofSchedules(environment: Environment): Finding {
  const complaints = schedules.flatMap((name) => {
    const expression = environment[name]?.trim() ?? '';
    if (expression === '') return [`${name} is missing`];
    try {
      parseSchedule(expression);
      return [];
    } catch (error) {
      const [, field] = / in the field "([a-z ]+)"/.exec(String(error)) ?? [];
      return [`${name} is no NCRONTAB expression of six fields${field ? `: the ${field} is wrong` : ''}`];
    }
  });
  if (complaints.length === 0) return passed;
  return failing(
    `${complaints.join('; ')}.`,
    'Set it to {second} {minute} {hour} {day of the month} {month} {day of the week}: 0 */5 * * * * is every five minutes, 0 17 * * * * hourly.',
  );
}

function ofOrigins(text: string, development: boolean): Finding {
  const entries = text.split(/[\s,;]+/).filter((entry) => entry !== '');
  const bad = entries.flatMap((entry, index) => {
    if (parseOrigin(entry, development)) return [];
    // Only what is plainly an origin is quoted: anything may have been pasted here.
    const quoted = /^(?:http|https|HTTP|HTTPS):\/\/[a-z0-9.-]{1,100}(?::\d{1,5})?\/?$/.test(entry)
      ? entry
      : `entry ${index + 1}`;
    return [`${quoted} ${/^http:/i.test(entry) ? 'is not https' : 'is not an https origin'}`];
  });
  if (entries.length === 0)
    return failing('ALLOWED_ORIGINS names none.', 'Set it to the https origins of your pages, separated by commas.');
  if (bad.length > 0) {
    return failing(
      `${bad.join('; ')}.`,
      'Write each as browsers send it: https://host, with the port if it has one, without a path. The platform refuses http.',
    );
  }
  const local = entries.filter((entry) => /^https?:\/\/localhost\b/i.test(entry));
  return local.length === 0
    ? passed
    : warning(`${local.join(', ')} works in development only.`, 'Leave it out of ALLOWED_ORIGINS when you deploy.');
}
