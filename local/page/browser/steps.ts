import { made } from './elements.ts';
import { stepNames, type Step } from './words.ts';

/** They are reached, and take no time. */
const ends: readonly Step[] = ['left', 'failed'];

/** The list of what was done for the customer, with how long each step took. */
export class Steps {
  readonly #list: HTMLElement;
  #last: { step: Step; item: HTMLElement; took: HTMLElement; since: number } | undefined;

  constructor(list: HTMLElement) {
    this.#list = list;
  }

  clear(): void {
    this.#list.replaceChildren();
    this.#last = undefined;
  }

  /** Ends the step before, unless it is this one. */
  enter(step: Step): void {
    if (this.#last?.step === step) return;
    this.end();
    const item = made('li');
    item.setAttribute('aria-current', 'step');
    const took = made('span', '…', { className: 'took' });
    const words = made('span');
    words.append(made('span', stepNames[step]), ' ', took);
    item.append(words);
    this.#list.append(item);
    this.#last = { step, item, took, since: performance.now() };
  }

  /** Nothing is under way any more. */
  end(): void {
    if (!this.#last) return;
    const { step, item, took, since } = this.#last;
    item.removeAttribute('aria-current');
    took.textContent = ends.includes(step) ? '' : lengthOf(performance.now() - since);
    this.#last = undefined;
  }
}

function lengthOf(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
