import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { AnonymousJoinProblem, type ProblemCode } from '../../client/problem.ts';
import { endpoints, type EndpointDefinition } from '../../lib/contract/endpoints.ts';
import { problemCatalogue, refusalReasons } from '../../lib/problem.ts';
import { serviceSchema } from '../../lib/settings/service.ts';
import { trustedApplicationSchema } from '../../lib/platforms/trustedApplication/settings.ts';
import { ucwaSchema } from '../../lib/platforms/ucwa/settings.ts';
import { variables } from '../infra/azd.ts';
import { namesIn, pageFor, pages, rowsOf, sectionOf } from './page.ts';

const read = (page: string): string => readFileSync(page, 'utf8');
const readme = read('README.md');
const codes = Object.keys(problemCatalogue).toSorted();
const isCode = /^[a-z]+(?:-[a-z]+)*$/;

/** The names in the first cells of a table's rows. */
const firstCells = (text: string, pattern: RegExp): string[] =>
  rowsOf(text).flatMap(([first = '']) => namesIn(first, pattern));

describe('codes', () => {
  const errors = readme.slice(readme.indexOf('| `code` |'), readme.indexOf('## Settings'));
  const whatToDo = sectionOf(pageFor('app-developer'), 'When it fails');
  const rows = rowsOf(whatToDo).filter(([first = '']) => first.startsWith('`') && first !== '`code`');

  test('each stands once in the README, with its status', () => {
    const named = rowsOf(errors).flatMap(([first = '', status = '']) => {
      const statuses = status.split(', ');
      const inRow = namesIn(first, isCode).filter((name) => name !== 'code');
      return inRow.map((code, index) => `${code} ${statuses[index] ?? statuses[0] ?? ''}`);
    });
    const catalogue = Object.entries(problemCatalogue).map(([code, { status }]) => `${code} ${status}`);
    expect(named.toSorted()).toEqual(catalogue.toSorted());
  });

  test('each stands once in the table for app developers, with every reason of a refusal', () => {
    expect(rows.flatMap(([first = '']) => namesIn(first, isCode)).toSorted()).toEqual(codes);
    for (const reason of refusalReasons) expect(whatToDo).toContain(`\`${reason}\``);
  });

  test('what is said to succeed later is what the client tries again', () => {
    for (const [first = '', again] of rows) {
      for (const code of namesIn(first, isCode)) {
        const { transient } = new AnonymousJoinProblem(code as ProblemCode, 'It failed.');
        expect([code, again]).toEqual([code, transient ? 'yes' : 'no']);
      }
    }
  });

  test('each that another page names is one', () => {
    const others = rowsOf(sectionOf(pageFor('flow-maker'), 'When a step fails'));
    const named = others.flatMap(([first = '']) => namesIn(first, isCode));
    expect(named.length).toBeGreaterThan(3);
    expect(codes).toEqual(expect.arrayContaining(named));
  });
});

describe('settings', () => {
  const isSetting = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/;
  // The host reads these, and not the service.
  const schedules = ['DISCOVERY_CHECK_SCHEDULE', 'PURGE_SCHEDULE'];
  const settings = [serviceSchema(true, []), trustedApplicationSchema(true), ucwaSchema]
    .flatMap(({ shape }) => Object.keys(shape))
    .concat(schedules)
    .toSorted();
  const sample = z
    .object({ Values: z.record(z.string(), z.string()) })
    .parse(JSON.parse(read('local.settings.sample.json'))).Values;

  test('the README has a row for each, and for nothing else', () => {
    expect(firstCells(sectionOf(readme, 'Settings'), isSetting).toSorted()).toEqual(settings);
  });

  test('the sample has each', () => {
    expect(Object.keys(sample)).toEqual(expect.arrayContaining(settings));
  });

  test('each that a page names is a setting of the service, of the deployment or of the platform', () => {
    const ofHosts = ['AZURE_FUNCTIONS_ENVIRONMENT', 'WEBSITE_INSTANCE_ID', 'WEBSITE_AUTH_ENABLED'];
    const ofLocalCloud = ['CHROMIUM_PATH', 'FUNCTION_KEY', 'CONTROL_TOKEN', 'UCWA_TOKEN', 'UCWA_PASSWORD'];
    const known = new Set([...settings, ...variables().values(), ...ofHosts, ...ofLocalCloud, 'SERVICE_URL']);
    const named = pages
      .filter((page) => !page.startsWith('docs/protocol') && !page.includes('conformance'))
      .flatMap((page) => namesIn(read(page), isSetting).map((name) => `${page}: ${name}`));
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((entry) => !known.has(entry.split(': ')[1] ?? ''))).toEqual([]);
  });
});

describe('endpoints', () => {
  const known = Object.values<EndpointDefinition>(endpoints).map(({ method, route }) => `${method} /api/${route}`);
  const isEndpoint = /^(?:GET|POST|DELETE) \/api\//;

  const pageForPeople = 'GET /api/status';

  test('the README has a row for each, for the page for people, and for nothing else', () => {
    expect(firstCells(sectionOf(readme, 'The API'), isEndpoint).toSorted()).toEqual(
      [...known, pageForPeople].toSorted(),
    );
  });

  test('each that a page names is there', () => {
    const others = ['POST /api/GetAnonTokenJob', 'POST /api/GetAdhocMeetingJob', pageForPeople];
    const named = pages.flatMap((page) => namesIn(read(page), isEndpoint).map((endpoint) => `${page}: ${endpoint}`));
    const all = new Set([...known, ...others]);
    expect(named.filter((entry) => !all.has(entry.split(': ')[1] ?? ''))).toEqual([]);
  });
});

describe('commands', () => {
  const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json')));

  test('each npm script that a page names is one', () => {
    const named = pages.flatMap((page) =>
      [...read(page).matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name = '']) => `${page}: ${name}`),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((entry) => !((entry.split(': ')[1] ?? '') in scripts))).toEqual([]);
  });

  test('each that an administrator or a maintainer needs stands on their page', () => {
    const text = pageFor('administrator') + pageFor('maintainer') + readme;
    // Parts of `npm test` that the README counts up, and what formats.
    const parts = ['checks', 'types', 'unit', 'format', 'format:fix'];
    expect(Object.keys(scripts).filter((name) => !parts.includes(name) && !namesScript(text, name))).toEqual([]);
  });

  const namesScript = (text: string, name: string): boolean =>
    new RegExp(`(?:npm (?:run )?|\`)${name}(?![\\w:-])`).test(text);
});
