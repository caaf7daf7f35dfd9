"""Host and role processes: they dial the control plane, are told what should be, and make it so."""
