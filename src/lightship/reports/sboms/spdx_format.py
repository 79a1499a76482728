"""SPDX 2.3 as JSON. Source: https://spdx.github.io/spdx-spec/v2.3/"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from spdx_tools.spdx.model.actor import Actor, ActorType
from spdx_tools.spdx.model.document import CreationInfo, Document
from spdx_tools.spdx.model.package import (
    ExternalPackageRef,
    ExternalPackageRefCategory,
    Package,
    PackagePurpose,
)
from spdx_tools.spdx.model.relationship import Relationship, RelationshipType
from spdx_tools.spdx.model.spdx_no_assertion import SpdxNoAssertion
from spdx_tools.spdx.writer.json.json_writer import write_document_to_stream

from lightship import __version__
from lightship.reports.sboms.packages import Listed, listed, moment

if TYPE_CHECKING:
    from lightship.inspection import Inspection

_DOCUMENT, _IMAGE = "SPDXRef-DOCUMENT", "SPDXRef-image"


def render(image: Inspection) -> str:
    """The document; it describes the image, which contains the packages."""
    packages = [_package(number, one) for number, one in enumerate(listed(image), 1)]
    subject = Package(
        _IMAGE,
        image.reference,
        SpdxNoAssertion(),
        version=image.config_digest,
        files_analyzed=False,
        primary_package_purpose=PackagePurpose.CONTAINER,
    )
    document = Document(
        CreationInfo(
            spdx_version="SPDX-2.3",
            spdx_id=_DOCUMENT,
            name=image.reference,
            document_namespace=f"https://spdx.org/spdxdocs/lightship-{image.config_digest.replace(':', '-')}",
            creators=[Actor(ActorType.TOOL, f"lightship-{__version__}")],
            created=moment(image),
        ),
        packages=[subject, *packages],
        relationships=[
            Relationship(_DOCUMENT, RelationshipType.DESCRIBES, _IMAGE),
            *(Relationship(_IMAGE, RelationshipType.CONTAINS, one.spdx_id) for one in packages),
        ],
    )
    stream = io.StringIO()
    # Checking takes longer than all the rest; the tests do it.
    write_document_to_stream(document, stream, validate=False)
    return stream.getvalue()


def _package(number: int, one: Listed) -> Package:
    return Package(
        f"SPDXRef-package-{number}",
        f"{one.group}/{one.name}" if one.group else one.name,
        SpdxNoAssertion(),
        version=one.version or None,
        files_analyzed=False,
        source_info=f"/{one.place}" if one.place else None,
        external_references=[
            ExternalPackageRef(ExternalPackageRefCategory.PACKAGE_MANAGER, "purl", str(one.url)),
        ],
    )
