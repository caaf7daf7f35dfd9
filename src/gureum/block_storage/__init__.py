"""Block storage: volumes, their types, and who has them attached. Speaks Cinder's API, version 3."""
