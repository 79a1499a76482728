"""Puts a Markdown report on a pull request: over the earlier one of the same Dockerfile, else as a new comment.

Standard library only. Variables: GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_TOKEN, PULL_REQUEST, REPORT (a path). A
comment that may not be made (a fork's token only reads) is a warning, never a failure: the report is in the job's
summary as well.
"""

import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

PER_PAGE = 100


def main() -> int:
    """Post or replace the comment; 0 always, with a warning when it could not be done."""
    report = Path(os.environ["REPORT"])
    if not report.is_file():
        print("no report was written, so there is nothing to say")
        return 0
    body = report.read_text(encoding="utf-8")
    marker = body.partition("\n")[0]
    comments = f"/issues/{int(os.environ['PULL_REQUEST'])}/comments"
    try:
        earlier = find(comments, marker)
        if earlier is None:
            ask("POST", comments, {"body": body})
        else:
            ask("PATCH", f"/issues/comments/{earlier}", {"body": body})
    except urllib.error.HTTPError as error:
        print(f"::warning title=lightship::the comment could not be made: {error.code} {error.reason}")
    except OSError as error:
        print(f"::warning title=lightship::the comment could not be made: {error}")
    return 0


def find(comments: str, marker: str) -> "int | None":
    """The number of the comment that begins with the report's first line, or None."""
    page = 1
    while True:
        found = ask("GET", f"{comments}?per_page={PER_PAGE}&page={page}")
        for one in found:
            if (one.get("body") or "").startswith(marker):
                return int(one["id"])
        if len(found) < PER_PAGE:
            return None
        page += 1


def ask(method: str, path: str, content: "dict[str, str] | None" = None) -> "list[dict[str, str]]":
    """GitHub's answer to one request about the repository."""
    api = os.environ.get("GITHUB_API_URL", "https://api.github.com")
    request = urllib.request.Request(
        f"{api}/repos/{os.environ['GITHUB_REPOSITORY']}{path}",
        method=method,
        data=None if content is None else json.dumps(content).encode(),
        headers={
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}",
            "Content-Type": "application/json",
            "X-GitHub-Api-Version": "2022-11-28",
        },
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        found = json.load(answer)
    return found if isinstance(found, list) else [found]


if __name__ == "__main__":
    sys.exit(main())
