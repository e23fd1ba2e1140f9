/** Whether an RFC 6901 pointer leads to a value of the document. */
export function resolves(pointer: string, document: unknown): boolean {
  return pointer === '' || valueAt(pointer.split('/').slice(1), document);
}

/** Whether the last step of a pointer names a field that its object lacks. */
export function namesMissingField(pointer: string, document: unknown): boolean {
  const parent = pointer.slice(0, pointer.lastIndexOf('/'));
  return pointer !== '' && resolves(parent, document) && !resolves(pointer, document);
}

function valueAt(steps: readonly string[], value: unknown): boolean {
  const [step, ...rest] = steps;
  if (step === undefined) return true;
  const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return false;
  return valueAt(rest, (value as Record<string, unknown>)[name]);
}
