import type { PartHistory } from '../health/history.ts';
import type { Verdict } from '../health/verdict.ts';

/** Something that is not well, and what the administrator can do about it. */
export interface Task {
  readonly verdict: Verdict;
  readonly what: string;
  readonly action: string;
}

const seeToTheTimer = 'See in the log whether the timer checkDiscovery runs, and what DISCOVERY_CHECK_SCHEDULE says.';
const slow = 'It took more than 2 s. See to the load of the server, and to the network in between.';
const unexplained = 'See in the log what the timer checkDiscovery met.';
const noStep = `The check came to no step. ${unexplained}`;

/** What is to be done, failures first. */
export function toDo(parts: readonly PartHistory[]): Task[] {
  const overdue = parts.filter(({ isOverdue }) => isOverdue).map(({ name }) => name);
  const unchecked = parts.filter(({ last }) => last === undefined).map(({ name }) => name);
  const tasks: Task[] = [
    ...(overdue.length > 0
      ? [{ verdict: 'fail' as const, what: `${overdue.join(', ')}: overdue`, action: seeToTheTimer }]
      : []),
    ...(unchecked.length > 0
      ? [{ verdict: 'warn' as const, what: `${unchecked.join(', ')}: not checked yet`, action: seeToTheTimer }]
      : []),
    ...parts.flatMap(tasksOf),
  ];
  return [...tasks.filter(({ verdict }) => verdict === 'fail'), ...tasks.filter(({ verdict }) => verdict === 'warn')];
}

function tasksOf({ name, last }: PartHistory): Task[] {
  if (last?.steps.length === 0) return [{ verdict: 'fail', what: name, action: noStep }];
  return (last?.steps ?? []).flatMap(({ name: step, outcome, action = outcome === 'warn' ? slow : unexplained }) =>
    outcome === 'pass' ? [] : [{ verdict: outcome, what: `${name}, ${step}`, action }],
  );
}
