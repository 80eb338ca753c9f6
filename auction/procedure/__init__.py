"""What the court does, one folder a capability, in the order of the road."""
