"""Images in the stores of engines: looked into, and known the second time without being exported."""

from __future__ import annotations

from pathlib import Path

import pytest

from lightship.commands.images import Looking, inspected
from lightship.engines.protocol import BuildRequest, Engine
from lightship.errors import InputError


@pytest.mark.engine
def test_an_image_of_a_store(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    context = tmp_path / "context"
    context.mkdir()
    (context / "a").write_bytes(b"a" * 2000)
    (context / "b").write_bytes(b"b" * 10)
    text = "FROM scratch\nCOPY a /data/file\nCOPY b /data/file\nUSER 7\n"
    name = engine.build(BuildRequest(text, context), lambda step: None).image
    how = Looking(engine=engine.name)
    found = inspected(name, how)
    assert [(one.kind, one.path, one.size) for one in found.waste] == [("overwritten", "data/file", 2000)]
    assert [row.instruction.split()[0] for row in found.layers] == ["COPY", "COPY"]
    assert not found.surface.is_root
    monkeypatch.setattr("lightship.commands.images.exported", lambda *_: pytest.fail("exported again"))
    assert inspected(name, how) == found
    with pytest.raises(InputError, match="no such image"):
        inspected("localhost/lightship-test:not-there", how)
