import * as z from 'zod';

/** A text that has to be there: absent, it is a bad parameter and not an unreadable body. */
export function requiredText(longest: number) {
  return z
    .string()
    .nullish()
    .transform((text) => text ?? '')
    .pipe(z.string().min(1, 'It is required.').max(longest));
}

/** A text that may be absent, or null. */
export function optionalText(longest = Infinity) {
  return z
    .string()
    .max(longest)
    .nullish()
    .transform((text) => text ?? undefined);
}
