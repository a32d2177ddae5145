"""``python -m sutg_analysis`` is ``sutg``."""

from sutg_analysis.cli import main

if __name__ == "__main__":
    main()
