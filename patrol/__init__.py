"""The domain, one package a subject. A subject imports only those below it; docs/architecture.md has the floors."""
