"""Writers: one function per verb; check rights, ask rules, write, record the event, in one transaction."""
