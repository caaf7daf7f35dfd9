"""Identity: who there is, what they may, and the tokens that prove it. Speaks Keystone's API."""
