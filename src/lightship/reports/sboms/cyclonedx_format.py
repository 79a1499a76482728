"""CycloneDX 1.6 as JSON. Source: https://cyclonedx.org/docs/1.6/json/"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.model import Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.component_evidence import ComponentEvidence, Occurrence
from cyclonedx.output.json import JsonV1Dot6

from lightship import __version__
from lightship.reports.sboms.packages import Listed, listed, moment

if TYPE_CHECKING:
    from lightship.inspection import Inspection


def render(image: Inspection) -> str:
    """The document; the image is what it is about, the packages are its components."""
    subject = Component(
        name=image.reference,
        type=ComponentType.CONTAINER,
        version=image.config_digest,
        bom_ref=image.config_digest,
    )
    tool = Component(name="lightship", type=ComponentType.APPLICATION, version=__version__, bom_ref="lightship")
    bom = Bom(
        serial_number=uuid5(NAMESPACE_URL, f"{image.config_digest}#cyclonedx"),
        components=[_component(number, one) for number, one in enumerate(listed(image), 1)],
        metadata=BomMetaData(component=subject, timestamp=moment(image)),
        properties=[Property(name="lightship:distribution", value=image.card.distribution)],
    )
    bom.metadata.tools.components.add(tool)
    bom.register_dependency(subject, bom.components)
    return JsonV1Dot6(bom).output_as_string(indent=2)


def _component(number: int, one: Listed) -> Component:
    return Component(
        name=one.name,
        group=one.group or None,
        type=ComponentType.LIBRARY,
        version=one.version or None,
        purl=one.url,
        bom_ref=f"{number}:{one.url}",
        evidence=ComponentEvidence(occurrences=[Occurrence(location=f"/{one.place}")]) if one.place else None,
    )
