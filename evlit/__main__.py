"""``python -m evlit`` is the command ``evlit``."""

from evlit.cli import main

if __name__ == "__main__":
    main()
