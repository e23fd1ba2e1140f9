/** Lines of the checklist that no test here proves, and why; a line may have proofs and a remark beside them. */
export const reasons: Readonly<Record<number, string>> = {
  18: 'A permission, not used: https is asked first, and http only where it failed, so that nothing more is sent in clear.',
  81: 'Nobody signs in or out at the service; what it knows of an organizer ends with its process.',
};
