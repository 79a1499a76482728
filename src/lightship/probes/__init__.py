"""How an image and its containers are looked at, through the Engine protocol. One file per probe.

    facts/       what the files tell; nothing is started
    discover     what the original answers -> ProbePlan
    observe      one image, as the plan says -> Observation
    process      start, wait, ask, look around, stop
    http         one request
    health       HEALTHCHECK
    command      a command in a container of its own
    inside       imports and --version answers, many in one container
    hardened     starts with less than usual
    services     what the program needs beside it

Absent by intent: judging (``verify`` does), and knowing one engine from another.
"""

from lightship.probes.discover import plan_from_original, served, with_languages
from lightship.probes.facts import image_facts
from lightship.probes.observe import observe
from lightship.probes.plan import Limits, ProbePlan

__all__ = ["Limits", "ProbePlan", "image_facts", "observe", "plan_from_original", "served", "with_languages"]
