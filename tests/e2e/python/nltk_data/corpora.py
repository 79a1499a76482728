"""Writes the stop words corpus in NLTK's layout: what nltk.download("stopwords") would leave behind."""

import sys
from pathlib import Path

folder = Path(sys.argv[1]) / "corpora" / "stopwords"
folder.mkdir(parents=True)
(folder / "english").write_text("the\nof\na\nto\n")
(folder / "README").write_text("Four words, for a test.\n")
