"""An ImageConfig from the config JSON that every engine keeps (OCI image config with Docker's additions)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lightship.oci.model import Healthcheck, History, ImageConfig


def from_json(raw: Mapping[str, Any]) -> ImageConfig:
    """The configuration in ``raw``.

    Source: https://github.com/moby/docker-image-spec/blob/main/spec.md
    """
    config = raw.get("config") or {}
    return ImageConfig(
        architecture=raw.get("architecture", ""),
        os=raw.get("os", ""),
        variant=raw.get("variant", ""),
        user=config.get("User", ""),
        working_dir=config.get("WorkingDir", ""),
        stop_signal=config.get("StopSignal", ""),
        entrypoint=_words(config.get("Entrypoint")),
        cmd=_words(config.get("Cmd")),
        shell=_words(config.get("Shell")),
        env=tuple(
            (name, value) for name, _, value in (item.partition("=") for item in config.get("Env") or ())
        ),
        exposed_ports=tuple(sorted(config.get("ExposedPorts") or ())),
        volumes=tuple(sorted(config.get("Volumes") or ())),
        onbuild=tuple(config.get("OnBuild") or ()),
        labels=tuple(sorted((config.get("Labels") or {}).items())),
        healthcheck=_healthcheck(config.get("Healthcheck")),
        created=raw.get("created", ""),
        author=raw.get("author", ""),
        diff_ids=tuple((raw.get("rootfs") or {}).get("diff_ids") or ()),
        history=tuple(
            History(
                created_by=line.get("created_by", ""),
                empty_layer=bool(line.get("empty_layer")),
                comment=line.get("comment", ""),
                created=line.get("created", ""),
            )
            for line in raw.get("history") or ()
        ),
        raw=raw,
    )


def _words(value: Sequence[str] | None) -> tuple[str, ...] | None:
    """An empty list is what an engine writes for "not set", except that ``[]`` resets an inherited one: same effect."""
    return tuple(value) if value else None


def _healthcheck(value: Mapping[str, Any] | None) -> Healthcheck | None:
    if not value or not value.get("Test"):
        return None
    return Healthcheck(
        test=tuple(value["Test"]),
        interval=value.get("Interval", 0),
        timeout=value.get("Timeout", 0),
        start_period=value.get("StartPeriod", 0),
        start_interval=value.get("StartInterval", 0),
        retries=value.get("Retries", 0),
    )
