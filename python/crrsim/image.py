"""Image content: made up from layer sizes, or read from an OCI layout or an archive."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, Optional, Union

import _crrsim

from crrsim.checks import flag, listed, mapped, text, whole
from crrsim.errors import DefinitionError
from crrsim.units import Size, size_in_bytes


class Image:
    """The content of one image: real manifests and digests. Immutable; equal definitions give equal digests.

    >>> Image(layers=["48MiB", "3MiB"], name="mservice").digest  # doctest: +ELLIPSIS
    'sha256:...'
    """

    __slots__ = ("_native", "_text", "findings")
    _native: _crrsim.Image
    _text: str  # the expression that makes it
    findings: dict[str, int]
    """What a scan of it finds: severities and numbers."""

    def __init__(
        self,
        layers: Sequence[Size] = (),
        *,
        name: str = "image",
        based_on: Optional[Image] = None,
        sizes_only: bool = False,
        artifact_type: str = "",
        subject: Optional[Image] = None,
        architecture: str = "amd64",
        findings: Optional[Mapping[str, int]] = None,
    ) -> None:
        """Makes a synthetic image.

        ``layers`` are sizes as stored. Layers of another ``name`` have other bytes. With ``sizes_only`` the layers have
        sizes and stand-in digests, and no bytes are made. ``subject`` makes it a referrer, ``artifact_type`` an
        artifact. ``findings`` is what a scan of it finds, severities and numbers.
        """
        try:
            self._native = _crrsim.Image.synthetic(
                text("name", name),
                [size_in_bytes(size) for size in listed("layers", layers, "sizes such as '48MiB'")],
                flag("sizes_only", sizes_only),
                _or_none("based_on", based_on),
                text("artifact_type", artifact_type),
                _or_none("subject", subject),
                text("architecture", architecture),
            )
        except ValueError as error:
            raise DefinitionError(str(error)) from None
        self.findings = _findings(findings)
        self._text = _call_text(
            "Image",
            layers=list(layers),
            name="" if name == "image" else name,
            based_on=based_on,
            sizes_only=sizes_only,
            artifact_type=artifact_type,
            subject=subject,
            architecture="" if architecture == "amd64" else architecture,
            findings=self.findings,
        )

    @classmethod
    def _of(cls, native: _crrsim.Image, findings: dict[str, int], call: str) -> Image:
        image = cls.__new__(cls)
        image._native = native
        image._text = call
        image.findings = findings
        return image

    @classmethod
    def load(
        cls,
        path: Union[str, os.PathLike[str]],
        *,
        reference: Optional[str] = None,
        findings: Optional[Mapping[str, int]] = None,
    ) -> Image:
        """Reads an OCI layout folder, or what ``docker save`` or ``skopeo copy docker-archive:`` wrote."""
        found = _findings(findings)
        if reference is not None:
            text("reference", reference)
        try:
            call = _call_text("Image.load", os.fspath(path), reference=reference, findings=found)
            return cls._of(_crrsim.Image.load(os.fspath(path), reference), found, call)
        except ValueError as error:
            raise DefinitionError(str(error)) from None

    @classmethod
    def index(
        cls,
        images: Sequence[Image],
        *,
        artifact_type: str = "",
        subject: Optional[Image] = None,
        findings: Optional[Mapping[str, int]] = None,
    ) -> Image:
        """A multi-platform index over images, in their order."""
        try:
            native = _crrsim.Image.index(
                [native_of("images", image) for image in listed("images", images, "Images")],
                text("artifact_type", artifact_type),
                _or_none("subject", subject),
            )
        except ValueError as error:
            raise DefinitionError(str(error)) from None
        found = _findings(findings)
        call = _call_text("Image.index", list(images), artifact_type=artifact_type, subject=subject, findings=found)
        return cls._of(native, found, call)

    @property
    def digest(self) -> str:
        """Of the root manifest."""
        return self._native.digest

    @property
    def media_type(self) -> str:
        """Of the root manifest."""
        return self._native.media_type

    @property
    def manifest(self) -> dict[str, Any]:
        """The root manifest, parsed."""
        parsed: dict[str, Any] = json.loads(self._native.manifest)
        return parsed

    @property
    def manifest_bytes(self) -> bytes:
        """The root manifest as it is hashed."""
        return self._native.manifest

    @property
    def size(self) -> int:
        """Bytes of configs and distinct layers."""
        return self._native.size

    @property
    def blobs(self) -> list[tuple[str, int]]:
        """Digest and size of each config and distinct layer, in the order of first use."""
        return self._native.blobs

    @property
    def origin(self) -> str:
        """One line that says where the content is from."""
        return self._native.origin

    def __repr__(self) -> str:
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Image) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


def _or_none(name: str, image: Optional[Image]) -> Optional[_crrsim.Image]:
    """What the module knows an image by; None for None."""
    if image is None:
        return None
    if not isinstance(image, Image):
        raise TypeError(f"{name}: found {image!r}; expected an Image")
    return image._native


def native_of(name: str, image: Image) -> _crrsim.Image:
    """The same of one that has to be there."""
    native = _or_none(name, image)
    if native is None:
        raise TypeError(f"{name}: found None; expected an Image")
    return native


def _findings(findings: Optional[Mapping[str, int]]) -> dict[str, int]:
    """What a scan can find, as a scenario takes it."""
    if findings is None:
        return {}
    counts: dict[str, int] = {}
    known = _crrsim.severities()
    for severity, count in mapped("findings", findings, "severities and numbers").items():
        if severity not in known:
            hint = _crrsim.did_you_mean(text("findings", severity, "the name of a severity"), known)
            raise DefinitionError(f"findings: {severity!r} is not a severity{hint or '; they are ' + ', '.join(known)}")
        counts[severity] = whole(f"findings: {severity}", count)
        if not 0 <= counts[severity] <= 2**63 - 1:
            raise DefinitionError(f"findings: {severity}: found {count}; expected a number of findings")
    return counts


def _call_text(function: str, *arguments: Any, **named: Any) -> str:
    """The call that makes something again, without what is not given."""
    shown = [repr(value) for value in arguments] + [f"{key}={value!r}" for key, value in named.items() if value]
    return f"{function}({', '.join(shown)})"
