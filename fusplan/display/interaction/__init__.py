"""What the mouse and the keys do in a slice: one strategy a file, pure functions, without Qt."""
