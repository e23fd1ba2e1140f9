/** Lines of the checklist that no test here proves, and why; a line may have proofs and a remark beside them. */
export const reasons: Readonly<Record<number, string>> = {
  18: 'A permission, not used: https is asked first, and http only where it failed, so that nothing more is sent in clear.',
  81: 'Nobody signs in or out at the service; what it knows of an organizer ends with its process.',
  148: 'The service renews when the guest asks. When to ask is the guest-side issue: every answer tells `expiryTime`.',
  157: 'The service sends no request to UCWA itself; what comes after the token belongs to the guest-side issue.',
  161: 'The service uses a ticket once, right after it was issued; a renewal that is refused is line 152.',
  162: 'The service does not create applications; belongs to the guest-side issue.',
};

/** What a guest does with the token, and the simulator's part in it: built and proven with the guest-side issue. */
export const openLines = { first: 165, last: 206, reason: 'open: guest-side issue' } as const;
