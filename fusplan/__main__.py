"""``python -m fusplan``, and the program that an installer puts together: the command line."""

import multiprocessing

if __name__ == "__main__":
    # In a frozen program a job's process is this same file started again: it goes no further than here.
    multiprocessing.freeze_support()

    from fusplan.cli.main import run

    run()
