"""Registries and their repositories: what a client of ECR does and sees."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Optional, Union

import _crrsim

from crrsim.checks import listed, text
from crrsim.errors import ApiError, DefinitionError, error_class
from crrsim.image import Image, native_of

if TYPE_CHECKING:
    from crrsim.world import World

Json = dict[str, Any]


@dataclass(frozen=True)
class Account:
    """An AWS account: its nickname in the world, and its id of 12 digits."""

    name: str
    """What the world calls it."""
    id: str
    """Twelve digits."""


class Repository:
    """A repository of a registry, which need not exist yet."""

    def __init__(self, registry: Registry, name: str) -> None:
        self.registry = registry
        """That it is in."""
        self.name = name
        """With its namespace: ``team/api``."""

    def create(self, **settings: Any) -> Json:
        """CreateRepository; ``settings`` are further members of its request."""
        answer: Json = self.registry.call("CreateRepository", repositoryName=self.name, **settings)["repository"]
        return answer

    def describe(self) -> Json:
        """Its row of DescribeRepositories. Raises RepositoryNotFoundException."""
        rows = self.registry.call("DescribeRepositories", repositoryNames=[self.name])["repositories"]
        row: Json = rows[0]
        return row

    @property
    def exists(self) -> bool:
        """Whether it is there."""
        return any(row["repositoryName"] == self.name for row in self.registry.repositories())

    def images(self) -> list[Json]:
        """Its rows of DescribeImages, all pages."""
        return self.registry._pages("DescribeImages", "imageDetails", repositoryName=self.name)

    def tags(self) -> dict[str, str]:
        """Each tag's digest."""
        rows = self.registry._pages("ListImages", "imageIds", repositoryName=self.name)
        return {row["imageTag"]: row["imageDigest"] for row in rows if "imageTag" in row}

    def push(self, tag: Optional[str], image: Image, *, caller: str = "", mount_from: Optional[str] = None) -> str:
        """Pushes an image as a client does and returns its digest; no tag: by digest alone."""
        reference = self.name if tag is None else f"{self.name}:{tag}"
        return self.registry.push(reference, image, caller=caller, mount_from=mount_from)

    def __repr__(self) -> str:
        return f"<Repository {self.name} in {self.registry.key}>"


