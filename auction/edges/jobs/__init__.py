"""What the passing of time does: sweeps that derive what is due and run the same commands a person would."""
