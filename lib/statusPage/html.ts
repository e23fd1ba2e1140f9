/** HTML that may stand in a page as it is. Only this file makes any. */
export class Markup {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** What stands in between is escaped, unless it is markup itself; attribute values have to stand in quotes. */
  static of(literals: readonly string[], parts: readonly Part[]): Markup {
    return new Markup(literals.map((literal, index) => literal + textOf(parts[index])).join(''));
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in between: `undefined` and `false` leave nothing, a list one after the other. */
export type Part = Markup | string | number | false | undefined | readonly Part[];

/** A template of HTML or SVG. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return Markup.of(literals, parts);
}

function textOf(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Markup) return part.toString();
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return part.map(textOf).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
