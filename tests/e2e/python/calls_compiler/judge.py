"""Compiles the program that is posted to it, runs it, and gives back what it prints."""

import subprocess
import tempfile

from flask import Flask, request

app = Flask(__name__)


@app.post("/judge")
def judge():
    with tempfile.TemporaryDirectory() as folder:
        program = folder + "/program"
        made = subprocess.run(["g++", "-xc++", "-o", program, "-"], input=request.get_data(), capture_output=True)
        if made.returncode:
            return made.stderr, 400
        return subprocess.run([program], capture_output=True).stdout
