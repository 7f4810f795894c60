"""Who shows the broker which certificate: the tenant's own authority, what it issues, renews and revokes."""
