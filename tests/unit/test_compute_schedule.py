"""Filters, and why a host will not do."""

from dataclasses import replace

import pytest

from gureum.compute.host import Host
from gureum.compute.schedule.capabilities import matches
from gureum.compute.schedule.explain import moved, refusals, summary
from gureum.compute.schedule.filters import first_refusal, preference
from gureum.compute.schedule.wanted import Wanted
from gureum.compute.server_group import ServerGroup
from gureum.placement.inventory import DISK_GB, MEMORY_MB, VCPU, Inventory

HOST = Host(
    id=1,
    uuid="u1",
    service_uuid="s1",
    name="h1",
    vcpus=4,
    memory_mib=8192,
    disk_gib=100,
    hypervisor="QEMU",
    hypervisor_version=7002000,
    cpu_arch="x86_64",
    cpu_model="Haswell",
    features=["vmx", "avx"],
)
WANTED = Wanted({VCPU: 1, MEMORY_MB: 512, DISK_GB: 1})


def test_a_host_that_is_fit_is_refused_by_none() -> None:
    assert first_refusal(HOST, WANTED) is None


@pytest.mark.parametrize(
    ("host", "wanted", "expected"),
    [
        ({"up": False}, {}, ("ComputeFilter", "the host is down")),
        ({"forced_down": True}, {}, ("ComputeFilter", "the host is down")),
        ({"enabled": False}, {}, ("ComputeFilter", "the host is disabled")),
        (
            {"enabled": False, "disabled_reason": "new memory"},
            {},
            ("ComputeFilter", "the host is disabled: new memory"),
        ),
        ({}, {"host": "h2"}, ("RequestedHostFilter", "host h2 was asked for")),
        ({}, {"zone": "east"}, ("AvailabilityZoneFilter", "zone east was asked for, the host is in nova")),
        (
            {},
            {"image_properties": {"hw_architecture": "aarch64"}},
            ("ImagePropertiesFilter", "the image is for aarch64, the host is x86_64"),
        ),
        (
            {},
            {"image_properties": {"img_hv_type": "lxc"}},
            ("ImagePropertiesFilter", "the image is for lxc, the host has QEMU"),
        ),
        (
            {},
            {"extra_specs": {"capabilities:cpu_info:features": "<in> sse9"}},
            ("ComputeCapabilitiesFilter", "the flavor wants cpu_info:features <in> sse9, the host has ['vmx', 'avx']"),
        ),
        (
            {},
            {"extra_specs": {"capabilities:nonsense": "1"}},
            ("ComputeCapabilitiesFilter", "the flavor wants nonsense 1, the host has none"),
        ),
        ({}, {"refused_by": {"h1": "Fire."}}, ("RetryFilter", "the host would not make it: Fire.")),
        (
            {},
            {"extra_specs": {"aggregate_instance_extra_specs:ssd": "true"}},
            (
                "AggregateInstanceExtraSpecsFilter",
                "the flavor wants ssd true of an aggregate, the host's have none",
            ),
        ),
        (
            {},
            {
                "extra_specs": {"aggregate_instance_extra_specs:tier": "<or> gold <or> silver"},
                "aggregates": {"h1": {"tier": ["lead", "tin"]}, "h2": {"tier": ["gold"]}},
            },
            (
                "AggregateInstanceExtraSpecsFilter",
                "the flavor wants tier <or> gold <or> silver of an aggregate, the host's have lead, tin",
            ),
        ),
    ],
)
def test_each_filter_says_why(host: dict[str, object], wanted: dict[str, object], expected: tuple[str, str]) -> None:
    assert first_refusal(replace(HOST, **host), replace(WANTED, **wanted)) == expected  # type: ignore[arg-type]


APART = ServerGroup("g", "p", "u", "apart", "anti-affinity")
TOGETHER = ServerGroup("g", "p", "u", "together", "affinity")
THREE = replace(APART, rules={"max_server_per_host": 3})


