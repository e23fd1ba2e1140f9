import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { pages } from './page.ts';

/** A page without what stands in fences, which is neither heading nor link. */
const proseOf = (page: string): string => readFileSync(page, 'utf8').replaceAll(/^ *```[^]*?^ *```$/gm, '');

/** The anchors of a page as GitHub makes them: lower case, letters, digits, dashes; the second of a name gets `-1`. */
function anchorsOf(page: string): Set<string> {
  const seen = new Map<string, number>();
  const anchors = [...proseOf(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => {
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = words.replaceAll(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
  return new Set(anchors);
}

/** The relative links of a page. */
const linksOf = (page: string): string[] =>
  [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter((link) => !/^[a-z]+:/.test(link));

test('there are pages, and links between them', () => {
  expect(pages.filter((page) => !existsSync(page))).toEqual([]);
  expect(pages.flatMap(linksOf).length).toBeGreaterThan(80);
});

test.each(pages)('every link of %s leads to a file of the project, and to a heading of a page', (page) => {
  const broken = linksOf(page).filter((link) => {
    const [path = '', anchor] = link.split('#', 2);
    const target = path === '' ? page : normalize(join(dirname(page), path));
    if (target.startsWith('..') || !existsSync(target)) return true;
    if (anchor === undefined) return false;
    return !statSync(target).isFile() || !anchorsOf(target).has(anchor);
  });
  expect(broken).toEqual([]);
});

test.each(pages)('every file that %s names by its path is there', (page) => {
  const folders = 'admin|bench|client|connector|docs|functions|infra|lib|local|test';
  const paths = [...proseOf(page).matchAll(new RegExp(`\`((?:${folders})/[\\w./-]*)\``, 'g'))];
  expect(paths.map(([, path = '']) => path).filter((path) => !existsSync(path))).toEqual([]);
});
