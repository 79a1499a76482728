"""The image configuration, from JSON.

Sources: https://github.com/opencontainers/image-spec/blob/main/config.md; HEALTHCHECK, SHELL and ONBUILD are Docker's:
https://github.com/moby/docker-image-spec/blob/main/spec.md
"""

from __future__ import annotations

from lightship.oci.document import Object, inner, objects, parse_object, text, texts, whole, wrong
from lightship.oci.model import Healthcheck, History, ImageConfig


def parse_config(raw: bytes, where: str) -> ImageConfig:
    """The configuration that a JSON document holds. Raises InputError."""
    whole_document = parse_object(raw, where)
    run = inner(whole_document, "config", where)
    return ImageConfig(
        architecture=text(whole_document, "architecture", where),
        os=text(whole_document, "os", where),
        variant=text(whole_document, "variant", where),
        user=text(run, "User", where),
        working_dir=text(run, "WorkingDir", where),
        stop_signal=text(run, "StopSignal", where),
        entrypoint=texts(run, "Entrypoint", where),
        cmd=texts(run, "Cmd", where),
        shell=texts(run, "Shell", where),
        env=tuple(_variable(item) for item in texts(run, "Env", where) or ()),
        exposed_ports=tuple(inner(run, "ExposedPorts", where)),
        volumes=tuple(inner(run, "Volumes", where)),
        onbuild=texts(run, "OnBuild", where) or (),
        labels=_labels(run, where),
        healthcheck=_healthcheck(run, where),
        created=text(whole_document, "created", where),
        author=text(whole_document, "author", where),
        diff_ids=texts(inner(whole_document, "rootfs", where), "diff_ids", where) or (),
        history=tuple(_history(item, where) for item in objects(whole_document, "history", where)),
        raw=whole_document,
    )


def _variable(item: str) -> tuple[str, str]:
    name, _, value = item.partition("=")
    return name, value


def _labels(run: Object, where: str) -> tuple[tuple[str, str], ...]:
    labels = inner(run, "Labels", where)
    return tuple((name, text(labels, name, where)) for name in labels)


def _healthcheck(run: Object, where: str) -> Healthcheck | None:
    check = inner(run, "Healthcheck", where)
    if not check:
        return None
    return Healthcheck(
        test=texts(check, "Test", where) or (),
        interval=whole(check, "Interval", where),
        timeout=whole(check, "Timeout", where),
        start_period=whole(check, "StartPeriod", where),
        start_interval=whole(check, "StartInterval", where),
        retries=whole(check, "Retries", where),
    )


def _history(item: Object, where: str) -> History:
    empty = item.get("empty_layer")
    if empty not in (None, True, False):
        raise wrong(where, "empty_layer is neither true nor false")
    return History(
        created_by=text(item, "created_by", where),
        empty_layer=bool(empty),
        comment=text(item, "comment", where),
        created=text(item, "created", where),
    )
