"""`python -m gateway` is `banyan`."""

from gateway.cli import main

if __name__ == "__main__":
    main()
