"""Routes in a server's source: what every framework calls them, and what is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from lightship.closure.surroundings import surroundings
from lightship.elf import DirectoryTree
from lightship.evidence.observation import FileFact
from lightship.probes.facts.routes import LIMIT, routes


def found(tmp_path: Path, name: str, text: str) -> tuple[str, ...]:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    fact = FileFact(name, "file", 0o644, 0, 0, size=len(text))
    return routes(surroundings(DirectoryTree(tmp_path), None), {name: fact})


@pytest.mark.parametrize(
    ("name", "text", "path"),
    [
        ("app/main.py", '@app.route("/harbours")\ndef harbours(): ...', "/harbours"),
        ("app/main.py", "@router.get('/tides')\nasync def tides(): ...", "/tides"),
        ("app/urls.py", "urlpatterns = [path('polls/', include('polls.urls'))]", "/polls/"),
        ("app/main.py", "app.router.add_get('/buoys', buoys)", "/buoys"),
        ("app/main.py", 'routes = [Route("/lights", lights)]', "/lights"),
        ("app/server.js", "app.get('/harbours', (req, res) => res.json([]))", "/harbours"),
        ("app/server.ts", "fastify.get(`/tides`, handler)", "/tides"),
        ("app/server.js", "server.route({ method: 'GET', path: '/buoys' })", "/buoys"),
        ("src/main.go", 'http.HandleFunc("/lights", lights)', "/lights"),
        ("src/main.go", 'router.GET("/ships", ships)', "/ships"),
        ("app/app.rb", "get '/wrecks' do", "/wrecks"),
    ],
)
def test_every_framework_names_its_routes(tmp_path: Path, name: str, text: str, path: str) -> None:
    assert found(tmp_path, name, text) == (path,)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app/main.py", '@app.route("/ships/<int:number>")\ndef ship(number): ...'),
        ("app/main.py", '@app.post("/ships")\ndef add(): ...'),
        ("app/main.py", '@app.get("/session/logout")\ndef leave(): ...'),
        ("app/server.js", "app.get('/ships/:id', show)"),
        ("app/server.js", "app.post('/ships', add)"),
        ("usr/local/lib/python3.11/site-packages/x/views.py", '@app.route("/ships")'),
        ("app/node_modules/x/index.js", "app.get('/ships', show)"),
        ("app/README.md", "app.get('/ships', show)"),
    ],
)
def test_parameters_other_methods_and_others_code_are_left_alone(tmp_path: Path, name: str, text: str) -> None:
    assert found(tmp_path, name, text) == ()


def test_there_is_a_limit(tmp_path: Path) -> None:
    text = "\n".join(f'@app.get("/ships/{number}")' for number in range(3 * LIMIT))
    assert len(found(tmp_path, "app/main.py", text)) == LIMIT
