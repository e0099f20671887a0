"""boto3 in process: code that was written for AWS, run against a world."""

import boto3
import botocore.exceptions
import crrsim
import pytest


def deploy(session, source, destination, account):
    """As users write it for AWS: no word of a simulator."""
    import time

    ecr = session.client("ecr", region_name=source)
    ecr.put_replication_configuration(
        replicationConfiguration={"rules": [{"destinations": [{"region": destination, "registryId": account}]}]}
    )
    try:
        ecr.create_repository(repositoryName="team/api", imageTagMutability="IMMUTABLE")
    except ecr.exceptions.RepositoryAlreadyExistsException:
        pass
    return ecr, time


def wait_for_replication(ecr, time, digest):
    for _ in range(100):
        answer = ecr.describe_image_replication_status(repositoryName="team/api", imageId={"imageDigest": digest})
        if all(row["status"] == "COMPLETE" for row in answer["replicationStatuses"]):
            return answer["replicationStatuses"]
        time.sleep(30)
    raise TimeoutError


def test_a_script_written_for_aws_runs_unmodified_under_virtual_time():
    world = crrsim.World({"shop": "111122223333"})
    session = crrsim.boto3_session(world, "shop", "us-west-2")
    ecr, time = deploy(session, "us-west-2", "eu-west-1", "111122223333")
    deploy(session, "us-west-2", "eu-west-1", "111122223333")  # twice: the repository is there
    digest = world["us-west-2"].push("team/api:1", crrsim.Image(layers=["200MiB"], sizes_only=True))
    with crrsim.virtual_sleep(world):
        statuses = wait_for_replication(ecr, time, digest)
    assert [row["region"] for row in statuses] == ["eu-west-1"]
    europe = session.client("ecr", region_name="eu-west-1")
    row = europe.describe_images(repositoryName="team/api")["imageDetails"][0]
    assert (row["imageDigest"], row["imageTags"]) == (digest, ["1"])
    assert abs((row["imagePushedAt"] - world.now).total_seconds()) < 3600
    assert world.elapsed.total_seconds() > 1


def test_refusals_are_the_modelled_exceptions_of_the_client():
    world = crrsim.World()
    ecr = crrsim.boto3_session(world, "main", "us-west-2").client("ecr")
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException) as caught:
        ecr.describe_images(repositoryName="absent")
    assert caught.value.response["Error"]["Code"] == "RepositoryNotFoundException"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    with pytest.raises(botocore.exceptions.ParamValidationError):
        ecr.describe_images(repositoryname="absent")


def test_paginators_go_through_all_pages():
    world = crrsim.World()
    ecr = crrsim.boto3_session(world, "main", "us-west-2").client("ecr")
    for number in range(7):
        ecr.create_repository(repositoryName=f"team/r{number}")
    pages = list(ecr.get_paginator("describe_repositories").paginate(PaginationConfig={"PageSize": 3}))
    assert [len(page["repositories"]) for page in pages] == [3, 3, 1]


def test_layers_travel_as_bytes():
    world = crrsim.World()
    ecr = crrsim.boto3_session(world, "main", "us-west-2").client("ecr")
    ecr.create_repository(repositoryName="api")
    upload = ecr.initiate_layer_upload(repositoryName="api")["uploadId"]
    ecr.upload_layer_part(
        repositoryName="api", uploadId=upload, partFirstByte=0, partLastByte=4, layerPartBlob=b"hello"
    )
    digest = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    assert ecr.complete_layer_upload(repositoryName="api", uploadId=upload, layerDigests=[digest])["layerDigest"] == digest


def test_other_services_and_registries_are_refused():
    world = crrsim.World()
    session = crrsim.boto3_session(world, "main", "us-west-2")
    with pytest.raises(crrsim.DefinitionError, match="only the service 'ecr'"):
        session.client("sts").get_caller_identity()
    with pytest.raises(crrsim.DefinitionError, match="is not a region"):
        crrsim.boto3_session(world, "main", "us-west-9")
    with pytest.raises(crrsim.DefinitionError, match="is not an account"):
        crrsim.boto3_session(world, "other", "us-west-2")


def test_the_session_is_boto3s_own():
    assert isinstance(crrsim.boto3_session(crrsim.World(), "main", "us-west-2"), boto3.session.Session)
