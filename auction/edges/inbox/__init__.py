"""What goes to the outside and what comes back from it: the cashier carries money orders out."""
