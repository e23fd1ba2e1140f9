import { XMLParser } from 'fast-xml-parser';
import * as z from 'zod';

/** A page as a reader of its text has it. */
export interface ReadPage {
  readonly title: string;
  /** The text of the body with single blanks, without that of drawings. */
  readonly text: string;
  /** The texts of all elements of that name, in order. */
  readonly all: (element: string) => string[];
  /** The values of an attribute, in order. */
  readonly attributes: (name: string) => string[];
}

const nodes = z.array(z.record(z.string(), z.unknown()));
const texts = z.record(z.string(), z.string());
const unread = ['svg', 'style'];
const inline = ['span', 'strong', 'time'];

/** Reads a page in which every element is closed, and every attribute stands in quotes. */
export function readPage(page: string): ReadPage {
  const xml = page.replace(/^<!doctype html>\s*/, '');
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    trimValues: false,
    parseTagValue: false,
    parseAttributeValue: false,
  });
  const found: { element: string; text: string; attributes: Record<string, string> }[] = [];
  const textOf = (list: unknown): string =>
    nodes
      .parse(list)
      .map((node) => {
        if ('#text' in node) return String(node['#text']);
        const element = Object.keys(node).find((key) => key !== ':@') ?? '';
        const entry = { element, text: '', attributes: texts.parse(node[':@'] ?? {}) };
        found.push(entry);
        const text = textOf(node[element]);
        entry.text = text.replace(/\s+/g, ' ').trim();
        if (unread.includes(element)) return '';
        return inline.includes(element) ? text : ` ${text} `;
      })
      .join('');
  expectClosed(xml);
  textOf(parser.parse(xml));
  const all = (element: string): string[] => found.filter((one) => one.element === element).map(({ text }) => text);
  return {
    title: all('title')[0] ?? '',
    text: all('body')[0] ?? '',
    all,
    attributes: (name) => found.flatMap(({ attributes }) => attributes[name] ?? []),
  };
}

/** The parser closes what was left open by itself. */
function expectClosed(xml: string): void {
  const open: string[] = [];
  const tag = /<(\/?)([a-z][a-z0-9]*)(?:\s+[a-zA-Z-]+="[^"<>]*")*\s*(\/?)>/gi;
  const between = xml.replace(tag, (_, closing: string, name: string, empty: string) => {
    if (closing) expect(open.pop()).toBe(name);
    else if (!empty) open.push(name);
    return '';
  });
  expect(open).toEqual([]);
  expect(between).not.toContain('<');
}
