/** The middle of the values; of an even number of them, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return (percentile(values, 0.5, Math.floor) + percentile(values, 0.5, Math.ceil)) / 2;
}

/** The value below which `share` (0 to 1) of the values lie. */
export function percentile(
  values: readonly number[],
  share: number,
  round: (rank: number) => number = Math.round,
): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[round(share * (sorted.length - 1))] ?? NaN;
}
