# %% [markdown]
# # A replication rule, tried out before production
#
# Everything here runs in a simulated world: two regions, virtual time, no network. Run it whole
# (`python python/docs/tutorial.py`) or cell by cell in an editor.

# %%
import crrsim

world = crrsim.World({"shop": "111122223333"}, ["us-west-2", "eu-west-1"], start="2026-11-01T00:00:00Z")
west, europe = world["us-west-2"], world["eu-west-1"]

# %% [markdown]
# ## Push and look
# Configurations and policies are AWS's own JSON, so what is tested is what is deployed.

# %%
west.configure_replication(
    {
        "rules": [
            {
                "destinations": [{"region": "eu-west-1", "registryId": "111122223333"}],
                "repositoryFilters": [{"filter": "prod", "filterType": "PREFIX_MATCH"}],
            }
        ]
    }
)
for name in ("prod/api", "production-tools", "my-prod"):
    west.create_repository(name)
    west.push(f"{name}:1", crrsim.Image(layers=["48MiB", "3MiB"], name=name))
took = world.run_until_idle()
there = sorted(row["repositoryName"] for row in europe.repositories())
print(f"after {took.total_seconds():.2f} s in eu-west-1: {', '.join(there)}")
# A prefix is a plain prefix of the name: production-tools came along.
assert there == ["prod/api", "production-tools"]

# %% [markdown]
# ## What it costs

# %%
for row in world.bill().transfers:
    print(f"{row['repository']}: {row['useful_bytes'] / 2**20:.1f} MiB from {row['source_region']}, {row['payer']} pays")
assert world.bill().transfers[0]["wasted_bytes"] == 0

# %% [markdown]
# ## When the way is cut
# A copy waits, goes on when the way is open again, and no byte is paid twice.

# %%
with world.faults.partition("us-west-2", "eu-west-1"):
    digest = west.push("prod/api:2", crrsim.Image(layers=["900MiB"], name="model", sizes_only=True))
    world.advance("30m")
    assert europe.digest_of("prod/api:2") is None
world.run_until_idle()
assert europe.digest_of("prod/api:2") == digest
print(f"the longest lag: {world.lag(west, europe)}")

# A fault can wait for a copy to come so far: here for half of its bytes.
west.push("prod/api:half", crrsim.Image(layers=["900MiB"], name="half", sizes_only=True))
half = {"copy": "prod/api:half", "to": europe, "reaches": "50%"}
world.faults.partition("us-west-2", "eu-west-1", when=half, duration="30m")
assert europe.digest_of("prod/api:half") is None
world.run_until_idle()

# %% [markdown]
# ## What always holds
# Every run is held to the invariants, whatever it is about; in pytest the fixtures do that at the end of a test.

# %%
world.check_invariants()
print("held:", ", ".join(row["name"] for row in crrsim.invariants()))

# %% [markdown]
# ## Why, or why not

# %%
answer = west.explain("my-prod:1")
print(answer["reason"])
assert answer["destinations"] == []

# %% [markdown]
# ## The same again
# A run is a function of its calls and its seed.

# %%
twin = world.copy()
for one in (world, twin):
    one["us-west-2"].push("prod/api:3", crrsim.Image(layers=["5MiB"]))
    one.run_until_idle()
assert world.run_digest == twin.run_digest
print(f"run digest {world.run_digest}")