class Registry:
    """The private registry of an account in a region."""

    def __init__(self, world: World, account: Account, region: str) -> None:
        self.world = world
        """That it is in."""
        self.account = account
        """Whose it is."""
        self.region = region
        """Its name: ``us-west-2``."""
        self.key = f"{account.id}/{region}"
        """Account and region: ``111122223333/us-west-2``."""

    def call(self, operation: str, /, *, caller: str = "", **request: Any) -> Json:
        """One API call, with the members of its request in AWS's own shape. Takes the call latency of virtual time.

        ``caller`` is the ARN of a principal; the root of the registry's account without it. Raises an
        :class:`~crrsim.errors.ApiError` with ECR's exception as its class.
        """
        text("operation", operation)
        text("caller", caller, "the ARN of a principal")
        try:
            answer: Json = self.world._native.call(self.key, operation, request, caller)
            return answer
        except _crrsim.CallFailed as error:
            raise refusal_of(error) from None
        except ValueError as error:
            raise DefinitionError(str(error)) from None

    def _pages(self, operation: str, member: str, **request: Any) -> list[Json]:
        rows: list[Json] = []
        while True:
            answer = self.call(operation, **request)
            rows += answer[member]
            if not answer.get("nextToken"):
                return rows
            request["nextToken"] = answer["nextToken"]

    # ---- Configuration, in AWS's own shapes ----

    def configure_replication(self, configuration: Union[Mapping[str, Any], Sequence[Mapping[str, Any]]]) -> Json:
        """PutReplicationConfiguration: ``{"rules": [...]}``, the whole request, or a list of rules."""
        if isinstance(configuration, Mapping):
            document = dict(configuration.get("replicationConfiguration", configuration))
        else:
            document = {"rules": listed("configuration", configuration, "rules")}
        return self.call("PutReplicationConfiguration", replicationConfiguration=document)

    def replicate_to(self, *destinations: Union[Registry, str], prefixes: Sequence[str] = ()) -> Json:
        """Puts a configuration of one rule that sends every push, or those of repositories with a prefix, there."""
        rows = [self.world.registry(destination) for destination in destinations]
        rule: Json = {"destinations": [{"region": row.region, "registryId": row.account.id} for row in rows]}
        if prefixes:
            rule["repositoryFilters"] = [{"filter": prefix, "filterType": "PREFIX_MATCH"} for prefix in listed("prefixes", prefixes, "prefixes")]
        return self.configure_replication([rule])

    def put_registry_policy(self, policy: Union[str, Mapping[str, Any]]) -> Json:
        """PutRegistryPolicy; the policy as text or as a dict."""
        return self.call("PutRegistryPolicy", policyText=policy if isinstance(policy, str) else json.dumps(policy))

    def repository(self, name: str) -> Repository:
        """The repository of this name, which need not exist."""
        return Repository(self, name)

    def create_repository(self, name: str, **settings: Any) -> Repository:
        """Creates it; ``settings`` are further members of CreateRepository."""
        repository = Repository(self, name)
        repository.create(**settings)
        return repository

    def repositories(self) -> list[Json]:
        """All rows of DescribeRepositories."""
        return self._pages("DescribeRepositories", "repositories")

    # ---- Clients ----

    def push(self, reference: str, image: Image, *, caller: str = "", mount_from: Optional[str] = None) -> str:
        """Pushes an image as a client does: blobs, children before their index, the root last with its tag.

        ``reference`` is ``repository:tag``, or a repository alone for a push by digest. Returns the digest. Takes the
        call latency for each call. Layers that the repository ``mount_from`` has are mounted where the registry does
        that.
        """
        world = self.world
        content = image._native if isinstance(image, Image) else native_of("image", image)
        if image.findings:
            world._learn(image)
        try:
            return world._native.push(self.key, reference, content, caller, mount_from)
        except _crrsim.CallFailed as error:
            raise refusal_of(error) from None
        except ValueError as error:
            raise DefinitionError(str(error)) from None

    def pull(self, reference: str, *, caller: str = "", upstream: Optional[Image] = None) -> str:
        """Fetches a manifest, ``repository:tag`` or ``repository@digest``, and returns its digest.

        With ``upstream`` the repository belongs to a pull-through cache, which gets the image that it lacks from its
        upstream: this content.
        """
        repository, tag, digest = _split(reference)
        content = native_of("upstream", upstream) if upstream is not None else None
        text("caller", caller, "the ARN of a principal")
        if upstream is not None and upstream.findings:
            self.world._learn(upstream)
        try:
            return self.world._native.pull(self.key, repository, tag, digest, caller, content)
        except _crrsim.CallFailed as error:
            raise refusal_of(error) from None
        except ValueError as error:
            raise DefinitionError(str(error)) from None

    def digest_of(self, reference: str) -> Optional[str]:
        """The digest of an image here, archived or not; None when it, or its repository, is not here."""
        repository, tag, digest = _split(reference)
        wanted = {"imageTag": tag} if tag is not None else {"imageDigest": digest}
        try:
            answer = self.call(
                "DescribeImages", repositoryName=repository, imageIds=[wanted], filter={"imageStatus": "ANY"}
            )
        except (error_class("ImageNotFoundException"), error_class("RepositoryNotFoundException")):
            return None
        found: str = answer["imageDetails"][0]["imageDigest"]
        return found

    def status(self, reference: str) -> list[Json]:
        """The entries of DescribeImageReplicationStatus: one a destination."""
        repository, tag, digest = _split(reference)
        image = {"imageTag": tag} if tag is not None else {"imageDigest": digest}
        answer = self.call("DescribeImageReplicationStatus", repositoryName=repository, imageId=image)
        rows: list[Json] = answer["replicationStatuses"]
        return rows

    def explain(self, reference: str) -> Json:
        """Where a push of this image would be replicated to from here, and why; as ``crrsim explain --json`` says it."""
        repository, tag, digest = _split(reference)
        try:
            answer: Json = self.world._native.explain(self.key, repository, tag, digest)
        except ValueError as error:
            raise DefinitionError(str(error)) from None
        return answer

    def __repr__(self) -> str:
        return f"<Registry {self.account.name}/{self.region}>"


def refusal_of(error: _crrsim.CallFailed) -> ApiError:
    """What the module raised, with ECR's exception as its class."""
    code, message = error.args
    return error_class(code)(message, code)


def _split(reference: str) -> tuple[str, Optional[str], Optional[str]]:
    """Repository, tag and digest of ``repository``, ``repository:tag`` or ``repository@digest``."""
    if "@" in text("reference", reference, "'repository:tag' or 'repository@digest'"):
        repository, _, digest = reference.partition("@")
        return repository, None, digest
    repository, colon, tag = reference.partition(":")
    return repository, tag if colon else None, None
