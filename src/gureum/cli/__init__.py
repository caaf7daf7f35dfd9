"""The command: gureum up, down, status, doctor, why, logs, openrc, image, lab."""
