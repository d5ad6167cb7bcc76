"""What the simulation must reach, a module a topic: python -m tests.benchmarks.simulation."""
