"""The projects in ``cases`` and ``built`` have tests of their own, which are not ours."""

collect_ignore = ["cases", "built"]
