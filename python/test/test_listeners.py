"""Who may do what with a world, and when: listeners that come and go, worlds in use, other threads."""

import copy
import pickle
import threading

import crrsim
import pytest

IMAGE = crrsim.Image(layers=["1MiB"], name="app")


def prepared():
    world = crrsim.World()
    world["us-west-2"].replicate_to("eu-west-1")
    world["us-west-2"].create_repository("api")
    return world


def replicate(world):
    world["us-west-2"].push("api:1", IMAGE)
    world.run_until_idle()


def names_of_all():
    world = prepared()
    with world.events() as stream:
        replicate(world)
    return [event.name for event in stream]


def test_a_stream_closed_in_a_callback_hears_nothing_more_and_the_others_everything():
    world = prepared()
    heard = {number: [] for number in range(5)}
    streams = {}

    def hear(number):
        def take(event):
            heard[number].append(event.name)
            if number == 2 and len(heard[2]) == 2:  # one before it, itself, and one after it
                for closed in (1, 2, 3):
                    streams[closed].close()

        return take

    for number in heard:
        streams[number] = world.events(hear(number))
    replicate(world)
    everything = names_of_all()
    assert heard == {0: everything, 1: everything[:2], 2: everything[:2], 3: everything[:1], 4: everything}


def test_a_stream_opened_in_a_callback_hears_what_follows():
    world = prepared()
    opened = []
    first = world.events(lambda event: opened.append(world.events()))
    replicate(world)
    everything = names_of_all()
    assert len(opened) == len(everything) > 10
    for number, stream in enumerate(opened, 1):
        assert [event.name for event in stream] == everything[number:]
    first.close()


def test_what_two_callbacks_raise_comes_out_once_and_the_rest_go_on():
    world = prepared()
    calls = []

    def fail(event):
        calls.append(event.name)
        raise KeyError(event.name)

    quiet = world.events()
    failing = [world.events(fail), world.events(fail)]
    with pytest.raises(KeyError):
        world["us-west-2"].push("api:1", IMAGE)
    assert len(calls) == 2  # each once in that call
    for stream in failing:
        stream.close()
    world.run_until_idle()
    assert [event.name for event in quiet] == names_of_all()


def test_what_a_callback_raises_is_the_context_of_what_a_function_at_an_instant_raises():
    world = prepared()
    world["us-west-2"].push("api:1", IMAGE)
    world.at("10m", lambda: 1 / 0)
    with world.events(lambda event: {}[event.name]):
        with pytest.raises(ZeroDivisionError) as caught:
            world.run_until_idle()
    assert isinstance(caught.value.__context__, KeyError)
    world["us-west-2"].create_repository("web")  # and is not raised by what comes next


def in_an_event(world, do):
    """Does something in the middle of an event."""
    with world.events(lambda event: do()):
        world["us-west-2"].push("api:1", IMAGE)


def test_the_middle_of_an_event_is_no_place_to_copy_or_pickle_a_world():
    for taken in (copy.copy, copy.deepcopy, pickle.dumps, crrsim.World.copy):
        world = prepared()
        with pytest.raises(RuntimeError, match="in the middle of an event; a listener may only look on"):
            in_an_event(world, lambda: taken(world))
    for judged in (crrsim.World.report, crrsim.World.check_invariants):
        world = prepared()
        with pytest.raises(RuntimeError, match="invariants need not hold; a report is made between two events"):
            in_an_event(world, lambda: judged(world))
    for driven in (lambda: world.at("1h", list), lambda: world.faults.crash("us-west-2")):
        world = prepared()
        with pytest.raises(RuntimeError, match="in the middle of an event; a listener may only look on"):
            in_an_event(world, driven)


def test_a_listener_may_look_on():
    world = prepared()
    seen = []

    def look(event):
        moved = sum(way["useful_bytes"] for way in world.bill().transfers)
        assert world.compare("us-west-2", "eu-west-1")["at"] and world["us-west-2"].explain("api:1")["destinations"]
        seen.append((world.now == event.when, len(world.state_hash()), moved))

    with world.events(look):
        replicate(world)
    assert {seen_as[:2] for seen_as in seen} == {(True, 32)}
    moved = [seen_as[2] for seen_as in seen]
    assert moved == sorted(moved) and moved[0] == 0 and moved[-1] == IMAGE.size
    other = prepared()
    replicate(other)
    assert world.run_digest == other.run_digest


def test_a_function_at_an_instant_may_copy_the_world_and_listen():
    world = prepared()
    taken, streams = [], []
    world["us-west-2"].push("api:1", IMAGE)
    world.at("100ms", lambda: (taken.append(world.copy()), streams.append(world.events())))
    world.run_until_idle()
    assert taken[0]["eu-west-1"].digest_of("api:1") is None
    taken[0].run_until_idle()
    assert taken[0]["eu-west-1"].digest_of("api:1") == IMAGE.digest
    heard = [event.name for event in streams[0]]
    assert heard and heard == names_of_all()[-len(heard) :]


def test_another_thread_is_told_that_the_world_is_in_use():
    world = prepared()
    west = world["us-west-2"]
    started, go_on = threading.Event(), threading.Event()

    def wait(event):
        started.set()
        assert go_on.wait(60)

    stream = world.events(wait)
    driver = threading.Thread(target=west.push, args=("api:1", IMAGE))
    driver.start()
    assert started.wait(60)
    try:
        for use in (
            lambda: world.advance("1s"),
            lambda: world.now,
            lambda: west.digest_of("api:1"),
            lambda: west.push("api:2", IMAGE),
            lambda: west.explain("api:1"),
            lambda: world.faults.crash("us-west-2"),
            lambda: world.at("1h", list),
            lambda: world.compare("us-west-2", "eu-west-1"),
            lambda: world.lag("us-west-2", "eu-west-1"),
            world.report,
            world.bill,
            world.copy,
            world.state_hash,
            world.events,
            stream.close,
        ):
            with pytest.raises(RuntimeError, match="another thread is using this world; one thread at a time may"):
                use()
    finally:
        go_on.set()
        driver.join()
    stream.close()
    assert west.digest_of("api:1") == IMAGE.digest


def test_while_a_function_at_an_instant_runs_the_world_is_its_threads():
    world = prepared()
    refused = []

    def meddle():
        try:
            world.advance("1s")
        except RuntimeError as error:
            refused.append(str(error))

    def planned():
        thread = threading.Thread(target=meddle)
        thread.start()
        thread.join()
        world.advance("1s")

    world.at("1m", planned)
    world.advance("2m")
    assert len(refused) == 1 and "another thread is using this world" in refused[0]
    world.advance("1s")
