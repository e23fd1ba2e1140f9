/**
 * `npm run screenshots`, behind the browser tests: what they saw goes into docs/images, so that every picture there is of a
 * state that a test has just proven.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { screenshotFolder } from './browser.ts';

const folder = 'docs/images';
const pictures = { 'demo-back': 'demo-page', 'phone-lost': 'demo-page-phone', 'status-warn': 'status-page' };

mkdirSync(folder, { recursive: true });
for (const [seen, picture] of Object.entries(pictures)) {
  for (const scheme of ['light', 'dark']) {
    copyFileSync(`${screenshotFolder}/${seen}-${scheme}.png`, `${folder}/${picture}-${scheme}.png`);
    console.log(`${folder}/${picture}-${scheme}.png`);
  }
}