@pytest.mark.parametrize(
    ("group", "mates", "refused"),
    [
        (APART, {"h1": 1}, "ServerGroupAntiAffinityFilter"),
        (APART, {"h2": 1}, None),
        (THREE, {"h1": 2}, None),
        (THREE, {"h1": 3}, "ServerGroupAntiAffinityFilter"),
        (TOGETHER, {"h2": 1}, "ServerGroupAffinityFilter"),
        (TOGETHER, {"h1": 5}, None),
        (TOGETHER, {}, None),
        (replace(APART, policy="soft-anti-affinity"), {"h1": 1}, None),
        (replace(APART, policy="soft-affinity"), {"h2": 1}, None),
    ],
)
def test_groups(group: ServerGroup, mates: dict[str, int], refused: str | None) -> None:
    found = first_refusal(HOST, replace(WANTED, group=group, mates=mates))
    assert (found and found[0]) == refused


def test_what_a_group_would_rather_have() -> None:
    other = replace(HOST, name="h2")
    for policy, first in (("soft-affinity", "h1"), ("soft-anti-affinity", "h2"), ("affinity", "h2")):
        wanted = replace(WANTED, group=replace(APART, policy=policy), mates={"h1": 2})
        ordered = sorted([other, HOST], key=lambda host, wanted=wanted: preference(host, wanted))  # type: ignore[misc]
        assert ordered[0].name == first


@pytest.mark.parametrize(
    "wanted",
    [
        {"zone": "nova"},
        {"refused_by": {"h2": "Fire."}},
        {"extra_specs": {"ssd": "true", "other:scope": "x"}},
        {
            "extra_specs": {"aggregate_instance_extra_specs:tier": "<or> gold <or> silver"},
            "aggregates": {"h1": {"tier": ["lead", "gold"]}},
        },
        {"image_properties": {"img_hv_type": "kvm", "architecture": "X86_64"}},
        {"extra_specs": {"capabilities:hypervisor_version": ">= 6000000", "hw:cpu_policy": "dedicated"}},
    ],
)
def test_what_a_host_has_is_no_reason(wanted: dict[str, object]) -> None:
    assert first_refusal(HOST, replace(WANTED, **wanted)) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("have", "spec", "expected"),
    [
        ("QEMU", "QEMU", True),
        ("QEMU", "KVM", False),
        (5, ">= 4", True),
        (5, "= 6", False),
        (5, "!= 6", True),
        ("x86_64", "s== x86_64", True),
        ("x86_64", "s!= x86_64", False),
        ("b", "<or> a <or> b", True),
        ("c", "<or> a <or> b", False),
        (["vmx", "avx"], "<in> vmx", True),
        (["vmx", "avx"], "<all-in> vmx avx", True),
        (["vmx"], "<all-in> vmx avx", False),
        ("text", ">= 4", False),
    ],
)
def test_capabilities_are_compared_in_upstreams_language(have: object, spec: str, expected: bool) -> None:
    assert matches(have, spec) is expected


def test_numbers_are_told_and_owners_get_counts_only() -> None:
    full = replace(HOST, name="h2", uuid="u2")
    inventories = {
        "u1": {VCPU: Inventory(4, 0, 4.0), MEMORY_MB: Inventory(8192, 512), DISK_GB: Inventory(100)},
        "u2": {VCPU: Inventory(4, 0, 4.0, 16), MEMORY_MB: Inventory(8192), DISK_GB: Inventory(100)},
    }
    found = refusals([HOST, full], inventories, replace(WANTED, resources={VCPU: 1, MEMORY_MB: 8000}))
    assert [{name: one[name] for name in ("host", "filter", "reason")} for one in found] == [
        {"host": "h1", "filter": "RamFilter", "reason": "8000 MiB of memory wanted, 7680 of 7680 free"},
        {"host": "h2", "filter": "CoreFilter", "reason": "1 cores wanted, 0 of 16 free"},
    ]
    assert (found[0]["wanted"], found[0]["free"], found[0]["capacity"]) == (8000, 7680, 7680)
    text = summary(found)
    assert text.startswith("No valid host was found. There are not enough hosts available.")
    assert "RamFilter: 1" in text and "h1" not in text
    assert summary([]) == "No valid host was found. There are not enough hosts available."


def test_a_host_that_would_do_after_all_is_worth_another_look() -> None:
    wanted = replace(WANTED, resources={MEMORY_MB: 8000})
    empty = {MEMORY_MB: Inventory(8192)}
    (late,) = found = refusals([HOST], {"u1": empty}, wanted)
    assert (late["host"], late["filter"]) == ("h1", "Race")
    assert moved(found)
    assert not moved(refusals([replace(HOST, up=False)], {"u1": empty}, wanted))
