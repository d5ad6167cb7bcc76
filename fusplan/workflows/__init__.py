"""One function per user job: a picklable request in, a result out. The command line and the window call the same."""
