"""`python -m gureum.agent`."""

from gureum.agent.main import main

if __name__ == "__main__":
    main()
