import bottle
import waitress

app = bottle.Bottle()


@app.route("/")
def index():
    return f"bottle {bottle.__version__} under waitress"


if __name__ == "__main__":
    waitress.serve(app, host="0.0.0.0", port=8000)
