"""Who may do what, when: steps, proposals, approvals, locks, posting states, audit chain. Pure."""
