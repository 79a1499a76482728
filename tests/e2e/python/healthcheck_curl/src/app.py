from flask import Flask

app = Flask(__name__)


@app.route("/")
def index():
    return "lamp lit"


@app.route("/healthz")
def healthz():
    return "ok"
