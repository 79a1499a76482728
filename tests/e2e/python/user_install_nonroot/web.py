import getpass
import os
import site
from pathlib import Path

from flask import Flask, jsonify

app = Flask(__name__)


@app.get("/")
def whoami():
    note = Path.home() / "visits.txt"
    with note.open("a") as handle:
        handle.write("visit\n")
    return jsonify(
        uid=os.getuid(), user=getpass.getuser(), home=str(Path.home()), site=site.getusersitepackages()
    )
