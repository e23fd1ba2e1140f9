/** The element with this id; throws if the page has none, or one of another kind. */
export function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no such ${id}`);
  return found;
}

/** The value of a form's field. */
export function field(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === 'string' ? value.trim() : '';
}

/** Makes an element with a text. */
export function made<K extends keyof HTMLElementTagNameMap>(
  name: K,
  text = '',
  properties: Partial<HTMLElementTagNameMap[K]> = {},
): HTMLElementTagNameMap[K] {
  const one = Object.assign(document.createElement(name), properties);
  if (text !== '') one.textContent = text;
  return one;
}

/** How something stands, beside its words. */
export type Tone = 'plain' | 'good' | 'wait' | 'bad';

/** Says something in a pane's one line that screen readers read out. The same words twice are said once. */
export function say(line: HTMLElement, text: string, tone: Tone = 'plain'): void {
  line.dataset['tone'] = tone;
  if (line.textContent !== text) line.textContent = text;
}
