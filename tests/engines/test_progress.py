"""Build output of each kind, as steps. The texts are what the engines print, shortened."""

from __future__ import annotations

from lightship.engines.buildah_progress import BuildahProgress
from lightship.engines.buildkit_progress import BuildKitProgress
from lightship.engines.classic_progress import ClassicProgress
from lightship.engines.progress import Progress
from lightship.engines.protocol import Step

DOCKERFILE = """\
ARG TAG=3
FROM python:${TAG} AS builder
WORKDIR /app
RUN pip install flask \\
    gunicorn
FROM scratch
COPY --from=builder /app /app
ENV A=1
"""
BUILDKIT = """\
#1 [internal] load build definition from Dockerfile
#1 DONE 0.0s
#3 [internal] load metadata for docker.io/library/python:3
#3 DONE 0.4s
#4 [builder 1/3] FROM docker.io/library/python:3@sha256:abc
#4 CACHED
#5 [builder 2/3] WORKDIR /app
#5 DONE 0.1s
#6 [builder 3/3] RUN pip install flask     gunicorn
#6 1.204 Collecting flask
#6 1.300 ERROR: No matching distribution
#6 ERROR: executor failed running [/bin/sh -c pip install flask]: exit code: 1
------
 > [builder 3/3] RUN pip install flask     gunicorn:
------
executor failed running [/bin/sh -c pip install flask]: exit code: 1
"""
BUILDAH = """\
[1/2] STEP 1/3: FROM docker.io/library/python:3 AS builder
[1/2] STEP 2/3: WORKDIR /app
--> Using cache 7c818d2dfd6ce821c3d58a43c42779d23daf9935ffc553c264977deaee170ff5
--> 7c818d2dfd6
[1/2] STEP 3/3: RUN pip install flask     gunicorn
Collecting flask
ERROR: No matching distribution
error building at STEP "RUN pip install flask     gunicorn": error while running runtime: exit status 1
"""
CLASSIC = """\
Sending build context to Docker daemon  2.048kB
Step 1/7 : ARG TAG=3
Step 2/7 : FROM python:${TAG} AS builder
 ---> 7c818d2dfd6c
Step 3/7 : WORKDIR /app
 ---> Using cache
 ---> 7c818d2dfd6d
Step 4/7 : RUN pip install flask     gunicorn
 ---> Running in 24d1
Collecting flask
ERROR: No matching distribution
The command '/bin/sh -c pip install flask' returned a non-zero code: 1
"""


def read(progress: Progress, text: str) -> Progress:
    for line in text.removesuffix("\n").split("\n"):
        progress.feed(line)
    progress.finish(succeeded=False)
    return progress


def test_buildkit() -> None:
    seen: list[Step] = []
    progress = read(BuildKitProgress(DOCKERFILE, seen.append), BUILDKIT)
    assert [(step.number, step.total, step.state, step.stage, step.line) for step in seen] == [
        (1, 3, "running", "builder", 2),
        (1, 3, "cached", "builder", 2),
        (2, 3, "running", "builder", 3),
        (2, 3, "done", "builder", 3),
        (3, 3, "running", "builder", 4),
        (3, 3, "failed", "builder", 4),
    ]
    assert seen[3].seconds == 0.1
    assert progress.failed
    assert list(progress.failed.lines) == ["Collecting flask", "ERROR: No matching distribution"]
    assert "exit code: 1" in progress.tail[-1]


def test_buildkit_names_the_from_whose_image_is_not_there() -> None:
    lookup = "#3 [internal] load metadata for docker.io/library/python:3\n#3 ERROR: pull access denied\n"
    progress = read(BuildKitProgress("FROM scratch\nFROM python:3\n", lambda step: None), lookup)
    assert progress.failed
    assert progress.failed.step.line == 2


def test_buildkit_steps_whose_end_is_not_told_are_done() -> None:
    progress = BuildKitProgress("FROM scratch\nCOPY a /\n", lambda step: None)
    progress.feed("#3 [1/1] COPY a /")
    assert [step.state for step in progress.finish(succeeded=True)] == ["done"]


def test_buildah() -> None:
    seen: list[Step] = []
    progress = read(BuildahProgress(DOCKERFILE, seen.append), BUILDAH)
    ended = [(step.number, step.state, step.stage, step.line) for step in seen if step.state != "running"]
    assert ended == [(1, "done", "builder", 2), (2, "cached", "builder", 3), (3, "failed", "builder", 4)]
    assert progress.failed
    assert list(progress.failed.lines) == ["Collecting flask", "ERROR: No matching distribution"]
    assert progress.tail[-1].endswith("exit status 1")


def test_classic() -> None:
    seen: list[Step] = []
    progress = read(ClassicProgress(DOCKERFILE, seen.append), CLASSIC)
    ended = [(step.number, step.state, step.line) for step in seen if step.state != "running"]
    assert ended == [(1, "done", 0), (2, "done", 2), (3, "cached", 3), (4, "failed", 4)]
    assert progress.failed
    assert list(progress.failed.lines) == ["Collecting flask", "ERROR: No matching distribution"]


def test_output_that_looks_like_nothing_known_is_no_trouble() -> None:
    noise = "\x00#\n#9999999999999999999999 x\n[0/0] STEP 9/1: X\nSTEP 1/1:\n--> \nStep 1/1 : \n[stage 1/2] RUN\n#1\n"
    for reader in (BuildKitProgress, BuildahProgress, ClassicProgress):
        read(reader("", lambda step: None), noise)
        read(reader(DOCKERFILE, lambda step: None), noise)


def test_buildkit_tells_the_stage_of_another_build() -> None:
    progress = BuildKitProgress(DOCKERFILE, lambda step: None)
    progress.feed("#6 [2/9] RUN pip install flask     gunicorn")
    assert [step.line for step in progress.finish(succeeded=True)] == [4]
