"""What a Dockerfile means before it is built: stages, scopes, variables, the context and what is kept out of it."""

from lightship.semantic.context import context_files
from lightship.semantic.expand import (
    ExpandError,
    Expansion,
    expand,
    expand_heredoc,
    expansion,
    process_words,
)
from lightship.semantic.ignore import IgnoreRules, load
from lightship.semantic.model import BaseRef, CopyEdge, Inherited, Scope, Stage, StageGraph
from lightship.semantic.run import RunScript, run_scripts
from lightship.semantic.scope import expand_in
from lightship.semantic.stages import stages

__all__ = [
    "BaseRef",
    "CopyEdge",
    "ExpandError",
    "Expansion",
    "IgnoreRules",
    "Inherited",
    "RunScript",
    "Scope",
    "Stage",
    "StageGraph",
    "context_files",
    "expand",
    "expand_heredoc",
    "expand_in",
    "expansion",
    "load",
    "process_words",
    "run_scripts",
    "stages",
]
