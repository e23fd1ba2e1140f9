/** `npm run test:browser` begins with this: two test files side by side would both install the browser. */
import { chromiumPath } from './chromiumPath.ts';

console.log(`The browser is ${chromiumPath()}.`);
