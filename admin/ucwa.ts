/** `npm run ucwa -- discover|token|renew …`: see {@link main}. */
import { main } from './ucwa/main.ts';

process.exitCode = await main(process.argv.slice(2), process);
