"""What is open, and its controllers: what follows from a change of the plan. No Qt."""
