"""``python -m fusplan``: the command line."""

from fusplan.cli.main import run

if __name__ == "__main__":
    run()
