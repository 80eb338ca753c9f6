"""A judicial auction platform: the whole road from seizure to distribution."""
