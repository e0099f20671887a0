"""Worlds: calls, time, faults, figures, values."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import crrsim
import pytest
from crrsim import errors

IMAGE = crrsim.Image(layers=["2MiB", "1MiB"], name="app")


def pushed(seed=1, **rest):
    world = crrsim.World(seed=seed, **rest)
    world["us-west-2"].replicate_to("eu-west-1")
    world["us-west-2"].create_repository("api")
    world["us-west-2"].push("api:1", IMAGE)
    return world


def test_refusals_have_the_class_message_and_code_of_ecr():
    west = crrsim.World()["us-west-2"]
    with pytest.raises(errors.RepositoryNotFoundException) as caught:
        west.call("DescribeRepositories", repositoryNames=["absent"])
    assert caught.value.code == "RepositoryNotFoundException"
    assert caught.value.message == (
        "The repository with name 'absent' does not exist in the registry with id '111122223333'"
    )
    assert isinstance(caught.value, crrsim.ApiError)
    assert errors.error_class("RepositoryNotFoundException") is errors.RepositoryNotFoundException


def test_refusals_survive_pickling():
    error = errors.RepositoryNotFoundException("gone")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.message, again.code) == (type(error), "gone", "RepositoryNotFoundException")


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ({"regions": ["us-west-2", "us-west-2"]}, "us-west-2"),
        ({"accounts": {"shop": "12"}}, "12"),
        ({"network": "aws-2062"}, "did you mean 'aws-2026'?"),
        ({"assumptions": {"visibilty": "manifest-last"}}, "did you mean 'visibility'?"),
        ({"options": {"call_latency": "20"}}, "has no unit"),
        ({"seed": 2**53}, "9007199254740992"),
    ],
)
def test_a_wrong_definition_names_what_is_wrong(definition, said):
    with pytest.raises(crrsim.DefinitionError, match=".*"):
        try:
            crrsim.World(**definition)
        except crrsim.DefinitionError as error:
            assert said in str(error)
            raise


def test_registries_are_found_by_nickname_id_and_region():
    world = crrsim.World({"build": "111122223333", "prod": "444455556666"})
    assert world["prod/eu-west-1"].key == "444455556666/eu-west-1"
    assert world["444455556666/eu-west-1"].account.name == "prod"
    for wrong in ("eu-west-1", "prd/eu-west-1", "prod/eu-west-9"):
        with pytest.raises(crrsim.DefinitionError):
            world[wrong]


def test_time_passes_only_when_it_is_let():
    world = crrsim.World(start="2026-11-01T00:00:00Z")
    assert world.now == datetime(2026, 11, 1, tzinfo=timezone.utc)
    world.advance("90s")
    world.advance(timedelta(seconds=30))
    assert world.elapsed == timedelta(minutes=2)
    world.at("5m")
    world.at(datetime(2026, 11, 2, tzinfo=timezone.utc))
    assert world.elapsed == timedelta(days=1)
    with pytest.raises(ValueError, match="time does not run back"):
        world.at("5m")
    with pytest.raises(TypeError, match="a duration such as '30m'"):
        world.advance(30)
    with pytest.raises(crrsim.DefinitionError):
        world.advance("30")


def test_an_image_is_where_it_was_replicated_to_with_the_same_digest():
    world = pushed()
    west, europe = world["us-west-2"], world["eu-west-1"]
    assert europe.digest_of("api:1") is None
    assert west.status("api:1")[0]["status"] == "IN_PROGRESS"
    took = world.run_until_idle()
    assert timedelta(0) < took < timedelta(seconds=30)
    assert europe.digest_of("api:1") == IMAGE.digest == europe.pull("api:1")
    assert europe.repository("api").tags() == {"1": IMAGE.digest}
    assert [row["status"] for row in west.status("api:1")] == ["COMPLETE"]
    assert world.lag("us-west-2", "eu-west-1", "p50") == world.lag("us-west-2", "eu-west-1")
    transfer = world.bill().transfers[0]
    assert (transfer["useful_bytes"], transfer["wasted_bytes"]) == (IMAGE.size, 0)


def test_a_partition_holds_a_copy_up_until_it_ends():
    world = pushed()
    with world.faults.partition("us-west-2", "eu-west-1"):
        world.advance("10m")
        assert world["eu-west-1"].digest_of("api:1") is None
    world.run_until_idle()
    assert world["eu-west-1"].digest_of("api:1") == IMAGE.digest
    assert world.lag("us-west-2", "eu-west-1") > timedelta(minutes=10)
    assert world.faults.hits[0]["hits"] > 0


def test_events_come_in_order_by_iterator_and_by_callback():
    world = crrsim.World()
    heard = []
    with world.events() as stream, world.events(heard.append):
        world["us-west-2"].create_repository("api")
        world["us-west-2"].push("api:1", IMAGE)
        world.run_until_idle()
    names = [event.name for event in stream]
    assert names == [event.name for event in heard]
    assert names[0] == "RepositoryCreated" and "ImagePushed" in names
    assert [event.when for event in heard] == sorted(event.when for event in heard)
    world["us-west-2"].create_repository("later")
    assert list(stream) == []


def test_what_a_callback_raises_comes_out_of_the_call():
    world = crrsim.World()
    world.events(lambda event: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        world["us-west-2"].create_repository("api")
    assert world["us-west-2"].repository("api").exists


def test_a_callback_may_not_drive_the_world():
    world = crrsim.World()
    for number, drive in enumerate(
        (
            lambda: world.advance("1s"),
            lambda: world.faults.crash("us-west-2"),
            lambda: world.wait_for_copy("api:1", "eu-west-1"),
            lambda: world["us-west-2"].push("api:1", IMAGE),
        )
    ):
        with world.events(lambda event: drive()):
            with pytest.raises(RuntimeError, match="may only look on"):
                world["us-west-2"].create_repository(f"api-{number}")


def test_copies_and_pickles_go_on_equally_and_independently():
    world = pushed()
    world.advance("100ms")
    twins = [copy.copy(world), copy.deepcopy(world), pickle.loads(pickle.dumps(world))]
    world.run_until_idle()
    for twin in twins:
        assert twin["eu-west-1"].digest_of("api:1") is None
    for twin in twins:
        twin.run_until_idle()
    reference = pushed()
    reference.advance("100ms")
    reference["eu-west-1"].digest_of("api:1")
    reference.run_until_idle()
    assert {twin.run_digest for twin in twins} == {reference.run_digest}
    assert {str(twin.report()["replications"]) for twin in twins} == {str(reference.report()["replications"])}


def test_another_seed_is_another_run_where_something_is_drawn():
    links = [{"between": ["us-west-2", "eu-west-1"], "latency": "65ms", "jitter": "20ms", "bandwidth": "50MB/s"}]
    digests = set()
    for seed in (1, 1, 2):
        world = pushed(seed, network={"links": links})
        world.run_until_idle()
        digests.add(world.run_digest)
    assert len(digests) == 2


def test_worlds_run_in_threads():
    def run(seed):
        world = pushed(seed)
        world.run_until_idle()
        return world.run_digest

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(run, [1] * 16)) == [run(1)] * 16


def test_looking_changes_nothing():
    world = pushed()
    before = world.run_digest, world.state_hash()
    world.report(), world.bill(), world["us-west-2"].explain("api:1"), repr(world)
    assert (world.run_digest, world.state_hash()) == before


def test_the_bill_is_that_of_the_report_and_needs_no_report(monkeypatch):
    world = pushed()
    for passed in ("100ms", "1h", "40d"):
        world.advance(passed)
        report = world.report()
        with monkeypatch.context() as patched:
            patched.setattr(crrsim.World, "report", lambda _: pytest.fail("the whole report was made"))
            bill = world.bill()
        assert (bill.transfers, bill.storage, bill.replicated) == (
            report["transfers"], report["storage"], report["replicated"]
        )  # fmt: skip
    assert len({row["month"] for row in bill.storage}) > 1 and bill.replicated


def test_an_archived_image_has_its_digest_still():
    world = pushed()
    west = world["us-west-2"]
    image = {"imageDigest": IMAGE.digest}
    west.call("UpdateImageStorageClass", repositoryName="api", imageId=image, targetStorageClass="ARCHIVE")
    assert west.repository("api").images() == []  # DescribeImages lists what is active
    for reference in ("api:1", f"api@{IMAGE.digest}"):
        assert west.digest_of(reference) == IMAGE.digest
    assert west.digest_of("api:2") is None and west.digest_of("web:1") is None


def test_explain_says_where_a_push_would_go():
    world = pushed()
    answer = world["us-west-2"].explain("api:2")
    assert answer["destinations"][0]["region"] == "eu-west-1"


def test_findings_stay_where_the_scan_was(world):
    world["us-west-2"].replicate_to("eu-west-1")
    world["us-west-2"].create_repository("api")
    world["us-west-2"].push("api:1", crrsim.Image(layers=["1MiB"], findings={"HIGH": 2}))
    world["us-west-2"].call("StartImageScan", repositoryName="api", imageId={"imageTag": "1"})
    world.run_until_idle()
    request = {"repositoryName": "api", "imageId": {"imageTag": "1"}}
    found = world["us-west-2"].call("DescribeImageScanFindings", **request)
    assert found["imageScanFindings"]["findingSeverityCounts"] == {"HIGH": 2}
    with pytest.raises(errors.ScanNotFoundException):
        world["eu-west-1"].call("DescribeImageScanFindings", **request)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("api:1@x", IMAGE), "a push names a tag or nothing"),
        (("api:-", IMAGE), "'-' is not a tag"),
        (("Api:1", IMAGE), "'Api' is not a repository name"),
        (("", IMAGE), "'' is not a repository name"),
        (("api:", IMAGE), "'' is not a tag"),
    ],
)
def test_a_push_with_a_wrong_name_says_so_and_pushes_nothing(arguments, said):
    west = crrsim.World()["us-west-2"]
    west.create_repository("api")
    before = west.world.state_hash()
    for _ in range(2):  # the second reads what the first has read
        with pytest.raises(crrsim.DefinitionError) as caught:
            west.push(*arguments)
        assert said in str(caught.value)
    assert west.world.state_hash() == before
    assert west.push("api", IMAGE) == west.push("api:1", IMAGE) == IMAGE.digest


def test_a_push_takes_what_it_is_for_and_nothing_else():
    world = crrsim.World()
    native, image = world._native, IMAGE._native
    world["us-west-2"].create_repository("api")
    key = world["us-west-2"].key
    for wrong, said in [
        ((1, "api:1", image, "", None), "registry: expected a str, found int"),
        ((key, b"api:1", image, "", None), "reference: expected a str, found bytes"),
        ((key, "api:1", IMAGE, "", None), "expected a .*Image, found Image"),
        ((key, "api:1", image, None, None), "arn: expected a str, found NoneType"),
        ((key, "api:1", image, "", 5), "mount_from: expected a str, found int"),
        ((key, "api:1", image), r"takes 5 arguments \(3 given\)"),
    ]:
        with pytest.raises(TypeError, match=said):
            native.push(*wrong)
    with pytest.raises(TypeError):
        type(native).push(image, key, "api:1", image, "", None)
    with pytest.raises(TypeError, match="World"):
        type(native).push(type(native).__new__(type(native)), key, "api:1", image, "", None)
    with pytest.raises(UnicodeEncodeError):
        native.push(key, "api:\ud800", image, "", None)
    assert native.push(key, "api:1", image, "", None) == IMAGE.digest


def test_names_of_one_call_are_not_those_of_the_next():
    world = crrsim.World()
    west, europe = world["us-west-2"], world["eu-west-1"]
    for registry in (west, europe):
        for name in ("api", "web"):
            registry.create_repository(name)
    for registry, reference in ((west, "api:1"), (europe, "api:2"), (europe, "web:3"), (west, "web:4"), (west, "api:5")):
        registry.push(reference, IMAGE)
    assert set(west.repository("api").tags()) == {"1", "5"} and set(west.repository("web").tags()) == {"4"}
    assert set(europe.repository("api").tags()) == {"2"} and set(europe.repository("web").tags()) == {"3"}


def test_a_region_that_an_account_has_not_opted_in_to_takes_nothing():
    world = crrsim.World(opted_out=["eu-west-1"])
    world["us-west-2"].create_repository("api")
    with pytest.raises(crrsim.ApiError):
        world["eu-west-1"].create_repository("api")
    with pytest.raises(crrsim.DefinitionError, match="did you mean 'eu-west-1'"):
        crrsim.World(opted_out=["eu-west-9"])


def test_a_pull_through_cache_gets_what_it_lacks():
    world = crrsim.World()
    west = world["us-west-2"]
    west.replicate_to("eu-west-1")
    west.create_repository("hub/tool")
    with pytest.raises(errors.ImageNotFoundException):
        west.pull("hub/tool:1")
    assert west.pull("hub/tool:1", upstream=IMAGE) == IMAGE.digest == west.pull("hub/tool:1")
    with pytest.raises(crrsim.DefinitionError, match="by its tag"):
        west.pull(f"hub/tool@{IMAGE.digest}", upstream=IMAGE)
    world.run_until_idle()
    world.check_invariants()


def test_clients_try_again_for_as_long_as_they_are_told():
    def called(retry):
        world = crrsim.World(options={"client_retry": retry})
        world.faults.begin({"error": {"account": "main"}, "for": "10s"})
        world["us-west-2"].create_repository("api")
        return world.elapsed

    with pytest.raises(crrsim.errors.ServerException):
        called("0s")
    assert timedelta(seconds=10) < called("1m") < timedelta(minutes=1)


@pytest.mark.parametrize("caller", ["somebody", "arn:aws:iam::12:root", "arn:aws:s3:::bucket"])
def test_a_caller_is_an_arn_of_an_account(caller):
    west = crrsim.World()["us-west-2"]
    west.create_repository("api")
    for use in (
        lambda: west.call("DescribeRepositories", caller=caller),
        lambda: west.push("api:1", IMAGE, caller=caller),
        lambda: west.pull("api:1", caller=caller),
    ):
        with pytest.raises(crrsim.DefinitionError, match=f"'{caller}' names no principal; expected an ARN such as"):
            use()
    assert west.push("api:1", IMAGE, caller="arn:aws:iam::111122223333:role/push") == IMAGE.digest


def test_requests_take_bytes_and_refuse_what_has_no_form():
    west = crrsim.World()["us-west-2"]
    west.create_repository("api")
    upload = west.call("InitiateLayerUpload", repositoryName="api")["uploadId"]
    west.call(
        "UploadLayerPart",
        repositoryName="api", uploadId=upload, partFirstByte=0, partLastByte=4, layerPartBlob=b"hello",
    )  # fmt: skip
    digest = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    done = west.call("CompleteLayerUpload", repositoryName="api", uploadId=upload, layerDigests=[digest])
    assert done["layerDigest"] == digest
    with pytest.raises(TypeError, match="set"):
        west.call("DescribeRepositories", repositoryNames={"api"})
    deep: list = []
    for _ in range(200):
        deep = [deep]
    with pytest.raises(ValueError, match="100 levels"):
        west.call("DescribeRepositories", repositoryNames=deep)
    with pytest.raises(ValueError, match="64 bits"):
        west.call("DescribeRepositories", maxResults=2**70)
