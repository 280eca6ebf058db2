"""The portal under faults: each script breaks something under load, and says what did not hold of what was promised."""
