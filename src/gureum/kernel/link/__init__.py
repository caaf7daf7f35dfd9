"""The control plane's end of the agent link: sessions, delivery, questions, bulk bytes."""
