from pathlib import Path

from bottle import Bottle

app = Bottle()


@app.get("/")
def lamp():
    return Path("words.txt").read_text()
