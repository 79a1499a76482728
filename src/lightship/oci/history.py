"""History lines beside the layers that they made."""

from __future__ import annotations

from lightship.oci.model import History, ImageConfig


def match_history(
    config: ImageConfig, base_config: ImageConfig | None = None
) -> tuple[tuple[History, int | None], ...]:
    """Each line of the history with the index of its layer, None for one that made no layer.

    With ``base_config`` only the lines that follow the base image's; layer indexes still count from the lowest layer.
    A history that names more or fewer layers than there are (squashed, or written by hand) gives no layer for the
    lines that cannot be told apart: all of them from the front, when the count does not fit.
    """
    layers_said = sum(not line.empty_layer for line in config.history)
    fits = layers_said == len(config.diff_ids)
    matched: list[tuple[History, int | None]] = []
    layer = 0
    for line in config.history:
        matched.append((line, layer if fits and not line.empty_layer else None))
        layer += not line.empty_layer
    if base_config is None:
        return tuple(matched)
    below = len(base_config.history)
    is_base = config.diff_ids[: len(base_config.diff_ids)] == base_config.diff_ids
    same = config.history[:below] == base_config.history
    return tuple(matched[below:]) if is_base and same else tuple(matched)
