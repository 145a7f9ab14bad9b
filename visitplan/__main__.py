"""``python -m visitplan`` does what ``visitplan`` does."""

from visitplan.cli import main

if __name__ == "__main__":
    main()
