import type { PastChange } from '../health/healthTable.ts';
import type { HealthHistory, PartHistory } from '../health/history.ts';
import type { Check, Status } from '../health/status.ts';
import type { StepHistory } from '../health/stepHistory.ts';
import type { HealthStep } from '../platforms/platform.ts';
import { availability } from './availability.ts';
import { page } from './document.ts';
import { html, type Markup } from './html.ts';
import { latencyChart, type Span } from './latencyChart.ts';
import { badge, count, duration, time } from './wording.ts';

const meanings: Readonly<Record<Status, string>> = {
  pass: 'All parts work.',
  warn: 'The service works, but not everything is well.',
  fail: 'Guests cannot join, or nobody checks whether they can.',
};

const seeToTheTimer = 'See in the log whether the timer checkDiscovery runs, and what DISCOVERY_CHECK_SCHEDULE says.';
const slow = 'It took more than 2 s. See to the load of the server, and to the network in between.';
const unexplained = 'See in the log what the timer checkDiscovery met.';
const noStep = `The check came to no step. ${unexplained}`;

const legend = html`<p>
    In the chart of a step the line is the median of ten minutes, the band reaches from the shortest to the longest
    latency, and the dashed line stands at 2 s, from where on it is a warning. A hatched column with a cross is a
    failure, a triangle a warning; a gap is where the step was not tried.
  </p>
  <p>A bar is a day: failures at the bottom, warnings above them, then what went well. A dashed bar had no check.</p>`;

/** The state of the service for the people who run it. */
export function statusPage(history: HealthHistory): string {
  const { status, readAt, since, parts, changes } = history;
  const tasks = tasksOf(parts);
  return page(
    status,
    html`<h1>Anonymous Join ${badge(status)}</h1>
      <p>${meanings[status]} As of ${time(readAt)}; reload the page for what is new. All times are UTC.</p>
      <ul class="parts">
        ${parts.map(({ name, last }) => html`<li>${name} ${last ? badge(last.status) : 'not checked yet'}</li>`)}
      </ul>
      ${
        tasks.length > 0 &&
        html`<h2>What to do</h2>
          <ul>
            ${tasks.map(taskItem)}
          </ul>`
      }
      ${parts.map((part) => section(part, { from: since, to: readAt }))}
      <h2>Changes of the status</h2>
      ${
        changes.length > 0
          ? html`<ul>
              ${changes.map(changeItem)}
            </ul>`
          : html`<p>None in the last 35 days.</p>`
      }
      <h2>How to read it</h2>
      ${legend}`,
  );
}

/** A warning or a failure, and what the administrator can do about it. */
interface Task {
  readonly status: Status;
  readonly what: string;
  readonly action: string;
}

/** The tasks, failures first. */
function tasksOf(parts: readonly PartHistory[]): Task[] {
  const overdue = parts.filter(({ isOverdue }) => isOverdue).map(({ name }) => name);
  const unchecked = parts.filter(({ last }) => last === undefined).map(({ name }) => name);
  const tasks: Task[] = [
    ...(overdue.length > 0
      ? [{ status: 'fail' as const, what: `${overdue.join(', ')}: overdue`, action: seeToTheTimer }]
      : []),
    ...(unchecked.length > 0
      ? [{ status: 'warn' as const, what: `${unchecked.join(', ')}: not checked yet`, action: seeToTheTimer }]
      : []),
    ...parts.flatMap(tasksOfPart),
  ];
  return [...tasks.filter(({ status }) => status === 'fail'), ...tasks.filter(({ status }) => status === 'warn')];
}

function tasksOfPart({ name, last }: PartHistory): Task[] {
  if (last?.steps.length === 0) return [{ status: 'fail', what: name, action: noStep }];
  return (last?.steps ?? []).flatMap(({ name: step, outcome, action = outcome === 'warn' ? slow : unexplained }) =>
    outcome === 'pass' ? [] : [{ status: outcome, what: `${name}, ${step}`, action }],
  );
}

function taskItem({ status, what, action }: Task): Markup {
  return html`<li>${badge(status)} <strong>${what}</strong>: ${action}</li>`;
}

function changeItem({ at, previous, status, checks }: PastChange): Markup {
  const bad = checks.filter((check) => check.status !== 'pass');
  const names = bad.map(({ name, failing }) => (failing === undefined ? name : `${name} (${failing})`));
  return html`<li>${time(at)}: from ${badge(previous)} to ${badge(status)} ${names.join(', ')}</li>`;
}

function section({ name, last, isOverdue, past }: PartHistory, span: Span): Markup {
  const steps = past?.steps ?? [];
  const now = new Map(last?.steps.map((step) => [step.name, step]));
  // A last check that is older than a day has outcomes, and no history.
  const others = last?.steps.filter((step) => !steps.some((known) => known.name === step.name)) ?? [];
  const cards = [
    ...steps.map((step) => card(step.name, now.get(step.name), chartOf(step, span))),
    ...others.map((step) => card(step.name, step)),
  ];
  return html`<section>
    <h2>${name} ${last && badge(last.status)}</h2>
    ${last && past && html`<p class="quiet">Checked at ${time(last.checkedAt)}; ${due(last, isOverdue)}.</p>`}
    ${past && availability(name, past.days)}
    ${
      cards.length > 0 &&
      html`<ul class="steps">
        ${cards}
      </ul>`
    }
  </section>`;
}

function due({ nextDueAt }: Pick<Check, 'nextDueAt'>, isOverdue: boolean): Markup {
  return html`the next check ${isOverdue ? 'was' : 'is'} due at ${time(nextDueAt)}`;
}

function card(name: string, now: HealthStep | undefined, chart?: Markup): Markup {
  const found = now ? html`${badge(now.outcome)} ${now.latencyMs > 0 && duration(now.latencyMs)}` : 'not tried';
  return html`<li>
    <h3>${name} ${found}</h3>
    ${chart}
  </li>`;
}

function chartOf(step: StepHistory, span: Span): Markup {
  return html`${latencyChart(step, span)}
    <p>${stepSummary(step)}</p>`;
}

/** A step's last day in a sentence or two. A step that sends no request takes no time, and has no latency to show. */
function stepSummary({ tries, failed, warned, lastFailedAt, latencyMs }: StepHistory): Markup {
  const latency =
    latencyMs &&
    latencyMs.max > 0 &&
    `Shortest ${duration(latencyMs.min)}, median ${duration(latencyMs.median)}, longest ${duration(latencyMs.max)}.`;
  const failures =
    lastFailedAt && html` ${count(failed)} of ${count(tries)} failed, the last one at ${time(lastFailedAt)}.`;
  return html`${latency}${failures}${warned > 0 && ` ${count(warned)} of ${count(tries)} with a warning.`}`;
}
