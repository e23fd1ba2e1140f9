/** HTML that needs no escaping. Only this file makes any. */
export class Markup {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** Joins literals and parts. Parts that are no markup are escaped; attribute values have to be in quotes. */
  static of(literals: readonly string[], parts: readonly Part[]): Markup {
    return new Markup(literals.map((literal, index) => literal + textOf(parts[index])).join(''));
  }

  toString(): string {
    return this.#text;
  }
}

/** A part of a template. `undefined` and `false` are left out; the entries of a list follow each other. */
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
