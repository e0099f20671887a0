"""Image content from Python."""

import hashlib
import pathlib

import crrsim
import pytest

LAYOUT = pathlib.Path(__file__).parents[2] / "scenarios" / "images" / "greeting"


def test_a_digest_is_the_hash_of_the_manifest_and_follows_from_the_definition():
    image = crrsim.Image(layers=["1MiB", 5], name="app")
    assert image.digest == "sha256:" + hashlib.sha256(image.manifest_bytes).hexdigest()
    assert [layer["size"] for layer in image.manifest["layers"]] == [2**20, 5]
    assert image == crrsim.Image(layers=["1MiB", 5], name="app")
    assert image != crrsim.Image(layers=["1MiB", 5], name="other")


def test_layers_of_the_base_come_first_and_an_index_lists_its_children():
    base = crrsim.Image(layers=["1MiB"], name="base")
    image = crrsim.Image(layers=[7], name="app", based_on=base)
    assert image.manifest["layers"][0] == base.manifest["layers"][0]
    arm = crrsim.Image(layers=[7], name="app", architecture="arm64")
    index = crrsim.Image.index([image, arm])
    assert [child["digest"] for child in index.manifest["manifests"]] == [image.digest, arm.digest]
    assert crrsim.Image(layers=[1], subject=image, artifact_type="a/b").manifest["subject"]["digest"] == image.digest


def test_an_oci_layout_keeps_its_digest():
    image = crrsim.Image.load(LAYOUT)
    assert image.digest == "sha256:" + hashlib.sha256(image.manifest_bytes).hexdigest()
    assert "greeting" in image.origin


def test_what_cannot_be_read_says_why():
    with pytest.raises(crrsim.DefinitionError, match="is not there"):
        crrsim.Image.load("/absent")
    with pytest.raises(crrsim.DefinitionError, match="no unit"):
        crrsim.Image(layers=["48"])
    with pytest.raises(crrsim.DefinitionError, match="0 bytes"):
        crrsim.Image(layers=[-1])
    with pytest.raises(TypeError):
        crrsim.Image(layers=[1.5])
