"""What the control plane and the agents say to each other: data and protocol only.

Everything an agent is asked is a statement of what should be (`Ensure…`) or should not be (`Remove…`), never "do X now".
Each carries the subject's generation: an agent drops what is older than what it has already seen for that subject.
"""
