import type { Participant } from '../../simulator/meetings/participant.ts';
import { made } from './elements.ts';
import type { Decision } from './room.ts';

const decisionNames: Record<Decision, string> = { admit: 'Let in', deny: 'Turn away', eject: 'Remove' };

/** People in a list, each with what can be decided about them. */
export class PeopleList {
  readonly #list: HTMLElement;
  readonly #decisions: readonly Decision[];
  readonly #decide: (decision: Decision, person: Participant) => void;
  readonly #shown = new Map<string, { item: HTMLElement; words: HTMLElement }>();

  constructor(
    list: HTMLElement,
    decisions: readonly Decision[],
    decide: (decision: Decision, person: Participant) => void,
  ) {
    this.#list = list;
    this.#decisions = decisions;
    this.#decide = decide;
  }

  /** Who stays keeps the same buttons, so that nobody's focus is lost. */
  show(people: readonly Participant[]): void {
    for (const [id, { item }] of this.#shown) {
      if (people.some((person) => person.id === id)) continue;
      item.remove();
      this.#shown.delete(id);
    }
    for (const person of people) {
      const { words } = this.#shown.get(person.id) ?? this.#add(person);
      const text = `joins: ${person.joins}`;
      if (words.textContent !== text) words.textContent = text;
    }
  }

  #add(person: Participant): { item: HTMLElement; words: HTMLElement } {
    const name = made('span', person.displayName);
    const words = made('small');
    name.append(words);
    const item = made('li');
    item.append(name, ...this.#decisions.map((decision) => this.#button(decision, person)));
    this.#list.append(item);
    const shown = { item, words };
    this.#shown.set(person.id, shown);
    return shown;
  }

  #button(decision: Decision, person: Participant): HTMLButtonElement {
    const text = decisionNames[decision];
    const button = made('button', text, { type: 'button', className: decision === 'admit' ? '' : 'grave' });
    button.setAttribute('aria-label', `${text}: ${person.displayName}`);
    button.addEventListener('click', () => {
      this.#decide(decision, person);
    });
    return button;
  }
}

/** What has happened between two looks at a roster, in the advisor's words. */
export function newsBetween(before: readonly Participant[], now: readonly Participant[]): string {
  const came = now.flatMap(({ id, displayName, state, joins }) => {
    const old = before.find((person) => person.id === id);
    if (old && joins > old.joins) return [`${displayName} is back: the same guest, not another one.`];
    if (old?.state === state) return [];
    return [state === 'lobby' ? `${displayName} is waiting in the lobby.` : `${displayName} is in the meeting.`];
  });
  const went = before.filter(({ id }) => !now.some((person) => person.id === id));
  return [...came, ...went.map(({ displayName }) => `${displayName} is gone.`)].join(' ');
}
