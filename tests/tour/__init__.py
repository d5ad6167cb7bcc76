"""A tour of the real window by mouse and keys, from start to the plan opened again, with a picture of every state."""
