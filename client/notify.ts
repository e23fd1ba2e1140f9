/** Tells a listener as an event is told: what it throws is the listener's, and breaks nothing of ours. */
export function notify(listener: () => void): void {
  queueMicrotask(listener);
}
