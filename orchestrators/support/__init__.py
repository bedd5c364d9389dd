"""What several orchestrations share: calling a phase to its end, and cleaning up."""
