"""``lightship completion``: what a shell must read in order to complete lightship's commands and options."""

from __future__ import annotations

import argparse

from lightship.errors import EXIT_OK

SHELLS = ("bash", "zsh", "fish")
_HELP = """\
once, for good:
  bash   lightship completion bash > ~/.local/share/bash-completion/completions/lightship
  zsh    lightship completion zsh > "${fpath[1]}/_lightship"
  fish   lightship completion fish > ~/.config/fish/completions/lightship.fish
for this shell only:
  eval "$(lightship completion bash)"
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``lightship completion``."""
    parser.add_argument("shell", choices=SHELLS, help="which shell")
    parser.epilog = _HELP


def run(arguments: argparse.Namespace) -> int:
    """Print the script; it asks lightship itself at every completion, so that it never grows old."""
    from argcomplete.shell_integration import shellcode

    print(shellcode(["lightship"], shell=arguments.shell).rstrip("\n"))
    return EXIT_OK
