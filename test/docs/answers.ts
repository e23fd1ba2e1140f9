/**
 * What differs between an answer as it is written down and as it came. Properties have to be the same, at every depth; so have
 * values, but for texts with a digit or an ellipsis in them: ids, times, tokens and URLs differ from run to run.
 */
export function differences(written: unknown, real: unknown, place = ''): string[] {
  if (typeof written !== typeof real || Array.isArray(written) !== Array.isArray(real)) return [`${place}: the type`];
  if (isObject(written) && isObject(real)) {
    const names = [...new Set([...Object.keys(written), ...Object.keys(real)])];
    return names.flatMap((name) => {
      if (!(name in real)) return [`${place}/${name} does not come`];
      if (!(name in written)) return [`${place}/${name} is not written down`];
      return differences(written[name], real[name], `${place}/${name}`);
    });
  }
  const varies = typeof written === 'string' && /[\d…]/.test(written);
  return varies || written === real ? [] : [`${place}: ${String(real)}`];
}

/** What stands for what: the varying texts of an answer as it is written down, and what really came in their place. */
export function learnt(written: unknown, real: unknown): [written: string, real: string][] {
  if (isObject(written) && isObject(real))
    return Object.keys(written).flatMap((name) => learnt(written[name], real[name]));
  const isLearnt = typeof written === 'string' && typeof real === 'string' && written !== real;
  return isLearnt ? [[written, real]] : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
