"""Stands for a download from a model hub: the file lands where such clients keep it."""

from pathlib import Path

import joblib

cache = Path.home() / ".cache" / "tides" / "models"
cache.mkdir(parents=True, exist_ok=True)
joblib.dump({"slope": 2.0, "offset": 0.5}, cache / "tide-v1.joblib", compress=3)
(cache / "refs").mkdir()
(cache / "refs" / "main").write_text("tide-v1.joblib\n")
