"""The walkthrough as a user writes it; the README shows it."""

import crrsim


def test_a_push_in_us_west_2_appears_in_eu_west_1(world):
    west, europe = world["us-west-2"], world["eu-west-1"]
    west.replicate_to(europe)
    west.create_repository("mservice")
    digest = west.push("mservice:42", crrsim.Image(layers=["48MiB", "3MiB"], findings={"HIGH": 2}))
    west.call("StartImageScan", repositoryName="mservice", imageId={"imageTag": "42"})
    world.run_until_idle()
    assert europe.digest_of("mservice:42") == digest
    assert world.lag(west, europe).total_seconds() < 60
    assert world.bill().transfers[0]["wasted_bytes"] == 0
