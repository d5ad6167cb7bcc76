"""Work outside the window's thread: in another process or in a thread, with progress and cancel."""
